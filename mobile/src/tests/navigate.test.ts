// The stack of screens: back is one thing, and never leaves a question silently.
import { beforeEach, expect, test, vi } from 'vitest'
import { Navigator } from '../navigate.svelte'

const listeners = new Map<string, (event: unknown) => void>()
const pushed: unknown[] = []

beforeEach(() => {
  pushed.length = 0
  listeners.clear()
  vi.stubGlobal('scrollY', 0)
  vi.stubGlobal('scrollTo', () => {})
  vi.stubGlobal('matchMedia', () => ({ matches: true }))
  vi.stubGlobal('document', { documentElement: { dataset: {} } })
  vi.stubGlobal('history', { pushState: (state: unknown) => pushed.push(state), replaceState: () => {} })
  vi.stubGlobal('addEventListener', (name: string, heard: (event: unknown) => void) => listeners.set(name, heard))
  vi.stubGlobal('removeEventListener', () => {})
})

const at = (journey: Navigator) => journey.top?.name
const phoneBack = () => listeners.get('popstate')?.({ state: 'base' })

function begun(): Navigator {
  const journey = new Navigator()
  journey.listen()
  journey.reset([{ name: 'cards' }])
  return journey
}

test('back leads to the screen before', () => {
  const journey = begun()
  journey.push({ name: 'settings' })
  journey.back()
  expect(at(journey)).toBe('cards')
})

test('the first screen stays', () => {
  const journey = begun()
  journey.back()
  expect(at(journey)).toBe('cards')
  expect(journey.canGoBack).toBe(false)
})

test('a screen that was replaced is not come back to', () => {
  const journey = begun()
  journey.push({ name: 'scan' })
  journey.replace({ name: 'looking', text: 'x' })
  journey.back()
  expect(at(journey)).toBe('cards')
})

test('a question that is held is not left by back, from the bar or from the phone', () => {
  const journey = begun()
  journey.push({ name: 'looking', text: 'x' })
  const ask = vi.fn()
  journey.hold(ask)
  journey.back()
  phoneBack()
  phoneBack()
  expect(ask).toHaveBeenCalledTimes(3)
  expect(at(journey)).toBe('looking')
})

test('a hold ends with its screen', () => {
  const journey = begun()
  journey.push({ name: 'looking', text: 'x' })
  const ask = vi.fn()
  journey.hold(ask)
  journey.push({ name: 'help' })
  journey.back()
  expect(ask).not.toHaveBeenCalled()
  expect(at(journey)).toBe('looking')
})

test('a hold that was given up does not end the one after it', () => {
  const journey = begun()
  const giveUp = journey.hold(() => {})
  const ask = vi.fn()
  journey.hold(ask)
  giveUp()
  journey.back()
  expect(ask).toHaveBeenCalledOnce()
})

test('the phone’s back works again and again, and another entry of the browser is none', () => {
  const journey = begun()
  journey.push({ name: 'settings' })
  journey.push({ name: 'help' })
  listeners.get('popstate')?.({ state: null })
  expect(at(journey)).toBe('help')
  phoneBack()
  expect(at(journey)).toBe('settings')
  phoneBack()
  expect(at(journey)).toBe('cards')
})

test('two steps in one breath are two steps, though the first is not seen yet', () => {
  const waiting: (() => void)[] = []
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  vi.stubGlobal('document', { documentElement: { dataset: {} }, startViewTransition: (change: () => void) => (waiting.push(change), { ready: Promise.reject(new Error('skipped')) }) })
  const journey = begun()
  journey.push({ name: 'settings' })
  journey.push({ name: 'help' })
  waiting.forEach((change) => change())
  expect(at(journey)).toBe('help')
  journey.back()
  waiting.at(-1)?.()
  expect(at(journey)).toBe('settings')
})

test('what a consent says never comes into the browser’s history', async () => {
  const journey = begun()
  journey.push({ name: 'looking', text: 'openid4vp://secret' })
  await Promise.resolve()
  expect(JSON.stringify(pushed)).not.toContain('secret')
})
