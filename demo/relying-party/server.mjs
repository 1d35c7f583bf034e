// A relying party: one page with a button, on an OpenID Connect library that knows nothing of wallets.
//
// Environment: RP_NAME, RP_URL, RP_TIER (plain or strict), RP_ISSUER, RP_JWKS (private keys).
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { importJWK } from 'jose'
import * as oidc from 'openid-client'
import { front, refused, welcome } from './pages.mjs'

const { RP_NAME, RP_URL, RP_TIER, RP_ISSUER, RP_JWKS } = process.env
const strict = RP_TIER === 'strict'
const redirectUri = `${RP_URL}/callback`
const { keys } = JSON.parse(readFileSync(RP_JWKS, 'utf8'))
const key = async (use) => {
  const jwk = keys.find((key) => key.use === use)
  return { kid: jwk.kid, key: await importJWK(jwk, jwk.alg) }
}
const scope = RP_NAME === 'bank' ? 'openid profile birthdate' : 'openid'
const logins = new Map() // one entry for each browser that is logging in

let configuration
const provider = async () => {
  if (!configuration) {
    const signing = await key('sig')
    configuration = await oidc.discovery(
      new URL(RP_ISSUER),
      RP_NAME,
      strict ? { id_token_signed_response_alg: 'ES256' } : undefined,
      oidc.PrivateKeyJwt({ key: signing.key, kid: signing.kid }),
      { execute: [oidc.allowInsecureRequests] },
    )
    if (strict) {
      const decryption = await key('enc')
      oidc.enableDecryptingResponses(configuration, ['A128GCM', 'A256GCM'], { key: decryption.key, alg: 'ECDH-ES', kid: decryption.kid })
    }
  }
  return configuration
}

const cookie = (request) => /(?:^|; )login=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]

async function begin(response, wanted) {
  const configuration = await provider()
  const login = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce() }
  const parameters = {
    redirect_uri: redirectUri,
    scope: wanted ?? scope,
    state: login.state,
    nonce: login.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(login.verifier),
    code_challenge_method: 'S256',
  }
  if (strict) login.dpop = oidc.getDPoPHandle(configuration, await oidc.randomDPoPKeyPair('ES256'))
  const url = strict
    ? await oidc.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP: login.dpop })
    : oidc.buildAuthorizationUrl(configuration, parameters)
  const id = randomUUID()
  logins.set(id, login)
  setTimeout(() => logins.delete(id), 10 * 60_000).unref()
  response.writeHead(303, { location: url.href, 'set-cookie': `login=${id}; HttpOnly; SameSite=Lax; Path=/` }).end()
}

async function finish(request, response) {
  const id = cookie(request)
  const login = logins.get(id)
  if (!login) return page(response, 400, refused(RP_NAME, 'This login did not begin in this browser, or was finished before.', 'no_login'))
  logins.delete(id)
  const configuration = await provider()
  const tokens = await oidc.authorizationCodeGrant(
    configuration,
    new URL(request.url, RP_URL),
    { pkceCodeVerifier: login.verifier, expectedState: login.state, expectedNonce: login.nonce, idTokenExpected: true },
    undefined,
    login.dpop ? { DPoP: login.dpop } : undefined,
  )
  const claims = tokens.claims()
  const options = login.dpop ? { DPoP: login.dpop } : undefined
  const userinfo = await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub, options)
  if (request.headers.accept?.includes('application/json')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ claims, userinfo }))
    return
  }
  page(response, 200, welcome(RP_NAME, claims, userinfo))
}

function page(response, status, html) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html)
}

const server = http.createServer(async (request, response) => {
  try {
    const url = new URL(request.url, RP_URL)
    if (url.pathname === '/livez') return response.end('ok\n')
    if (url.pathname === '/login') return await begin(response, url.searchParams.get('scope') ?? undefined)
    if (url.pathname === '/callback') return await finish(request, response)
    page(response, 200, front(RP_NAME))
  } catch (error) {
    const code = error.error ?? error.code ?? 'failed'
    const reason = error.error_description ?? error.message
    if (request.headers.accept?.includes('application/json')) {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: code, error_description: reason }))
    } else {
      page(response, 400, refused(RP_NAME, reason, code))
    }
  }
})
const { hostname, port } = new URL(RP_URL)
server.listen(Number(port), hostname)
