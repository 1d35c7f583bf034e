// Outsiders' texts by language: which one a reader gets.
//
// Lookup as in RFC 4647 section 3.4: the reader's tag, shortened from its end, then English, then whatever there is.
import type { Language, Texts } from './ipc'

/** A text, and the language that it is in: the screen marks both. */
export interface Picked {
  text: string
  /** BCP 47; empty where nothing was written. */
  lang: string
}

const NOTHING: Picked = { text: '', lang: '' }

/** The text for a reader of `language`. */
export function pick(texts: Texts, language: Language): Picked {
  return inLanguage(texts, language) ?? inLanguage(texts, 'en') ?? anything(texts) ?? NOTHING
}

/** Only the words of `pick`, for places that are plain text, as a page's title is. */
export function words(texts: Texts, language: Language): string {
  return pick(texts, language).text
}

function inLanguage(texts: Texts, wanted: string): Picked | null {
  const exact = written(texts, (tag) => tag.toLowerCase() === wanted)
  return exact ?? written(texts, (tag) => tag.toLowerCase().split('-')[0] === wanted)
}

function anything(texts: Texts): Picked | null {
  return written(texts, () => true)
}

function written(texts: Texts, fits: (tag: string) => boolean): Picked | null {
  const found = Object.entries(texts).find(([tag, text]) => fits(tag) && text.trim() !== '')
  return found ? { lang: marked(found[0]), text: found[1] } : null
}

/** The tag as an attribute may have it; nothing where it is none. Chinese without a script is in simplified characters here, which decides how they are drawn. */
function marked(tag: string): string {
  if (tag.toLowerCase() === 'zh') return 'zh-Hans'
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? ''
  } catch {
    return ''
  }
}
