// `@openid4vc/openid4vci` receives cards from our issuer; `@sd-jwt/sd-jwt-vc` believes them.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { resourceRequest } from '@openid4vc/oauth2'
import { Openid4vciRetrieveCredentialsError } from '@openid4vc/openid4vci'
import * as jose from 'jose'
import { Wallet, anchors, checkpoint, configuration, doctype, documentConfiguration, http, issued, issuer, node, offer, persons, revoke, vct } from './house.mjs'
import { issuedDocument } from './mdoc.mjs'
import { collect, look, peer, proofs, receive, redeem, renew } from './peer-wallet.mjs'
import { leafOf, newKey, sdJwtVc } from './tools.mjs'

let trusted
before(async () => {
  trusted = await anchors('interior', 'issuer')
  assert.equal(trusted.length, 1)
})

const refusedWith = (code) => (error) => {
  const said = error.errorResponse ?? error.response?.credentialErrorResponseResult?.data
  assert.equal(said?.error, code, `refused for another reason: ${error}`)
  return true
}

test('a peer wallet receives a batch by a code and a code typed in, and sd-jwt-vc believes each copy', async () => {
  const { receiver, seen, cards } = await receive(persons.tobias, 3)
  assert.equal(seen.issuerMetadata.originalDraftVersion, 'V1')
  assert.equal(cards.length, 3)
  const places = new Set()
  for (const [index, card] of cards.entries()) {
    const lists = []
    const { payload, header } = await sdJwtVc(trusted, { list: (token) => lists.push(token) }).verify(card)
    assert.equal(header.typ, 'dc+sd-jwt')
    assert.equal(payload.vct, vct)
    assert.equal(payload.iss, issuer)
    assert.equal(payload.given_name, 'Tobias')
    assert.equal(payload.birthdate, '1959-11-03')
    const { x, y } = receiver.holders[index].publicJwk
    assert.deepEqual([payload.cnf.jwk.x, payload.cnf.jwk.y], [x, y])
    assert.equal(lists.length, 1, 'the status list was fetched and its signature held')
    places.add(`${payload.status.status_list.uri} ${payload.status.status_list.idx}`)
  }
  assert.equal(places.size, 3, 'each copy has a place of its own')
  assert.equal(new Set(cards.flatMap((card) => card.split('~').slice(1, -1))).size, 3 * (cards[0].split('~').length - 2))
})

test('a peer wallet receives mobile documents, each for a key of its own, and Node alone believes them', async () => {
  const receiver = await peer(3)
  const known = new Set((await issued(persons.tobias)).map(({ id }) => id))
  const { offer_uri, code } = await offer(persons.tobias, undefined, doctype)
  const seen = await look(receiver.client, offer_uri)
  const { format, doctype: told } = seen.issuerMetadata.credentialIssuer.credential_configurations_supported[documentConfiguration]
  assert.deepEqual([format, told], ['mso_mdoc', doctype])
  const token = await redeem(receiver, seen, code)
  const jwt = await proofs(receiver, seen, undefined, documentConfiguration)
  await assert.rejects(collect(receiver, seen, token, jwt), refusedWith('unknown_credential_configuration'))
  const documents = await collect(receiver, seen, token, jwt, documentConfiguration)
  assert.equal(documents.length, 3)
  const places = new Set()
  for (const [index, document] of documents.entries()) {
    const { docType, elements, deviceKey, status } = issuedDocument(document, trusted)
    assert.equal(docType, doctype)
    assert.equal(elements[doctype].given_name, 'Tobias')
    assert.equal(elements[doctype].birth_date, '1959-11-03')
    assert.equal(elements[doctype].login_identifier, undefined)
    const { x, y } = receiver.holders[index].publicJwk
    assert.deepEqual([deviceKey.x, deviceKey.y], [x, y])
    places.add(`${status.uri} ${status.idx}`)
  }
  assert.equal(places.size, 3, 'each copy has a place of its own')
  assert.throws(() => issuedDocument(documents[0], []), /anchor/)
  const bytes = Buffer.from(documents[0], 'base64url')
  bytes[bytes.indexOf('Tobias')] ^= 1
  assert.throws(() => issuedDocument(bytes.toString('base64url'), trusted), /digest/)

  const judge = () => new Wallet('judges').try('verify', documents[0], '--profile', 'mdoc', '--registry', node, '--checkpoint', checkpoint)
  assert.equal((await judge()).code, 0, 'the register vouches for it')
  const [{ id }] = (await issued(persons.tobias)).filter((one) => !known.has(one.id))
  await revoke(id)
  const { code: exit, said } = await judge()
  assert.deepEqual([exit, said.code], [1, 'status_revoked'])
})

test('the status list reads the same with jose and zlib alone, and says so when a card is revoked', async () => {
  const known = new Set((await issued(persons.ines)).map(({ id }) => id))
  const { cards } = await receive(persons.ines, 2)
  const { status } = jose.decodeJwt(cards[0].split('~')[0])
  const { uri, idx } = status.status_list
  const read = async () => {
    const token = await (await fetch(uri, { headers: { accept: 'application/statuslist+jwt' } })).text()
    const { payload } = await jose.jwtVerify(token, leafOf(token, trusted), { typ: 'statuslist+jwt', subject: uri })
    const { bits, lst } = payload.status_list
    const bytes = inflateSync(Buffer.from(lst, 'base64url'))
    return (bytes[Math.floor((idx * bits) / 8)] >> ((idx * bits) % 8)) & ((1 << bits) - 1)
  }
  assert.equal(await read(), 0)
  const [{ id }] = (await issued(persons.ines)).filter(({ id }) => !known.has(id))
  await revoke(id)
  assert.equal(await read(), 1)
  await assert.rejects(sdJwtVc(trusted).verify(cards[0]), /status/i)
})

test('key binding of a peer holder is believed by sd-jwt-vc over our card, and a stranger is not', async () => {
  const { receiver, cards } = await receive(persons.tobias, 2)
  const show = (holder) =>
    sdJwtVc(trusted, { holder }).present(cards[0], { given_name: true }, {
      kb: { payload: { iat: Math.floor(Date.now() / 1000), aud: 'https://counter.example', nonce: 'n-1' } },
    })
  const { payload, kb } = await sdJwtVc(trusted).verify(await show(receiver.holders[0]), { keyBindingNonce: 'n-1' })
  assert.equal(payload.given_name, 'Tobias')
  assert.equal(payload.family_name, undefined)
  assert.equal(kb.payload.aud, 'https://counter.example')
  await assert.rejects(sdJwtVc(trusted).verify(await show(receiver.holders[1]), { keyBindingNonce: 'n-1' }))
})

test('an authorisation code by PAR, PKCE and DPoP brings a card to a peer wallet', async () => {
  const receiver = await peer(2)
  const { offer_uri, code } = await offer(persons.siyuan, 'authorization_code')
  const seen = await look(receiver.client, offer_uri)
  const redirectUri = 'http://127.0.0.1:9/callback'
  const begun = await receiver.client.initiateAuthorization({ ...seen, clientId: 'peer-wallet', redirectUri, scope: configuration, dpop: receiver.dpop })
  assert.match(begun.authorizationRequestUrl, /request_uri=urn/)
  const back = new URL(await signIn(begun.authorizationRequestUrl, persons.siyuan, code))
  const answer = receiver.client.parseAndVerifyAuthorizationResponseRedirectUrl({
    url: back.href, authorizationServerMetadata: seen.issuerMetadata.authorizationServers[0],
  })
  const token = await receiver.client.retrieveAuthorizationCodeAccessTokenFromOffer({
    ...seen, authorizationCode: answer.code, pkceCodeVerifier: begun.pkce.codeVerifier, redirectUri, dpop: receiver.dpop,
    additionalRequestPayload: { client_id: 'peer-wallet' },
  })
  const cards = await collect(receiver, seen, token, await proofs(receiver, seen, 'peer-wallet'))
  const { payload } = await sdJwtVc(trusted).verify(cards[1])
  assert.equal(payload.family_name, '陈')
})

/** The person signs in on the issuer's page, as its form says. */
async function signIn(url, person, code) {
  const page = await fetch(url)
  assert.equal(page.status, 200)
  const cookie = page.headers.get('set-cookie').split(';')[0]
  const hidden = [...(await page.text()).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const form = new URLSearchParams(hidden.map(([, name, value]) => [name, value]))
  for (const [name, value] of Object.entries({ person, code, answer: 'yes' })) form.set(name, value)
  const answer = await fetch(`${issuer}/authorize`, { method: 'POST', headers: { cookie }, body: form, redirect: 'manual' })
  assert.equal(answer.status, 303)
  return answer.headers.get('location')
}

test('an encrypted answer to an encrypted request opens with jose', async () => {
  const receiver = await peer(2)
  const { offer_uri, code } = await offer(persons.tobias)
  const seen = await look(receiver.client, offer_uri)
  const token = await redeem(receiver, seen, code)
  const own = await newKey('ECDH-ES')
  const { jwks, enc_values_supported: [enc] } = seen.issuerMetadata.credentialIssuer.credential_request_encryption
  const body = {
    credential_configuration_id: configuration, proofs: { jwt: await proofs(receiver, seen) },
    credential_response_encryption: { jwk: { ...own.publicJwk, alg: 'ECDH-ES', kid: 'answer' }, enc },
  }
  const sealed = await new jose.CompactEncrypt(new TextEncoder().encode(JSON.stringify(body)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc, kid: jwks.keys[0].kid })
    .encrypt(await jose.importJWK(jwks.keys[0], 'ECDH-ES'))
  const { response } = await resourceRequest({
    url: seen.issuerMetadata.credentialIssuer.credential_endpoint, accessToken: token.accessTokenResponse.access_token,
    dpop: receiver.dpop, callbacks: receiver.tools,
    requestOptions: { method: 'POST', headers: { 'content-type': 'application/jwt' }, body: sealed },
  })
  assert.equal(response.headers.get('content-type'), 'application/jwt')
  const { plaintext, protectedHeader } = await jose.compactDecrypt(await response.text(), own.privateKey)
  assert.equal(protectedHeader.kid, 'answer')
  const { credentials } = JSON.parse(new TextDecoder().decode(plaintext))
  assert.equal((await sdJwtVc(trusted).verify(credentials[0].credential)).payload.given_name, 'Tobias')
})

test('a wrong code, a used offer, an old nonce and a proof for another issuer are refused', async () => {
  const receiver = await peer(2)
  const { offer_uri, code } = await offer(persons.tobias)
  const seen = await look(receiver.client, offer_uri)
  await assert.rejects(redeem(receiver, seen, code === '000000' ? '111111' : '000000'), refusedWith('invalid_grant'))
  const token = await redeem(receiver, seen, code)
  await assert.rejects(redeem(receiver, seen, code), refusedWith('invalid_grant'))
  const invented = { ...receiver, client: Object.create(receiver.client, { requestNonce: { value: async () => ({ c_nonce: 'invented' }) } }) }
  await assert.rejects(collect(receiver, seen, token, await proofs(invented, seen)), refusedWith('invalid_nonce'))
  const elsewhere = structuredClone(seen)
  elsewhere.issuerMetadata.credentialIssuer.credential_issuer = 'https://other.example'
  elsewhere.issuerMetadata.credentialIssuer.nonce_endpoint = seen.issuerMetadata.credentialIssuer.nonce_endpoint
  await assert.rejects(collect(receiver, seen, token, await proofs(receiver, elsewhere)), refusedWith('invalid_proof'))
  const cards = await collect(receiver, seen, token, await proofs(receiver, seen))
  assert.equal(cards.length, 2, 'what was refused used nothing up')
})

test('a card needs the DPoP key that its token is bound to', async () => {
  const receiver = await peer(2)
  const { offer_uri, code } = await offer(persons.tobias)
  const seen = await look(receiver.client, offer_uri)
  const token = await redeem(receiver, seen, code)
  const stranger = await peer(2)
  await assert.rejects(collect(stranger, seen, { accessTokenResponse: token.accessTokenResponse }, await proofs(stranger, seen)), (error) => {
    assert.ok(error instanceof Openid4vciRetrieveCredentialsError || /401|unauthor/i.test(String(error)), String(error))
    return true
  })
  const bare = await http('POST', seen.issuerMetadata.credentialIssuer.credential_endpoint, { body: {}, token: token.accessTokenResponse.access_token })
  assert.equal(bare.status, 401)
})

test('a peer wallet renews its card: the same card in copies that share nothing, which sd-jwt-vc believes', async () => {
  const { receiver, seen, token, cards } = await receive(persons.tobias, 2)
  const { grant_types_supported: grants } = seen.issuerMetadata.authorizationServers[0]
  assert.ok(grants.includes('refresh_token'))
  const fresh = await peer(2, receiver.key)
  const again = await renew(fresh, seen, token.accessTokenResponse.refresh_token)
  assert.notEqual(again.accessTokenResponse.refresh_token, token.accessTokenResponse.refresh_token)
  await assert.rejects(collect(receiver, seen, again, await proofs(receiver, seen)), refusedWith('invalid_proof'), 'keys of old copies')
  const all = [...cards, ...(await collect(fresh, seen, again, await proofs(fresh, seen)))]
  const seenBefore = new Set()
  for (const card of all) {
    const { payload } = await sdJwtVc(trusted).verify(card)
    assert.equal(payload.given_name, 'Tobias')
    const { uri, idx } = payload.status.status_list
    for (const mark of [payload.cnf.jwk.x, `${uri} ${idx}`, ...card.split('~').slice(1, -1)]) {
      assert.ok(!seenBefore.has(mark), 'two copies share a mark')
      seenBefore.add(mark)
    }
  }
})

test('a refresh token of a peer wallet is bound to its key, used once, and over when its card is revoked', async () => {
  const refused = refusedWith('invalid_grant')
  const first = await receive(persons.tobias, 2)
  const zero = first.token.accessTokenResponse.refresh_token
  await assert.rejects(renew(await peer(2), first.seen, zero), refused, 'another key')
  const one = (await renew(first.receiver, first.seen, zero)).accessTokenResponse.refresh_token
  const two = (await renew(first.receiver, first.seen, one)).accessTokenResponse.refresh_token
  await assert.rejects(renew(first.receiver, first.seen, zero), refused, 'used before')
  await assert.rejects(renew(first.receiver, first.seen, two), refused, 'the whole family is over')

  const known = new Set((await issued(persons.ines)).map(({ id }) => id))
  const { receiver, seen, token } = await receive(persons.ines, 2)
  const [{ id }] = (await issued(persons.ines)).filter(({ id }) => !known.has(id))
  await revoke(id)
  await assert.rejects(renew(receiver, seen, token.accessTokenResponse.refresh_token), refused, 'revoked')
})
