// The fine lines under a card's text, drawn from the hash of its type: each type has its own, everywhere the same.
//
// Two figures lie over each other, as on a banknote: braided bands across the whole card, and a rosette of braided rings. Everything that varies is read
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

const TURN = 2 * Math.PI
/** Points of one wave from edge to edge. */
const WAVE_STEPS = 96
/** Bands of waves across the card, and the waves in each. */
const BANDS = 3
const STRANDS = 4
/** Closed waves in each ring of the rosette. */
const LOOPS = 6

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

/** Bands that are braided of waves: in each, the same wave shifted by one part of its length after another. */
function waves(dice: Dice): string {
  const [bends, sway, phase] = [dice.between(0.5, 1.1), dice.between(14, 34), dice.between(0, TURN)]
  const [periods, breath] = [dice.whole(5, 9), dice.between(0.25, 0.6)]
  const band = (number: number) => {
    const middle = ((number + 0.5) / BANDS) * HEIGHT
    const strand = (part: number) => {
      const points = Array.from({ length: WAVE_STEPS + 1 }, (_, step): Point => {
        const along = step / WAVE_STEPS
        const bend = Math.sin(along * bends * TURN + phase + number * 0.5) * sway
        const width = (HEIGHT / BANDS) * 0.46 * (1 - breath + breath * Math.sin(along * TURN + phase * 2 + number))
        return [along * (WIDTH + 16) - 8, middle + bend + Math.sin(along * periods * TURN + (part / STRANDS) * TURN) * width]
      })
      return open(points)
    }
    return Array.from({ length: STRANDS }, (_, part) => strand(part)).join('')
  }
  return Array.from({ length: BANDS }, (_, number) => band(number)).join('')
}

/** Rings around one middle, each braided of closed waves between an inner and an outer edge. */
function rosette(dice: Dice): string {
  const centre: Point = [dice.between(0.72, 0.82) * WIDTH, dice.between(0.46, 0.6) * HEIGHT]
  const size = dice.between(74, 92)
  const turn = dice.between(0, TURN)
  const [lobes, depth] = [dice.whole(3, 12), dice.between(0.03, 0.15)]
  const edges = [0.12, dice.between(0.34, 0.46), dice.between(0.64, 0.76), 1]
  const ring = (number: number) => {
    const [inner, outer] = [edges[number]! * size, edges[number + 1]! * size]
    const petals = dice.whole(4, 11) * (number + 1)
    const loop = (part: number) => {
      const steps = petals * 12
      const points = Array.from({ length: steps }, (_, step): Point => {
        const angle = (step / steps) * TURN
        const share = 0.5 + 0.5 * Math.sin(angle * petals + (part / LOOPS) * TURN)
        const radius = (inner + (outer - inner) * share) * (1 + depth * number * 0.5 * Math.cos(angle * lobes))
        return [centre[0] + Math.cos(angle + turn) * radius, centre[1] + Math.sin(angle + turn) * radius]
      })
      return closed(points)
    }
    return Array.from({ length: LOOPS }, (_, part) => loop(part)).join('')
  }
  return [0, 1, 2].map(ring).join('')
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
