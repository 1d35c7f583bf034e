// The demo house that these tests run against: its addresses, our own commands, cards for new wallets, and
// members that are admitted by votes. `cargo xtask test` keeps the house up.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
export const demo = JSON.parse(readFileSync(join(root, 'target/demo/demo.json'), 'utf8'))
export const data = join(root, demo.data)
export const checkpoint = join(root, demo.checkpoint)
export const node = demo.nodes[0]
export const issuer = demo.issuer.url
export const vct = 'urn:eudi:pid:xs:1'
export const configuration = 'personal-identity'
export const doctype = 'eu.europa.ec.eudi.pid.1'
export const documentConfiguration = 'personal-identity-document'
export const persons = { mara: 'XS-1987-0412-33', tobias: 'XS-1959-1103-08', ines: 'XS-2001-0229-00', siyuan: 'XS-1994-0730-51' }

/** Runs a command; never throws for its exit code. */
export const run = (program, args, { input, env } = {}) =>
  new Promise((done) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 1 << 26 }
    const child = execFile(program, args, options, (error, stdout, stderr) => done({ code: error ? error.code : 0, stdout, stderr }))
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })

const program = (name) => join(demo.target, 'debug', name)

/** Runs a command of ours that must succeed; gives what it prints. */
export async function ours(name, args, options) {
  const { code, stdout, stderr } = await run(program(name), args, options)
  if (code !== 0) throw new Error(`${name} ${args[0]}: ${stderr}`)
  return stdout.trim()
}

/** Sends JSON and reads JSON; `status` and `body`. */
export async function http(method, url, { body, token, headers } = {}) {
  const answer = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await answer.text()
  let read = text
  try {
    read = JSON.parse(text)
  } catch {
    // Not JSON: the text itself.
  }
  return { status: answer.status, body: read }
}

async function good(method, url, options) {
  const answer = await http(method, url, options)
  if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** A card offer of the agency for `person`: link and code. */
export const offer = (person, flow = 'pre_authorized_code', type = vct) =>
  good('POST', `${issuer}/api/offers`, { token: demo.issuer.api_token, body: { type, person, code: true, flow } })

/** The agency's own list of a person's cards. */
export const issued = async (person) =>
  (await good('POST', `${issuer}/api/credentials/find`, { token: demo.issuer.api_token, body: { person } })).credentials

/** Revokes a card; done when it is published. Asking again changes nothing and waits again. */
export async function revoke(id) {
  for (let asked = 0; asked < 6; asked += 1) {
    const { published } = await good('POST', `${issuer}/api/credentials/${id}/revoke`, { token: demo.issuer.api_token, body: {} })
    if (published) return
  }
  throw new Error('the revocation is not published')
}

/** The `wallet` command with a home of its own. */
export class Wallet {
  constructor(name) {
    this.home = join(root, 'target/demo/peers', name)
    this.jar = join(this.home, 'browser.json')
  }

  /** A new wallet, with a card where a person is named. */
  static async with(name, person, nodes = demo.nodes) {
    const wallet = new Wallet(name)
    rmSync(wallet.home, { recursive: true, force: true })
    mkdirSync(dirname(wallet.home), { recursive: true })
    await wallet.do('init', '--checkpoint', checkpoint, ...nodes.flatMap((url) => ['--node', url]))
    if (person) await wallet.receive(person)
    return wallet
  }

  /** Takes an offer of the agency up. */
  async receive(person, type = vct) {
    const { offer_uri, code } = await offer(person, undefined, type)
    return this.do('receive', offer_uri, '--code', code, '--yes')
  }

  /** What a script sees: the exit code, and the JSON of the output or of the refusal. */
  async try(...args) {
    const env = { WALLET_HOME: this.home, WALLET_PIN: '135791' }
    const { code, stdout, stderr } = await run(demo.wallet.command, ['--json', ...args], { env })
    const last = (code === 0 ? stdout : stderr).trim().split('\n').at(-1)
    return { code, said: JSON.parse(last || 'null') }
  }

  async do(...args) {
    const { code, said } = await this.try(...args)
    if (code !== 0) throw new Error(`wallet ${args[0]}: ${JSON.stringify(said)}`)
    return said
  }

  /** All that a person can see of it: cards with their counts of unused copies, and the history. */
  async all() {
    return JSON.stringify([await this.do('list'), await this.do('history')])
  }
}

/** A member that signs its own transactions. */
export class Member {
  constructor(id, origin) {
    this.id = id
    this.origin = origin
    this.folder = join(root, 'target/demo/peers', `member-${id}`)
    rmSync(this.folder, { recursive: true, force: true })
    mkdirSync(this.folder, { recursive: true })
    this.key = join(this.folder, 'transaction.jwk')
  }

  /** Proposed by one governor, voted for by two more, carried out after the delay. */
  async admit(roles) {
    const transaction_key = await ours('registry-node', ['key', 'transaction', this.key])
    const names = { en: `${this.id} Ltd`, zh: `${this.id} 公司` }
    const member = { id: this.id, legal_name: names, origins: [this.origin], roles, transaction_key }
    const proposed = await act('digital', { propose: { change: { admit_member: member } } })
    const key = proposed.keys.find((key) => key.startsWith('proposal/'))
    const proposal = Number(key.split('/')[1])
    for (const governor of ['treasury', 'justice']) await act(governor, { vote: { proposal, approve: true } })
    await new Promise((done) => setTimeout(done, 600)) // the network's own delay for what widens trust
    await act('archives', { enact: { proposal } })
    return this
  }

  act(action) {
    return act(this.id, action, this.key)
  }

  /** A use of `claims` and of `elements` of the document, with this member's consent, registered by the registrar. */
  async register(use, claims, operators = [], elements = []) {
    const document = { vct: doctype, paths: elements.map((name) => [doctype, name]) }
    const wanted = {
      member: this.id, use, purpose: { en: 'See whether two parts fit', zh: '检验两半是否吻合' },
      claims: [{ vct, paths: claims.map((name) => [name]) }, ...(elements.length > 0 ? [document] : [])], retention_days: 1, operators, consent: { key: 0, signature: '' },
    }
    const consented = JSON.parse(await sign('consent', this.id, wanted, this.key))
    return act('digital', { register: consented })
  }
}

/** Signs with a member's key, submits, and waits until it is provable. */
async function act(member, action, key = join(data, member, 'transaction.jwk')) {
  const transaction = JSON.parse(await sign('sign', member, action, key))
  const answer = await good('POST', `${node}/v1/transactions`, { body: transaction })
  if (answer.state !== 'applied') throw new Error(`${member}: the transaction waits`)
  return answer
}

const sign = (how, member, what, key) =>
  ours('registry-node', [how, '--key', key, '--member', member, '--network', 'demo'], { input: JSON.stringify(what) })

/** The register's proof of some entries, as wallets read it. */
export async function proof(keys) {
  const answer = await fetch(`${node}/v1/proofs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/cbor' },
    body: JSON.stringify(keys),
  })
  if (!answer.ok) throw new Error(`no proof: ${answer.status} ${await answer.text()}`)
  return Buffer.from(await answer.arrayBuffer())
}

/** The anchors that the register has for a member and a purpose, DER. */
export async function anchors(member, purpose) {
  const { entries } = await good('GET', `${node}/v1/members/${member}`)
  const own = Object.entries(entries).filter(([key]) => key.startsWith(`key/${member}/${purpose}/`))
  return own.map(([, entry]) => JSON.stringify(entry).match(/"anchor":"([^"]+)"/)?.[1]).filter(Boolean).map((text) => Buffer.from(text, 'base64url'))
}
