// What must not be in the screens, whoever writes the next one.
import { expect, test } from 'vitest'

const files = import.meta.glob<string>(['../**/*.{ts,svelte,css}', '!../tests/**'], { query: '?raw', import: 'default', eager: true })
const sources = Object.entries(files).map(([path, text]) => ({ name: path.replace('../', ''), text }))

const where = (pattern: RegExp, except: (name: string) => boolean = () => false) => sources.filter(({ name, text }) => !except(name) && pattern.test(text)).map(({ name }) => name)

test('there are screens to look at', () => {
  expect(sources.length).toBeGreaterThan(60)
})

test('nobody’s text becomes markup', () => {
  expect(where(/\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser/)).toEqual([])
})

test('no text becomes a program', () => {
  expect(where(/\beval\(|new Function|javascript:/)).toEqual([])
})

test('samples are not in the app', () => {
  expect(where(/samples\//, (name) => name.startsWith('samples/'))).toEqual([])
})

test('nothing is kept outside the core', () => {
  expect(where(/localStorage|indexedDB|document\.cookie|\bcaches\b/)).toEqual([])
  expect(where(/sessionStorage/)).toEqual(['ipc.ts'])
})

test('the network is the core’s alone', () => {
  expect(where(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon/, (name) => name === 'ipc.ts')).toEqual([])
})

test('nothing is said on the console', () => {
  expect(where(/console\./)).toEqual([])
})

test('sides are named by the way of reading, not left and right', () => {
  const physical = /(?<!safe-area-|android-)(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b|text-align:\s*(?:left|right)|[^-\w](?:left|right):\s*[\d-]/
  const styles = sources.map(({ name, text }) => ({ name, text: name.endsWith('.css') ? text : (text.match(/<style>[\s\S]*<\/style>/)?.[0] ?? '') }))
  expect(styles.filter(({ text }) => physical.test(text)).map(({ name }) => name)).toEqual([])
})

test('pages that open elsewhere learn nothing of where they came from', () => {
  const links = sources.flatMap(({ name, text }) => [...text.matchAll(/<a\b[^>]*>/g)].map(([tag]) => ({ name, tag })))
  expect(links.length).toBeGreaterThan(2)
  expect(links.filter(({ tag }) => !tag.includes('rel="noopener noreferrer"'))).toEqual([])
})

test('every link leads to an address that was looked at', () => {
  expect(where(/<a\b/, (name) => sources.some((source) => source.name === name && source.text.includes('webAddress(')))).toEqual([])
})
