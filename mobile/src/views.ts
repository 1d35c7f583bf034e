// What the core's views say besides `ipc.ts`: for parts of the core that come after it.
//
// Each is as `wallet_core::view` writes it; a part that is not there yet is undefined, and the screens go without.
import type { Consent, Party, ShownClaim, Texts, UnixTime } from './ipc'

declare module './ipc' {
  interface CardView {
    /** Whether it can be shown as a code, at any counter. */
    has_code?: boolean
    /** Whether it renews itself. */
    renews_itself?: boolean
  }
  interface Consent {
    /** What is wanted, and the ways to give it. */
    needs?: Need[]
    choice?: Choice
    /** What is confirmed, or signed, by sharing. */
    transactions?: Transaction[]
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
    /** In a consent: whether it is more than was asked for, and comes along because its office made the card so. */
    unasked?: boolean
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
export type ChosenCard = { query: string; card: string; way: number | null }

export type Transaction =
  | { kind: 'payment'; amount: string; currency: string; payee: string; account: string | null; reference: string | null }
  | { kind: 'text'; title: string; text: string }

/** How a wish to have something deleted stands. */
export interface Deletion {
  asked_at: UnixTime
  done_at: UnixTime | null
}

/** One sharing with everything that is known of it. */
export interface Receipt {
  id: number
  at: UnixTime
  asks: Party
  through: Party | null
  purpose: Texts
  shared: Texts[]
  outcome: 'unknown' | 'shared' | 'refused'
  /** A word that is not known here has no explanation here. */
  receipt: string
  /** By a card, or by a session that was open already. */
  how?: 'card' | 'session'
  kept_days?: number | null
  deletion?: Deletion | null
  reported_at?: UnixTime | null
  cards?: { title: Texts; claims: { name: Texts }[] }[]
  kept_until?: UnixTime | null
  proof?: { period: string; root: string; anchored_at: UnixTime; height: number } | null
  /** Whether the other side can be asked to delete, or told that this was not the person. */
  can_ask?: boolean
}
