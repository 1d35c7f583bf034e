// `openid-client`, which knows nothing of wallets, logs in at both tiers; our `wallet` plays browser and wallet.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import * as jose from 'jose'
import * as oidc from 'openid-client'
import { Wallet, data, demo, ours, persons, root } from './house.mjs'
import { newKey } from './tools.mjs'

const REDIRECT = 'http://127.0.0.61:7600/callback' // nothing listens there: the callback is printed, not called
const SECRET = 'a-secret-of-forty-three-characters-or-so-0000'
const SCOPE = 'openid profile birthdate'
let wallet, signing, encryption

before(async () => {
  wallet = await Wallet.with('logs-in', persons.siyuan)
  signing = await newKey()
  encryption = await newKey('ECDH-ES')
})

/** Adds a relying party to the running provider. */
async function add(kind, more) {
  const client_id = more.client_id ?? `peer-${kind}-${process.pid}`
  const client = {
    client_id, name: { en: 'Peer', zh: '同行' }, tier: 'plain', redirect_uris: [REDIRECT], auth: 'private_key_jwt',
    member: 'bank', use: 'login', scopes: SCOPE.split(' '), sso: false, ...more,
  }
  const folder = join(root, 'target/demo/peers')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${client_id}.json`)
  writeFileSync(file, JSON.stringify(client))
  await ours('verifier-service', ['add-client', '--config', join(data, 'provider/verifier.toml'), '--file', file])
  return client_id
}

const discover = (tier, clientId, authentication, metadata) =>
  oidc.discovery(new URL(demo.verifier[tier]), clientId, metadata, authentication, { execute: [oidc.allowInsecureRequests] })

const jwks = (...keys) => ({ keys: keys.map(([key, use, alg]) => ({ ...key.publicJwk, use, alg, kid: use })) })
const byKey = () => oidc.PrivateKeyJwt({ key: signing.privateKey, kid: 'sig' })

async function basic(more) {
  const id = await add('basic', { auth: 'client_secret_basic', secret_sha256: createHash('sha256').update(SECRET).digest('hex'), ...more })
  return discover('plain', id, oidc.ClientSecretBasic(SECRET))
}

async function strict() {
  const id = await add('strict', { tier: 'strict', id_token_alg: 'ES256', jwks: jwks([signing, 'sig', 'ES256'], [encryption, 'enc', 'ECDH-ES']) })
  const configuration = await discover('strict', id, byKey(), { id_token_signed_response_alg: 'ES256' })
  oidc.enableDecryptingResponses(configuration, ['A128GCM', 'A256GCM'], { key: encryption.privateKey, alg: 'ECDH-ES', kid: 'enc' })
  return configuration
}

/** From the relying party's request to its callback, through browser and wallet. */
async function authorize(configuration, { dpop, scope = SCOPE } = {}) {
  const login = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce(), dpop }
  const parameters = {
    redirect_uri: REDIRECT, scope, state: login.state, nonce: login.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(login.verifier), code_challenge_method: 'S256',
  }
  const url = dpop
    ? await oidc.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP: dpop })
    : oidc.buildAuthorizationUrl(configuration, parameters)
  const { callback } = await wallet.do('login', url.href, '--print-callback')
  return { ...login, callback: new URL(callback) }
}

const redeem = (configuration, login, { verifier = login.verifier, dpop = login.dpop } = {}) =>
  oidc.authorizationCodeGrant(
    configuration, login.callback,
    { pkceCodeVerifier: verifier, expectedState: login.state, expectedNonce: login.nonce, idTokenExpected: true },
    undefined, dpop && { DPoP: dpop },
  )

async function person(configuration, tokens, dpop) {
  const claims = tokens.claims()
  return { claims, userinfo: await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub, dpop && { DPoP: dpop }) }
}

const refused = (error) => (thrown) => {
  assert.equal(thrown.error, error, String(thrown.cause ?? thrown))
  return true
}

let subject
test('plain tier, client_secret_basic: the person is known by name', async () => {
  const configuration = await basic()
  const tokens = await redeem(configuration, await authorize(configuration))
  assert.equal(jose.decodeProtectedHeader(tokens.id_token).alg, 'RS256')
  const { claims, userinfo } = await person(configuration, tokens)
  assert.equal(userinfo.family_name, '陈')
  assert.equal(userinfo.birthdate, '1994-07-30')
  assert.deepEqual(claims.amr, ['pop'])
  assert.ok(!JSON.stringify([claims, userinfo]).includes(persons.siyuan), 'the person number is not passed on')
  subject = claims.sub
})

test('plain tier, private_key_jwt: the same person at the same bank has the same subject', async () => {
  const id = await add('key', { id_token_alg: 'ES256', jwks: jwks([signing, 'sig', 'ES256']) })
  const configuration = await discover('plain', id, byKey(), { id_token_signed_response_alg: 'ES256' })
  const tokens = await redeem(configuration, await authorize(configuration))
  const { claims, userinfo } = await person(configuration, tokens)
  assert.equal(claims.sub, subject)
  assert.equal(userinfo.given_name, '思远')
})

test('a relying party of another member knows the person by another subject', async () => {
  const id = await add('tax', { member: 'tax', scopes: ['openid'], jwks: jwks([signing, 'sig', 'ES256']) })
  const configuration = await discover('plain', id, byKey())
  const { claims, userinfo } = await person(configuration, await redeem(configuration, await authorize(configuration, { scope: 'openid' })))
  assert.notEqual(claims.sub, subject)
  assert.deepEqual(Object.keys(userinfo), ['sub'])
})

let fapi
test('strict tier: PAR, PKCE, private_key_jwt, DPoP, an encrypted ID token, userinfo', async () => {
  fapi = await strict()
  const dpop = oidc.getDPoPHandle(fapi, await oidc.randomDPoPKeyPair('ES256'))
  const login = await authorize(fapi, { dpop })
  assert.equal(login.callback.searchParams.get('iss'), demo.verifier.strict)
  const tokens = await redeem(fapi, login)
  assert.equal(tokens.token_type, 'dpop')
  const { claims, userinfo } = await person(fapi, tokens, dpop)
  assert.equal(claims.sub, subject)
  assert.equal(userinfo.given_name, '思远')
  assert.deepEqual(claims.amr, ['pop'])
  // A bearer of the token without the key gets nothing.
  const stolen = await fetch(fapi.serverMetadata().userinfo_endpoint, { headers: { authorization: `DPoP ${tokens.access_token}` } })
  assert.equal(stolen.status, 401)
  const other = oidc.getDPoPHandle(fapi, await oidc.randomDPoPKeyPair('ES256'))
  await assert.rejects(oidc.fetchUserInfo(fapi, tokens.access_token, claims.sub, { DPoP: other }))
})

test('strict tier: the ID token on the wire is a signed token inside an encrypted one', async () => {
  const dpop = oidc.getDPoPHandle(fapi, await oidc.randomDPoPKeyPair('ES256'))
  const login = await authorize(fapi, { dpop })
  let wire
  fapi[oidc.customFetch] = async (url, options) => {
    const answer = await fetch(url, options)
    if (url === fapi.serverMetadata().token_endpoint) wire = await answer.clone().json()
    return answer
  }
  await redeem(fapi, login)
  delete fapi[oidc.customFetch]
  const { plaintext, protectedHeader } = await jose.compactDecrypt(wire.id_token, encryption.privateKey)
  assert.deepEqual([protectedHeader.alg, protectedHeader.cty, protectedHeader.kid], ['ECDH-ES', 'JWT', 'enc'])
  assert.equal(jose.decodeProtectedHeader(new TextDecoder().decode(plaintext)).alg, 'ES256')
})

test('a wrong secret, a wrong verifier and a used code are refused', async () => {
  const configuration = await basic({ client_id: `peer-refused-${process.pid}` })
  const id = configuration.clientMetadata().client_id
  const login = await authorize(configuration)
  const impostor = await discover('plain', id, oidc.ClientSecretBasic('another-secret'))
  await assert.rejects(redeem(impostor, login), ({ status, cause }) => {
    assert.deepEqual([status, cause[0].scheme], [401, 'basic']) // RFC 6749 section 5.2
    return true
  })
  const tokens = await redeem(configuration, login)
  await assert.rejects(redeem(configuration, login), refused('invalid_grant'))
  await assert.rejects(oidc.fetchUserInfo(configuration, tokens.access_token, tokens.claims().sub), 'a code used twice ends what it gave')
  const second = await authorize(configuration)
  await assert.rejects(redeem(configuration, second, { verifier: oidc.randomPKCECodeVerifier() }), refused('invalid_grant'))
})

test('strict tier: a code is bound to the DPoP key of its request, and nothing goes without PAR', async () => {
  const dpop = oidc.getDPoPHandle(fapi, await oidc.randomDPoPKeyPair('ES256'))
  const login = await authorize(fapi, { dpop })
  const other = oidc.getDPoPHandle(fapi, await oidc.randomDPoPKeyPair('ES256'))
  await assert.rejects(redeem(fapi, login, { dpop: other }), (error) => ['invalid_grant', 'invalid_dpop_proof'].includes(error.error))
  const url = new URL(fapi.serverMetadata().authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: fapi.clientMetadata().client_id, response_type: 'code', redirect_uri: REDIRECT, scope: 'openid', state: 's', nonce: 'n',
    code_challenge: await oidc.calculatePKCECodeChallenge('x'.repeat(43)), code_challenge_method: 'S256',
  })
  const page = await fetch(url, { redirect: 'manual' })
  assert.equal(page.status, 400)
  assert.equal(page.headers.get('location'), null)
})

test('a redirect address that was not registered is never called', async () => {
  const configuration = await basic({ client_id: `peer-redirect-${process.pid}` })
  for (const redirect_uri of [`${REDIRECT}/more`, 'http://127.0.0.62:7600/callback', 'https://evil.example/']) {
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri, scope: 'openid', code_challenge: await oidc.calculatePKCECodeChallenge('x'.repeat(43)), code_challenge_method: 'S256',
    })
    const page = await fetch(url, { redirect: 'manual' })
    assert.equal(page.status, 400)
    assert.equal(page.headers.get('location'), null)
  }
})
