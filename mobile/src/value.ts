// What a claim says, as a person reads it.
import { tag, writtenDay } from './dates'
import type { ClaimPath, Json, Language } from './ipc'
import type { Words } from './words/words'

/** Lines of text, or a picture. */
export type Said = { kind: 'text'; lines: string[] } | { kind: 'picture'; address: string }

/** A picture inside a card is shown up to this many characters of its address (about 100 kB of picture). */
const LARGEST_PICTURE = 140_000
/** A value of more lines than this is cut: the rest is not read by anybody. */
const MOST_LINES = 40

/** What `value` says at `path`. */
export function said(path: ClaimPath, value: Json, language: Language, words: Words): Said {
  if (typeof value === 'string' && isPicture(value)) return { kind: 'picture', address: value }
  return { kind: 'text', lines: lines(lastName(path), value, language, words).slice(0, MOST_LINES) }
}

function lines(name: string, value: Json, language: Language, words: Words): string[] {
  if (Array.isArray(value)) {
    const parts = value.map((part) => lines(name, part, language, words).join(', '))
    return [parts.join(language === 'zh' ? '、' : ', ')]
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([inner, part]) => lines(inner, part, language, words))
  }
  return [single(name, value, language, words)]
}

function single(name: string, value: string | number | boolean | null, language: Language, words: Words): string {
  if (value === null) return words.value.nothing
  if (typeof value === 'boolean') return value ? words.value.yes : words.value.no
  if (name === 'sex') return words.value.sex[String(value)] ?? String(value)
  if (typeof value === 'number') return new Intl.NumberFormat(tag(language), { useGrouping: false }).format(value)
  if (/country|nationalit/.test(name) && /^[A-Z]{2}$/.test(value)) return country(value, language)
  return writtenDay(value, language) ?? value
}

function country(code: string, language: Language): string {
  return new Intl.DisplayNames(tag(language), { type: 'region', fallback: 'code' }).of(code) ?? code
}

function lastName(path: ClaimPath): string {
  return String(path.filter((step) => typeof step === 'string').at(-1) ?? '')
}

function isPicture(text: string): boolean {
  return text.length <= LARGEST_PICTURE && /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+=*$/.test(text)
}
