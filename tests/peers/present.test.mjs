// `@openid4vc/openid4vp` as verifier, a member of the network by votes, asks our wallet; and is refused by it,
// with nothing changed, whenever it is not who it says or asks for more than it may.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setGlobalConfig } from '@openid4vc/oauth2'
import { Member, Wallet, anchors, persons } from './house.mjs'
import { PeerVerifier, makeChain } from './peer-verifier.mjs'
import { base64url } from './tools.mjs'

setGlobalConfig({ allowInsecureUrls: true })

const ORIGIN = `http://127.0.0.51:${20_000 + (process.pid % 40_000)}` // as that name: each run of its own
const STRANGE = 'http://127.0.0.52:7500'
const me = `peer-${process.pid}`
const own = { member: me, use: 'fit', claims: ['given_name', 'birthdate'] }
let member, peer, stranger, wallet

before(async () => {
  member = await new Member(me, ORIGIN).admit(['verifier', 'operator'])
  const chain = await makeChain(member.folder, 'Peer')
  await member.act({ add_key: { purpose: 'request', number: 0, material: { anchor: base64url(chain.authority) } } })
  await member.register('fit', ['given_name', 'birthdate'])
  const trusted = await anchors('interior', 'issuer')
  peer = await new PeerVerifier(me, ORIGIN, chain, trusted).start()
  stranger = await new PeerVerifier(me, STRANGE, await makeChain(join(member.folder, 'stranger'), 'Stranger'), trusted).start()
  wallet = await Wallet.with('presents', persons.tobias)
})
after(() => {
  peer?.stop()
  stranger?.stop()
})

for (const method of ['get', 'post']) {
  test(`a registered peer asks by ${method}, our wallet answers, and the peer believes it`, async () => {
    const asked = await peer.ask({ ...own, method })
    const { code, said } = await wallet.try('present', asked.link, '--yes')
    assert.equal(peer.failure, undefined)
    assert.equal(code, 0, JSON.stringify(said))
    assert.equal(asked.fetched, method.toUpperCase())
    assert.equal(said.consent.asks.member, me)
    assert.equal(asked.shown.claims.given_name, 'Tobias')
    assert.equal(asked.shown.claims.birthdate, '1959-11-03')
    assert.equal(asked.shown.claims.family_name, undefined, 'what was not asked for stays hidden')
    assert.equal(asked.shown.token.split('~').length, 4, 'a card, two claims, a key binding')
    const [line] = (await wallet.do('history')).filter(({ asks }) => asks.member === me)
    assert.equal(line.outcome, 'shared')
  })
}

describe('our wallet refuses with a reason, and nothing in it changes', () => {
  const refused = (name, code, ask) =>
    test(name, async () => {
      const before = await wallet.all()
      const asked = await ask()
      const answer = await wallet.try('present', asked.link, '--yes')
      assert.equal(answer.said.code, code, JSON.stringify(answer))
      assert.equal(answer.code, 1)
      assert.ok(answer.said.message && answer.said.next)
      assert.equal(await wallet.all(), before)
      assert.equal(asked.shown, undefined)
    })

  refused('a stranger whose key the register does not know', 'unknown_signer', () => stranger.ask(own))
  refused('a stranger with no registration at all', 'no_registration', () => stranger.ask({ ...own, staple: false }))
  refused('a member that asks for more than is registered', 'too_much', () => peer.ask({ ...own, claims: ['given_name', 'family_name'] }))
  refused('a member that asks for a use that is not registered', 'not_registered', () => peer.ask({ ...own, use: 'other' }))
  refused('an operator that the bank did not name', 'not_operator', () => peer.ask({ member: 'bank', use: 'login', claims: ['given_name'] }))
  refused('a member that is not there', 'unknown_requester', () => peer.ask({ ...own, member: 'nobody' }))
  refused('an answer that would go to a foreign address', 'foreign_address', () =>
    peer.ask({ ...own, change: { response_uri: `${STRANGE}/response/x` } }))
  refused('a request that is open for everyone to read', 'response_mode_unsupported', () => peer.ask({ ...own, change: { response_mode: 'direct_post' } }))
  refused('a request by another client than its link', 'client_id_differs', async () => {
    const asked = await peer.ask(own)
    return { ...asked, link: asked.link.replace(encodeURIComponent(peer.clientId), encodeURIComponent(stranger.clientId)) }
  })
  refused('a key that its owner called compromised', 'key_compromised', async () => {
    await member.act({ set_key_state: { purpose: 'request', number: 0, state: 'compromised' } })
    return peer.ask(own)
  })
})
