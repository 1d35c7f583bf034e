// The shell itself, in WebKit's web view: the screens come from the binary, the one command reaches the core, a card is
// received and shared, a link of the bank's page opens the app and leads back logged in, and the page can neither speak to a
// stranger nor ask a plugin for anything. How long it takes to the first cards is printed and written down for `cargo xtask bench app`,
// not judged: machines differ.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { checkpoint, demo, http, offer, persons, root, vct } from '../../tests/peers/house.mjs'
import { Browser } from '../../tests/peers/plain-browser.mjs'

const PORT = 4454
const DRIVER = `http://127.0.0.1:${PORT}`
const PIN = '258037'
const PATIENCE = 30_000
const folder = join(root, 'target/demo/data/phones/shell')
const program = process.env.SHELL_PROGRAM
/** What the app opens in the person's browser is written here. */
const opened = join(folder, 'opened')
const [bank] = demo.relying_parties
let driver, session

before(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  mkdirSync(join(root, 'target/screens'), { recursive: true })
  writeFileSync(join(folder, 'bin/xdg-open'), `#!/bin/sh\nprintf '%s' "$1" > '${opened}'\n`, { mode: 0o755 })
  const register = JSON.stringify({ checkpoint: JSON.parse(readFileSync(checkpoint, 'utf8')), nodes: demo.nodes })
  const path = join(folder, 'bin') + delimiter + process.env.PATH
  const automation = { TAURI_AUTOMATION: 'true', TAURI_WEBVIEW_AUTOMATION: 'true' }
  const env = { ...process.env, ...automation, PATH: path, SYMBOLON_REGISTER: register, SYMBOLON_HOME: join(folder, 'home'), XDG_DATA_HOME: folder }
  driver = spawn('/usr/bin/WebKitWebDriver', [`--port=${PORT}`], { env, stdio: 'ignore', detached: true })
  await start()
})
after(async () => {
  await stop()
  // The group: what it started would keep this test open.
  if (driver) process.kill(-driver.pid)
})

/** Starts the app, as a link does where there is one. */
async function start(link) {
  const options = { binary: program, args: link ? [link] : [] }
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } }
  const { sessionId } = await eventually(() => wire('POST', '/session', { capabilities }))
  session = `/session/${sessionId}`
}

async function stop() {
  if (session) await wire('DELETE', session).catch(() => {})
  session = undefined
}

/** One command of WebDriver. */
async function wire(method, path, body) {
  const answer = await fetch(`${DRIVER}${path}`, { method, body: body && JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  const { value } = await answer.json()
  if (!answer.ok) throw new Error(`${path}: ${value?.error}: ${value?.message}`)
  return value
}

async function eventually(work) {
  const begun = Date.now()
  for (;;) {
    try {
      const found = await work()
      if (found) return found
    } catch (error) {
      if (Date.now() - begun > PATIENCE) throw error
    }
    if (Date.now() - begun > PATIENCE) throw new Error(`not in time: ${work}`)
    await new Promise((done) => setTimeout(done, 100))
  }
}

/** Runs a function of the page's; its promise is waited for. */
const run = (body, ...args) =>
  wire('POST', `${session}/execute/async`, {
    script: `const done = arguments[arguments.length - 1]; Promise.resolve((${body})(...arguments)).then((value) => done({ value }), (error) => done({ error: error?.code ?? String(error) }))`,
    args,
  })
const call = (command, parameters = {}) =>
  run('(command, parameters) => window.__TAURI_INTERNALS__.invoke("call", { command, arguments: parameters })', command, parameters)
const press = (selector) => eventually(async () => (await run('(s) => { const e = document.querySelector(s); e?.click(); return Boolean(e) }', selector)).value)
/** Whether a finger on the middle of it meets it: not while one screen goes over into the next. */
const MET = '(s) => { const e = document.querySelector(s); const { x, y, width, height } = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(x + width / 2, y + height / 2)) }'
/** As a finger does: a script's own click opens no window. */
const tap = async (selector) => {
  await eventually(async () => (await run(MET, selector)).value)
  const [id] = Object.values(await wire('POST', `${session}/element`, { using: 'css selector', value: selector }))
  await wire('POST', `${session}/element/${id}/click`, {})
}
const type = async (text) => {
  const actions = [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }])
  await wire('POST', `${session}/actions`, { actions: [{ type: 'key', id: 'keys', actions }] })
}
const there = (selector) => eventually(async () => (await run('(s) => Boolean(document.querySelector(s))', selector)).value)
const heading = async () => (await run('() => document.querySelector("h1")?.textContent')).value
const picture = async (name) => writeFileSync(join(root, 'target/screens', `shell-${name}.png`), Buffer.from(await wire('GET', `${session}/screenshot`), 'base64'))

/** All processes: their program, their parent, and when they were started, in hundredths of a second since the machine was. */
const processes = () =>
  readdirSync('/proc').flatMap((id) => {
    try {
      const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ')
      return [{ id, program: readlinkSync(`/proc/${id}/exe`), parent: fields[1], ticks: Number(fields[19]) }]
    } catch {
      return [] // no process, or one that has just ended
    }
  })

/** The newest process of a program. */
const newest = (program) => processes().filter((one) => one.program === program).sort((a, b) => b.ticks - a.ticks)[0]

/** When a process was started, in milliseconds since 1970, to a hundredth of a second. */
const startOf = ({ ticks }) => Date.now() - Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000 + ticks * 10

/** The memory of a process and of all that it started, in bytes; what several share is counted in parts. */
function memoryOf({ id }) {
  const kilobytes = Number(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8').match(/^Pss: +(\d+) kB$/m)[1])
  const children = processes().filter(({ parent }) => parent === id)
  return children.reduce((sum, child) => sum + memoryOf(child), kilobytes * 1024)
}

test('the wallet is set up on its screens', async () => {
  await press('.acts [lang=en]')
  await press('.acts .primary')
  await there('.pad')
  const first = await heading()
  await type(PIN)
  await eventually(async () => (await heading()) !== first)
  await type(PIN)
  await press('.acts .quiet')
  await eventually(async () => (await call('state')).value?.phase === 'open')
  await there('main .primary')
  await picture('ready')
})

test('a card is received and shared through the one command', async () => {
  const { offer_uri, code } = await offer(persons.ines)
  const offered = await call('look', { text: offer_uri })
  assert.equal(offered.value?.kind, 'offer', JSON.stringify(offered))
  const cards = await call('accept', { id: offered.value.id, code })
  assert.equal(cards.value?.length, 1, JSON.stringify(cards))
  const query = { credentials: [{ id: 'who', format: 'dc+sd-jwt', meta: { vct_values: [vct] }, claims: [{ path: ['given_name'] }] }] }
  const api = `${demo.verifier.plain}/api/presentations`
  const { body } = await http('POST', api, { token: demo.verifier.api_token, body: { registration: 'login', dcql_query: query } })
  const asked = await call('look', { text: body.link })
  assert.equal(asked.value?.consent.asks.member, 'bank', JSON.stringify(asked))
  const shared = await call('share', { id: asked.value.id })
  assert.ok(shared.value?.entry, JSON.stringify(shared))
  const { body: told } = await http('GET', `${api}/${body.id}`, { token: demo.verifier.api_token })
  assert.equal(told.state, 'shown')
  assert.equal((await call('history')).value.length, 1)
  await picture('history')
})

test('a link of the bank’s page opens the app, and its owner is logged in', async () => {
  await stop()
  const browser = new Browser()
  const page = await browser.open(`${bank.url}/login`)
  await start(page.link('open-wallet'))
  await there('.pad')
  await type(PIN)
  await there('#yes')
  await picture('consent')
  await press('#yes')
  await there('#go-on')
  await picture('shared')
  await tap('#go-on')
  const back = await eventually(() => existsSync(opened) && readFileSync(opened, 'utf8'))
  assert.ok(back.includes('response_code='), back)
  const arrived = await browser.open(back)
  assert.ok(arrived.url.startsWith(`${bank.url}/`), arrived.url)
  assert.match(arrived.text, /<h1[^>]*>[^<]*Welcome/)
  assert.equal((await call('history')).value.length, 2)
})

test('the first cards are there soon after the app was started', async () => {
  await stop()
  await start()
  await there('.pad')
  const keypad = await run('() => performance.timeOrigin + performance.getEntriesByName("first-contentful-paint")[0].startTime')
  const app = newest(program)
  const begun = startOf(app)
  await run(`() => {
    addEventListener('keydown', (event) => (window.typed = event.timeStamp), true)
    const look = () => (document.querySelector('.cards li') ? (window.shown = performance.now()) : requestAnimationFrame(look))
    look()
  }`)
  await type(PIN)
  const unlocked = await eventually(async () => (await run('() => window.shown && window.shown - window.typed')).value)
  const figures = { keypad: Math.round(keypad.value - begun), cards: Math.round(unlocked), memory: memoryOf(app) }
  assert.ok(Object.values(figures).every((figure) => figure > 0), JSON.stringify(figures))
  console.log(`app to keypad ${figures.keypad} ms, PIN to first cards ${figures.cards} ms: ${figures.keypad + figures.cards} ms of 1500`)
  writeFileSync(join(root, 'target/first-cards.json'), JSON.stringify(figures))
  await picture('cards')
})

test('a refusal arrives as its code', async () => {
  assert.deepEqual(await call('look', { text: 'javascript:alert(1)' }), { error: 'link_scheme_unknown' })
  assert.deepEqual(await call('nonsense'), { error: 'unknown_command' })
})

test('the page can speak to nobody else, lead nowhere else, and ask no plugin', async () => {
  const before = (await run('() => location.href')).value
  for (const url of ['https://example.org/', demo.nodes[0]]) {
    // Not that it fails, which it would without a network too: the page's own policy says no.
    const asked = await run(
      `(url) => new Promise((done) => {
        addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true })
        fetch(url, { mode: 'no-cors' }).then(() => done('answered'), () => setTimeout(() => done('failed'), 1000))
      })`,
      url,
    )
    assert.equal(asked.value, 'connect-src', url)
  }
  await run('() => { location.href = "https://example.org/" }')
  await new Promise((done) => setTimeout(done, 500))
  assert.equal((await run('() => location.href')).value, before)
  for (const [command, parameters] of [
    ['plugin:opener|open_url', { url: 'https://example.org/' }],
    ['plugin:deep-link|get_current', {}],
    ['plugin:event|emit', { event: 'x', payload: null }],
    ['plugin:window|close', { label: 'main' }],
    ['plugin:path|resolve_directory', { directory: 1 }],
    ['plugin:wallet-device|mix', { input: 'AA', hardware: false }],
    ['plugin:wallet-device|sign', { purpose: 'card', handle: 'AA', message: 'AA' }],
  ]) {
    const asked = await run('(command, parameters) => window.__TAURI_INTERNALS__.invoke(command, parameters)', command, parameters)
    assert.match(String(asked.error), /not allowed|not found/i, `${command}: ${JSON.stringify(asked)}`)
  }
})
