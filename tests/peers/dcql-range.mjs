// A whole range of questions to a wallet, put together from every part that the query language has, and what npm
// `dcql` says to each: which cards fit, by which of the combinations of claims. What our core says to the same is
// in `crates/openid4vc/src/vp/dcql/range.rs`; both are held against the one file that this writes.
import { writeFileSync } from 'node:fs'
import { DcqlQuery } from 'dcql'

/** Where the answers are kept. */
export const file = new URL('../../crates/openid4vc/src/vp/dcql/range.json', import.meta.url)

const identity = {
  given_name: 'Ada', family_name: 'Lovelace', age: 36, adult: true, nationalities: ['GB', 'FR'],
  address: { locality: 'London', country: 'GB', lines: ['1 Quay', 'Dock'] },
  degrees: [{ type: 'BSc', year: 1836 }, { type: 'MSc' }],
}

/** The cards of the wallet. */
export const cards = [
  { credential_format: 'dc+sd-jwt', vct: 'urn:example:identity', claims: identity },
  { credential_format: 'dc+sd-jwt', vct: 'urn:example:identity', claims: { ...identity, given_name: 'Grace', nationalities: ['US'], degrees: [] } },
  { credential_format: 'dc+sd-jwt', vct: 'urn:example:library', claims: { number: '7' } },
  { credential_format: 'mso_mdoc', doctype: 'org.example.licence', namespaces: { 'org.example': { family_name: 'Lovelace', age_over_18: true } } },
].map((card, index) => ({ ...card, cryptographic_holder_binding: true, authority: { type: 'aki', values: [`key${index}`] } }))

const paths = [
  ['given_name'], ['missing'], ['address'], ['address', 'locality'], ['address', 'missing'], ['address', 'locality', 'deeper'], ['address', 0], ['address', null],
  ['address', 'lines', 1], ['address', 'lines', null], ['nationalities'], ['nationalities', 0], ['nationalities', 1], ['nationalities', 7], ['nationalities', null],
  ['nationalities', 'x'], ['degrees', null, 'type'], ['degrees', null, 'year'], ['degrees', 0, 'type'], ['degrees', null, 'missing'], ['given_name', 0], ['given_name', null],
]
const valued = [
  [['given_name'], ['Ada']], [['given_name'], ['Nobody']], [['given_name'], ['Nobody', 'Grace']], [['age'], [36]], [['age'], ['36']], [['age'], [37]], [['adult'], [true]],
  [['adult'], [false]], [['adult'], ['true']], [['nationalities', null], ['FR']], [['nationalities', null], ['DE']], [['nationalities', 0], ['FR']], [['nationalities', 1], ['FR']],
  [['degrees', null, 'type'], ['MSc']], [['address', 'locality'], ['Paris', 'London']],
]
const elements = [['org.example', 'family_name'], ['org.example', 'missing'], ['org.other', 'family_name']]

const part = (id, more = {}) => ({ id, format: 'dc+sd-jwt', meta: { vct_values: ['urn:example:identity'] }, ...more })
const document = (id, more = {}) => ({ id, format: 'mso_mdoc', meta: { doctype_value: 'org.example.licence' }, ...more })
const library = (id, more = {}) => part(id, { meta: { vct_values: ['urn:example:library'] }, ...more })
const absent = (id) => part(id, { meta: { vct_values: ['urn:example:absent'] } })
const claim = (id, path, values) => ({ id, path, ...(values ? { values } : {}) })

function* alone() {
  for (const vct_values of [['urn:example:identity'], ['urn:example:library', 'urn:example:identity'], ['urn:example:absent']]) yield part('a', { meta: { vct_values } })
  for (const path of paths) yield part('a', { claims: [{ path }] })
  for (const [path, values] of valued) yield part('a', { claims: [{ path, values }] })
  for (const path of paths) yield part('a', { claims: [{ path: ['family_name'] }, { path }] })
  const [good, bad, other] = [claim('g', ['given_name'], ['Ada']), claim('m', ['missing']), claim('f', ['family_name'])]
  const sets = [[['g']], [['m']], [['m'], ['g']], [['g'], ['m']], [['g', 'f'], ['g'], ['f']], [['g', 'm'], ['f', 'm']], [['f'], ['g', 'f']], [['m', 'g'], ['f']]]
  for (const claim_sets of sets) yield part('a', { claims: [good, bad, other], claim_sets })
  for (const path of paths) {
    const claims = [claim('p', path), claim('g', ['given_name'])]
    for (const claim_sets of [[['p'], ['g']], [['p', 'g'], ['g']]]) yield part('a', { claims, claim_sets })
  }
  for (const multiple of [true, false]) yield part('a', { multiple, claims: [{ path: ['given_name'] }] })
  for (const values of [['key0'], ['key1', 'key9'], ['key9']]) yield part('a', { trusted_authorities: [{ type: 'aki', values }] })
  yield part('a', { trusted_authorities: [{ type: 'etsi_tl', values: ['https://list.example'] }] })
  yield part('a', { trusted_authorities: [{ type: 'etsi_tl', values: ['https://list.example'] }, { type: 'aki', values: ['key1'] }] })
  yield document('a')
  for (const path of elements) yield document('a', { claims: [{ path }] })
  for (const values of [['Lovelace'], ['Other'], [true]]) yield document('a', { claims: [{ path: elements[0], values }] })
  for (const values of [[true], [false], ['true']]) yield document('a', { claims: [{ path: ['org.example', 'age_over_18'], values }] })
  yield document('a', { meta: { doctype_value: 'org.example.other' } })
  yield document('a', { claims: [claim('m', elements[1]), claim('f', elements[0])], claim_sets: [['m'], ['f']] })
  yield document('a', { trusted_authorities: [{ type: 'aki', values: ['key3'] }] })
}

function* together() {
  const parts = { a: part('a', { claims: [{ path: ['given_name'] }] }), d: document('d'), l: library('l'), x: absent('x') }
  const some = [['a', 'd'], ['a', 'x'], ['a', 'd', 'l'], ['x', 'l'], ['a', 'd', 'x']]
  for (const ids of some) {
    const credentials = ids.map((id) => parts[id])
    yield { credentials }
    const [first, second] = ids
    const options = [[[first]], [[second]], [[first], [second]], [[second], [first]], [[first, second]], [[first, second], [first]]]
    for (const one of options) {
      for (const required of [true, false]) {
        yield { credentials, credential_sets: [{ options: one, required }] }
        for (const last of ids.slice(2)) yield { credentials, credential_sets: [{ options: one, required }, { options: [[last]] }] }
      }
    }
    yield { credentials, credential_sets: ids.map((id) => ({ options: [[id]] })) }
    yield { credentials, credential_sets: ids.map((id) => ({ options: [[id]], required: false })) }
  }
}

/** Every query, from one part to several with sets of them. */
export const queries = () => [...[...alone()].map((one) => ({ credentials: [one] })), ...together()]

/** What the peer says: whether there is an answer, and for each part the cards with the combinations that they give. */
export function ask(query) {
  const parsed = DcqlQuery.parse(query)
  DcqlQuery.validate(parsed)
  const found = DcqlQuery.query(parsed, cards)
  const ways = ({ claims }) => (claims.valid_claim_sets ?? []).map(({ claim_set_index: index }) => index ?? 0)
  const fits = ([id, match]) => [id, (match.valid_credentials ?? []).map((one) => [one.input_credential_index, ways(one)])]
  const matches = Object.entries(found.credential_matches).map(fits).filter(([, all]) => all.length > 0)
  return { can_be_satisfied: found.can_be_satisfied, fits: Object.fromEntries(matches) }
}

/** What is kept: the cards, and each query with what is said to it. */
export const range = () => ({ cards, answers: queries().map((query) => ({ query, ...ask(query) })) })

if (import.meta.filename === process.argv[1]) {
  const { cards, answers } = range()
  const lines = answers.map((answer) => JSON.stringify(answer)).join(',\n')
  writeFileSync(file, `{"cards":${JSON.stringify(cards)},\n"answers":[\n${lines}\n]}\n`)
}
