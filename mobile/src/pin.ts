// A PIN, before the core has it: how long, and whether it is one of those that are tried first.

/** Digits of a PIN that is chosen here; each try that is wrong makes the next wait longer. */
export const LENGTH = 6

/** Whether a thief would try it among the first: one digit, a row up or down, or a pair over and over. */
export function isWeak(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, place) => Number(digit) - Number(pin[place])))
  const isRow = steps.size === 1 && [-1, 0, 1].includes([...steps][0] ?? 0)
  const isRepeated = [1, 2, 3].some((part) => pin === pin.slice(0, part).repeat(pin.length / part))
  return isRow || isRepeated
}
