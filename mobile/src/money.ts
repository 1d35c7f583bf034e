// An amount of money in the reader's own form, and never another amount than the one that is signed.
import { tag } from './dates'
import type { Language } from './ipc'

/** `1250.00`, `SGD` as "SGD 1,250.00", with exactly the digits that came; as it came where it is no plain number. */
export function money(amount: string, currency: string, language: Language): string {
  const plain = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(amount)
  if (!plain || !/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`
  const [, whole, part] = plain
  const form = new Intl.NumberFormat(tag(language))
  // Whole numbers are formatted exactly; a binary fraction would only be near.
  const point = form.formatToParts(0.1).find(({ type }) => type === 'decimal')?.value ?? '.'
  return `${currency} ${form.format(BigInt(whole ?? 0))}${part === undefined ? '' : point + part}`
}
