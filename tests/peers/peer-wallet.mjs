// A wallet on `@openid4vc/openid4vci` and `@openid4vc/openid4vp`: it receives cards and shows them.
import { randomBytes } from 'node:crypto'
import { Oauth2Client, setGlobalConfig } from '@openid4vc/oauth2'
import { Openid4vciClient } from '@openid4vc/openid4vci'
import { Openid4vpClient } from '@openid4vc/openid4vp'
import { configuration, offer } from './house.mjs'
import { callbacks, newKey, sdJwtVc } from './tools.mjs'

setGlobalConfig({ allowInsecureUrls: true }) // the house is plain http on loopback

/** A peer wallet with a DPoP key, its own or a new one, and new keys for `copies` cards. */
export async function peer(copies = 3, key) {
  const dpop = key ?? (await newKey())
  const holders = await Promise.all(Array.from({ length: copies }, () => newKey()))
  const tools = callbacks([dpop, ...holders])
  return { client: new Openid4vciClient({ callbacks: tools }), tools, holders, key: dpop, dpop: { signer: { method: 'jwk', alg: 'ES256', publicJwk: dpop.publicJwk } } }
}

export async function look(client, link) {
  const credentialOffer = await client.resolveCredentialOffer(link)
  return { credentialOffer, issuerMetadata: await client.resolveIssuerMetadata(credentialOffer.credential_issuer) }
}

/** Redeems an offer by its pre-authorised code and the code that was typed in. */
export const redeem = (peer, seen, txCode) =>
  peer.client.retrievePreAuthorizedCodeAccessTokenFromOffer({ ...seen, txCode, dpop: peer.dpop })

/** Gives a refresh token for an access token and the next refresh token. */
export const renew = (peer, { issuerMetadata }, refreshToken) =>
  new Oauth2Client({ callbacks: peer.tools }).retrieveRefreshTokenAccessToken({
    authorizationServerMetadata: issuerMetadata.authorizationServers[0], refreshToken, dpop: peer.dpop,
  })

export async function proofs(peer, { issuerMetadata }, clientId, credentialConfigurationId = configuration) {
  const { c_nonce: nonce } = await peer.client.requestNonce({ issuerMetadata })
  const sign = ({ publicJwk }) =>
    peer.client.createCredentialRequestJwtProof({
      issuerMetadata, nonce, clientId, credentialConfigurationId, signer: { method: 'jwk', alg: 'ES256', publicJwk },
    })
  return (await Promise.all(peer.holders.map(sign))).map(({ jwt }) => jwt)
}

/** Asks for a card for each key; gives the cards. */
export async function collect(peer, { issuerMetadata }, token, jwt, credentialConfigurationId = configuration) {
  const answer = await peer.client.retrieveCredentials({
    issuerMetadata, proofs: { jwt }, credentialConfigurationId,
    accessToken: token.accessTokenResponse.access_token, dpop: token.dpop ?? peer.dpop,
  })
  return answer.credentialResponse.credentials.map(({ credential }) => credential)
}

export async function receive(person, copies) {
  const receiver = await peer(copies)
  const { offer_uri, code } = await offer(person)
  const seen = await look(receiver.client, offer_uri)
  const token = await redeem(receiver, seen, code)
  const cards = await collect(receiver, seen, token, await proofs(receiver, seen))
  return { receiver, seen, token, cards }
}

/** What a verifier's link asks; its signature and `client_id` hold. */
export async function ask(link) {
  const client = new Openid4vpClient({ callbacks: callbacks([]) })
  const { params } = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link })
  return client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: params })
}

/**
 * Shows one card as a request asks, and gives the verifier's answer. `kb`, `state` and `bind` say it wrong.
 */
export async function show(asked, { receiver, cards }, { kb = {}, state, bind = true } = {}) {
  const request = asked.authorizationRequestPayload
  const [query] = request.dcql_query.credentials
  const frame = Object.fromEntries(query.claims.map(({ path: [name] }) => [name, true]))
  const binding = { iat: Math.floor(Date.now() / 1000), aud: request.client_id, nonce: request.nonce, ...kb }
  const holder = sdJwtVc([], { holder: receiver.holders[0] })
  const token = await holder.present(cards[0], frame, bind ? { kb: { payload: binding } } : undefined)
  const client = new Openid4vpClient({ callbacks: receiver.tools })
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: { ...request, state: state ?? request.state },
    authorizationResponsePayload: { vp_token: { [query.id]: [token] } },
    jarm: {
      encryption: { nonce: randomBytes(16).toString('base64url') },
      serverMetadata: {
        authorization_signing_alg_values_supported: [],
        authorization_encryption_alg_values_supported: ['ECDH-ES'],
        authorization_encryption_enc_values_supported: ['A256GCM', 'A128GCM'],
      },
    },
  })
  return submit(request, made)
}

/** Posts what was made; again, when it is asked again. */
async function submit(authorizationRequestPayload, made) {
  const client = new Openid4vpClient({ callbacks: callbacks([]) })
  const { response } = await client.submitOpenid4vpAuthorizationResponse({ authorizationRequestPayload, ...made })
  return { status: response.status, body: await response.json(), again: () => submit(authorizationRequestPayload, made) }
}
