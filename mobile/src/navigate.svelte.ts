// Where the person is: a stack of screens, and the ways between them.
//
// Back is one thing, whether it comes from the bar on top, the phone's own button, or a swipe: the browser's history holds one entry
// ahead of the first, and taking that away is "back". A screen that waits for a yes or no holds the way back, and asks.
import { tick } from 'svelte'
import type { CardView, Confirming, Consent, Failure, OfferView, Shared } from './ipc'

/** A screen, with what it shows. */
export type Screen =
  | { name: 'language' }
  | { name: 'about' }
  | { name: 'choose_pin' }
  | { name: 'ready' }
  | { name: 'before' }
  | { name: 'unlock' }
  | { name: 'forgot' }
  | { name: 'cards' }
  | { name: 'card'; id: string }
  | { name: 'scan' }
  | { name: 'looking'; text: string }
  | { name: 'page'; url: string }
  | { name: 'offer'; id: string; offer: OfferView; again?: boolean }
  | { name: 'sign_in'; id: string; offer: OfferView }
  | { name: 'received'; cards: CardView[] }
  | { name: 'consent'; id: string; consent: Consent; counter: boolean }
  | { name: 'too_much'; failure: Failure }
  | { name: 'shared'; shared: Shared; consent: Consent; counter?: boolean }
  | { name: 'answer'; shared: Shared; consent: Consent }
  | { name: 'show_code'; card: CardView }
  | { name: 'history' }
  | { name: 'receipt'; id: number }
  | { name: 'settings' }
  | { name: 'choose'; what: 'language' | 'theme' | 'text_scale' | 'lock_after' }
  | { name: 'change_pin' }
  | { name: 'owner'; confirming: Confirming }
  | { name: 'backup' }
  | { name: 'restore' }
  | { name: 'move_in' }
  | { name: 'move_out'; id: string }
  | { name: 'move' }
  | { name: 'erase' }
  | { name: 'help'; question?: string }
  | { name: 'feedback'; about: Feedback }
  | { name: 'problem'; failure: Failure; during: During }

/** What a message to an agency is about. */
export type Feedback =
  | { kind: 'card'; id: string }
  | { kind: 'app' }
  | { kind: 'too_much'; id?: string; entry?: number }
  | { kind: 'not_me'; entry: number }

/** What was being done when something failed: some codes mean another thing then. */
export type During = 'request' | 'offer' | 'other'

/** A screen on the stack, and how far it was scrolled when it was left. */
interface Place {
  screen: Screen
  scrolled: number
}
type Way = 'forward' | 'back' | 'aside'

/** The entry of the browser's history that "back" leads to. */
const BASE = 'base'

/** The stack. The last screen is the one that is seen. */
export class Navigator {
  #stack: Place[] = []
  /** What is seen of it: a moment later, where the way there is animated. */
  #seen = $state.raw<Place[]>([])
  #hold: (() => void) | null = null
  #isAhead = false

  /** The screen that is seen. */
  get top(): Screen | null {
    return this.#seen.at(-1)?.screen ?? null
  }

  /** Whether there is a screen to go back to. */
  get canGoBack(): boolean {
    return this.#seen.length > 1
  }

  /** Goes on to `screen`. */
  push(screen: Screen): void {
    this.#go('forward', [...this.#left(), { screen, scrolled: 0 }])
  }

  /** Puts `screen` in the place of the one that is seen. */
  replace(screen: Screen): void {
    this.#go('forward', [...this.#stack.slice(0, -1), { screen, scrolled: 0 }])
  }

  /** Begins anew with these screens, the last one seen. */
  reset(screens: Screen[], way: Way = 'aside'): void {
    this.#go(way, screens.map((screen) => ({ screen, scrolled: 0 })))
  }

  /** Goes back by one screen, unless the one that is seen holds the way: then that one asks first. */
  back(): void {
    if (this.#hold) return this.#hold()
    this.leave()
  }

  /** Goes back by one screen, asked or not. */
  leave(): void {
    if (this.#stack.length > 1) this.#go('back', this.#stack.slice(0, -1))
  }

  /** While the screen that is seen waits for a yes or no, `ask` is called in place of going back. */
  hold(ask: () => void): () => void {
    this.#hold = ask
    this.#getAhead()
    return () => {
      if (this.#hold === ask) this.#hold = null
    }
  }

  /** Takes the phone's own "back"; call once. */
  listen(): () => void {
    history.replaceState(BASE, '')
    const popped = (event: PopStateEvent) => {
      if (event.state !== BASE) return
      this.#isAhead = false
      this.back()
      this.#getAhead()
    }
    addEventListener('popstate', popped)
    return () => removeEventListener('popstate', popped)
  }

  #left(): Place[] {
    const last = this.#stack.at(-1)
    return last ? [...this.#stack.slice(0, -1), { ...last, scrolled: scrollY }] : []
  }

  #go(way: Way, stack: Place[]): void {
    this.#hold = null
    this.#stack = stack
    const change = async () => {
      this.#seen = this.#stack
      await tick()
      scrollTo(0, this.#stack.at(-1)?.scrolled ?? 0)
      this.#getAhead()
    }
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (way === 'aside' || still || !document.startViewTransition) return void change()
    document.documentElement.dataset.way = way
    // A way that is cut short by the next one is no fault.
    document.startViewTransition(change).ready.catch(() => {})
  }

  #getAhead(): void {
    if (this.#isAhead || !(this.#stack.length > 1 || this.#hold)) return
    history.pushState('ahead', '')
    this.#isAhead = true
  }
}

/** The app's one stack. */
export const journey = new Navigator()
