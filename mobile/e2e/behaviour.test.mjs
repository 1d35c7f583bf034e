// What a person does with the screens: with keys alone, with the phone's back, and with a yes or a no. On samples; the journeys with the
// true core are elsewhere.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CAMERA, NOW, show, start } from './samples.mjs'

let app
let page
const faults = []

before(async () => {
  app = await start(CAMERA)
  page = await app.open({ colorScheme: 'light', permissions: ['camera'] }, faults)
})
after(async () => {
  await app.close()
  assert.deepEqual(faults, [])
})

const heading = () => page.locator('h1').innerText()
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent?.trim())
const asked = () => page.evaluate(() => window.asked().map(({ command }) => command))
const parameters = (name) => page.evaluate((name) => window.asked().findLast(({ command }) => command === name)?.parameters, name)

/** Presses Tab until the control of this name, or one whose words it is found in, has the focus. */
async function reach(name) {
  for (let steps = 0; steps < 60; steps++) {
    const here = (await focused()) ?? ''
    if (typeof name === 'string' ? here === name : name.test(here)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${name} is not reached with Tab`)
}

test('each screen begins at its heading, and the page has its name', async () => {
  for (const scene of ['cards', 'settings', 'consent', 'history', 'problem']) {
    await show(page, scene)
    assert.equal(await focused(), (await heading()).trim(), scene)
    assert.equal(await page.title(), `${(await heading()).trim()} · Symbolon`)
  }
})

test('with keys alone, a card is opened and left', async () => {
  await show(page, 'cards')
  await reach(/Personal identity/)
  await page.keyboard.press('Enter')
  await page.getByText('Mei Ling Tan').waitFor()
  await reach('Back')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
})

test('what is more than was asked for says so, and only that', async () => {
  await show(page, 'consent-choices')
  const more = page.locator('.claim', { hasText: 'More than they asked for.' })
  await more.waitFor()
  assert.deepEqual(await more.locator('dt').allInnerTexts(), ['Address'])
})

test('with keys alone, a yes is given', async () => {
  await show(page, 'consent')
  await reach('Share')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Shared' }).waitFor()
  assert.ok((await asked()).includes('share'))
  assert.equal(await page.locator('#go-on').getAttribute('href'), 'https://bank.harbour.example/back')
})

test('with keys alone, a no is given, and nothing is shared', async () => {
  await show(page, 'consent')
  await reach('Don’t share')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
  assert.ok((await asked()).includes('decline'))
  assert.ok(!(await asked()).includes('share'))
  await page.getByRole('status').filter({ hasText: 'Nothing was shared.' }).waitFor()
})

test('with keys alone, from the first screen to the first sharing, and back', async () => {
  const press = async (name, key = 'Enter') => {
    await reach(name)
    await page.keyboard.press(key)
  }
  await show(page, 'start-language')
  await press('English')
  await press('Set up')
  await page.getByRole('heading', { name: 'Choose a PIN' }).waitFor()
  await page.keyboard.type('271828')
  await page.getByRole('heading', { name: 'The same PIN again' }).waitFor()
  for (const digit of '27182') await press(digit)
  await press('Delete the last digit', 'Space')
  for (const digit of '28') await press(digit, 'Space')
  await page.getByRole('heading', { name: 'Your wallet is ready' }).waitFor()
  await press('Scan a code')
  await press('Paste a link')
  await page.getByLabel('Link').waitFor()
  await page.keyboard.type('openid4vp://?request_uri=https://x.example')
  await press('Look at it')
  await page.getByRole('heading', { name: 'Share with Bank of Harbour Town?' }).waitFor()
  await press('Close')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await press('Share')
  await page.getByRole('heading', { name: 'Shared' }).waitFor()
  await press('See it in the history')
  await page.getByRole('heading', { name: 'Receipt' }).waitFor()
  await press('Back')
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
  assert.deepEqual((await asked()).filter((command) => ['create', 'share', 'decline'].includes(command)), ['create', 'share'])
})

test('the phone’s back does not leave a question silently', async () => {
  await show(page, 'consent')
  await page.goBack()
  await page.getByRole('dialog').waitFor()
  assert.equal(await focused(), 'Leave without sharing?')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.goBack()
  await page.getByRole('dialog').waitFor()
  assert.ok(!(await asked()).includes('decline'))
  await page.getByRole('dialog').getByRole('button', { name: 'Don’t share' }).click()
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
  assert.ok((await asked()).includes('decline'))
})

test('what is being shared cannot be refused any more, and what arrives late takes no other screen’s place', async () => {
  await show(page, 'consent-sharing')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.goBack()
  assert.equal(await page.getByRole('dialog').count(), 0)
  assert.ok(!(await asked()).includes('decline'))
  await page.getByRole('button', { name: 'Help' }).click()
  await page.getByRole('heading', { name: 'Help' }).waitFor()
  await page.evaluate(() => dispatchEvent(new Event('arrives')))
  await page.evaluate(() => new Promise((later) => setTimeout(later, 100)))
  assert.equal(await heading(), 'Help')

  await show(page, 'consent-sharing')
  await page.evaluate(() => dispatchEvent(new Event('arrives')))
  await page.getByRole('heading', { name: 'Shared' }).waitFor()
})

test('a card that is on its way comes, and a wallet that is being made is there, wherever the person looks meanwhile', async () => {
  await show(page, 'offer-adding')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.goBack()
  assert.ok(!(await asked()).includes('refuse'))
  await page.evaluate(() => dispatchEvent(new Event('arrives')))
  await page.getByRole('heading', { name: 'The card is here' }).waitFor()

  await show(page, 'start-pin-busy')
  await page.getByRole('button', { name: 'Help' }).click()
  await page.getByRole('heading', { name: 'Help' }).waitFor()
  await page.evaluate(() => dispatchEvent(new Event('arrives')))
  await page.getByRole('heading', { name: 'Your wallet is ready' }).waitFor()
})

test('a sign-in that failed is begun again', async () => {
  await show(page, 'sign-in-failed')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  assert.equal((await asked()).filter((command) => command === 'begin_sign_in').length, 2)
})

test('words that were typed are still there after a look at the keypad', async () => {
  await show(page, 'restore')
  const words = 'harbour pencil ocean velvet museum lantern cradle orbit walnut summer tiger echo'
  await page.locator('input[type=file]').setInputFiles({ name: 'backup', mimeType: 'application/octet-stream', buffer: Buffer.from('x') })
  await page.locator('#words').fill(words)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('.pad').waitFor()
  await page.getByRole('button', { name: 'Back' }).click()
  await page.locator('#words').waitFor()
  assert.equal(await page.locator('#words').inputValue(), words)
})

test('a wait is over when its time has passed, whether or not the page ran meanwhile', async () => {
  await show(page, 'unlock-wait')
  await page.getByText('Too many wrong PINs.').waitFor()
  await page.clock.setFixedTime(NOW + 246_000)
  await page.getByText('Too many wrong PINs.').waitFor({ state: 'detached' })
  await page.keyboard.type('271828')
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
  await page.clock.setFixedTime(NOW)
})

test('the phone’s back leads back, screen by screen', async () => {
  await show(page, 'settings-text')
  await page.goBack()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  await page.goBack()
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
})

test('yes and no are the same in size, ground and letters', async () => {
  await page.mouse.move(0, 0)
  for (const theme of ['light', 'dark']) {
    await show(page, 'consent', 'en', theme)
    const look = (id) =>
      page.locator(id).evaluate((button) => {
        const { width, height } = button.getBoundingClientRect()
        const { backgroundColor, color, fontSize, fontWeight, borderColor } = getComputedStyle(button)
        return { width, height, backgroundColor, color, fontSize, fontWeight, borderColor }
      })
    assert.deepEqual(await look('#no'), await look('#yes'))
  }
})

test('where too much was asked, there is nothing to share with', async () => {
  await show(page, 'too-much')
  assert.deepEqual(await page.locator('main ~ * button').allInnerTexts(), ['Close', 'Report it'])
})

test('what a person switches is asked of the core, and what it draws is seen', async () => {
  await show(page, 'consent-choices')
  await page.getByRole('switch', { name: 'Share E-mail' }).click()
  assert.deepEqual((await parameters('choose')).choices.cards[0], { query: 'identity', card: 'identity', way: 2 })
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  await page.getByRole('heading', { name: 'Shared' }).waitFor()
  assert.deepEqual((await parameters('share')).choices.cards[0], { query: 'identity', card: 'identity', way: 2 })
})

test('a PIN is typed with keys, pasted, or pressed; and it is nowhere to be read', async () => {
  await show(page, 'unlock')
  await page.keyboard.type('111111')
  await page.getByRole('alert').filter({ hasText: 'The PIN is wrong.' }).waitFor()
  for (const digit of '27182') await page.getByRole('button', { name: digit, exact: true }).click()
  await page.getByText('5 of 6 digits').waitFor({ state: 'attached' })
  assert.ok(!(await page.content()).includes('27182'))
  await page.getByRole('button', { name: '8', exact: true }).click()
  await page.getByRole('heading', { name: 'Cards' }).waitFor()

  await show(page, 'unlock')
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.setData('text', '271828')
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
  })
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
})

test('a weak PIN, and one that is typed another way the second time, are not taken', async () => {
  await show(page, 'start-pin')
  await page.keyboard.type('123456')
  await page.getByText('among the first that a thief tries').waitFor()
  await page.keyboard.type('271828')
  await page.getByRole('heading', { name: 'The same PIN again' }).waitFor()
  await page.keyboard.type('271829')
  await page.getByText('The two did not match').waitFor()
  assert.ok(!(await asked()).includes('create'))
  await page.keyboard.type('271828')
  await page.getByRole('heading', { name: 'The same PIN again' }).waitFor()
  await page.keyboard.type('271828')
  await page.getByRole('heading', { name: 'Your wallet is ready' }).waitFor()
  assert.deepEqual(await parameters('create'), { pin: '271828' })
})

test('a backup’s words are asked back before its file is made', async () => {
  await show(page, 'backup')
  await page.getByRole('button', { name: 'Show the twelve words' }).click()
  await page.locator('.words').waitFor()
  const words = await page.locator('.words bdi').allInnerTexts()
  assert.equal(words.length, 12)
  await page.getByRole('button', { name: 'I wrote them down' }).click()
  await page.locator('#word-2').waitFor()
  const fields = await page.locator('form input').all()
  for (const field of fields) await field.fill('wrong')
  await page.getByRole('button', { name: 'Make the file' }).click()
  await page.getByText('is another one').nth(2).waitFor()
  assert.ok(!(await asked()).includes('backup'))
  for (const [at, label] of (await page.locator('form label').allInnerTexts()).entries()) await fields[at].fill(words[Number(label.match(/\d+/)[0]) - 1])
  await page.getByRole('button', { name: 'Make the file' }).click()
  await page.getByRole('heading', { name: 'Your backup is ready' }).waitFor()
  assert.deepEqual(await parameters('backup'), { words })
  await page.getByRole('button', { name: 'Save the file' }).click()
  await page.getByText('The file is saved.').waitFor()
  assert.equal((await parameters('save')).base64, 'AAAA')
})

test('a code of half its length is not sent', async () => {
  await show(page, 'offer-code')
  await page.getByLabel('The code you were given').fill('123')
  await page.getByRole('button', { name: 'Add card' }).click()
  await page.getByText('Enter the whole code first.').waitFor()
  assert.ok(!(await asked()).includes('accept'))
  await page.getByLabel('The code you were given').fill('123 456')
  await page.getByRole('button', { name: 'Add card' }).click()
  await page.getByRole('heading', { name: 'The card is here' }).waitFor()
  assert.equal((await parameters('accept')).code, '123456')
})

test('a pasted link leads on', async () => {
  await show(page, 'scan')
  await page.getByRole('button', { name: 'Paste a link' }).click()
  await page.getByLabel('Link').fill('openid4vp://?request_uri=https://x.example')
  await page.getByRole('button', { name: 'Look at it' }).click()
  await page.getByRole('heading', { name: 'Share with Bank of Harbour Town?' }).waitFor()
})

test('the camera’s picture is read as brightness alone, again and again, and the camera is let go of', async () => {
  await show(page, 'scan')
  await page.waitForFunction(() => window.asked().filter(({ command }) => command === 'read_frame').length > 2)
  const { width, height, luma_base64 } = await parameters('read_frame')
  const luma = Buffer.from(luma_base64, 'base64')
  assert.equal(luma.length, width * height)
  assert.ok(Math.max(width, height) <= 640)
  assert.ok(new Set(luma).size > 10, 'there is something to see')
  const track = await page.evaluateHandle(() => document.querySelector('video').srcObject.getTracks()[0])
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
  assert.equal(await track.evaluate((track) => track.readyState), 'ended')
})

test('while practising, each screen says so, and there is something to practise with', async () => {
  await show(page, 'cards-practice')
  await page.getByRole('button', { name: 'A bank asks for too much' }).click()
  await page.getByRole('heading', { name: 'They ask for too much' }).waitFor()
  await page.getByText('Practice. Nothing here is real.').waitFor()
  await page.getByRole('button', { name: 'Close' }).first().click()
  await page.getByRole('button', { name: 'A bank asks to see it' }).click()
  await page.locator('#yes').waitFor()
  await page.getByRole('button', { name: 'End practice' }).click()
  await page.getByRole('heading', { name: 'Cards' }).waitFor()
  await page.getByText('Practice. Nothing here is real.').waitFor({ state: 'detached' })
})

test('nothing is erased without a sign that it is understood', async () => {
  await show(page, 'erase')
  assert.ok(await page.getByRole('button', { name: 'Erase' }).isDisabled())
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Erase' }).click()
  await page.getByRole('heading', { name: /Your language/ }).waitFor()
  await page.getByRole('status').filter({ hasText: 'The wallet is erased.' }).waitFor()
})

test('whether the phone asks its owner is seen, and where it does not, why, and what to do', async () => {
  await show(page, 'settings')
  assert.match(await page.getByRole('button', { name: 'Finger, face or screen lock' }).innerText(), /On$/)
  await show(page, 'settings-no-lock')
  await page.getByRole('button', { name: 'Finger, face or screen lock' }).click()
  await page.getByText('Your phone has no screen lock').waitFor()
  await page.locator('.steps li').nth(3).waitFor()
})

test('the language changes at once, everywhere', async () => {
  await show(page, 'settings-language')
  await page.getByRole('radio', { name: '中文' }).check()
  await page.getByRole('heading', { name: '语言' }).waitFor()
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-Hans')
})

test('markup in an outsider’s text is only text', async () => {
  await show(page, 'hostile')
  assert.ok((await page.locator('main').innerText()).includes('<img src=x onerror='))
  assert.equal(await page.locator('main img').count(), 0)
  assert.equal(await page.evaluate(() => window.attacked), undefined)
})
