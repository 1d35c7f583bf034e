// The phone against the whole house, in Chromium: set up, receive, log in by QR and on the same device, be asked for
// too much, look back; in both languages and both themes, each screen by axe; small, large, and by keyboard alone.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { setGlobalConfig } from '../../tests/peers/node_modules/@openid4vc/oauth2/dist/index.mjs'
import { Member, anchors, demo, offer, persons } from '../../tests/peers/house.mjs'
import { PeerVerifier, makeChain } from '../../tests/peers/peer-verifier.mjs'
import { base64url } from '../../tests/peers/tools.mjs'
import { PATIENCE, PIN, Phone, launch } from './phone.mjs'

setGlobalConfig({ allowInsecureUrls: true })
const [bank] = demo.relying_parties.map(({ url }) => url)
const CURIOUS = `http://127.0.0.61:${20_000 + (process.pid % 40_000)}` // as that name: each run of its own
const me = `curious-${process.pid}` // a house that is kept up can be tested again

let browser, curious
const phones = []

before(async () => {
  browser = await launch()
  const member = await new Member(me, CURIOUS).admit(['verifier', 'operator'])
  const chain = await makeChain(member.folder, 'Curious')
  await member.act({ add_key: { purpose: 'request', number: 0, material: { anchor: base64url(chain.authority) } } })
  await member.register('fit', ['given_name'])
  curious = await new PeerVerifier(me, CURIOUS, chain, await anchors('interior', 'issuer')).start()
})
after(async () => {
  curious?.stop()
  await browser?.close()
})
afterEach(async () => {
  for (const phone of phones.splice(0)) {
    await phone.stop()
    assert.deepEqual(phone.troubles, [], 'no error in the console, no request but to the bridge')
    const told = await phone.told()
    assert.ok(!told.includes(PIN), 'no result holds the PIN')
    assert.ok(!told.includes('eyJ'), 'no result holds anything signed')
  }
})

async function start(name, options) {
  const phone = await Phone.start(browser, name, options)
  phones.push(phone)
  return phone
}

/** A phone with a card of `person`. */
async function withCard(name, person, options) {
  const phone = await start(name, options)
  await phone.onboard()
  const { offer_uri, code } = await offer(person)
  await phone.scan(offer_uri)
  await phone.accept(code)
  return phone
}

/** From the bank's own page to the login page, in a browser of its own or in the phone's. */
async function begin(context) {
  const page = await context.newPage()
  await page.goto(`${bank}/login`)
  await page.waitForURL(`${demo.verifier.plain}/login/*`)
  return page
}

const arrives = (page) => page.waitForURL((at) => at.href.startsWith(`${bank}/callback`), { timeout: PATIENCE })

for (const language of ['en', 'zh']) {
  for (const theme of ['light', 'dark']) {
    test(`every journey: ${language}, ${theme}`, async () => {
      const phone = await start(`journey-${language}-${theme}`, { language, theme })
      const wrong = []
      const look = async (name) => wrong.push(...(await phone.look(name)))
      await phone.onboard(look)
      await look('no-cards')

      const { offer_uri, code } = await offer(persons.ines)
      await phone.scan(offer_uri)
      await phone.accept(code, look)
      await look('cards')
      assert.match(await phone.page.getAttribute('html', 'lang'), language === 'zh' ? /^zh-Hans/ : /^en/)

      // Another device shows the QR.
      const desk = await browser.newContext()
      const page = await begin(desk)
      await phone.scan(await page.getAttribute('#qr', 'data-request'))
      const said = await phone.share(look)
      assert.match(said, language === 'zh' ? /海港镇银行/ : /Bank of Harbour Town/)
      await arrives(page)
      assert.match(await page.textContent('h1'), /Welcome/)
      await desk.close()
      await phone.done()

      // A page on this phone opens the wallet, which leads back to it.
      const own = await begin(phone.context)
      const link = await own.getAttribute('#open-wallet', 'href')
      await phone.open(link)
      await phone.share()
      const back = await phone.page.getAttribute('#go-on', 'href')
      assert.ok(back.includes('response_code='))
      await own.goto(back)
      await arrives(own)
      await own.close()
      await phone.done()

      await phone.tab(2)
      await phone.page.locator('main li').first().waitFor()
      await look('history')
      assert.deepEqual(wrong, [])
    })
  }
}

test('whoever asks for more than it may gets nothing, and is named', async () => {
  const phone = await withCard('too-much', persons.tobias)
  const asked = await curious.ask({ member: me, use: 'fit', claims: ['given_name', 'birthdate'] })
  await phone.scan(asked.link)
  await phone.page.waitForSelector('.acts')
  await phone.page.waitForFunction(() => /birthdate|date of birth/i.test(document.querySelector('main').textContent))
  assert.deepEqual(await phone.look('too-much'), [])
  assert.equal(await phone.page.locator('#yes').count(), 0, 'there is no way to share')
  assert.equal(asked.shown, undefined)
  await phone.page.locator('.acts button').first().click()
  assert.equal(await phone.history(), 0, 'nothing happened')
})

test('saying no tells the bank, and nothing else leaves', async () => {
  const phone = await withCard('no', persons.tobias)
  const desk = await browser.newContext()
  const page = await begin(desk)
  await phone.scan(await page.getAttribute('#qr', 'data-request'))
  await phone.page.locator('#no').click()
  await page.waitForFunction(() => !document.querySelector('#qr'), undefined, { timeout: PATIENCE })
  await desk.close()
  await phone.page.locator('nav').waitFor()
  assert.equal(await phone.history(), 0)
})

test('a picture of the QR code is read', async () => {
  const phone = await withCard('picture', persons.tobias)
  const desk = await browser.newContext({ deviceScaleFactor: 2 })
  const page = await begin(desk)
  const picture = await page.locator('#qr').screenshot()
  await phone.page.locator('nav button, nav a').nth(1).click()
  await phone.page.locator('input[type=file]').setInputFiles({ name: 'qr.png', mimeType: 'image/png', buffer: picture })
  await phone.share()
  await arrives(page)
  await desk.close()
})

test('a wallet that was locked asks for the PIN, refuses another, and then goes on with the link that opened it', async () => {
  const phone = await withCard('locked', persons.tobias)
  const own = await begin(phone.context)
  const link = await own.getAttribute('#open-wallet', 'href')
  await own.close()
  await phone.page.evaluate(() => dispatchEvent(new Event('pagehide')))
  await phone.page.evaluate(
    async ([token]) => {
      await fetch('/ipc/lock', { method: 'POST', headers: { 'content-type': 'application/json', 'x-symbolon-token': token }, body: '{}' })
    },
    [new URLSearchParams(new URL(phone.address).hash.slice(1)).get('token')],
  )
  await phone.page.reload()
  await phone.page.locator('.pad').waitFor()
  assert.deepEqual(await phone.look('unlock'), [])
  await phone.open(link)
  await phone.page.keyboard.type('000000')
  await phone.page.locator('[role=alert]:not(:empty)').first().waitFor()
  await phone.page.keyboard.type(PIN)
  await phone.share()
})

test('a link that comes while the wallet has locked itself waits for the PIN, and then goes on', async () => {
  const phone = await withCard('late-link', persons.tobias)
  const own = await begin(phone.context)
  const link = await own.getAttribute('#open-wallet', 'href')
  await own.close()
  await phone.ask('lock', {}) // the screens have not heard of it
  await phone.open(link)
  await phone.page.locator('.pad').waitFor()
  await phone.page.keyboard.type(PIN)
  await phone.share()
})

test('a card is received and shown by keyboard alone', async () => {
  const phone = await start('keyboard')
  const { page } = phone
  /** Tabs until `selector` has the focus, and presses it. */
  const press = async (selector, key = 'Enter') => {
    await page.locator(selector).first().waitFor()
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab')
      if (await page.evaluate((selector) => document.activeElement.matches(selector), selector)) {
        if (key) await page.keyboard.press(key)
        return
      }
    }
    throw new Error(`${selector} is not reached by keyboard`)
  }
  const paste = async (text) => {
    await press('nav :nth-child(2 of button, a)')
    await press('main .actions button:last-child')
    await page.locator('#link').waitFor()
    await page.locator('#link').focus()
    await page.keyboard.insertText(text)
    await press('form .primary')
  }
  await press('.acts [lang=en]')
  await press('.acts .primary')
  await page.locator('.pad').waitFor()
  const heading = await page.textContent('h1')
  await page.keyboard.type(PIN)
  await page.waitForFunction((before) => document.querySelector('h1').textContent !== before, heading)
  await page.keyboard.type(PIN)
  await press('.acts .quiet')
  const { offer_uri, code } = await offer(persons.tobias)
  await paste(offer_uri)
  await press('#code', null)
  await page.keyboard.insertText(code)
  await press('.acts button:last-child')
  await page.locator('.acts .quiet').waitFor()
  await press('.acts .quiet')
  const desk = await browser.newContext()
  const bankPage = await begin(desk)
  await paste(await bankPage.getAttribute('#qr', 'data-request'))
  await press('#yes')
  await arrives(bankPage)
  await desk.close()
})

describe('small screens and large texts', () => {
  for (const [name, viewport, scale] of [['320 px', { width: 320, height: 640 }, 100], ['200 % text', { width: 390, height: 844 }, 200]]) {
    test(`nothing is lost: ${name}`, async () => {
      const phone = await start(`size-${viewport.width}-${scale}`, { viewport })
      const lost = []
      const look = async (screen) => {
        await phone.page.evaluate((scale) => (document.documentElement.style.fontSize = `${scale}%`), scale)
        lost.push(...(await phone.look(`${screen}-${viewport.width}-${scale}`)))
      }
      await phone.onboard(look)
      const { offer_uri, code } = await offer(persons.siyuan)
      await phone.scan(offer_uri)
      await phone.accept(code, look)
      const desk = await browser.newContext()
      const page = await begin(desk)
      await phone.scan(await page.getAttribute('#qr', 'data-request'))
      await phone.share(look)
      await desk.close()
      assert.deepEqual(lost, [])
    })
  }
})

test('the demo’s own phone serves its screens, and to its own page alone', async () => {
  const { origin, hash } = new URL(demo.phone.url)
  const page = await fetch(origin)
  assert.equal(page.status, 200)
  assert.match(page.headers.get('content-security-policy'), /default-src 'none'/)
  const token = new URLSearchParams(hash.slice(1)).get('token')
  const headers = { 'content-type': 'application/json', 'x-symbolon-token': token }
  const ask = (change) => fetch(`${origin}/ipc/state`, { method: 'POST', body: '{}', headers: { ...headers, ...change } })
  assert.equal((await ask({ origin })).status, 200)
  assert.equal((await ask({ origin: 'http://evil.example' })).status, 403)
  assert.equal((await ask({})).status, 403)
  assert.equal((await ask({ origin, 'x-symbolon-token': 'guessed' })).status, 403)
})
