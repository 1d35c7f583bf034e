// The fine lines under a card's text, drawn from the hash of its type: each type has its own, everywhere the same.
//
// Two figures lie over each other, as on a banknote: bands of waves across the whole card, and a rosette. Everything that varies is read
// from SHA-256 of the type's name, so two types look alike only where their hashes do.

/** The size of the drawing; a card of ID-1 ratio. */
export const WIDTH = 343
export const HEIGHT = 216

/** Paths for an SVG of `WIDTH` by `HEIGHT`. */
export interface Guilloche {
  waves: string
  rosette: string
}

type Point = [number, number]

/** Points of one wave from edge to edge. */
const WAVE_STEPS = 28
/** Waves across the card. */
const WAVES = 17
/** Closed lines of the rosette. */
const RINGS = 15

const drawn = new Map<string, Promise<Guilloche>>()

/** The lines of a card type, drawn once. */
export function guilloche(type: string): Promise<Guilloche> {
  const known = drawn.get(type) ?? hash(type).then(draw)
  drawn.set(type, known)
  return known
}

/** The lines for a hash of 32 bytes. */
export function draw(hash: Uint8Array): Guilloche {
  const dice = new Dice(hash)
  return { waves: waves(dice), rosette: rosette(dice) }
}

async function hash(type: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(type)))
}

/** Reads the hash from its start, a byte for each thing that varies. */
class Dice {
  #at = 0
  constructor(readonly hash: Uint8Array) {}

  /** Evenly between two numbers. */
  between(low: number, high: number): number {
    const byte = this.hash[this.#at++ % this.hash.length] ?? 0
    return low + ((high - low) * byte) / 255
  }

  /** One of a few. */
  whole(low: number, high: number): number {
    return Math.round(this.between(low, high))
  }
}

function waves(dice: Dice): string {
  const [periods, second] = [dice.between(1.2, 2.6), dice.between(2.5, 5)]
  const [height, ripple] = [dice.between(12, 30), dice.between(3, 9)]
  const [phase, shift, twist] = [dice.between(0, 6.28), dice.between(0.1, 0.34), dice.between(-0.3, 0.3)]
  const line = (number: number) => {
    const points = Array.from({ length: WAVE_STEPS + 1 }, (_, step): Point => {
      const along = step / WAVE_STEPS
      const swing = Math.sin(along * periods * 6.283 + phase + number * shift) * height
      const small = Math.sin(along * second * 6.283 - phase + number * twist) * ripple
      return [along * (WIDTH + 16) - 8, (number / (WAVES - 1)) * (HEIGHT + 40) - 20 + swing + small]
    })
    return open(points)
  }
  return Array.from({ length: WAVES }, (_, number) => line(number)).join('')
}

function rosette(dice: Dice): string {
  const centre: Point = [dice.between(0.68, 0.84) * WIDTH, dice.between(0.5, 0.68) * HEIGHT]
  const [petals, inner] = [dice.whole(5, 13), dice.whole(2, 4)]
  const [size, depth] = [dice.between(66, 88), dice.between(0.16, 0.34)]
  const [turn, weave] = [dice.between(0, 6.28), dice.between(0.5, 1.6)]
  const steps = petals * inner * 6
  const ring = (number: number) => {
    const share = number / RINGS
    const points = Array.from({ length: steps }, (_, step): Point => {
      const angle = (step / steps) * 6.2832
      const wave = Math.sin(angle * petals + turn + share * weave * 6.283) * depth
      const ripple = Math.sin(angle * petals * inner - turn) * depth * 0.22
      const radius = size * (0.3 + 0.7 * share) * (1 - depth + wave + ripple)
      return [centre[0] + Math.cos(angle) * radius, centre[1] + Math.sin(angle) * radius]
    })
    return closed(points)
  }
  return Array.from({ length: RINGS }, (_, number) => ring(number)).join('')
}

/** A smooth line: each point pulls a curve between the middles beside it. */
function open(points: Point[]): string {
  const curves = points.slice(1, -1).map((point, place) => `Q${at(point)} ${at(middle(point, points[place + 2]!))}`)
  return `M${at(points[0]!)}${curves.join('')}`
}

function closed(points: Point[]): string {
  const next = (place: number) => points[(place + 1) % points.length]!
  const curves = points.map((_, place) => `Q${at(next(place))} ${at(middle(next(place), next(place + 1)))}`)
  return `M${at(middle(points[0]!, next(0)))}${curves.join('')}Z`
}

function middle(one: Point, other: Point): Point {
  return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2]
}

function at(point: Point): string {
  return `${point[0].toFixed(1)} ${point[1].toFixed(1)}`
}
