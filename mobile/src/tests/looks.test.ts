// The looks of a card: readable whatever its issuer says, and the same lines for the same type, everywhere.
import { expect, test } from 'vitest'
import { contrast, print, READABLE } from '../contrast'
import { draw, guilloche } from '../guilloche'

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3)
  expect(contrast('#ffffff', '#777777')).toBe(contrast('#777777', '#ffffff'))
})

test('an issuer’s readable colours are kept', () => {
  expect(print('#1f4e8c', '#ffffff')).toMatchObject({ ground: '#1f4e8c', text: '#ffffff' })
  expect(print('#F2D16B', '#2b2410').ground).toBe('#F2D16B')
})

test.each([
  ['unreadable', '#999999', '#aaaaaa'],
  ['a hair under the limit', '#777777', '#ffffff'],
  ['half given', '#1f4e8c', null],
  ['not given', null, null],
  ['no colour', 'url(https://elsewhere.example)', '#ffffff'],
  ['a colour and more', '#1f4e8c;color:red', '#ffffff'],
  ['short', '#fff', '#000'],
])('colours that are %s give way to ours', (_, ground, text) => {
  expect(print(ground, text).ground).toBe('#0b4f4c')
})

test('the lines never take the words under the limit, whatever the colours', () => {
  const shades = ['00', '22', '44', '66', '88', 'aa', 'cc', 'ee', 'ff']
  const mix = (ground: string, text: string, share: number) =>
    `#${[1, 3, 5].map((at) => Math.floor(parseInt(ground.slice(at, at + 2), 16) + (parseInt(text.slice(at, at + 2), 16) - parseInt(ground.slice(at, at + 2), 16)) * share).toString(16).padStart(2, '0')).join('')}`
  for (const red of shades) for (const green of shades) for (const text of ['#ffffff', '#000000', '#2b2410']) {
    const look = print(`#${red}${green}44`, text)
    expect(contrast(mix(look.ground, look.text, look.pattern), look.text)).toBeGreaterThan(READABLE - 0.06)
  }
})

test('a type has the same lines every time, and another type others', async () => {
  const [one, again, other] = await Promise.all([guilloche('https://a.example/types/pid'), guilloche('https://a.example/types/pid'), guilloche('https://b.example/types/pid')])
  expect(one).toEqual(again)
  expect(one.rosette).not.toBe(other.rosette)
  expect(one.waves).not.toBe(other.waves)
})

test('the lines of a hash are frozen: a card looks tomorrow as it does today', async () => {
  const lines = draw(Uint8Array.from({ length: 32 }, (_, at) => at * 7))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.waves + lines.rosette))
  expect([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')).toBe('3f283f2f6399c4a306375bb0d56b359814ebd51b4381c3eb78cabd8ca4fbf325')
})

test('every byte that is used changes the lines', () => {
  const drawn = new Set(Array.from({ length: 12 }, (_, at) => JSON.stringify(draw(Uint8Array.from({ length: 32 }, (_, place) => (place === at ? 200 : 40))))))
  expect(drawn.size).toBeGreaterThan(10)
})
