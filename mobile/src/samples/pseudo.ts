// A language that nobody speaks: English made longer by two fifths, as German or Tamil would be, with accents that need room above and below.
//
// What is cut off in it would be cut off in the next real language.

const ACCENTS: Record<string, string> = { a: 'á', e: 'ê', i: 'ï', o: 'ø', u: 'û', y: 'ÿ', A: 'Å', E: 'É', I: 'Î', O: 'Ö', U: 'Ü' }
/** By how much texts grow. */
const LONGER = 0.4

/** Makes every text of `words` longer, in place. */
export function lengthen(words: object): void {
  const open = words as Record<string, unknown>
  for (const [name, inner] of Object.entries(open)) {
    if (name === 'id' || name === 'app') continue
    if (typeof inner === 'string') open[name] = longer(inner)
    else if (typeof inner === 'function') open[name] = (...inputs: unknown[]) => longer(String(inner(...inputs)))
    else lengthen(inner as object)
  }
}

/** "Share" becomes "Shárê one". */
export function longer(text: string): string {
  if (text === '') return text
  const accented = text.replace(/[aeiouyAEIOU]/g, (letter) => ACCENTS[letter] ?? letter)
  return accented + ' one two three four five six seven eight nine ten'.repeat(1 + Math.floor(text.length / 80)).slice(0, Math.ceil(text.length * LONGER))
}
