// A relying party: one page with a button, on an OpenID Connect library that knows nothing of wallets.
//
// Environment: RP_NAME, RP_URL, RP_TIER (plain or strict), RP_ISSUER, RP_JWKS (private keys).
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { importJWK } from 'jose'
import * as oidc from 'openid-client'

const { RP_NAME, RP_URL, RP_TIER, RP_ISSUER, RP_JWKS } = process.env
const strict = RP_TIER === 'strict'
const redirectUri = `${RP_URL}/callback`
const { keys } = JSON.parse(readFileSync(RP_JWKS, 'utf8'))
const key = async (use) => {
  const jwk = keys.find((key) => key.use === use)
  return { kid: jwk.kid, key: await importJWK(jwk, jwk.alg) }
}
const scope = RP_NAME === 'bank' ? 'openid profile birthdate' : 'openid'
const titles = { bank: 'Bank of Harbour Town', tax: 'Tax Office' }
const title = titles[RP_NAME] ?? RP_NAME
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
  if (!login) return page(response, 400, '<h1>This login did not begin here</h1><p><a href="/">Start again</a></p>')
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
  const name = [userinfo.given_name, userinfo.family_name].filter(Boolean).join(' ') || 'you'
  page(response, 200, `<h1>Welcome, ${escape(name)}</h1><p>You are logged in.</p><details><summary>What we were told</summary><pre>${escape(JSON.stringify({ claims, userinfo }, null, 2))}</pre></details><p><a href="/">Back</a></p>`)
}

const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c])

function page(response, status, main) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${title}</title><style>
body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:10vh auto;padding:0 1rem}
a.button{display:inline-block;padding:.75rem 1.5rem;border-radius:8px;background:light-dark(#0b5a57,#6fd0c6);color:light-dark(#fff,#06201e);text-decoration:none}
pre{overflow:auto;padding:1rem;border:1px solid light-dark(#d9ddd6,#2f3b38);border-radius:8px}</style></head><body>${main}</body></html>`)
}

const server = http.createServer(async (request, response) => {
  try {
    const url = new URL(request.url, RP_URL)
    if (url.pathname === '/livez') return response.end('ok\n')
    if (url.pathname === '/login') return await begin(response, url.searchParams.get('scope') ?? undefined)
    if (url.pathname === '/callback') return await finish(request, response)
    page(response, 200, `<h1>${title}</h1><p><a class="button" href="/login">Log in with your wallet</a></p>`)
  } catch (error) {
    const code = error.error ?? error.code ?? 'failed'
    const reason = error.error_description ?? error.message
    if (request.headers.accept?.includes('application/json')) {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: code, error_description: reason }))
    } else {
      page(response, 400, `<h1>You are not logged in</h1><p>${escape(String(reason))} (${escape(String(code))})</p><p><a href="/">Try again</a></p>`)
    }
  }
})
const { hostname, port } = new URL(RP_URL)
server.listen(Number(port), hostname)
