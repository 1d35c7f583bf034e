// Every word that a person reads, by language. Outsiders' words are not here: see `texts.ts`.
import type { Language } from '../ipc'
import { en } from './en'
import { zh } from './zh'

/** The same words in each language: what is a text or takes an argument in one does so in all. */
export type Words = Same<typeof en>

type Same<T> = T extends string
  ? string
  : T extends (...inputs: infer I) => infer O
    ? (...inputs: I) => Same<O>
    : { readonly [K in keyof T]: Same<T[K]> }

/** A sentence around a name that somebody else wrote: what comes before it, and after. */
export type Around = readonly [string, string]

/** The words of `language`. */
export function wordsOf(language: Language): Words {
  return language === 'zh' ? zh : en
}
