// `@openid4vc/openid4vp` as verifier asks our wallet whatever the query language can say, of a card and of a mobile
// document; npm `dcql` holds each answer against its query, `@sd-jwt/sd-jwt-vc` and Node believe what was shown.
// Where the peer judges otherwise than our core, the test says so and names the section of OpenID4VP 1.0.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setGlobalConfig } from '@openid4vc/oauth2'
import { DcqlQuery } from 'dcql'
import { Member, Wallet, anchors, doctype, persons, run, vct } from './house.mjs'
import { PeerVerifier, makeChain } from './peer-verifier.mjs'
import { base64url } from './tools.mjs'

setGlobalConfig({ allowInsecureUrls: true })

const ORIGIN = `http://127.0.0.53:${8000 + (process.pid % 1000)}` // a house that is kept up can be tested again
const me = `asker-${process.pid}`
const own = { member: me, use: 'range' }
const CLAIMS = ['given_name', 'family_name', 'birthdate', 'address', 'nationalities', 'place_of_birth', 'age_over_18', 'email', 'sex']
const ELEMENTS = ['family_name', 'given_name', 'birth_date', 'nationality', 'email_address', 'sex']
/** Of one person a card and a document; of another, with two nationalities, two cards. */
let wallet, two, peer, held

before(async () => {
  const member = await new Member(me, ORIGIN).admit(['verifier', 'operator'])
  const chain = await makeChain(member.folder, 'Asker')
  await member.act({ add_key: { purpose: 'request', number: 0, material: { anchor: base64url(chain.authority) } } })
  await member.register('range', CLAIMS, [], ELEMENTS)
  const trusted = await anchors('interior', 'issuer')
  peer = await new PeerVerifier(me, ORIGIN, chain, trusted).start()
  peer.vouches = { type: 'aki', values: [await keyIdentifier(trusted[0], member.folder)] }
  wallet = await Wallet.with('queries', persons.tobias)
  await wallet.receive(persons.tobias, doctype)
  two = await Wallet.with('two-cards', persons.ines)
  await two.receive(persons.ines)
  held = await asDcql(wallet)
})
after(() => peer?.stop())

/** What an authority's certificate calls its own key, as OpenSSL reads it. */
async function keyIdentifier(der, folder) {
  const file = join(folder, 'anchor.der')
  writeFileSync(file, der)
  const { stdout } = await run('openssl', ['x509', '-inform', 'der', '-in', file, '-noout', '-ext', 'subjectKeyIdentifier'])
  return base64url(Buffer.from(stdout.trim().split('\n').at(-1).replaceAll(/[: ]/g, ''), 'hex'))
}

/** What a wallet holds, for npm `dcql` to say which of it fits. */
async function asDcql(wallet) {
  const always = { cryptographic_holder_binding: true, authority: peer.vouches }
  const cards = await Promise.all((await wallet.do('list')).map(({ id }) => wallet.do('show', id)))
  return cards.map(({ vct: type, claims }) => {
    if (type !== doctype) return { ...always, credential_format: 'dc+sd-jwt', vct: type, claims: Object.fromEntries(claims.map(({ path, value }) => [path[0], value])) }
    const elements = Object.fromEntries(claims.map(({ path, value }) => [path[1], value]))
    return { ...always, credential_format: 'mso_mdoc', doctype, namespaces: { [doctype]: elements } }
  })
}

const card = (id, more = {}) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: [vct] }, ...more })
const document = (id, ...elements) => ({
  id, format: 'mso_mdoc', meta: { doctype_value: doctype }, ...(elements.length > 0 ? { claims: elements.map((name) => ({ path: [doctype, name] })) } : {}),
})
const claims = (...paths) => ({ claims: paths.map((path) => ({ path: [path].flat() })) })
const named = (...pairs) => pairs.map(([id, path, values]) => ({ id, path: [path].flat(), ...(values ? { values } : {}) }))
/** A part that no card of this person answers. */
const nobody = (id) => card(id, { claims: [{ path: ['given_name'], values: ['Nobody'] }] })
const under = (...trusted_authorities) => ({ trusted_authorities, ...claims('given_name') })
const federation = { type: 'openid_federation', values: ['https://federation.example'] }

const name = { given_name: 'Tobias' }
const surname = { family_name: 'Okonjo' }
const paper = (elements) => [{ [doctype]: elements }]

/** Queries, their sets, and what of the card and the document answers each. */
const answered = () => ({
  'one claim': [[card('a', claims('given_name'))], undefined, { a: [name] }],
  'two claims': [[card('a', claims('given_name', 'family_name'))], undefined, { a: [{ ...name, ...surname }] }],
  'no claims: the card alone': [[card('a')], undefined, { a: [{}] }],
  'a claim in a claim': [[card('a', claims(['address', 'locality']))], undefined, { a: [{ address: { locality: 'Northgate' } }] }],
  'a whole object': [[card('a', claims('place_of_birth'))], undefined, { a: [{ place_of_birth: { country: 'XS', locality: 'Northgate' } }] }],
  'every element of a list': [[card('a', claims(['nationalities', null]))], undefined, { a: [{ nationalities: ['XS'] }] }],
  'an element of a list': [[card('a', claims(['nationalities', 0]))], undefined, { a: [{ nationalities: ['XS'] }] }],
  'a value that it has': [[card('a', { claims: named(['g', 'given_name', ['Ines', 'Tobias']]) })], undefined, { a: [name] }],
  'a number that it has': [[card('a', { claims: named(['s', 'sex', [1]]) })], undefined, { a: [{ sex: 1 }] }],
  'a yes that it has': [[card('a', { claims: named(['o', 'age_over_18', [true]]) })], undefined, { a: [{ age_over_18: true }] }],
  'a value in a list': [[card('a', { claims: named(['n', ['nationalities', null], ['SG', 'XS']]) })], undefined, { a: [{ nationalities: ['XS'] }] }],
  'the first set of claims': [
    [card('a', { claims: named(['g', 'given_name'], ['f', 'family_name']), claim_sets: [['g'], ['f']] })], undefined, { a: [name] },
  ],
  'the first set of claims that it has': [
    [card('a', { claims: named(['e', 'email'], ['g', 'given_name'], ['f', 'family_name']), claim_sets: [['e', 'g'], ['f']] })], undefined, { a: [surname] },
  ],
  'two parts of one card': [[card('a', claims('given_name')), card('b', claims('family_name'))], undefined, { a: [name], b: [surname] }],
  'as many as there are': [[card('a', { multiple: true, ...claims('given_name') })], undefined, { a: [name] }],
  'a card that need not be bound': [[card('a', { require_cryptographic_holder_binding: false, ...claims('given_name') })], undefined, { a: [name] }],
  'a card under an authority': [[card('a', under(peer.vouches))], undefined, { a: [name] }],
  'a document under an authority': [[{ ...document('d', 'family_name'), trusted_authorities: [peer.vouches] }], undefined, { d: paper(surname) }],
  'a card under one of two authorities': [[card('a', under(federation, peer.vouches))], undefined, { a: [name] }],
  'a format that it has not, or one that it has': [
    [{ id: 'w', format: 'jwt_vc_json', meta: { type_values: [['Person']] } }, card('a', claims('given_name'))], [{ options: [['w'], ['a']] }], { a: [name] },
  ],
  'one option of two': [[card('a', claims('given_name')), nobody('b')], [{ options: [['b'], ['a']] }], { a: [name] }],
  'the first of two options that fit': [[card('a', claims('given_name')), card('b', claims('family_name'))], [{ options: [['b'], ['a']] }], { b: [surname] }],
  'an option of two parts': [
    [card('a', claims('given_name')), card('b', claims('family_name')), nobody('c')], [{ options: [['a', 'c'], ['a', 'b']] }], { a: [name], b: [surname] },
  ],
  'what is optional and not there': [[card('a', claims('given_name')), nobody('b')], [{ options: [['a']] }, { options: [['b']], required: false }], { a: [name] }],
  'what is optional and not chosen': [
    [card('a', claims('given_name')), document('d', 'family_name')], [{ options: [['a']] }, { options: [['d']], required: false }], { a: [name] },
  ],
  'two sets': [[card('a', claims('given_name')), document('d', 'family_name')], [{ options: [['a']] }, { options: [['d']] }], { a: [name], d: paper(surname) }],
  'an element of a document': [[document('d', 'family_name')], undefined, { d: paper(surname) }],
  'elements of a document': [[document('d', 'family_name', 'birth_date', 'nationality')], undefined, { d: paper({ ...surname, birth_date: '1959-11-03', nationality: ['XS'] }) }],
  'a document alone': [[document('d')], undefined, { d: [{}] }],
  'an element that is to be kept': [
    [{ ...document('d'), claims: [{ path: [doctype, 'sex'], intent_to_retain: true }] }], undefined, { d: paper({ sex: 1 }) },
  ],
  'a value of a document': [[{ ...document('d'), claims: named(['f', [doctype, 'family_name'], ['Okonjo']]) }], undefined, { d: paper(surname) }],
  'a set of elements that it has': [
    [{ ...document('d'), claims: named(['e', [doctype, 'email_address']], ['g', [doctype, 'given_name']]), claim_sets: [['e'], ['g']] }], undefined, { d: paper(name) },
  ],
  'card and document': [[card('a', claims('given_name')), document('d', 'family_name')], undefined, { a: [name], d: paper(surname) }],
  'a document rather than a card': [[document('d', 'family_name'), card('a', claims('family_name'))], [{ options: [['d'], ['a']] }], { d: paper(surname) }],
  'a card where the document does not fit': [[document('d', 'email_address'), card('a', claims('family_name'))], [{ options: [['d'], ['a']] }], { a: [surname] }],
  'two parts of one document': [[document('d', 'family_name'), document('e', 'birth_date')], undefined, { d: paper(surname), e: paper({ birth_date: '1959-11-03' }) }],

  'a value that it has not': [[nobody('a')], undefined, 'no_card'],
  'a number in place of a text': [[card('a', { claims: named(['g', 'given_name', [1]]) })], undefined, 'no_card'],
  'a text in place of a yes': [[card('a', { claims: named(['o', 'age_over_18', ['true']]) })], undefined, 'no_card'],
  'a claim that it has not': [[card('a', claims('email'))], undefined, 'no_card'],
  'a claim in a text': [[card('a', claims(['given_name', 'deeper']))], undefined, 'no_card'],
  'an element beyond a list': [[card('a', claims(['nationalities', 7]))], undefined, 'no_card'],
  'an element of an object': [[card('a', claims(['address', 0]))], undefined, 'no_card'],
  'no set of claims that it has': [[card('a', { claims: named(['e', 'email'], ['g', 'given_name']), claim_sets: [['e'], ['e', 'g']] })], undefined, 'no_card'],
  'two cards of which one is not there': [[card('a', claims('given_name')), nobody('b')], undefined, 'no_card'],
  'no option that fits': [[card('a', claims('given_name')), nobody('b')], [{ options: [['a', 'b'], ['b']] }], 'no_card'],
  'one of two sets that does not fit': [[card('a', claims('given_name')), nobody('b')], [{ options: [['a']] }, { options: [['b']] }], 'no_card'],
  'an element that the document has not': [[document('d', 'email_address')], undefined, 'no_card'],
  'a value that the document has not': [[{ ...document('d'), claims: named(['f', [doctype, 'family_name'], ['Lindqvist']]) }], undefined, 'no_card'],
  'a document as a card': [[card('a', { meta: { vct_values: [doctype] } })], undefined, 'no_card'],
  'a format that it has not': [[{ id: 'a', format: 'ldp_vc', meta: { type_values: [['Person']] } }], undefined, 'no_card'],
  'an authority that is another': [[card('a', under({ type: 'aki', values: ['AAAA'] }))], undefined, 'no_card'],
  'an authority of a federation': [[card('a', under(federation))], undefined, 'no_card'],
  'an authority of a trusted list': [[card('a', under({ type: 'etsi_tl', values: ['https://list.example'] }))], undefined, 'no_card'],
  'nothing but what is optional and not there': [[nobody('a')], [{ options: [['a']], required: false }], 'nothing_required'],

  'a type that is registered beside one that is not': [[card('a', { meta: { vct_values: ['urn:example:absent', vct] }, ...claims('given_name') })], undefined, 'too_much'],
  'a card as a document': [[{ ...document('d', 'family_name'), meta: { doctype_value: vct } }], undefined, 'too_much'],
  'an element that is not registered': [[document('d', 'personal_administrative_number')], undefined, 'too_much'],
  'a document type that is not registered': [[{ ...document('d'), meta: { doctype_value: 'org.iso.18013.5.1.mDL' } }], undefined, 'too_much'],
  'a claim that is not registered, where another would do': [
    [card('a', { claims: named(['p', 'personal_administrative_number'], ['g', 'given_name']), claim_sets: [['g'], ['p']] })], undefined, 'too_much',
  ],
})

/** Has `by` answer; a refusal leaves it as it was. */
async function present(by, ask, ...choice) {
  const before = await by.all()
  peer.failure = undefined
  const asked = await peer.ask({ ...own, ...ask })
  const { code, said } = await by.try('present', asked.link, '--yes', ...choice)
  assert.equal(peer.failure, undefined, peer.failure?.stack)
  if (code !== 0) {
    assert.deepEqual([code, asked.shown], [1, undefined], JSON.stringify(said))
    assert.ok(said.message && said.next)
    assert.equal(await by.all(), before)
  }
  return { asked, said }
}

const query = (credentials, credential_sets) => ({ credentials, ...(credential_sets ? { credential_sets } : {}) })

/** Whether npm `dcql` finds an answer. */
function fits(query) {
  const parsed = DcqlQuery.parse(query)
  DcqlQuery.validate(parsed)
  return DcqlQuery.query(parsed, held).can_be_satisfied
}

test('each query is answered as it says or not at all, and the peer says the same', async (t) => {
  for (const [what, [credentials, sets, expected]] of Object.entries(answered())) {
    await t.test(what, async () => {
      const asks = query(credentials, sets)
      const { asked, said } = await present(wallet, { query: asks })
      if (typeof expected === 'string') assert.equal(said.code, expected, JSON.stringify(said))
      else assert.deepEqual(asked.shown?.parts, expected, JSON.stringify(said))
      // What is registered is no part of the language; and where nothing is required, the peer has an answer without a card.
      if (!['too_much', 'nothing_required'].includes(expected)) assert.equal(fits(asks), typeof expected !== 'string')
    })
  }
})

describe('of several cards the person chooses, and of what is offered alone', () => {
  const both = { a: [{ given_name: 'Ines' }, { given_name: 'Ines' }] }
  const choose = async (query, { options = [0], ways = [null, null], cards = 2 } = {}) => {
    const chosen = (await two.do('list')).slice(0, cards).map(({ id }, place) => ({ query: 'a', card: id, way: ways[place] }))
    return present(two, { query }, '--choice', JSON.stringify({ options, cards: chosen }))
  }

  test('two where many are asked for, each for a key of its own', async () => {
    const { asked } = await choose(query([card('a', { multiple: true, ...claims('given_name') })]))
    assert.deepEqual(asked.shown.parts, both)
  })
  test('not two where one is asked for', async () => {
    const { said } = await choose(query([card('a', claims('given_name'))]))
    assert.equal(said.code, 'choice_not_offered')
  })
  test('another set of claims than the first', async () => {
    const sets = card('a', { claims: named(['g', 'given_name'], ['e', 'email']), claim_sets: [['g'], ['e']] })
    const { asked } = await choose(query([sets]), { ways: [1], cards: 1 })
    assert.deepEqual(asked.shown.parts, { a: [{ email: 'ines.marsh@mail.example' }] })
    const { said } = await choose(query([sets]), { ways: [2], cards: 1 })
    assert.equal(said.code, 'choice_not_offered')
  })
  test('what is optional, and another option than the first', async () => {
    const asks = query([card('a', claims('given_name')), card('b', claims('family_name'))], [{ options: [['a']] }, { options: [['a'], ['b']], required: false }])
    const { asked } = await choose(asks, { options: [0, 1], cards: 0 })
    assert.deepEqual(asked.shown.parts, { a: [{ given_name: 'Ines' }], b: [{ family_name: 'Marsh' }] })
    const { said } = await choose(asks, { options: [null, 1], cards: 0 })
    assert.equal(said.code, 'choice_not_offered', 'what is required stays')
  })

  test('an element of a list that is one claim brings the list, and the consent says so', async () => {
    for (const step of [null, 0, 1]) {
      const { asked, said } = await present(two, { query: query([card('a', claims(['nationalities', step]))]) })
      assert.deepEqual(asked.shown.parts, { a: [{ nationalities: ['XS', 'IE'] }] })
      const [{ value }, ...others] = said.consent.cards[0].shared
      assert.deepEqual([value, others], [['XS', 'IE'], []], `${step}: what is shown is what was agreed to`)
    }
  })
})

describe('a query that breaks the rules is refused before anything is decided', () => {
  const one = (more) => query([card('a', more)])
  const first = named(['g', 'given_name'])
  const element = (...path) => query([{ ...document('d'), claims: [{ path: [doctype, ...path] }] }])
  /** Each with the code, and where npm `dcql` takes it the section that does not. */
  const broken = {
    'no parts': [query([]), 'member_empty'],
    'two parts of one name': [query([card('a'), card('a')]), 'query_id_repeated'],
    'a name with a space': [query([card('a b')]), 'query_id_malformed'],
    'a set without claims': [one({ claim_sets: [['g']] }), 'claim_sets_without_claims'],
    'a set of an unknown claim': [one({ claims: first, claim_sets: [['x']] }), 'query_id_unknown'],
    'claims without names in a set': [one({ ...claims('given_name'), claim_sets: [['g']] }), 'claim_without_id'],
    'two claims of one name': [one({ claims: [...first, ...named(['g', 'family_name'])] }), 'query_id_repeated', '6.3'],
    'an option of an unknown part': [query([card('a')], [{ options: [['x']] }]), 'query_id_unknown'],
    'an option of no part': [query([card('a')], [{ options: [[]] }]), 'member_empty', '6.2'],
    'no options': [query([card('a')], [{ options: [] }]), 'member_empty'],
    'no type': [query([{ id: 'a', format: 'dc+sd-jwt' }]), 'member_missing', '6.1'],
    'a type of nothing': [query([{ id: 'a', format: 'dc+sd-jwt', meta: {} }]), 'member_missing', 'B.3.5'],
    'no document type': [query([{ id: 'd', format: 'mso_mdoc', meta: {} }]), 'member_missing', 'B.2.3'],
    'no claims in a list of claims': [one({ claims: [] }), 'member_empty'],
    'a path of nothing': [one({ claims: [{ path: [] }] }), 'claim_path_malformed'],
    'a path that begins with a place': [one(claims(0)), 'claim_path_malformed', '7'],
    'a negative place': [one(claims(['nationalities', -1])), 'claim_path_malformed'],
    'no value in a list of values': [one({ claims: named(['g', 'given_name', []]) }), 'member_empty', '6.3'],
    'an object for a value': [one({ claims: named(['g', 'given_name', [{}]]) }), 'claim_value_malformed'],
    'a text for a yes': [one({ multiple: 'yes' }), 'member_wrong_kind'],
    'no authority in a list of authorities': [one({ trusted_authorities: [] }), 'member_empty'],
    'a document by one step': [element(), 'claim_path_malformed'],
    'a document by three steps': [element('sex', 0), 'claim_path_malformed', '7.2'],
    'a document by its place': [element(0), 'claim_path_malformed'],
    'an intent that is no yes or no': [
      query([{ ...document('d'), claims: [{ path: [doctype, 'sex'], intent_to_retain: 'yes' }] }]), 'member_wrong_kind',
    ],
    'more parts than a person can judge': [query(Array.from({ length: 17 }, (_, number) => card(`a${number}`))), 'member_too_large', 'a limit of ours'],
  }
  for (const [what, [query, code, section]] of Object.entries(broken)) {
    test(what, async () => {
      const { said } = await present(wallet, { query })
      assert.equal(said.code, code, JSON.stringify(said))
      const judge = () => DcqlQuery.validate(DcqlQuery.parse(structuredClone(query)))
      if (section) judge()
      else assert.throws(judge)
    })
  }
})
