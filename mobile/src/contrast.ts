// The colours of a card: an issuer's, where its words can be read on them, else ours.
//
// Contrast as in WCAG 2.2, "relative luminance" and "contrast ratio".

/** Red, green, blue, each 0 to 255. */
type Rgb = [number, number, number]

/** What a card is printed with. */
export interface Print {
  ground: string
  text: string
  /** How strongly the pattern may be printed, 0 to 1, with the words on it still readable. */
  pattern: number
}

/** WCAG 2.2 AA for text. */
export const READABLE = 4.5
/** Where an issuer gave no colours, or unreadable ones. */
const OURS = { ground: '#0b4f4c', text: '#ffffff' }
/** Strengths of the pattern, the best looking first. */
const STRENGTHS = [0.3, 0.22, 0.15, 0.08]

/** How a card of these colours is printed. */
export function print(ground: string | null, text: string | null): Print {
  if (!ground || !text || !isColour(ground) || !isColour(text) || contrast(ground, text) < READABLE) {
    return { ...OURS, pattern: strength(OURS.ground, OURS.text) }
  }
  return { ground, text, pattern: strength(ground, text) }
}

/** The contrast of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(read(one)), luminance(read(other))].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** Lines have the text's own colour, so the text must be told from lines and ground together. */
function strength(ground: string, text: string): number {
  const readable = (strength: number) => ratio(luminance(mixed(ground, text, strength)), luminance(read(text))) >= READABLE
  return STRENGTHS.find(readable) ?? 0
}

function mixed(ground: string, text: string, strength: number): Rgb {
  const [under, over] = [read(ground), read(text)]
  return under.map((part, place) => part + (over[place]! - part) * strength) as Rgb
}

function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function read(colour: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as Rgb
}

function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text)
}
