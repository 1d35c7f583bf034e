// `@openid4vc/openid4vp` as verifier asks our wallet in every way that a request can be made: who it says to be, how it
// is fetched and answered, what is to be confirmed; and in the ways of somebody who means harm.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setGlobalConfig } from '@openid4vc/oauth2'
import { SignJWT, calculateJwkThumbprint, decodeJwt, decodeProtectedHeader } from 'jose'
import { Member, Wallet, anchors, checkpoint, doctype, node, persons, vct } from './house.mjs'
import { PeerVerifier, makeChain } from './peer-verifier.mjs'
import { base64url, newKey } from './tools.mjs'

setGlobalConfig({ allowInsecureUrls: true })

const ORIGIN = `http://127.0.0.54:${8000 + (process.pid % 1000)}` // a house that is kept up can be tested again
const me = `requester-${process.pid}`
const did = `did:symbolon:demo:${me}`
const didUrl = `${did}#request-1`
const name = { given_name: 'Tobias' }
const own = { member: me, use: 'range', query: { credentials: [card('a')] } }
let wallet, peer, chain, didKey

before(async () => {
  const member = await new Member(me, ORIGIN).admit(['verifier', 'operator'])
  chain = await makeChain(member.folder, 'Requester')
  didKey = { ...(await newKey()), didUrl }
  await member.act({ add_key: { purpose: 'request', number: 0, material: { anchor: base64url(chain.authority) } } })
  await member.act({ add_key: { purpose: 'request', number: 1, material: { key: compressed(didKey.publicJwk) } } })
  await member.register('range', ['given_name'], [], ['family_name'])
  peer = await new PeerVerifier(me, ORIGIN, chain, await anchors('interior', 'issuer')).start()
  wallet = await Wallet.with('requests', persons.tobias)
  await wallet.receive(persons.tobias, doctype)
})
after(() => peer?.stop())

function card(id) {
  return { id, format: 'dc+sd-jwt', meta: { vct_values: [vct] }, claims: [{ path: ['given_name'] }] }
}

/** A P-256 key as entries of the register write it: the sign of y, and x. */
function compressed({ x, y }) {
  const sign = Buffer.from([2 + (Buffer.from(y, 'base64url').at(-1) & 1)])
  return `p256:${base64url(Buffer.concat([sign, Buffer.from(x, 'base64url')]))}`
}

/** Has the wallet answer, which changes nothing in it where it refuses. `link` alters the link. */
async function present({ link = (text) => text, ...ask } = {}) {
  const before = await wallet.all()
  peer.failure = undefined
  const asked = await peer.ask({ ...own, ...ask })
  const { code, said } = await wallet.try('present', link(asked.link), '--yes')
  assert.equal(peer.failure, undefined, peer.failure?.stack)
  if (code !== 0) {
    assert.deepEqual([code, asked.shown], [1, undefined], JSON.stringify(said))
    assert.ok(said.message && said.next)
    assert.equal(await wallet.all(), before)
  }
  return { asked, said }
}

const answers = (what, ask, see = () => {}) =>
  test(what, async () => {
    const { asked, said } = await present(await ask())
    assert.deepEqual(asked.shown?.parts, { a: [name] }, JSON.stringify(said))
    see(asked, said)
  })

const refuses = (what, code, ask, see = () => {}) =>
  test(what, async () => {
    const { asked, said } = await present(await ask())
    assert.equal(said.code, code, JSON.stringify(said))
    see(asked, said)
  })

describe('who asks is somebody whose key the register has, or nobody', () => {
  const byDid = { signer: { method: 'did', alg: 'ES256', didUrl }, change: { client_id: `decentralized_identifier:${did}` } }
  const unproven = (_, { message }) => assert.match(message, /cannot be proven/)

  answers('by the hash of a certificate', () => ({}))
  answers('by a DID of the network', () => ({ ...byDid, key: didKey }))
  refuses('by a DID, with another key than its own', 'invalid_signature', async () => ({ ...byDid, key: { ...(await newKey()), didUrl } }))
  refuses('by a DID, with a key of another DID', 'client_key_differs', () => {
    const other = 'did:symbolon:demo:bank#request-1'
    return { ...byDid, signer: { ...byDid.signer, didUrl: other }, key: { ...didKey, didUrl: other } }
  })
  refuses('by a DID, with a certificate', 'client_key_differs', () => ({ change: byDid.change }))
  refuses('by a DID of a place that nobody asks', 'unknown_signer', () => {
    const elsewhere = 'did:web:requester.example'
    const signer = { ...byDid.signer, didUrl: `${elsewhere}#0` }
    return { signer, key: { ...didKey, didUrl: signer.didUrl }, change: { client_id: `decentralized_identifier:${elsewhere}` } }
  }, unproven)
  refuses('by the hash of another certificate', 'client_key_differs', () => ({ change: { client_id: `x509_hash:${'A'.repeat(43)}` } }))
  refuses('by a hash that is none', 'client_id_malformed', () => ({ change: { client_id: 'x509_hash:AAAA' } }), unproven)
  for (const [what, client_id] of Object.entries({
    'by a name of the web': 'x509_san_dns:127.0.0.54',
    'by its address, though signed': `redirect_uri:${ORIGIN}/response/x`,
    'by an attestation': 'verifier_attestation:requester',
    'by a federation': 'openid_federation:https://requester.example',
  })) refuses(what, 'client_id_prefix_unsupported', () => ({ change: { client_id } }), unproven)
  // The peer itself makes no such request.
  refuses('by an origin, which only browsers may say', 'client_id_prefix_reserved', () => ({
    link: (text) => text.replace(encodeURIComponent(peer.clientId), encodeURIComponent(`origin:${ORIGIN}`)),
  }), unproven)
  refuses('by a name without a prefix', 'client_id_without_prefix', () => ({ change: { client_id: 'requester' } }), unproven)

  test('by its address, unsigned and within the link', async () => {
    const { verifier, payload } = await peer.ask(own)
    const content = { ...payload, client_id: `redirect_uri:${payload.response_uri}` }
    const { authorizationRequest } = await verifier.createOpenId4vpAuthorizationRequest({ authorizationRequestPayload: content })
    const { code, said } = await wallet.try('present', authorizationRequest, '--yes')
    assert.deepEqual([code, said.code], [1, 'client_id_prefix_unsupported'])
    unproven(undefined, said)
  })
})

describe('a request is fetched and answered in the ways that keep it safe', () => {
  for (const method of ['get', 'post']) answers(`fetched by ${method}`, () => ({ method }), (asked) => assert.equal(asked.fetched, method.toUpperCase()))
  refuses('fetched in a way that there is not', 'request_uri_method_unsupported', () => ({ method: 'put' }))
  refuses("that does not repeat the wallet's nonce", 'wallet_nonce_differs', () => ({ repeat: () => undefined }))
  refuses("that repeats another wallet's nonce", 'wallet_nonce_differs', () => ({ repeat: () => 'another-nonce-of-another-wallet' }))
  refuses('that repeats a nonce which the wallet never sent', 'wallet_nonce_differs', () => ({ method: 'get', repeat: () => 'a-nonce-of-nobody' }))
  refuses('that is not there', 'request_not_there', () => ({ link: (text) => text.replace(/request%2F[\w-]+/, 'request%2Fnowhere') }))

  for (const enc of ['A128GCM', 'A256GCM']) answers(`answered with ${enc} where that alone is taken`, () => ({ encryptions: [enc] }), (asked) => assert.equal(asked.enc, enc))
  refuses('answered with an encryption that nobody has', 'encryption_unsupported', () => ({ encryptions: ['A192CBC-HS384'] }))
  refuses('answered in the clear', 'response_mode_unsupported', () => ({ change: { response_mode: 'direct_post' } }))
  refuses('answered by a browser', 'response_mode_unsupported', () => ({ serve: again((_, content) => (content.response_mode = 'fragment')) }))
  refuses('answered elsewhere', 'foreign_address', () => ({ change: { response_uri: 'http://127.0.0.52:7500/response/x' } }))
  refuses('answered with an address to go back to', 'redirect_uri_present', () => ({ change: { redirect_uri: `${ORIGIN}/back` } }))
  refuses('by a scope in place of a query', 'scope_present', () => ({ change: { scope: 'identity', dcql_query: undefined } }))
  refuses('with a state that is no word', 'nonce_or_state_malformed', () => ({ change: { state: '<img src=x onerror=alert(1)>' } }))
  refuses('without a state, of a card that need not be bound', 'state_missing', () => ({
    change: { state: undefined }, query: { credentials: [{ ...card('a'), require_cryptographic_holder_binding: false }] },
  }))
  refuses('by somebody who reads no format of ours', 'formats_unsupported', async () => ({ change: await metadata({ vp_formats_supported: { ldp_vc: { proof_type_values: ['x'] } } }) }))
  refuses('by somebody who reads documents alone, of a card', 'algorithm_unsupported', async () => ({
    change: await metadata({ vp_formats_supported: { mso_mdoc: {} } }),
  }))
  refuses('without a key for the answer', 'encryption_key_missing', async () => ({
    serve: again((_, { client_metadata }) => (client_metadata.jwks.keys[0].use = 'sig')),
  }))
})

/** The peer's token with another content, signed by its own key again: for what the peer itself would not write. */
function again(change) {
  return async (token) => {
    const [header, claims] = [decodeProtectedHeader(token), decodeJwt(token)]
    change(header, claims)
    return new SignJWT(claims).setProtectedHeader(header).sign(chain.key.privateKey)
  }
}

/** The peer's metadata, in part another. */
async function metadata(change) {
  const { payload } = await peer.ask(own)
  return { client_metadata: { ...payload.client_metadata, ...change } }
}

test('what a document answered is believed by anyone who asks the register, for the session that it answered', async () => {
  const document = { id: 'd', format: 'mso_mdoc', meta: { doctype_value: doctype }, claims: [{ path: [doctype, 'family_name'] }] }
  const { asked } = await present({ query: { credentials: [document] } })
  const { client_id, nonce, response_uri } = asked.payload
  const thumbprint = await calculateJwkThumbprint(asked.encryption.publicJwk)
  const verify = (nonce) => wallet.try('verify', asked.document, '--profile', 'mdoc', '--registry', node, '--checkpoint', checkpoint,
    '--aud', client_id, '--nonce', nonce, '--response-uri', response_uri, '--jwk-thumbprint', thumbprint)
  const { code, said } = await verify(nonce)
  assert.equal(code, 0, JSON.stringify(said))
  assert.match(JSON.stringify(said), /Okonjo/)
  const another = await verify('a-nonce-of-another-session')
  assert.deepEqual([another.code, another.said.code], [1, 'device_auth_invalid_signature'])
})

describe('what is to be confirmed is signed by the card that it names, or nothing is shown', () => {
  const payment = (more = {}) => ({ type: 'urn:symbolon:transaction:payment:1', credential_ids: ['a'], amount: '12.50', currency: 'EUR', payee: 'Corner Bakery', ...more })
  const lease = { type: 'urn:symbolon:transaction:text:1', credential_ids: ['a'], title: 'Lease', text: 'I rent it.' }
  const confirm = (...all) => ({ change: { transaction_data: all.map((one) => base64url(JSON.stringify(one))) } })
  const told = ({ refused }) => assert.equal(refused, 'invalid_transaction_data')

  answers('a payment', () => confirm(payment()))
  answers('a payment beside a text', () => confirm(payment({ transaction_data_hashes_alg: ['sha-256'] }), lease))
  answers('a payee who is called like a page', () => confirm(payment({ payee: '<script>alert(1)</script>' })), (_, { consent }) => {
    assert.equal(consent.transactions[0].payee, '<script>alert(1)</script>', 'a text is a text, letter by letter')
  })
  refuses('a type that nobody knows', 'transaction_data_unsupported', () => confirm(payment({ type: 'urn:example:other' })), told)
  refuses('something that would not be seen', 'transaction_data_unsupported', () => confirm(payment({ hidden: 'more' })), told)
  refuses('a hash that nobody makes', 'transaction_data_unsupported', () => confirm(payment({ transaction_data_hashes_alg: ['sha3-512'] })), told)
  refuses('a payee that rewrites the screen', 'transaction_data_unsupported', () => confirm(payment({ payee: 'Bakery\u202e\u001b[2J' })), told)
  refuses('a text with letters that nobody sees', 'transaction_data_unsupported', () => confirm({ ...lease, text: 'I rent\u200b it.' }), told)
  refuses('a part that is not asked for', 'transaction_data_unsupported', () => confirm(payment({ credential_ids: ['b'] })))
  refuses('a document, which cannot sign what is to be confirmed', 'transaction_data_unsupported', () => ({
    ...confirm(payment({ credential_ids: ['d'] })),
    query: { credentials: [{ id: 'd', format: 'mso_mdoc', meta: { doctype_value: doctype }, claims: [{ path: [doctype, 'family_name'] }] }] },
  }))
})

describe('somebody who means harm is refused', () => {
  const now = () => Math.floor(Date.now() / 1000)

  refuses('a signature that does not hold', 'invalid_signature', () => ({
    serve: (token) => token.replace(/.{86}$/, base64url(Buffer.alloc(64, 7))),
  }), (_, { message }) => assert.match(message, /not from who it says/))
  refuses('a question that was changed on the way', 'invalid_signature', () => ({
    serve: (token) => {
      const [header, , signature] = token.split('.')
      return [header, base64url(JSON.stringify({ ...decodeJwt(token), nonce: 'A'.repeat(32) })), signature].join('.')
    },
  }))
  refuses('no signature at all', 'token_malformed', () => ({
    serve: (token) => [base64url(JSON.stringify({ ...decodeProtectedHeader(token), alg: 'none' })), token.split('.')[1], ''].join('.'),
  }))
  refuses('a token of another kind', 'wrong_type', () => ({ serve: again((header) => (header.typ = 'JWT')) }))
  refuses('a question to somebody else', 'audience_differs', () => ({ jwt: { aud: 'https://another-wallet.example' } }))
  refuses('a question that ran out', 'request_expired', () => ({ jwt: { iat: now() - 600, exp: now() - 300 } }))
  refuses('a question from long ago', 'request_expired', () => ({ jwt: { iat: now() - 7200, exp: now() + 600 } }))
  refuses('a question from tomorrow', 'request_from_the_future', () => ({ jwt: { iat: now() + 86_400, exp: now() + 90_000 } }))
  refuses('a proof of somebody else', 'no_registration', () => ({ staple: false }))
  refuses('a question that is too long', 'request_too_large', () => ({ jwt: { padding: 'x'.repeat(600_000) } }))
  refuses('a question without an end', 'answer_too_large', () => ({ serve: () => 'x'.repeat(4 << 20) }))
  refuses('a page in place of a question', 'token_malformed', () => ({ serve: () => '<html><script>alert(1)</script></html>' }))
  refuses('a link with two askers', 'parameter_repeated', () => ({ link: (text) => `${text}&client_id=redirect_uri%3Ahttps%3A%2F%2Fevil.example` }))
  refuses('a question at an address of the house', 'address_refused', () => ({ link: (text) => text.replace(encodeURIComponent(ORIGIN), encodeURIComponent('https://169.254.169.254')) }))
  answers('names that are pages change nothing', () => ({ jwt: { client_name: '<h1>Bank</h1>' } }), (_, { consent }) => {
    assert.equal(consent.asks.name.en, `${me} Ltd`)
    assert.ok(!JSON.stringify(consent).includes('<h1>'))
  })
})
