// What a person does with cards that are here, in Chromium against the whole house: show them at a counter without the
// network, look back, back up and restore, see that one was taken back, throw one away. And what must not work.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { checkpoint, data, demo, http, issued, offer, ours, persons, revoke, root } from '../../tests/peers/house.mjs'
import { PATIENCE, PIN, Phone, launch } from './phone.mjs'

const [bank] = demo.relying_parties.map(({ url }) => url)
const nodes = demo.nodes.flatMap((url) => ['--registry', url])
const folder = join(root, 'target/demo/peers')

let browser
const phones = []

before(async () => {
  mkdirSync(folder, { recursive: true })
  browser = await launch()
})
after(() => browser?.close())
afterEach(async () => {
  for (const phone of phones.splice(0)) {
    await phone.stop()
    assert.deepEqual(phone.troubles, [], 'no error in the console, no request but to the bridge')
    const told = await phone.told()
    assert.ok(!told.includes(PIN), 'no result holds the PIN')
  }
})

async function start(name, options) {
  const phone = await Phone.start(browser, `keeping-${name}`, options)
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

/** The bank's counter: it fetches what it needs, asks, and checks what it is shown. */
class Counter {
  constructor(name) {
    this.bundle = join(folder, `${name}-bundle`)
    this.question = join(folder, `${name}-question.json`)
    rmSync(this.question, { force: true })
  }

  async #do(...args) {
    return JSON.parse(await ours('wallet', ['--json', 'counter', ...args, '--checkpoint', checkpoint]))
  }

  fetch() {
    return this.#do('fetch', '--out', this.bundle, ...nodes)
  }

  async ask(claims) {
    const key = join(data, 'bank/counter.jwk')
    const own = ['--use', 'counter', '--member', 'bank', '--key', key, '--question', this.question, '--bundle', this.bundle]
    return (await this.#do('request', ...own, '--claims', claims)).frames
  }

  async check(frames, ...more) {
    const { cards } = await this.#do('check', '--bundle', this.bundle, ...more, ...frames)
    return cards[0]
  }
}

/** Logs in at the bank with the card of this phone. */
async function logIn(phone) {
  const desk = await browser.newContext()
  const page = await desk.newPage()
  await page.goto(`${bank}/login`)
  await page.waitForURL(`${demo.verifier.plain}/login/*`)
  await phone.scan(await page.getAttribute('#qr', 'data-request'))
  await phone.share()
  await page.waitForURL((at) => at.href.startsWith(`${bank}/callback`), { timeout: PATIENCE })
  await desk.close()
  await phone.done()
}

/** The root of a period of receipts is in the register: in the demo a period has ten seconds. */
async function anchored(period) {
  const begun = Date.now()
  const isThere = async () => (await http('GET', `${demo.nodes[0]}/v1/entries/receipts/login/${period}`)).body.entries[0].value !== null
  while (!(await isThere())) {
    if (Date.now() - begun > 2 * PATIENCE) throw new Error('the receipts are not anchored')
    await new Promise((done) => setTimeout(done, 500))
  }
}

const openCard = (phone, place = 0) => phone.page.locator('.cards button').nth(place).click()

test('at a counter without the network, what the phone shows is what the counter sees', async () => {
  const phone = await withCard('counter', persons.ines)
  const counter = new Counter('phone-counter')
  assert.equal((await counter.fetch()).missing, 0)
  await phone.collect(await counter.ask('given_name,age_over_18'))
  await phone.page.getByText('You are at a counter.').waitFor()
  assert.match(await phone.page.textContent('main'), /Open an account at the counter/)
  assert.deepEqual(await phone.look('consent-counter'), [])
  await phone.page.locator('#yes').click()
  await phone.page.getByRole('heading', { name: 'Show this to the counter' }).waitFor()
  assert.deepEqual(await phone.look('counter-answer'), [])
  // What stands on the phone's screen, as the counter's camera sees it.
  const seen = await counter.check(await phone.film(folder), '--question', counter.question)
  assert.deepEqual([seen.claims.given_name, seen.claims.birthdate], ['Ines', undefined])
  await phone.page.getByRole('button', { name: 'They have it' }).click()
  await phone.done()

  await phone.tab(2)
  await phone.page.locator('main li').first().click()
  await phone.page.getByText('Shown without the network').waitFor()
  assert.deepEqual(await phone.look('receipt-counter'), [])
})

test('a code that is on the phone’s screen for half a minute is read by any counter', async () => {
  const phone = await withCard('code', persons.ines)
  const counter = new Counter('phone-code')
  await counter.fetch()
  await openCard(phone)
  await phone.page.getByRole('button', { name: 'Show at a counter' }).click()
  await phone.page.getByRole('timer').waitFor()
  const seen = await counter.check(await phone.film(folder))
  assert.deepEqual(await phone.look('show-code'), [])
  assert.deepEqual([seen.claims.age_over_18, seen.claims.given_name, seen.anywhere], [true, undefined, true])
})

test('a login is in the history with a receipt that the register vouches for, and can be wished away', async () => {
  const phone = await withCard('receipt', persons.siyuan)
  await logIn(phone)
  await phone.tab(2)
  const [{ id }] = await phone.ask('history', {})
  await anchored((await phone.ask('entry', { id })).says.period)
  await phone.page.getByRole('button', { name: 'Check the receipts now' }).click()
  await phone.page.getByText('The receipts are checked.').waitFor()
  await phone.page.locator('main li').first().click()
  await phone.page.getByText('Vouched for by the register').waitFor()
  await phone.page.locator('summary').click()
  await phone.page.getByText('Fingerprint of all its receipts').waitFor()
  await phone.page.getByRole('button', { name: 'Ask them to delete it' }).click()
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Ask', exact: true }).click()
  await phone.page.getByText('No answer yet').waitFor()
  assert.deepEqual(await phone.look('receipt'), [])
})

test('a backup brings history and cards to a new wallet, and the card is had again by signing in', async () => {
  const old = await withCard('backup', persons.siyuan)
  await logIn(old)
  const { file, words } = await old.backUp(join(folder, 'phone.symbolon-backup'))
  assert.ok(!readFileSync(file).includes('Siyuan'), 'the file says nothing')

  const phone = await start('restored')
  await phone.restore(file, words)
  await phone.page.locator('.cards').getByText('Get it again').waitFor()
  assert.deepEqual(await phone.look('restored'), [])
  assert.equal(await phone.history(), 1)
  await phone.tab(0)
  await openCard(phone)
  await phone.page.getByRole('button', { name: 'Get it again' }).click()
  await phone.page.getByRole('heading', { name: 'Get this card again' }).waitFor()
  assert.deepEqual(await phone.look('again'), [])
  await phone.page.getByRole('button', { name: 'Sign in' }).click()
  await signIn(phone, persons.siyuan)
  await phone.page.getByRole('heading', { name: 'The card is here' }).waitFor()
  await phone.page.locator('.acts .quiet').click()
  await logIn(phone)
})

/** On the office’s own page, with the code that its counter gave. */
async function signIn(phone, person) {
  const { code } = await offer(person, 'authorization_code')
  const address = await phone.page.locator('#go-on').getAttribute('href')
  const page = await phone.context.newPage()
  await page.goto(address)
  await page.fill('#person', person)
  await page.fill('#code', code)
  await page.locator('button[value=yes]').click()
  await page.getByText('You can close this page.').waitFor()
  await page.close()
}

test('a card that its office took back is seen to be so', async () => {
  const before = new Set((await issued(persons.tobias)).map(({ id }) => id))
  const phone = await withCard('revoked', persons.tobias)
  await phone.page.locator('.cards').getByText('Valid', { exact: true }).waitFor()
  for (const { id } of await issued(persons.tobias)) if (!before.has(id)) await revoke(id)
  await openCard(phone)
  await phone.page.getByRole('button', { name: 'Ask the office now' }).click()
  await phone.page.getByText('Nobody will accept it.').waitFor()
  assert.deepEqual(await phone.look('card-revoked'), [])
  assert.equal(await phone.page.getByRole('button', { name: 'Show at a counter' }).count(), 0)
})

test('a card is thrown away after a question, and stays away', async () => {
  const phone = await withCard('removed', persons.ines)
  await openCard(phone)
  await phone.page.getByRole('button', { name: 'Remove this card' }).click()
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
  assert.equal((await phone.ask('cards', {})).length, 1)
  await phone.page.getByRole('button', { name: 'Remove this card' }).click()
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await phone.page.getByText('The card is removed.').waitFor()
  await phone.page.getByText('No cards yet').waitFor()
  assert.deepEqual(await phone.look('removed'), [])
  await phone.page.reload()
  await phone.page.getByText('No cards yet').waitFor()
})

test('a link of somebody else’s making leads to a reason, and to nothing that can be answered', async () => {
  const phone = await withCard('hostile', persons.ines)
  for (const link of [
    'openid4vp://?client_id=x',
    'openid4vp://?client_id=decentralized_identifier%3Adid%3Asymbolon%3Ademo%3Abank&request_uri=https%3A%2F%2F10.0.0.1%2Fr',
    'openid4vp://?client_id=decentralized_identifier%3Adid%3Asymbolon%3Ademo%3Abank&request_uri=file%3A%2F%2F%2Fetc%2Fpasswd',
    'openid-credential-offer://?credential_offer=%7B%22credential_issuer%22%3A%22https%3A%2F%2Fevil.example%22%7D',
    'javascript:alert(1)',
    `openid4vp://?x=${'x'.repeat(5000)}`,
  ]) {
    await phone.open(link)
    await phone.page.getByText(/^Code: /).waitFor()
    assert.equal(await phone.page.locator('#yes').count(), 0, link.slice(0, 80))
    await phone.page.getByRole('button', { name: 'To your cards' }).click()
    await phone.page.locator('nav').waitFor()
  }
  assert.equal((await phone.ask('history', {})).length, 0)
})

test('wrong PINs cost a wait that is shown and counted down, and the right one does not help meanwhile', async () => {
  const phone = await withCard('pins', persons.ines)
  await phone.ask('lock', {})
  await phone.page.reload()
  await phone.page.locator('.pad').waitFor()
  for (const pin of ['000000', '111111']) {
    await phone.page.keyboard.type(pin)
    await phone.page.getByText('The PIN is wrong.').waitFor()
  }
  await phone.page.keyboard.type('222222')
  await phone.page.getByText(/Too many wrong PINs/).waitFor()
  assert.deepEqual(await phone.look('unlock-wait'), [])
  assert.equal((await phone.refused('unlock', { pin: PIN })).code, 'too_many_wrong_pins')
})
