// After all the journeys and all the peers: no personal data in a log, a register's database, or any answer of
// its API (docs/never.md, first line).
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, relative, sep } from 'node:path'
import { before, test } from 'node:test'
import { Wallet, data, demo, http, persons, root } from './house.mjs'

// Where personal data has its place: the agency's database, and nowhere else under `data`.
const OWN = [['issuer', 'issuer.db'], ['issuer', 'issuer.db-wal'], ['issuer', 'issuer.db-shm']].map((parts) => parts.join(sep))

const needles = new Map()
before(async () => {
  const [head, ...lines] = readFileSync(join(root, 'issuer-service/examples/persons.csv'), 'utf8').trim().split('\n')
  const names = head.split(',')
  const telling = ['number', 'family_name', 'given_name', 'birthdate', 'street_address', 'email']
  for (const line of lines) {
    const person = Object.fromEntries(line.split(',').map((value, index) => [names[index], value]))
    for (const name of telling) if (person[name]) needles.set(person[name], name)
    if (person.house_number) needles.set(`${person.street_address} ${person.house_number}`, 'address')
  }
  for (const [name, person] of Object.entries(persons)) needles.set(await identifier(name, person), 'login identifier')
  // Shorter ones turn up by chance in megabytes of signatures.
  for (const text of [...needles.keys()]) if (Buffer.byteLength(text) < 6) needles.delete(text)
  for (const [text, name] of [...needles]) for (const form of base64(text)) needles.set(form, `${name} in base64`)
})

/** A person's login identifier, from a card of theirs. */
async function identifier(name, person) {
  const wallet = await Wallet.with(`identifier-${name}`, person)
  const [{ id }] = await wallet.do('list')
  const { claims } = await wallet.do('show', id)
  return claims.find(({ path }) => path[0] === 'login_identifier').value
}

/** What a text looks like inside base64 or base64url, at each of the three places where it can begin. */
function base64(text) {
  const forms = [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64').replace(/=+$/, '')
    const first = Math.ceil((shift * 8) / 6)
    const last = Math.floor(((shift + Buffer.byteLength(text)) * 8) / 6)
    return [encoded.slice(first, last)]
  })
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]).filter((form) => form.length >= 8)
}

/** The kinds of personal data in some bytes. */
const personal = (bytes) => [...new Set([...needles].filter(([text]) => bytes.includes(text)).map(([, name]) => name))]

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else yield path
  }
}

test('the search finds what is there', () => {
  const found = personal(readFileSync(join(root, 'issuer-service/examples/persons.csv')))
  for (const kind of ['number', 'family_name', 'given_name', 'birthdate', 'street_address', 'email']) assert.ok(found.includes(kind), kind)
  const hidden = Buffer.from(`{"proof":"${Buffer.from(`x${persons.mara}y`).toString('base64url')}"}`)
  assert.deepEqual(personal(hidden), ['number in base64'])
  assert.equal([...needles.values()].filter((name) => name === 'login identifier').length, 4)
})

// Databases with a key are encrypted: what the register's hold is read through its API, below.
test('no log and no other file of the house holds personal data', () => {
  let logs = 0
  for (const path of files(data)) {
    const name = relative(data, path)
    if (OWN.includes(name)) continue
    const bytes = readFileSync(path)
    assert.deepEqual(personal(bytes), [], name)
    if (name.endsWith('log') && bytes.length > 0) logs += 1
  }
  assert.ok(logs >= 6, `nodes and services wrote logs: ${logs}`)
})

test('no answer of the register holds personal data: entries, members, and every block', async () => {
  const read = async (path, node = demo.nodes[0]) => {
    const { status, body } = await http('GET', `${node}${path}`)
    assert.equal(status, 200, `${node}${path}`)
    assert.deepEqual(personal(Buffer.from(JSON.stringify(body))), [], path)
    return body
  }
  for (const path of ['/v1/snapshot', '/v1/members', '/v1/genesis', '/v1/status']) await read(path)
  const { height } = await read('/v1/status')
  let transactions = 0
  for (let at = 1; at <= height; at += 1) transactions += (await read(`/v1/blocks/${at}`, demo.nodes[at % 4])).transactions.length
  assert.ok(transactions > 20, `blocks hold transactions: ${transactions}`)
})

test('metrics of agency and provider name nobody', async () => {
  for (const url of [demo.issuer.url, demo.verifier.plain, ...demo.nodes]) {
    const { status, body } = await http('GET', `${url}/metrics`)
    assert.equal(status, 200, url)
    assert.deepEqual(personal(Buffer.from(String(body))), [], url)
  }
})

// Proofs travel with offers and requests: what is not asked cannot be remembered.
test('no node learns whom a phone visits: it asks none', async () => {
  const asked = []
  const between = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const answer = await fetch(`${demo.nodes[0]}${request.url}`, { headers: { accept: request.headers.accept } })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise((done) => between.listen(0, '127.0.0.1', done))
  const node = `http://127.0.0.1:${between.address().port}`
  try {
    assert.equal((await http('GET', `${node}/v1/status`)).status, 200)
    const wallet = await Wallet.with('observed', persons.ines, [node])
    for (const { url } of demo.relying_parties) await wallet.do('login', `${url}/login`, '--yes')
    assert.equal((await wallet.do('history')).length, 2)
  } finally {
    between.closeAllConnections()
    between.close()
  }
  assert.deepEqual(asked, ['GET /v1/status'])
})
