// A verifier on `@openid4vc/openid4vp` and `@sd-jwt/sd-jwt-vc`: it serves signed requests by reference and
// reads what comes back. Nothing of ours is in it but the registration that it staples.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Openid4vpVerifier } from '@openid4vc/openid4vp'
import { DcqlPresentationResult, DcqlQuery } from 'dcql'
import { compactDecrypt, decodeProtectedHeader, exportJWK, importPKCS8 } from 'jose'
import { proof, run, vct } from './house.mjs'
import { shown } from './mdoc.mjs'
import { base64url, callbacks, newKey, sdJwtVc, sha256 } from './tools.mjs'

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
    this.signer = { method: 'x5c', alg: 'ES256', x5c: [chain.leaf.toString('base64')] }
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

  /**
   * A link that asks for `claims` of the card, or `query`, in the name of `member`. `change` alters the request's
   * parameters, `jwt` what its token says besides, `repeat` the wallet's nonce, `serve` the signed token.
   */
  async ask({ member, use, claims = [], query, encryptions = ['A128GCM', 'A256GCM'], method = 'post', staple = true, ...how }) {
    const card = { id: 'identity', format: 'dc+sd-jwt', meta: { vct_values: [vct] }, claims: claims.map((name) => ({ path: [name] })) }
    const id = fresh()
    const encryption = await newKey('ECDH-ES')
    const keys = [this.chain.key, encryption, ...(how.key ? [how.key] : [])]
    const tools = callbacks(keys)
    const verifier = new Openid4vpVerifier({ callbacks: tools })
    const payload = {
      response_type: 'vp_token',
      response_mode: 'direct_post.jwt',
      client_id: this.clientId,
      response_uri: `${this.origin}/response/${id}`,
      nonce: fresh(),
      state: fresh(),
      dcql_query: query ?? { credentials: [card] },
      client_metadata: {
        jwks: { keys: [{ ...encryption.publicJwk, alg: 'ECDH-ES', use: 'enc', kid: 'answer' }] },
        encrypted_response_enc_values_supported: encryptions,
        vp_formats_supported: {
          'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] },
          mso_mdoc: { issuerauth_alg_values: [-7, -9], deviceauth_alg_values: [-7, -9] },
        },
      },
      ...how.change,
    }
    const asked = { ...how, id, tools, verifier, payload, encryption, staple: staple && { member, use } }
    this.asked.set(id, asked)
    const { authorizationRequest } = await this.sign(asked)
    asked.link = authorizationRequest + (method === 'get' ? '' : `&request_uri_method=${method}`)
    return asked
  }

  async sign({ id, verifier, payload, staple, signer = this.signer, jwt = {}, repeat = (nonce) => nonce }, walletNonce) {
    const repeated = repeat(walletNonce)
    const content = { ...payload, ...(repeated ? { wallet_nonce: repeated } : {}) }
    if (staple) {
      const { member, use } = staple
      const own = ['request/0', 'request/1', 'receipt/0'].map((key) => `key/${this.member}/${key}`)
      const keys = ['network', `member/${member}`, `registration/${member}/${use}`, `member/${this.member}`, ...own]
      const data = { member, use, proof: base64url(await proof([...new Set(keys)])) }
      content.verifier_info = [{ format: 'urn:symbolon:registration', data }]
    }
    return verifier.createOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: content,
      wallet: repeated ? { expectedNonce: repeated } : undefined,
      jar: {
        requestUri: `${this.origin}/request/${id}`,
        jwtSigner: signer,
        expiresInSeconds: 120,
        additionalJwtPayload: { aud: 'https://self-issued.me/v2', ...jwt },
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
      const token = asked.serve ? await asked.serve(jar.authorizationRequestJwt) : jar.authorizationRequestJwt
      response.writeHead(200, { 'content-type': 'application/oauth-authz-req+jwt' }).end(token)
    } else {
      asked.enc = decodeProtectedHeader(body.get('response')).enc
      asked.refused = await refusal(asked, body.get('response'))
      if (!asked.refused) asked.shown = await this.read(asked, Object.fromEntries(body))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }
  }

  /**
   * Decrypts, verifies every card and document with what binds it to this request, has npm `dcql` hold all of it
   * against the query, and the transactions against what was signed.
   */
  async read(asked, authorizationResponse) {
    const { tools, verifier, payload } = asked
    const parsed = await verifier.parseOpenid4vpAuthorizationResponse({ authorizationResponse, authorizationRequestPayload: payload, callbacks: tools })
    if (parsed.authorizationResponsePayload.state !== payload.state) throw new Error('another state')
    const [parts, confirmed] = [{}, {}]
    for (const [id, presentations] of Object.entries(parsed.dcql.presentations)) {
      const { format } = payload.dcql_query.credentials.find((part) => part.id === id)
      const read = (text) => (format === 'mso_mdoc' ? this.readDocument(asked, text) : this.readCard(asked, text))
      parts[id] = await Promise.all([presentations].flat().map(read))
      const hashes = ({ kb }) => ({ transaction_data_hashes: kb.transaction_data_hashes ?? [], transaction_data_hashes_alg: kb.transaction_data_hashes_alg })
      if (format !== 'mso_mdoc') confirmed[id] = parts[id].map(hashes)
    }
    const query = DcqlQuery.parse(payload.dcql_query)
    DcqlQuery.validate(query)
    const as = ([id, all]) => [id, all.map(({ asDcql }) => asDcql)]
    const result = DcqlPresentationResult.fromDcqlPresentation(Object.fromEntries(Object.entries(parts).map(as)), { dcqlQuery: query })
    DcqlPresentationResult.validate(result)
    if (payload.transaction_data) await verifier.verifyTransactionData({ transactionData: payload.transaction_data, credentials: confirmed })
    const { claims, token } = parts.identity?.[0] ?? {}
    return { claims, token, parts: Object.fromEntries(Object.entries(parts).map(([id, all]) => [id, all.map(({ said }) => said)])) }
  }

  async readCard({ payload }, token) {
    const { payload: claims, kb } = await sdJwtVc(this.trusted).verify(token, { keyBindingNonce: payload.nonce })
    if (kb.payload.aud !== payload.client_id) throw new Error('another audience')
    const { iss, iat, exp, vct: type, cnf, status, ...said } = claims
    const asDcql = { credential_format: 'dc+sd-jwt', vct: type, claims, cryptographic_holder_binding: true, authority: this.vouches }
    return { claims, token, said, kb: kb.payload, asDcql }
  }

  readDocument(asked, text) {
    const { payload, encryption } = asked
    const session = { anchors: this.trusted, clientId: payload.client_id, nonce: payload.nonce, responseUri: payload.response_uri, encryptionJwk: encryption.publicJwk }
    const { docType, elements } = shown(text, session)
    asked.document = text
    const asDcql = { credential_format: 'mso_mdoc', doctype: docType, namespaces: elements, cryptographic_holder_binding: true, authority: this.vouches }
    return { said: elements, asDcql }
  }
}

/** The error code of an answer that shows nothing, which the peer has no reader for; none where it shows something. */
async function refusal({ encryption, payload }, response) {
  const { plaintext } = await compactDecrypt(response, encryption.privateKey)
  const { error, state, vp_token } = JSON.parse(new TextDecoder().decode(plaintext))
  if (error && (state !== payload.state || vp_token)) throw new Error('a refusal that is more than one')
  return error
}

async function chunks(stream) {
  const all = []
  for await (const chunk of stream) all.push(chunk)
  return all
}
