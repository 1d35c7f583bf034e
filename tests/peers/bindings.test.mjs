// The bindings for app makers, in Python, against the house: `wallet-core/ffi/tests/contract.py`; what it shares is held against
// what the other sides saw.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setGlobalConfig } from '@openid4vc/oauth2'
import { Member, anchors, checkpoint, data, demo, offer, ours, persons, root, run, vct } from './house.mjs'
import { PeerVerifier, makeChain } from './peer-verifier.mjs'
import { Browser } from './plain-browser.mjs'
import { base64url } from './tools.mjs'

setGlobalConfig({ allowInsecureUrls: true })
const folder = join(root, 'target/demo/peers/bindings')
const bundle = join(folder, 'bundle')
const question = join(folder, 'question.json')
const PEER = `http://127.0.0.62:${20_000 + (process.pid % 40_000)}` // as that name: each run of its own
const me = `fitter-${process.pid}`
let peer

before(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const member = await new Member(me, PEER).admit(['verifier', 'operator'])
  const chain = await makeChain(member.folder, 'Fitter')
  await member.act({ add_key: { purpose: 'request', number: 0, material: { anchor: base64url(chain.authority) } } })
  await member.register('fit', ['given_name', 'family_name'])
  peer = await new PeerVerifier(me, PEER, chain, await anchors('interior', 'issuer')).start()
})
after(() => peer?.stop())

/** What the bank's login page would show as a QR code. */
async function request() {
  const [bank] = demo.relying_parties
  const browser = new Browser()
  const start = (await browser.open(bank.url)).text.match(/class="button"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*class="button"/)
  const login = await browser.open(new URL(start[1] ?? start[2], bank.url).href)
  return /data-request="([^"]+)"/.exec(login.text)[1].replaceAll('&amp;', '&').replaceAll('&#38;', '&')
}

/** A first name, and a family name for whoever likes to give it. */
const optional = {
  credentials: [
    {
      id: 'identity', format: 'dc+sd-jwt', meta: { vct_values: [vct] },
      claims: [{ id: 'given', path: ['given_name'] }, { id: 'family', path: ['family_name'] }],
      claim_sets: [['given', 'family'], ['given']],
    },
  ],
}

const lines = (many) => many.join('\n')
const counter = async (...args) => JSON.parse(await ours('wallet', ['--json', 'counter', ...args, '--checkpoint', checkpoint]))

test('an app in Python receives, shares, chooses, shows at a counter, looks back, moves and restores, with keys of its own', async () => {
  const offers = []
  for (let count = 0; count < 4; count += 1) offers.push(await offer(persons.mara))
  const choice = await peer.ask({ member: me, use: 'fit', claims: [], change: { dcql_query: optional } })
  const much = await peer.ask({ member: me, use: 'fit', claims: ['given_name', 'birthdate'] })
  await counter('fetch', '--out', bundle, ...demo.nodes.flatMap((url) => ['--registry', url]))
  const own = ['--use', 'counter', '--member', 'bank', '--key', join(data, 'bank/counter.jwk'), '--question', question, '--bundle', bundle]
  const { frames } = await counter('request', ...own, '--claims', 'given_name,age_over_18')
  const env = {
    BINDINGS: join(demo.target, 'bindings/python'),
    CHECKPOINT: checkpoint,
    NODES: demo.nodes.join(' '),
    OFFERS: lines(offers.map(({ offer_uri, code }) => `${offer_uri} ${code}`)),
    REQUESTS: lines([await request(), await request()]),
    CHOICE: choice.link,
    TOO_MUCH: much.link,
    COUNTER: lines(frames),
    ANSWERS: folder,
  }
  const ran = await run('python3', ['-W', 'error::RuntimeWarning', join(root, 'wallet-core/ffi/tests/contract.py')], { env })
  assert.equal(ran.code, 0, ran.stderr)
  assert.match(ran.stderr, /Ran 12 tests/)

  const { given_name, family_name, birthdate } = choice.shown.claims
  assert.deepEqual([given_name, family_name, birthdate], ['Mara Elin', 'Lindqvist', undefined])
  assert.equal(much.shown, undefined)
  const shown = (name) => readFileSync(join(folder, name), 'utf8').trim().split('\n')
  const [answer] = (await counter('check', '--bundle', bundle, '--question', question, ...shown('answer'))).cards
  assert.deepEqual([answer.claims.given_name, answer.claims.family_name], ['Mara Elin', undefined])
  const [code] = (await counter('check', '--bundle', bundle, ...shown('code'))).cards
  assert.deepEqual([code.claims.age_over_18, code.claims.given_name, code.anywhere], [true, undefined, true])
})
