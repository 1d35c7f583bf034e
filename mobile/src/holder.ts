// Whose card it is, where the card says so.
import type { ShownClaim } from './ipc'

const HAN = /^[\p{Script=Han}·]+$/u

/** Given and family name, as the card writes them; nothing where it has neither. Of a name in Chinese characters the family's comes first. */
export function holder(claims: ShownClaim[]): string | undefined {
  const [given, family] = [text(claims, 'given_name'), text(claims, 'family_name')]
  if (HAN.test(given) && HAN.test(family)) return family + given
  return [given, family].filter(Boolean).join(' ') || undefined
}

function text(claims: ShownClaim[], name: string): string {
  const claim = claims.find(({ path }) => path.at(-1) === name)
  return typeof claim?.value === 'string' ? claim.value : ''
}
