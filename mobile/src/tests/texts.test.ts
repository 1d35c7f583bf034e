// Outsiders' texts and the values of claims: the right language, the reader's own form, and never anything but text.
import { expect, test } from 'vitest'
import { pick } from '../texts'
import { said } from '../value'
import { en } from '../words/en'
import { zh } from '../words/zh'

test('the reader’s language is taken, then English, then any', () => {
  expect(pick({ en: 'Bank', zh: '银行' }, 'zh')).toEqual({ text: '银行', lang: 'zh-Hans' })
  expect(pick({ en: 'Bank', ms: 'Bank' }, 'zh')).toEqual({ text: 'Bank', lang: 'en' })
  expect(pick({ ta: 'வங்கி' }, 'en')).toEqual({ text: 'வங்கி', lang: 'ta' })
})

test('a region or a script stands for its language', () => {
  expect(pick({ 'zh-Hant': '銀行', en: 'Bank' }, 'zh')).toEqual({ text: '銀行', lang: 'zh-Hant' })
  expect(pick({ 'en-SG': 'Bank' }, 'en').text).toBe('Bank')
})

test('an exact tag goes before a longer one', () => {
  expect(pick({ 'en-US': 'Color', en: 'Colour' }, 'en').text).toBe('Colour')
})

test('a tag that is none marks nothing, and its text is shown all the same', () => {
  expect(pick({ '"><script>': 'Bank' }, 'en')).toEqual({ text: 'Bank', lang: '' })
  expect(pick({ en_GB: 'Bank' }, 'en').lang).toBe('')
})

test('an empty text is none', () => {
  expect(pick({ en: ' ', zh: '银行' }, 'en').text).toBe('银行')
  expect(pick({}, 'en')).toEqual({ text: '', lang: '' })
})

test('a tag that only begins alike is another language', () => {
  expect(pick({ enm: 'Middle English', zh: '银行' }, 'en').text).not.toBe('Bank')
  expect(pick({ zha: 'Cuengh', en: 'Bank' }, 'zh').text).toBe('Bank')
})

const lines = (path: string, value: Parameters<typeof said>[1], language: 'en' | 'zh' = 'en') => {
  const what = said(path.split('.'), value, language, language === 'en' ? en : zh)
  return what.kind === 'text' ? what.lines : what
}

test('dates, countries, truth and sex are said in words', () => {
  expect(lines('birthdate', '1988-03-14')).toEqual(['14 March 1988'])
  expect(lines('birthdate', '1988-03-14', 'zh')).toEqual(['1988年3月14日'])
  expect(lines('nationalities', ['SG', 'DE'])).toEqual(['Singapore, Germany'])
  expect(lines('age_over_18', true)).toEqual(['Yes'])
  expect(lines('sex', 2)).toEqual(['Female'])
  expect(lines('sex', 7)).toEqual(['7'])
})

test('what is no date, or no country, stays as it is written', () => {
  expect(lines('birthdate', '1988-02-30')).toEqual(['1988-02-30'])
  expect(lines('family_name', 'SG')).toEqual(['SG'])
  expect(lines('number', 20260131)).toEqual(['20260131'])
})

test('an address is read line by line', () => {
  expect(lines('address', { street_address: 'Harbour Street 12', country: 'SG' })).toEqual(['Harbour Street 12', 'Singapore'])
})

test('a value without end is cut', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, number) => [`n${number}`, 'x']))
  expect(lines('all', many)).toHaveLength(40)
})

test('only a picture of a plain kind is shown as one', () => {
  const kind = (text: string) => said(['portrait'], text, 'en', en).kind
  expect(kind('data:image/jpeg;base64,/9j/4AAQ')).toBe('picture')
  expect(kind('data:image/svg+xml;base64,PHN2Zz4=')).toBe('text')
  expect(kind('data:text/html,<script>')).toBe('text')
  expect(kind('data:image/png;base64,AAAA" onerror="x')).toBe('text')
  expect(kind('https://elsewhere.example/portrait.png')).toBe('text')
  expect(kind(`data:image/png;base64,${'A'.repeat(200_000)}`)).toBe('text')
})
