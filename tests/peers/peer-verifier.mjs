// A verifier on `@openid4vc/openid4vp` and `@sd-jwt/sd-jwt-vc`: it serves signed requests by reference and
// reads what comes back. Nothing of ours is in it but the registration that it staples.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Openid4vpVerifier } from '@openid4vc/openid4vp'
import { proof, run, vct } from './house.mjs'
import { base64url, callbacks, newKey, sdJwtVc, sha256 } from './tools.mjs'
import { exportJWK, importPKCS8 } from 'jose'

const fresh = () => randomBytes(24).toString('base64url')

/** An authority and a leaf under it, by OpenSSL. */
export async function makeChain(folder, name) {
  mkdirSync(folder, { recursive: true })
  const at = (file) => join(folder, file)
  const openssl = async (...args) => {
    const { code, stderr } = await run('openssl', args)
    if (code !== 0) throw new Error(stderr)
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  writeFileSync(at('leaf.cnf'), 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n')
  await openssl('req', '-x509', ...key, '-keyout', at('authority.key'), '-out', at('authority.pem'), '-days', '30', '-subj', `/O=${name}/CN=${name} Authority`,
    '-addext', 'keyUsage=critical,keyCertSign')
  await openssl('req', ...key, '-keyout', at('leaf.key'), '-out', at('leaf.csr'), '-subj', `/O=${name}/CN=${name} Requests`)
  await openssl('x509', '-req', '-in', at('leaf.csr'), '-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial',
    '-days', '20', '-extfile', at('leaf.cnf'), '-out', at('leaf.pem'))
  const der = (file) => Buffer.from(readFileSync(at(file), 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const privateKey = await importPKCS8(readFileSync(at('leaf.key'), 'utf8'), 'ES256', { extractable: true })
  const { d, ...publicJwk } = await exportJWK(privateKey)
  return { authority: der('authority.pem'), leaf: der('leaf.pem'), key: { privateKey, publicJwk } }
}

export class PeerVerifier {
  constructor(member, origin, chain, trusted) {
    Object.assign(this, { member, origin, chain, trusted, asked: new Map() })
    this.clientId = `x509_hash:${base64url(sha256(chain.leaf))}`
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error) => {
        this.failure = error
        response.writeHead(500).end()
      })
    })
  }

  async start() {
    const { hostname, port } = new URL(this.origin)
    await new Promise((done) => this.server.listen(Number(port), hostname, done))
    return this
  }

  stop() {
    this.server.closeAllConnections()
    this.server.close()
  }

  /** A link that asks for `claims` in the name of `member`; `change` alters the request. */
  async ask({ member, use, claims, method = 'post', change = {}, staple = true }) {
    const id = fresh()
    const encryption = await newKey('ECDH-ES')
    const tools = callbacks([this.chain.key, encryption])
    const verifier = new Openid4vpVerifier({ callbacks: tools })
    const payload = {
      response_type: 'vp_token',
      response_mode: 'direct_post.jwt',
      client_id: this.clientId,
      response_uri: `${this.origin}/response/${id}`,
      nonce: fresh(),
      state: fresh(),
      dcql_query: { credentials: [{ id: 'identity', format: 'dc+sd-jwt', meta: { vct_values: [vct] }, claims: claims.map((name) => ({ path: [name] })) }] },
      client_metadata: {
        jwks: { keys: [{ ...encryption.publicJwk, alg: 'ECDH-ES', use: 'enc', kid: 'answer' }] },
        encrypted_response_enc_values_supported: ['A128GCM', 'A256GCM'],
        vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } },
      },
      ...change,
    }
    const asked = { id, tools, verifier, payload, staple: staple && { member, use } }
    this.asked.set(id, asked)
    const { authorizationRequest } = await this.sign(asked)
    asked.link = authorizationRequest + (method === 'post' ? '&request_uri_method=post' : '')
    return asked
  }

  async sign({ id, verifier, payload, staple }, walletNonce) {
    const content = { ...payload, ...(walletNonce ? { wallet_nonce: walletNonce } : {}) }
    if (staple) {
      const { member, use } = staple
      const keys = ['network', `member/${member}`, `registration/${member}/${use}`, `member/${this.member}`, `key/${this.member}/request/0`, `key/${this.member}/receipt/0`]
      const data = { member, use, proof: base64url(await proof([...new Set(keys)])) }
      content.verifier_info = [{ format: 'urn:symbolon:registration', data }]
    }
    return verifier.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: content,
      wallet: walletNonce ? { expectedNonce: walletNonce } : undefined,
      jar: {
        requestUri: `${this.origin}/request/${id}`,
        jwtSigner: { method: 'x5c', alg: 'ES256', x5c: [this.chain.leaf.toString('base64')] },
        expiresInSeconds: 120,
        additionalJwtPayload: { aud: 'https://self-issued.me/v2' },
      },
    })
  }

  async answer(request, response) {
    const [, what, id] = new URL(request.url, this.origin).pathname.split('/')
    const asked = this.asked.get(id)
    if (!asked) return response.writeHead(404).end()
    const body = new URLSearchParams(Buffer.concat(await chunks(request)).toString())
    if (what === 'request') {
      asked.fetched = request.method
      const { jar } = await this.sign(asked, body.get('wallet_nonce') ?? undefined)
      response.writeHead(200, { 'content-type': 'application/oauth-authz-req+jwt' }).end(jar.authorizationRequestJwt)
    } else {
      asked.shown = await this.read(asked, Object.fromEntries(body))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }
  }

  /** Decrypts, matches against the query, and verifies card and key binding. */
  async read({ tools, verifier, payload }, authorizationResponse) {
    const parsed = await verifier.parseOpenid4vpAuthorizationResponse({ authorizationResponse, authorizationRequestPayload: payload, callbacks: tools })
    if (parsed.authorizationResponsePayload.state !== payload.state) throw new Error('another state')
    const [token] = [parsed.dcql.presentations.identity].flat()
    const { payload: claims, kb } = await sdJwtVc(this.trusted).verify(token, { keyBindingNonce: parsed.expectedNonce })
    if (kb.payload.aud !== this.clientId) throw new Error('another audience')
    return { claims, token }
  }
}

async function chunks(stream) {
  const all = []
  for await (const chunk of stream) all.push(chunk)
  return all
}
