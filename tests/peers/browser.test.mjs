// Chromium drives the login page: the QR, the wait, the way back, the wrong browser, no scripts, no card.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import jsQR from 'jsqr'
import { chromium } from 'playwright-core'
import { PNG } from 'pngjs'
import { Wallet, demo, issued, issuer, node, persons, revoke, root } from './house.mjs'

const [bank, tax] = demo.relying_parties.map(({ url }) => url)
const provider = demo.verifier.plain
const pictures = join(root, 'target/screenshots')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
const PATIENCE = 15_000

let browser, wallet
let troubles = []

before(async () => {
  mkdirSync(pictures, { recursive: true })
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', ...quiet] })
  wallet = await Wallet.with('scans', persons.mara)
})
after(() => browser?.close())
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  const found = troubles
  troubles = []
  assert.deepEqual(found, [], 'no error in the console, no request to a foreign host')
})

/** A browser of its own: what goes wrong in it is kept. */
async function person(options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, locale: 'en', ...options })
  context.setDefaultTimeout(PATIENCE)
  const ours = new Set([bank, tax, provider, issuer, node].map((url) => new URL(url).host))
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    if (protocol !== 'data:' && !ours.has(host)) troubles.push(`request to ${host}`)
  })
  context.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
  context.on('weberror', (error) => troubles.push(String(error.error())))
  return context.newPage()
}

/** From the bank's own page to the provider's login page. */
async function begin(page) {
  await page.goto(bank)
  await page.click('a.button')
  await page.waitForURL(`${provider}/login/*`)
  return page.url().split('?')[0]
}

/** A relying party's own page says no with status 400, which Chromium writes to the console. */
const refusedByParty = () => {
  troubles = troubles.filter((trouble) => !trouble.includes('status of 400'))
}

const request = (page) => page.getAttribute('#qr', 'data-request')
const share = async (text) => {
  const answer = await wallet.try('present', text, '--yes')
  assert.equal(answer.code, 0, JSON.stringify(answer.said))
  return answer.said
}
const arrives = (page, url) => page.waitForURL((at) => at.href.startsWith(url), { timeout: PATIENCE })
const picture = (page, name) => page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })

/** What a camera reads. */
function scan(bytes) {
  const { data, width, height } = PNG.sync.read(bytes)
  return jsQR(new Uint8ClampedArray(data), width, height)?.data
}

test('the QR scans back to its text, the page moves on by itself, and the tax office needs no second scan', async () => {
  const page = await person()
  await begin(page)
  assert.match(await page.textContent('h1'), /Bank of Harbour Town/)
  const ring = () => page.evaluate(() => getComputedStyle(document.querySelector('.clock .left')).strokeDashoffset)
  const before = await ring()
  await page.waitForFunction((before) => getComputedStyle(document.querySelector('.clock .left')).strokeDashoffset !== before, before)
  assert.ok(parseFloat(await ring()) < parseFloat(before), 'the ring runs down')
  const text = await request(page)
  assert.equal(scan(await page.screenshot()), text)
  assert.equal(scan(await page.locator('#qr').screenshot()), text)
  const { consent } = await share(text)
  assert.equal(consent.asks.member, 'bank')
  await arrives(page, `${bank}/callback`)
  assert.match(await page.textContent('h1'), /Welcome, Mara Elin Lindqvist/)
  await picture(page, 'bank-welcome')
  await page.goto(`${tax}/login`)
  await arrives(page, `${tax}/callback`)
  const told = JSON.parse(await page.textContent('pre'))
  assert.deepEqual(told.claims.amr, ['sso'])
  assert.deepEqual(Object.keys(told.userinfo), ['sub'])
})

test('our wallet reads the picture of the QR too', async () => {
  const page = await person()
  await begin(page)
  const path = join(pictures, 'qr.png')
  await page.locator('#qr').screenshot({ path })
  await share(path)
  await arrives(page, `${bank}/callback`)
})

test('another browser that knows every address cannot complete the login', async () => {
  const page = await person()
  const login = await begin(page)
  const sameDevice = await page.getAttribute('#open-wallet', 'href')
  const { redirect_uri } = await share(sameDevice)
  assert.ok(redirect_uri.includes('response_code='))
  const other = (await person()).context().request
  for (const url of [login, `${login}/state`, `${login}/finish`, redirect_uri]) {
    const answer = await other.get(url, { maxRedirects: 0 })
    assert.equal(answer.status(), 403, url)
    assert.match(await answer.text(), /begun in another browser/)
    assert.equal(answer.headers().location, undefined)
  }
  assert.equal((await other.post(`${login}/cancel`, { maxRedirects: 0 })).status(), 403, 'nor end it')
  // Nor does the right browser without the code that only the wallet was told.
  const own = page.context().request
  for (const url of [`${login}/finish`, `${login}/finish?response_code=guessed`]) {
    const answer = await own.get(url, { maxRedirects: 0 })
    assert.ok(!(answer.headers().location ?? '').includes('code='), url)
  }
  await page.goto(redirect_uri)
  await arrives(page, `${bank}/callback`)
  assert.match(await page.textContent('h1'), /Welcome, Mara Elin/)
})

test('without scripts the page moves on by reloading', async () => {
  const page = await person({ javaScriptEnabled: false })
  await begin(page)
  await share(await request(page))
  await arrives(page, `${bank}/callback`)
  assert.match(await page.textContent('h1'), /Welcome, Mara Elin/)
})

test('a person can say no on the page, and is told that nothing was passed on', async () => {
  const page = await person()
  await begin(page)
  await page.click('form[action$="/cancel"] button')
  await arrives(page, `${bank}/callback`)
  assert.match(await page.textContent('body'), /Nothing was passed on/)
  refusedByParty()
})

test('the login page has a policy that allows nothing foreign, and is not kept', async () => {
  const page = await person()
  const login = await begin(page)
  const headers = (await page.context().request.get(login)).headers()
  assert.match(headers['content-security-policy'], /default-src 'none'|default-src 'self'/)
  assert.match(headers['content-security-policy'], /frame-ancestors 'none'/)
  assert.doesNotMatch(headers['content-security-policy'], /script-src[^;]*unsafe-inline/)
  assert.equal(headers['cache-control'], 'no-store')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  const [cookie] = (await page.context().cookies(provider)).filter(({ name }) => name === 'browser')
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.domain], [true, 'Lax', new URL(provider).hostname])
})

test('everything on the page is reached by keyboard', async () => {
  const page = await person()
  await begin(page)
  const reached = new Set()
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press('Tab')
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim()))
  }
  for (const name of ['English', '中文', 'open-wallet', 'Help', 'Cancel']) assert.ok(reached.has(name), `${name}: ${[...reached]}`)
})

describe('the login page', () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const locale of ['en', 'zh']) {
      for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
        test(`is accessible: ${colorScheme}, ${locale}, ${size}`, async () => {
          const page = await person({ colorScheme, locale, viewport, deviceScaleFactor: 2, reducedMotion: 'reduce' })
          await begin(page)
          await picture(page, `login-${colorScheme}-${locale}-${size}`)
          assert.equal(await page.getAttribute('html', 'lang'), locale === 'zh' ? 'zh-Hans' : 'en')
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is cut off')
          if (size === 'phone') {
            assert.equal(await page.isVisible('#qr'), false, 'on a phone the QR is folded away')
            await page.click('details.other summary')
          }
          assert.equal(scan(await page.locator('#qr').screenshot()), await request(page), 'the QR scans')
          await page.click('details.help summary')
          assert.deepEqual(await violations(page), [])
        })
      }
    }
  }
})

test('the other pages that people come to are accessible', async () => {
  const pages = [`${provider}/`, `${provider}/nothing-here`, issuer, node, bank, tax]
  for (const colorScheme of ['light', 'dark']) {
    const page = await person({ colorScheme, viewport: PHONE, reducedMotion: 'reduce' })
    for (const url of pages) {
      await page.goto(url)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${url}: nothing is cut off`)
      assert.deepEqual(await violations(page), [], `${colorScheme} ${url}`)
    }
  }
  troubles = troubles.filter((trouble) => !trouble.includes('status of 404'))
})

async function violations(page) {
  await page.evaluate(axe)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  const { violations } = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), tags)
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

test('a revoked card is refused with a reason that a person understands, by scan and by session', async () => {
  const known = new Set((await issued(persons.mara)).map(({ id }) => id))
  const lost = await Wallet.with('loses-its-card', persons.mara)
  const [{ id }] = (await issued(persons.mara)).filter((card) => !known.has(card.id))
  const page = await person()
  await begin(page)
  assert.equal((await lost.try('present', await request(page), '--yes')).code, 0)
  await arrives(page, `${bank}/callback`)
  await revoke(id)
  await page.goto(`${tax}/login`)
  assert.ok(page.url().startsWith(`${tax}/callback`))
  assert.match(await page.textContent('body'), /Your card was revoked by the office that gave it to you/)
  await begin(page)
  const { code, said } = await lost.try('present', await request(page), '--yes')
  assert.deepEqual([code, said.code], [1, 'card_revoked'])
  await page.waitForSelector('text=Your card was revoked')
  assert.match(await page.textContent('main'), /Ask that office for a new card/)
  await picture(page, 'login-revoked')
  assert.deepEqual(await violations(page), [])
  await page.click('a.button')
  await arrives(page, `${bank}/callback`)
  refusedByParty()
})
