// A reader of ISO 18013-5 mobile documents on Node's own cryptography: CBOR, the issuer's signature, digests, dates and
// the device's answer to a session of OpenID4VP (appendix B.2.6). Nothing of ours is in it.
import { X509Certificate, createHash, createPublicKey, verify } from 'node:crypto'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const DOCUMENT_SIGNER = '1.0.18013.5.1.2'

/** One item: its kind, its value, its bytes as they came. */
function item(bytes, at = 0) {
  const major = bytes[at] >> 5
  const [argument, begin] = length(bytes, at)
  const made = (kind, value, end) => ({ kind, value, raw: bytes.subarray(at, end), end })
  if (major === 0) return made('number', argument, begin)
  if (major === 1) return made('number', -1 - argument, begin)
  if (major === 2 || major === 3) {
    const end = begin + argument
    if (end > bytes.length) throw new Error('an item is longer than all of it')
    const part = bytes.subarray(begin, end)
    return made(major === 2 ? 'bytes' : 'text', major === 2 ? part : part.toString('utf8'), end)
  }
  if (major === 6) {
    const inner = item(bytes, begin)
    return made('tag', { tag: argument, inner }, inner.end)
  }
  if (major === 7) return made('simple', { 20: false, 21: true, 22: null }[argument], begin)
  const items = []
  let end = begin
  for (let left = major === 4 ? argument : argument * 2; left > 0; left -= 1) {
    const next = item(bytes, end)
    items.push(next)
    end = next.end
  }
  if (major === 4) return made('array', items, end)
  const members = new Map()
  for (let place = 0; place < items.length; place += 2) members.set(items[place].value, items[place + 1])
  if (members.size * 2 !== items.length) throw new Error('a key stands twice in a map')
  return made('map', members, end)
}

function length(bytes, at) {
  const short = bytes[at] & 31
  if (short < 24) return [short, at + 1]
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[short]
  if (!size) throw new Error('an item without a length is not read')
  return [size === 8 ? Number(bytes.readBigUInt64BE(at + 1)) : bytes.readUIntBE(at + 1, size), at + 1 + size]
}

function whole(bytes) {
  const read = item(bytes)
  if (read.end !== bytes.length) throw new Error('something follows the item')
  return read
}

/** An item as plain JavaScript: what is tagged, without the tag. */
function plain({ kind, value }) {
  if (kind === 'tag') return plain(value.inner)
  if (kind === 'array') return value.map(plain)
  if (kind === 'map') return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]))
  return value
}

function head(major, number) {
  if (number < 24) return Buffer.from([(major << 5) | number])
  const sizes = [[24, 1], [25, 2], [26, 4]]
  const [short, size] = sizes.find(([, size]) => number < 256 ** size)
  const bytes = Buffer.alloc(1 + size)
  bytes[0] = (major << 5) | short
  bytes.writeUIntBE(number, 1, size)
  return bytes
}

const bytesItem = (bytes) => Buffer.concat([head(2, bytes.length), bytes])
const textItem = (text) => Buffer.concat([head(3, Buffer.byteLength(text)), Buffer.from(text)])
const arrayItem = (...items) => Buffer.concat([head(4, items.length), ...items])
const embedded = (bytes) => Buffer.concat([head(6, 24), bytesItem(bytes)])
const NULL = Buffer.from([0xf6])

/** The bytes in `#6.24(bstr)`. */
function opened({ kind, value }) {
  if (kind !== 'tag' || value.tag !== 24 || value.inner.kind !== 'bytes') throw new Error('not embedded CBOR')
  return value.inner.value
}

/** Whether an ES256 `COSE_Sign1` holds over `payload`. */
function holds([header, , , signature], payload, key) {
  if (plain(whole(header.value))[1] !== -7) throw new Error('not signed with ES256')
  const signed = arrayItem(textItem('Signature1'), bytesItem(header.value), bytesItem(Buffer.alloc(0)), bytesItem(payload))
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature.value)
}

/** The document signer's certificate, which must lead to one of the anchors (DER) and be for documents. */
function signer(headers, anchors) {
  const chain = headers.value.get(33)
  const leaf = new X509Certificate(chain.kind === 'array' ? chain.value[0].value : chain.value)
  const now = new Date()
  const roots = anchors.map((der) => new X509Certificate(der))
  const signed = roots.some((root) => root.ca && leaf.checkIssued(root) && leaf.verify(root.publicKey))
  if (!signed || new Date(leaf.validFrom) > now || new Date(leaf.validTo) < now) throw new Error('the chain does not lead to the anchor')
  if (leaf.ca || !leaf.keyUsage?.includes(DOCUMENT_SIGNER) || leaf.keyUsage.length !== 1) throw new Error('the certificate is not for documents alone')
  return leaf.publicKey
}

/** What an issuer signed (`IssuerSigned`), once it holds: type, elements by namespace, device key as JWK, status. */
function issued(node, anchors) {
  const parts = node.value.get('issuerAuth').value
  const [, headers, payload] = parts
  if (!holds(parts, payload.value, signer(headers, anchors))) throw new Error("the issuer's signature does not hold")
  const object = plain(whole(opened(whole(payload.value))))
  const { validFrom, validUntil } = object.validityInfo
  if (object.version !== '1.0' || object.digestAlgorithm !== 'SHA-256') throw new Error('another version or digest')
  if (new Date(validFrom) > new Date() || new Date(validUntil) < new Date()) throw new Error('not valid now')
  const elements = {}
  for (const [namespace, items] of node.value.get('nameSpaces')?.value ?? []) {
    elements[namespace] = {}
    for (const one of items.value) {
      const { digestID, random, elementIdentifier, elementValue } = plain(whole(opened(one)))
      if (random.length < 16) throw new Error('a salt is too short')
      if (!object.valueDigests[namespace][digestID].equals(sha256(one.raw))) throw new Error('a digest differs')
      elements[namespace][elementIdentifier] = elementValue
    }
  }
  const { 1: kty, '-1': crv, '-2': x, '-3': y } = object.deviceKeyInfo.deviceKey
  if (kty !== 2 || crv !== 1) throw new Error('the device key is not on P-256')
  const deviceKey = { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') }
  return { docType: object.docType, elements, deviceKey, status: object.status?.status_list }
}

/** A document as a wallet receives it, base64url. */
export const issuedDocument = (text, anchors) => issued(whole(Buffer.from(text, 'base64url')), anchors)

/** The one document of an answer, once it holds for this session. */
export function shown(text, { anchors, clientId, nonce, responseUri, encryptionJwk }) {
  const response = whole(Buffer.from(text, 'base64url')).value
  const documents = response.get('documents').value
  if (response.get('version').value !== '1.0' || response.get('status').value !== 0 || documents.length !== 1) throw new Error('not one document')
  const [document] = documents
  const said = issued(document.value.get('issuerSigned'), anchors)
  const docType = document.value.get('docType').value
  if (docType !== said.docType) throw new Error('another type than was signed')
  const { crv, kty, x, y } = encryptionJwk
  const thumbprint = sha256(JSON.stringify({ crv, kty, x, y }))
  const info = arrayItem(textItem(clientId), textItem(nonce), bytesItem(thumbprint), textItem(responseUri))
  const transcript = arrayItem(NULL, NULL, arrayItem(textItem('OpenID4VPHandover'), bytesItem(sha256(info))))
  const device = document.value.get('deviceSigned').value
  const signed = embedded(arrayItem(textItem('DeviceAuthentication'), transcript, textItem(docType), device.get('nameSpaces').raw))
  const signature = device.get('deviceAuth').value.get('deviceSignature')
  if (!signature || !holds(signature.value, signed, createPublicKey({ key: said.deviceKey, format: 'jwk' }))) throw new Error("the device's signature does not hold")
  return said
}
