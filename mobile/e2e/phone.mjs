// A phone for tests: the bridge with a wallet of its own, and Chromium showing its screens. What a page must never do
// (speak to a stranger, break its policy, be given a secret) is kept and fails the test.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { checkpoint, demo, root } from '../../tests/peers/house.mjs'
import { broken } from './rules.mjs'

export const PIN = '258037'
export const PATIENCE = 20_000
const SCREEN = { width: 390, height: 844 }
const pictures = join(root, 'target/screens/house')
const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', ...QUIET] })

/** Starts a bridge; gives the process and the address to open. */
async function bridge(name) {
  const folder = join(root, 'target/demo/data/phones', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'address')
  const nodes = demo.nodes.flatMap((url) => ['--node', url])
  const places = ['--home', join(folder, 'home'), '--screens', join(root, 'mobile/dist'), '--address-file', file]
  const process = spawn(join(demo.target, 'debug/wallet-bridge'), [...places, '--checkpoint', checkpoint, '--listen', '127.0.0.52:0', ...nodes], { stdio: ['ignore', 'ignore', 'inherit'] })
  const begun = Date.now()
  while (!existsSync(file)) {
    if (Date.now() - begun > PATIENCE) throw new Error('the bridge does not start')
    await new Promise((done) => setTimeout(done, 20))
  }
  return { process, address: readFileSync(file, 'utf8') }
}

export class Phone {
  /** A phone without a wallet. `language` and `theme` are chosen on its screens. */
  static async start(browser, name, { language = 'en', theme = 'light', ...options } = {}) {
    const phone = new Phone()
    const { process, address } = await bridge(name)
    const context = await browser.newContext({ viewport: SCREEN, deviceScaleFactor: 2, hasTouch: true, isMobile: true, colorScheme: theme, reducedMotion: 'reduce', locale: language === 'zh' ? 'zh-CN' : 'en', ...options })
    context.setDefaultTimeout(PATIENCE)
    Object.assign(phone, { process, address, context, name, language, theme, troubles: [], results: [] })
    phone.host = new URL(address).host
    context.on('request', (request) => phone.#watch(request))
    context.on('response', (response) => phone.#heard(response))
    context.on('weberror', (error) => phone.troubles.push(String(error.error())))
    context.on('console', (message) => {
      // A refused command is an answer, and Chromium writes it down all the same.
      if (message.type() === 'error' && !/status of (422|400)/.test(message.text())) phone.troubles.push(message.text())
    })
    phone.page = await context.newPage()
    await phone.page.goto(address)
    return phone
  }

  #watch(request) {
    const { protocol, host } = new URL(request.url())
    const mine = request.frame().page() === this.page
    if (mine && !['data:', 'blob:'].includes(protocol) && host !== this.host) this.troubles.push(`request to ${host}`)
  }

  /** What comes back from the core is kept, to be searched for secrets. */
  #heard(response) {
    if (!response.url().includes('/ipc/')) return
    this.results.push(response.text().catch(() => ''))
  }

  /** Everything that the core ever told these screens. */
  async told() {
    return (await Promise.all(this.results)).join('\n')
  }

  async stop() {
    await this.context.close()
    this.process.kill()
  }

  /** A picture of this screen, and what is wrong with it by the rules of WCAG 2.2 AA. */
  async look(name) {
    const folder = join(pictures, `${this.language}-${this.theme}`)
    mkdirSync(folder, { recursive: true })
    await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
    const found = (await broken(this.page)).map((what) => `${name}: ${what}`)
    const isCut = await this.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    return isCut ? [...found, `${name}: something is cut off`] : found
  }

  /** From the first screen to an empty wallet, by keyboard alone where `keyboard` says so. */
  async onboard(look = () => {}) {
    const { page } = this
    const language = page.locator(`.acts [lang="${this.language === 'zh' ? 'zh-Hans' : 'en'}"]`)
    await language.waitFor()
    await look('language')
    await language.click()
    await page.locator('.acts .primary').waitFor()
    await look('about')
    await page.locator('.acts .primary').click()
    await page.locator('.pad').waitFor()
    await look('choose-pin')
    const heading = await page.textContent('h1')
    await page.keyboard.type(PIN)
    await page.waitForFunction((before) => document.querySelector('h1').textContent !== before, heading)
    await page.keyboard.type(PIN)
    await page.locator('.acts .quiet').waitFor()
    await look('ready')
    await page.locator('.acts .quiet').click()
    await page.locator('nav').waitFor()
  }

  /** Types the PIN of a locked wallet. */
  async unlock() {
    await this.page.locator('.pad').waitFor()
    await this.page.keyboard.type(PIN)
    await this.page.locator('nav').waitFor()
  }

  /** Pastes a text where the phone scans. */
  async scan(text) {
    const { page } = this
    await page.locator('nav button, nav a').nth(1).click()
    await page.locator('main .actions button').last().click()
    await page.fill('#link', text)
    await page.locator('form .primary').click()
  }

  /** Another app, or a page on this phone, opens the wallet with a link. */
  async open(link) {
    await this.page.evaluate((link) => (location.hash = new URLSearchParams({ link }).toString()), link)
  }

  /** Takes an offer up. */
  async accept(code, look = () => {}) {
    const { page } = this
    await page.locator('#code').waitFor()
    await look('offer')
    await page.fill('#code', code)
    await page.locator('.acts button').last().click()
    await page.locator('.acts .quiet').waitFor()
    await look('received')
    await page.locator('.acts .quiet').click()
    await page.locator('nav').waitFor()
  }

  /** Says yes to what is asked. */
  async share(look = () => {}) {
    const { page } = this
    await page.locator('#yes').waitFor()
    await look('consent')
    const said = await page.textContent('main')
    await page.locator('#yes').click()
    await page.locator('#yes').waitFor({ state: 'detached' })
    await page.locator('.acts').waitFor()
    await look('shared')
    return said
  }

  /** Back to the tabs, from a screen that ends. */
  async done() {
    const leadsOn = (await this.page.locator('#go-on').count()) > 0
    await this.page.locator(leadsOn ? '.acts button >> nth=-1' : '.acts .primary').click()
    await this.page.locator('nav').waitFor()
  }

  /** Asks the core as the screens do; what is refused is thrown. */
  async ask(command, parameters) {
    const { isGood, body } = await this.#call(command, parameters)
    if (!isGood) throw new Error(`${command}: ${JSON.stringify(body)}`)
    return body
  }

  /** Asks what must be refused, and gives the refusal. */
  async refused(command, parameters) {
    const { isGood, body } = await this.#call(command, parameters)
    if (isGood) throw new Error(`${command} is not refused`)
    return body
  }

  #call(command, parameters) {
    const call = async ([command, body]) => {
      const headers = { 'content-type': 'application/json', 'x-symbolon-token': sessionStorage.getItem('token') }
      const answer = await fetch(`/ipc/${command}`, { method: 'POST', headers, body })
      return { isGood: answer.ok, body: await answer.json() }
    }
    return this.page.evaluate(call, [command, JSON.stringify(parameters)])
  }

  /** Takes the codes of a counter's film, one after the other, where the phone scans. */
  async collect(frames) {
    const { page } = this
    await page.locator('nav button, nav a').nth(1).click()
    for (const text of frames) {
      await page.locator('main .actions button').last().click()
      await page.fill('#link', text)
      await page.locator('form .primary').click()
      await page.locator('#link').waitFor({ state: 'detached' })
      await page.locator('main .actions, #yes').first().waitFor()
    }
  }

  /** Pictures of the codes that follow each other on this screen. */
  async film(folder) {
    const { page } = this
    const count = await page.locator('.dots span').count()
    if (count > 0) await page.getByRole('button', { name: 'Pause' }).click()
    const pictures = []
    for (let number = 0; number < Math.max(count, 1); number += 1) {
      const path = join(folder, `${this.name}-${number}.png`)
      await page.locator('.frame svg[role=img]').screenshot({ path })
      pictures.push(path)
      if (count > 0) await page.getByRole('button', { name: 'Next picture' }).click()
    }
    return pictures
  }

  /** Makes a backup on the screens: the words are read off, asked back, and the file is kept as `path`. */
  async backUp(path) {
    const { page } = this
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Back up' }).click()
    await page.locator('.acts .primary').click()
    await page.locator('.words').waitFor()
    const words = await page.locator('.words bdi').allInnerTexts()
    await page.locator('.acts .primary').click()
    await page.locator('#word-0').waitFor()
    for (const place of [0, 1, 2]) {
      const number = Number((await page.locator(`label[for=word-${place}]`).innerText()).match(/\d+/)[0])
      await page.fill(`#word-${place}`, words[number - 1])
    }
    await page.locator('form .primary').click()
    const saved = page.waitForEvent('download')
    await page.locator('.acts .primary').click()
    await (await saved).saveAs(path)
    return { file: path, words }
  }

  /** Sets a new phone up from a backup. */
  async restore(file, words) {
    const { page } = this
    await page.locator(`.acts [lang="en"]`).click()
    await page.getByRole('button', { name: 'I had this on another phone' }).click()
    await page.getByRole('button', { name: 'From a backup' }).click()
    await page.locator('input[type=file]').setInputFiles(file)
    await page.fill('#words', words.join(' '))
    await page.locator('.acts .primary').click()
    await page.locator('.pad').waitFor()
    const heading = await page.textContent('h1')
    await page.keyboard.type(PIN)
    await page.waitForFunction((before) => document.querySelector('h1').textContent !== before, heading)
    await page.keyboard.type(PIN)
    await page.locator('nav').waitFor()
  }

  async tab(place) {
    await this.page.locator('nav button, nav a').nth(place).click()
    await this.page.locator('h1').waitFor()
  }

  /** Opens the history: how many lines it has, once it is read. */
  async history() {
    const { page } = this
    await this.tab(2)
    await page.locator('main section, .empty').first().waitFor()
    return page.locator('main section li').count()
  }
}
