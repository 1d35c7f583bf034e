// What can be chosen for each setting, and what a choice is called.
import type { Settings } from './ipc'
import type { Words } from './words/words'

/** The settings that are one of a few. */
export type Chosen = 'language' | 'theme' | 'text_scale' | 'lock_after'

/** `null` is the phone's own. */
export const OPTIONS: { [N in Chosen]: readonly Settings[N][] } = {
  language: [null, 'en', 'zh'],
  theme: [null, 'light', 'dark'],
  text_scale: [null, 100, 125, 150, 200],
  lock_after: [0, 60, 300, 900],
}

/** What `value` is called. */
export function shown(what: Chosen, value: Settings[Chosen], words: Words): string {
  if (value === null) return words.settings.asPhone
  if (what === 'language') return value === 'zh' ? '中文' : 'English'
  if (what === 'theme') return words.settings.themes[value as 'light' | 'dark']
  if (what === 'text_scale') return words.settings.sizes[Number(value)] ?? `${String(value)} %`
  return words.settings.locks[Number(value)] ?? `${String(value)} s`
}
