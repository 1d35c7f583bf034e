// The words of a backup: which are asked back, and what was typed.

/** How many words there are. */
export const WORDS = 12

/** Three different places among `count`, in order, from three random numbers. */
export function asked(count: number, random: Uint32Array): number[] {
  const places = Array.from({ length: count }, (_, place) => place)
  const taken = Array.from(random.subarray(0, 3), (number) => places.splice(number % places.length, 1)[0]!)
  return taken.sort((a, b) => a - b)
}

/** The words in what was typed or pasted: numbers and dots between them do not matter. Chinese words may be written without a space. */
export function typedWords(text: string): string[] {
  return text.toLowerCase().match(/\p{Script=Han}|[a-z]+/gu) ?? []
}
