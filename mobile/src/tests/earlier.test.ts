// What was shared before with whoever asks, and whose card it is.
import { expect, test } from 'vitest'
import { earlier } from '../earlier'
import { holder } from '../holder'
import type { HistoryLine } from '../ipc'
import { HISTORY } from '../samples/requests'
import { claim } from '../samples/cards'

const line = (at: number, more: object = {}) => ({ ...HISTORY[0]!, at, asks: { member: 'bank', name: {} }, outcome: 'shared', how: 'card', ...more }) as HistoryLine

test('with somebody new, nothing was shared before', () => {
  expect(earlier([line(5)], 'shop')).toEqual({ times: 0 })
  expect(earlier([], 'bank')).toEqual({ times: 0 })
})

test('the last time is the newest, in whatever order they come', () => {
  expect(earlier([line(5), line(9), line(7)], 'bank')).toEqual({ times: 3, last: 9 })
})

test('what was refused, and a log-in without the phone, make nobody known', () => {
  expect(earlier([line(5, { outcome: 'refused' }), line(6, { how: 'session' })], 'bank')).toEqual({ times: 0 })
})

test('what may have arrived counts', () => {
  expect(earlier([line(5, { outcome: 'unknown' })], 'bank')).toEqual({ times: 1, last: 5 })
})

test('a name is written as its language has it', () => {
  const named = (given: string, family: string) => holder([claim('given_name', '', '', given), claim('family_name', '', '', family)])
  expect(named('Mei Ling', 'Tan')).toBe('Mei Ling Tan')
  expect(named('美玲', '陈')).toBe('陈美玲')
  expect(named('美玲', 'Tan')).toBe('美玲 Tan')
  expect(holder([])).toBeUndefined()
})
