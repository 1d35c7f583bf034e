// The shell itself, in WebKit's web view: the screens come from the binary, the one command reaches the core, a card is
// received and shared, and the page can neither speak to a stranger nor ask a plugin for anything.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { checkpoint, demo, http, offer, persons, root, vct } from '../../tests/peers/house.mjs'

const PORT = 4454
const DRIVER = `http://127.0.0.1:${PORT}`
const PIN = '258037'
const PATIENCE = 30_000
const folder = join(root, 'target/demo/data/phones/shell')
let driver, session

before(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const register = JSON.stringify({ checkpoint: JSON.parse(readFileSync(checkpoint, 'utf8')), nodes: demo.nodes })
  const env = { ...process.env, SYMBOLON_REGISTER: register, SYMBOLON_HOME: join(folder, 'home'), XDG_DATA_HOME: folder }
  driver = spawn(process.env.TAURI_DRIVER, ['--port', String(PORT), '--native-driver', '/usr/bin/WebKitWebDriver'], { env, stdio: 'inherit' })
  const application = process.env.SHELL_PROGRAM
  const capabilities = { alwaysMatch: { 'tauri:options': { application } } }
  const { sessionId } = await eventually(() => wire('POST', '/session', { capabilities }))
  session = `/session/${sessionId}`
})
after(async () => {
  if (session) await wire('DELETE', session).catch(() => {})
  driver?.kill()
})

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
const type = async (text) => {
  const actions = [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }])
  await wire('POST', `${session}/actions`, { actions: [{ type: 'key', id: 'keys', actions }] })
}
const heading = async () => (await run('() => document.querySelector("h1")?.textContent')).value
const picture = async (name) => writeFileSync(join(root, 'target/screens', `shell-${name}.png`), Buffer.from(await wire('GET', `${session}/screenshot`), 'base64'))

test('the wallet is set up on its screens', async () => {
  mkdirSync(join(root, 'target/screens'), { recursive: true })
  await press('.acts [lang=en]')
  await press('.acts .primary')
  await eventually(async () => (await run('() => Boolean(document.querySelector(".pad"))')).value)
  const first = await heading()
  await type(PIN)
  await eventually(async () => (await heading()) !== first)
  await type(PIN)
  await press('.acts .quiet')
  await eventually(async () => (await call('state')).value?.phase === 'open')
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

test('a refusal arrives as its code', async () => {
  assert.deepEqual(await call('look', { text: 'javascript:alert(1)' }), { error: 'link_scheme_unknown' })
  assert.deepEqual(await call('nonsense'), { error: 'unknown_command' })
})

test('the page can speak to nobody else, lead nowhere else, and ask no plugin', async () => {
  const before = (await run('() => location.href')).value
  for (const url of ['https://example.org/', demo.nodes[0]]) {
    assert.ok((await run('(url) => fetch(url).then(() => "answered")', url)).error, `${url} must not answer`)
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
  ]) {
    const asked = await run('(command, parameters) => window.__TAURI_INTERNALS__.invoke(command, parameters)', command, parameters)
    assert.match(String(asked.error), /not allowed|not found/i, `${command}: ${JSON.stringify(asked)}`)
  }
})
