// `@openid4vc/openid4vp` as wallet answers our provider: believed when it is right, refused with a reason and
// without a code in every way to be wrong.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { anchors, demo, http, persons, vct } from './house.mjs'
import { Browser } from './plain-browser.mjs'
import { ask, receive, show } from './peer-wallet.mjs'
import { leafOf } from './tools.mjs'

let card
before(async () => {
  card = await receive(persons.tobias, 2)
})

const api = (method, path, body) => http(method, `${demo.verifier.plain}/api/presentations${path}`, { token: demo.verifier.api_token, body })
const query = { credentials: [{ id: 'who', format: 'dc+sd-jwt', meta: { vct_values: [vct] }, claims: [{ path: ['given_name'] }] }] }

async function begin() {
  const { status, body } = await api('POST', '', { registration: 'login', dcql_query: query })
  assert.equal(status, 201)
  return { id: body.id, asked: await ask(body.link) }
}

test('a relying party asks through the API, a peer wallet answers, and the provider believes it', async () => {
  const { id, asked } = await begin()
  assert.equal(asked.version, 100, 'the request is of OpenID4VP 1.0')
  assert.equal(asked.client.prefix, 'x509_hash')
  leafOf(asked.jar.jwt.compact, await anchors('login', 'request'))
  assert.equal(asked.authorizationRequestPayload.verifier_info[0].data.member, 'bank')
  assert.equal((await show(asked, card)).status, 200)
  const { body } = await api('GET', `/${id}`)
  assert.deepEqual([body.state, body.claims], ['shown', { given_name: 'Tobias' }])
})

const WRONG = {
  'a nonce of another request': { kb: { nonce: 'another-nonce-that-is-long-enough' } },
  'an audience that is somebody else': { kb: { aud: 'x509_hash:somebody-else' } },
  'the bare hash as audience': { kb: { aud: 'bare' } },
  'a key binding from long ago': { kb: { iat: 1_700_000_000 } },
  'no key binding': { bind: false },
  'another state': { state: 'another-state-that-is-long-enough' },
}

for (const [name, wrong] of Object.entries(WRONG)) {
  test(`${name} is refused, and no code is given`, async () => {
    const browser = new Browser()
    const page = await browser.open(`${demo.relying_parties[0].url}/login`)
    const asked = await ask(page.link('open-wallet'))
    if (wrong.kb?.aud === 'bare') wrong.kb.aud = asked.authorizationRequestPayload.client_id.split(':')[1]
    const refused = await show(asked, card, wrong)
    assert.equal(refused.status, 400)
    assert.equal(refused.body.code, wrong.state ? 'answer_malformed' : 'presentation_refused')
    assert.ok(refused.body.error_description.length > 20, 'it says why in words')
    assert.equal(refused.body.redirect_uri, undefined)
    const end = await browser.open(`${page.url}/finish`, { stopAt: '/callback' })
    assert.ok(!end.url.includes('code='), end.url)
    // What cannot be tied to the login ends nothing: the right wallet can still answer.
    if (wrong.state) assert.equal((await show(asked, card)).status, 200)
    else assert.match(end.url, /error=access_denied/)
  })
}

test('a login by a peer wallet ends at the bank, and its answer counts once', async () => {
  const browser = new Browser()
  const page = await browser.open(`${demo.relying_parties[0].url}/login`)
  const asked = await ask(page.link('open-wallet'))
  const answer = await show(asked, card)
  assert.equal(answer.status, 200)
  const replayed = await answer.again()
  assert.equal(replayed.status, 410)
  assert.equal(replayed.body.code, 'request_over')
  assert.equal(replayed.body.redirect_uri, undefined)
  const stranger = await new Browser().open(answer.body.redirect_uri, { stopAt: '/callback' })
  assert.equal(stranger.status, 403, 'another browser cannot go on')
  const end = await browser.open(answer.body.redirect_uri)
  assert.match(end.text, /Welcome, Tobias/)
  const twice = await browser.open(answer.body.redirect_uri, { stopAt: '/callback' })
  assert.equal(twice.status, 410, 'a login ends once')
})
