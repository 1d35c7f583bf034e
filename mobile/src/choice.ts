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
    /** Whether several cards may answer this part together. */
    several?: boolean
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
  /** For each need the way to give it; `null` where it is not given. */
  options: (number | null)[]
  cards: ChosenCard[]
}
type ChosenCard = { query: string; card: string; way: number | null }
export type Agreement = { kind: 'payment'; amount: string; payee: string } | { kind: 'text'; text: string }

/** The same with another way to share a card. */
export function withWay(consent: Consent, card: CardConsent, way: number): Choice {
  return { options: options(consent), cards: cards(consent).map((chosen) => (is(chosen, card) ? { ...chosen, way } : chosen)) }
}

/** The same with another card in this one's place. */
export function withOther(consent: Consent, card: CardConsent, other: string): Choice {
  return { options: options(consent), cards: cards(consent).map((chosen) => (is(chosen, card) ? { ...chosen, card: other, way: null } : chosen)) }
}

/** The same with one more card for the part that `card` answers. */
export function withMore(consent: Consent, card: CardConsent, more: string): Choice {
  return { options: options(consent), cards: [...cards(consent), { query: card.query ?? '', card: more, way: null }] }
}

/** The same without this card. */
export function without(consent: Consent, card: CardConsent): Choice {
  return { options: options(consent), cards: cards(consent).filter((chosen) => !is(chosen, card)) }
}

/** The same with another way to give what is wanted; `null` for not giving it. */
export function withOption(consent: Consent, need: number, option: number | null): Choice {
  return { options: options(consent).map((before, place) => (place === need ? option : before)), cards: cards(consent) }
}

function options(consent: Consent): Choice['options'] {
  return consent.choice?.options ?? []
}

/** Every card that is shown now, named: what nobody chose by hand is so too. */
function cards(consent: Consent): ChosenCard[] {
  return consent.cards.map((card) => {
    const way = consent.choice?.cards.find((chosen) => is(chosen, card))?.way ?? null
    return { query: card.query ?? '', card: card.id, way }
  })
}

function is(chosen: ChosenCard, card: CardConsent): boolean {
  return chosen.query === card.query && chosen.card === card.id
}
