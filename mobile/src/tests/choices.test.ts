// Small decisions: PINs, words of a backup, choices of a consent, days of a history, spans of time.
import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { withMore, withOption, withOther, without, withWay } from '../choice'
import { sameDay, span, writtenDay } from '../dates'
import { webAddress } from '../links'
import { isPart, next, refused } from '../looked'
import { asked, typedWords } from '../phrase'
import type { CardConsent } from '../ipc'
import { isWeak } from '../pin'
import { money } from '../money'
import { byDay } from '../receipts'
import { HISTORY, WITH_CHOICES } from '../samples/requests'

test.each(['111111', '123456', '987654', '121212', '123123', '000000'])('%s is a weak PIN', (pin) => {
  expect(isWeak(pin)).toBe(true)
})

test.each(['271828', '112233', '135790', '248163'])('%s is not', (pin) => {
  expect(isWeak(pin)).toBe(false)
})

test('three different words are asked back, in order', () => {
  for (const random of [[0, 0, 0], [11, 10, 9], [4294967295, 7, 3]]) {
    const places = asked(12, Uint32Array.from(random))
    expect(new Set(places).size).toBe(3)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places.every((place) => place >= 0 && place < 12)).toBe(true)
  }
})

test('words are read with numbers, dots, lines and capitals between them', () => {
  expect(typedWords('1. Harbour  2. pencil\n3) OCEAN')).toEqual(['harbour', 'pencil', 'ocean'])
  expect(typedWords('海 港镇')).toEqual(['海', '港', '镇'])
  expect(typedWords('')).toEqual([])
})

const [card, insurance] = WITH_CHOICES.cards as [CardConsent, CardConsent]
const identity = { query: 'identity', card: 'identity', way: null }
const health = { query: 'insurance', card: 'insurance', way: null }

test('a claim that is turned off changes that card’s way and nothing else', () => {
  expect(withWay(WITH_CHOICES, card, 1)).toEqual({ options: [0, 0], cards: [{ ...identity, way: 1 }, health] })
})

test('the last press on a card counts, and the presses on others stay', () => {
  const pressed = { ...WITH_CHOICES, choice: withWay(WITH_CHOICES, insurance, 3) }
  expect(withWay(pressed, card, 2).cards).toEqual([{ ...identity, way: 2 }, { ...health, way: 3 }])
})

test('another card begins with the least that it can show', () => {
  const pressed = { ...WITH_CHOICES, choice: withWay(WITH_CHOICES, card, 1) }
  expect(withOther(pressed, card, 'restored').cards).toEqual([{ ...identity, card: 'restored' }, health])
})

test('a card is added to a part, and left out again', () => {
  const more = withMore(WITH_CHOICES, card, 'restored')
  expect(more.cards).toEqual([identity, health, { ...identity, card: 'restored' }])
  expect(without(WITH_CHOICES, card).cards).toEqual([health])
})

test('what is up to the person can be left out', () => {
  expect(withOption(WITH_CHOICES, 1, null).options).toEqual([0, null])
})

test('what was looked at leads to its screen, and what was refused to the reason', () => {
  expect(next({ kind: 'counter', id: 'x', consent: WITH_CHOICES })).toMatchObject({ name: 'consent', counter: true })
  expect(next({ kind: 'request', id: 'x', consent: WITH_CHOICES })).toMatchObject({ name: 'consent', counter: false })
  expect(next({ kind: 'frames', got: 1, of: 3 })).toEqual({ name: 'scan' })
  expect(refused({ code: 'too_much' }, 'openid4vp://x').name).toBe('too_much')
  expect(refused({ code: 'gone' }, 'openid-credential-offer://x')).toMatchObject({ during: 'offer' })
  expect(refused({ code: 'gone' }, 'openid4vp://?x=openid-credential-offer:')).toMatchObject({ during: 'request' })
  expect(refused({ code: 'link_scheme_unknown' }, 'org.symbolon.wallet:/back?code=1')).toMatchObject({ failure: { code: 'sign_in_over' } })
  expect(refused(new Error('a text of an exception'), 'x')).toMatchObject({ failure: { code: 'broken' } })
})

test('a part of a film is known by how it begins, and fits a code that a cracked camera reads', () => {
  const part = `SYMBOLON:12/185/ABCDEFGH/${'7K3M9QW2'.repeat(72)}`.slice(0, 600)
  expect(isPart(part)).toBe(true)
  expect(isPart('openid4vp://SYMBOLON:')).toBe(false)
  expect(encode(part, { ecc: 'M', border: 4 }).version).toBeLessThanOrEqual(15)
})

test.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'intent://x#Intent;end', 'blob:https://x.example/1', 'https://bank.example@evil.example/', 'bank', '', null])(
  '%s is no page to go on to',
  (address) => {
    expect(webAddress(address)).toBeNull()
  },
)

test('a page of the web is', () => {
  expect(webAddress('https://bank.example/back?code=1')).toBe('https://bank.example/back?code=1')
  expect(webAddress('http://127.0.0.41:7400/callback')).toBe('http://127.0.0.41:7400/callback')
})

test('the history is by day, newest first', () => {
  const days = byDay([...HISTORY].reverse())
  expect(days.map((day) => day.map(({ id }) => id))).toEqual([[5, 4, 7], [3, 6], [2], [1]])
  expect(days.every((day) => day.every((line) => sameDay(line.at, day[0]!.at)))).toBe(true)
})

test('an amount has exactly the digits that are signed', () => {
  expect(money('1250.00', 'SGD', 'en')).toBe('SGD 1,250.00')
  expect(money('0.005', 'EUR', 'en')).toBe('EUR 0.005')
  expect(money('12', 'JPY', 'en')).toBe('JPY 12')
  expect(money('12345678901234567890.10', 'SGD', 'en')).toBe('SGD 12,345,678,901,234,567,890.10')
})

test('what is no plain amount stays as it came', () => {
  for (const amount of ['1e3', '-5', '1,000', '0x10', '', '1.2.3', ' 5']) expect(money(amount, 'SGD', 'en')).toBe(`${amount} SGD`)
  expect(money('5', 'sgd', 'en')).toBe('5 sgd')
})

test('spans of time are said in the largest unit that fits', () => {
  expect(span(20, 'en')).toBe('20 seconds')
  expect(span(240, 'en')).toBe('4 minutes')
  expect(span(5 * 3600, 'en')).toBe('5 hours')
  expect(span(30 * 86_400, 'en')).toBe('30 days')
  expect(span(3650 * 86_400, 'en')).toBe('10 years')
  expect(span(240, 'zh')).toBe('4分钟')
})

test('a written day is a day of the calendar, or none', () => {
  expect(writtenDay('2029-01-31', 'en')).toBe('31 January 2029')
  expect(writtenDay('2029-13-01', 'en')).toBeNull()
  expect(writtenDay('2029-1-31', 'en')).toBeNull()
})
