// Words: the same in each language, none that citizens should not have to know, and something to say for every code.
import { expect, test } from 'vitest'
import { groupOf, say } from '../failures'
import { en } from '../words/en'
import { zh } from '../words/zh'

/** What `fn code` of each error returns, read from the sources: the list cannot fall behind. */
const rust = import.meta.glob<string>(['../../../wallet-core/src/**/*.rs', '../../../registry-node/client/src/**/*.rs'], { query: '?raw', import: 'default', eager: true })
const codes = Object.values(rust).flatMap((source) => {
  const bodies = source.match(/fn code\(&?self\)[\s\S]*?\n {4}\}/g) ?? []
  return bodies.flatMap((body) => [...body.matchAll(/"([a-z_0-9]+)"/g)].map(([, code]) => code!))
})

const ARGUMENTS = ['1', '2']

/** Every text, by where it stands; what takes arguments is given some. */
function texts(words: unknown, path = ''): [string, string][] {
  if (typeof words === 'string') return [[path, words]]
  if (typeof words === 'function') return [[path, String(words(...ARGUMENTS))]]
  return Object.entries(words as object).flatMap(([name, inner]) => texts(inner, `${path}.${name}`))
}

test('both languages say the same things', () => {
  expect(texts(zh).map(([path]) => path)).toEqual(texts(en).map(([path]) => path))
})

test('nothing is left empty but what has nothing to explain', () => {
  const empty = [...texts(en), ...texts(zh)].filter(([path, text]) => text === '' && !path.startsWith('.card.why.ready') && !/\.\d$/.test(path))
  expect(empty).toEqual([])
})

test('Chinese is written, not copied from English', () => {
  const same = new Map(texts(en))
  const names = /^\.(app$|help\.\d+\.id$)/
  const copied = texts(zh).filter(([path, text]) => !names.test(path) && same.get(path) === text && /[A-Za-z]{3}/.test(text))
  expect(copied).toEqual([])
})

test('no word that citizens should not have to know', () => {
  const never = /credential|verifiab|verifier|issuer|presentation|blockchain|\btoken|凭证|令牌|验证方|区块链/i
  expect([...texts(en), ...texts(zh)].filter(([, text]) => never.test(text) || /\bDIDs?\b/.test(text))).toEqual([])
})

test('every error has three sentences and keeps its code', () => {
  for (const words of [en, zh]) {
    const said = say({ code: 'offer_used' }, 'offer', words)
    expect([said.what, said.why, said.next].every((text) => text.length > 3)).toBe(true)
    expect(said.code).toBe('offer_used')
  }
})

test('a code means another thing while a card is received', () => {
  expect(say({ code: 'unknown_signer' }, 'request', en).what).toBe('Nobody can prove who is asking')
  expect(say({ code: 'unknown_signer' }, 'offer', en).what).toBe('Nobody can prove who offers this')
})

test('an unknown code is told as unknown, and quoted', () => {
  expect(say({ code: 'never_heard_of' }, 'other', en)).toMatchObject({ what: en.problems.unknown[0], code: 'never_heard_of' })
})

test('what a format finds wrong with what somebody sent is said of that', () => {
  const some = 'query_id_repeated'
  expect(say({ code: some }, 'request', en)).toMatchObject({ what: en.problems.unreadable[0], code: some })
  expect(say({ code: some }, 'offer', en)).toMatchObject({ what: en.offerProblems.unreadable[0], code: some })
  expect(say({ code: 'encryption_unsupported' }, 'request', en).why).toMatch(/Nothing was shared/)
  expect(say({ code: 'encryption_unsupported' }, 'offer', en).why).toMatch(/Nothing was received/)
})

test('a wallet that was out of touch blames nobody', () => {
  for (const during of ['request', 'offer'] as const) expect(say({ code: 'registry_too_old' }, during, en).next).toMatch(/update the app/)
})

test('every code that the wallet itself raises has words of its own', () => {
  expect(codes.length).toBeGreaterThan(60)
  expect([...new Set(codes)].filter((code) => groupOf(code) === 'unknown')).toEqual([])
})
