// What a person chooses in a consent: each press gives a new choice, which the core checks against what was asked, and draws the consent anew.
import type { CardConsent, Consent } from './ipc'
import type { Choice, ChosenCard } from './views'

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
