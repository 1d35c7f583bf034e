// What a person chooses in a consent: each press gives a new choice, which the core checks against what was asked, and draws the consent anew.
import type { CardConsent, Consent, Texts } from './ipc'

declare module './ipc' {
  interface Commands {
    /** The consent as it is with these choices; what was not offered is refused. */
    choose: [{ id: string; choices: Choice }, Consent]
  }
  interface Consent {
    /** What is wanted, and the ways to give it. */
    needs?: Need[]
    choice?: Choice
    /** What the person agrees to by sharing, beyond what is shown. */
    agrees?: Agreement[]
  }
  interface CardConsent {
    /** The part of the question that this card answers. */
    query?: string
    /** Asked for and not shared: the person may add it. */
    optional?: ShownClaim[]
    /** The other cards that could answer this part. */
    instead?: CardName[]
  }
  interface ShownClaim {
    /** The way that turns this claim on where it is off, off where it is on. */
    switch?: number | null
  }
}

export interface CardName {
  id: string
  title: Texts
}
export interface Need {
  required: boolean
  options: { queries: string[]; cards: Texts[] }[]
}
export type Choice = {
  options: (number | null)[]
  cards: ChosenCard[]
}
type ChosenCard = { query: string; card: string; way: number | null }
export type Agreement = { kind: 'payment'; amount: string; payee: string } | { kind: 'text'; text: string }

/** The same with another way to share a card. */
export function withWay(consent: Consent, card: CardConsent, way: number): Choice {
  return withCard(consent, card, { query: card.query ?? '', card: card.id, way })
}

/** The same with another card for a part. */
export function withOther(consent: Consent, card: CardConsent, other: string): Choice {
  return withCard(consent, card, { query: card.query ?? '', card: other, way: null })
}

/** The same with another way to give what is wanted; `null` for not giving it. */
export function withOption(consent: Consent, need: number, option: number | null): Choice {
  const { options, cards } = chosen(consent)
  return { options: options.map((before, place) => (place === need ? option : before)), cards }
}

function withCard(consent: Consent, card: CardConsent, picked: ChosenCard): Choice {
  const { options, cards } = chosen(consent)
  return { options, cards: [...cards.filter((before) => before.query !== card.query), picked] }
}

function chosen(consent: Consent): Choice {
  return consent.choice ?? { options: [], cards: [] }
}
