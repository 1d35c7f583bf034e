// What the peers leave to their caller: cryptography by `jose` and Node, and nothing of ours.
import { X509Certificate, createHash, randomBytes } from 'node:crypto'
import { clientAuthenticationNone } from '@openid4vc/oauth2'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import * as jose from 'jose'

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest()
export const base64url = (bytes) => Buffer.from(bytes).toString('base64url')

/** A P-256 key pair. */
export async function newKey(alg = 'ES256') {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { crv: 'P-256', extractable: true })
  return { publicJwk: await jose.exportJWK(publicKey), privateJwk: await jose.exportJWK(privateKey), privateKey }
}

const certificate = (text) => new X509Certificate(Buffer.from(text, 'base64'))
const same = (one, other) => one.x === other.x && one.y === other.y

/** The callbacks of the OpenID4VC peers, over these keys. */
export function callbacks(keys, clientId = 'peer-wallet') {
  const own = (jwk) => keys.find((key) => same(key.publicJwk, jwk))
  return {
    hash: (bytes, alg) => createHash(alg.replace('-', '')).update(bytes).digest(),
    generateRandom: (length) => randomBytes(length),
    clientAuthentication: clientAuthenticationNone({ clientId }),
    getX509CertificateMetadata(text) {
      const names = (certificate(text).subjectAltName ?? '').split(', ')
      const of = (kind) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length))
      return { sanDnsNames: of('DNS:'), sanUriNames: of('URI:') }
    },
    async signJwt(signer, { header, payload }) {
      const ofDid = () => keys.find(({ didUrl }) => didUrl === signer.didUrl)?.publicJwk
      const jwk = signer.method === 'x5c' ? await jose.exportJWK(certificate(signer.x5c[0]).publicKey) : (signer.publicJwk ?? ofDid())
      const jwt = await new jose.SignJWT(payload).setProtectedHeader(header).sign(own(jwk).privateKey)
      return { jwt, signerJwk: jwk }
    },
    async verifyJwt(signer, { compact }) {
      const key = signer.method === 'x5c' ? certificate(signer.x5c[0]).publicKey : await jose.importJWK(signer.publicJwk, signer.alg)
      const verified = await jose.compactVerify(compact, key).then(() => true, () => false)
      return { verified, signerJwk: signer.publicJwk ?? (await jose.exportJWK(key)) }
    },
    async encryptJwe({ publicJwk, alg, enc, apu, apv }, text) {
      const parameters = {}
      if (apu) parameters.apu = Buffer.from(apu, 'base64url')
      if (apv) parameters.apv = Buffer.from(apv, 'base64url')
      const jwe = await new jose.CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg, enc, kid: publicJwk.kid })
        .setKeyManagementParameters(parameters)
        .encrypt(await jose.importJWK(publicJwk, alg))
      return { jwe, encryptionJwk: publicJwk }
    },
    async decryptJwe(jwe, { jwk } = {}) {
      const key = own(jwk ?? keys[0].publicJwk)
      const { plaintext } = await jose.compactDecrypt(jwe, key.privateKey)
      return { decrypted: true, decryptionJwk: key.publicJwk, payload: new TextDecoder().decode(plaintext) }
    },
  }
}

/** The leaf of a token's x5c chain, which must lead to one of the anchors (DER) that the register names. */
export function leafOf(token, anchors) {
  const { x5c } = jose.decodeProtectedHeader(token.split('~')[0])
  if (!Array.isArray(x5c)) throw new Error('the token has no x5c')
  const chain = x5c.map(certificate)
  const now = new Date()
  const holds = (one) => new Date(one.validFrom) <= now && now <= new Date(one.validTo)
  const roots = anchors.map((der) => new X509Certificate(der))
  const links = chain.every((one, index) => holds(one) && (index + 1 === chain.length || one.verify(chain[index + 1].publicKey)))
  const anchored = roots.some((root) => root.ca && holds(root) && chain.at(-1).checkIssued(root) && chain.at(-1).verify(root.publicKey))
  if (!links || !anchored) throw new Error('the chain does not lead to the anchor')
  return chain[0].publicKey
}

/** `@sd-jwt/sd-jwt-vc` as a verifier; `list` is told each status list token that was fetched and believed. */
export function sdJwtVc(anchors, { holder, list } = {}) {
  const verifier = async (signed, signature) => {
    const token = `${signed}.${signature}`
    const { typ } = jose.decodeProtectedHeader(token)
    await jose.compactVerify(token, leafOf(token, anchors))
    if (typ === 'statuslist+jwt') list?.(token)
    return true
  }
  const kbVerifier = async (signed, signature, payload) => {
    await jose.compactVerify(`${signed}.${signature}`, await jose.importJWK(payload.cnf.jwk, 'ES256'))
    return true
  }
  return new SDJwtVcInstance({
    hasher: (text, alg) => createHash(alg.replace('-', '')).update(text).digest(),
    hashAlg: 'sha-256',
    saltGenerator: (length) => randomBytes(length).toString('base64url'),
    verifier,
    kbVerifier,
    kbSignAlg: 'ES256',
    kbSigner: holder && (async (signed) => sign(signed, holder)),
  })
}

/** A raw ES256 signature over a token's first two parts. */
async function sign(signed, { privateKey }) {
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  return base64url(await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(signed)))
}
