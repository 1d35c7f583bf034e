// Every screen with what it shows, by the name of its picture: `npm run dev` lists them, `e2e/screens.test.mjs` checks each.
import type { Component } from 'svelte'
import CameBack from '../CameBack.svelte'
import type { State } from '../ipc'
import type { Screen } from '../navigate.svelte'
import { IDENTITY, LICENCE } from './cards'
import { ANSWER, AT_COUNTER, FRAMES, HOSTILE, LOG_IN, OFFER, OFFER_SIGN_IN, SHARED, TOO_MUCH, WITH_CHOICES } from './requests'
import type { SampleTransport } from './transport'

export interface Scene {
  name: string
  /** The last one is seen. */
  screens: Screen[]
  state?: Partial<State>
  /** What the core answers here. */
  answers?: SampleTransport['answers']
  /** What is typed into the screen's field after that. */
  types?: string
  /** What is pressed then, one after the other. */
  presses?: string[]
  /** A page in the app's place. */
  page?: Component
  /** Why the camera cannot be used. */
  camera?: 'denied' | 'none'
}

const over = (...screens: Screen[]): Screen[] => [{ name: 'cards' }, ...screens]
const fail = (code: string) => () => Promise.reject({ code })
const endless = () => new Promise<never>(() => {})
/** Answers once the page hears of `arrives`. */
const late = <T>(answer: T) => () => new Promise<T>((go) => addEventListener('arrives', () => go(answer), { once: true }))
/** The keys of a PIN. */
const keys = (...digits: number[]) => digits.map((digit) => `.keys button:nth-child(${digit})`)

export const SCENES: Scene[] = [
  { name: 'start-language', screens: [{ name: 'language' }], state: { phase: 'new' } },
  { name: 'start-about', screens: [{ name: 'language' }, { name: 'about' }], state: { phase: 'new' } },
  { name: 'start-pin', screens: [{ name: 'about' }, { name: 'choose_pin' }], state: { phase: 'new' } },
  { name: 'start-pin-weak', screens: [{ name: 'about' }, { name: 'choose_pin' }], state: { phase: 'new' }, presses: keys(1, 1, 1, 1, 1, 1) },
  { name: 'start-pin-again', screens: [{ name: 'about' }, { name: 'choose_pin' }], state: { phase: 'new' }, presses: keys(2, 7, 1, 8, 2, 8) },
  { name: 'start-pin-busy', screens: [{ name: 'about' }, { name: 'choose_pin' }], state: { phase: 'new' }, answers: { create: late({}) }, presses: [...keys(2, 7, 1, 8, 2, 8), ...keys(2, 7, 1, 8, 2, 8)] },
  { name: 'start-ready', screens: over({ name: 'ready' }) },
  { name: 'start-before', screens: [{ name: 'about' }, { name: 'before' }], state: { phase: 'new' } },
  { name: 'unlock', screens: [{ name: 'unlock' }], state: { phase: 'locked' } },
  { name: 'unlock-wrong', screens: [{ name: 'unlock' }], state: { phase: 'locked' }, presses: keys(1, 1, 1, 1, 1, 1) },
  { name: 'unlock-wait', screens: [{ name: 'unlock' }], state: { phase: 'locked', wait_seconds: 245 } },
  { name: 'unlock-forgot', screens: [{ name: 'unlock' }, { name: 'forgot' }], state: { phase: 'locked' } },
  { name: 'cards', screens: over() },
  { name: 'cards-one', screens: over(), answers: { cards: [IDENTITY] } },
  { name: 'cards-two', screens: over(), answers: { cards: [LICENCE, IDENTITY] } },
  { name: 'cards-empty', screens: over(), answers: { cards: [] } },
  { name: 'cards-practice', screens: over(), answers: { cards: [IDENTITY] }, state: { practice: true } },
  { name: 'card', screens: over({ name: 'card', id: 'identity' }) },
  { name: 'card-remove', screens: over({ name: 'card', id: 'identity' }), presses: ['main > ul:last-child li:last-child button'] },
  { name: 'card-ends-soon', screens: over({ name: 'card', id: 'licence' }) },
  { name: 'card-revoked', screens: over({ name: 'card', id: 'fishing' }) },
  { name: 'card-restored', screens: over({ name: 'card', id: 'restored' }) },
  { name: 'card-again', screens: over({ name: 'card', id: 'restored' }, { name: 'offer', id: 'sample', offer: OFFER_SIGN_IN, again: true }) },
  { name: 'card-not-reached', screens: over({ name: 'card', id: 'insurance' }), answers: { check_card: fail('status_list_not_fetched') }, presses: ['main section ul button'] },
  { name: 'card-long-names', screens: over({ name: 'card', id: 'student' }) },
  { name: 'card-show-code', screens: over({ name: 'show_code', card: LICENCE }) },
  { name: 'card-show-film', screens: over({ name: 'show_code', card: LICENCE }), answers: { show_code: { text: FRAMES[0]!, frames: FRAMES, seconds: 30, reused: false } } },
  { name: 'scan', screens: over({ name: 'scan' }) },
  { name: 'scan-denied', screens: over({ name: 'scan' }), camera: 'denied' },
  { name: 'scan-none', screens: over({ name: 'scan' }), camera: 'none' },
  { name: 'scan-paste', screens: over({ name: 'scan' }), presses: ['main .actions button:last-child'] },
  { name: 'looking', screens: over({ name: 'looking', text: 'openid4vp://' }), answers: { look: endless } },
  { name: 'web-page', screens: over({ name: 'page', url: 'https://bank.harbour.example/login' }) },
  { name: 'offer-code', screens: over({ name: 'offer', id: 'sample', offer: OFFER }) },
  { name: 'offer-wrong-code', screens: over({ name: 'offer', id: 'sample', offer: OFFER }), answers: { accept: fail('code_wrong') }, types: '123456', presses: ['.acts button:last-child'] },
  { name: 'offer-adding', screens: over({ name: 'offer', id: 'sample', offer: OFFER }), answers: { accept: late([IDENTITY]) }, types: '123456', presses: ['.acts button:last-child'] },
  { name: 'offer-sign-in', screens: over({ name: 'offer', id: 'sample', offer: OFFER_SIGN_IN }) },
  { name: 'sign-in', screens: over({ name: 'sign_in', id: 'sample', offer: OFFER_SIGN_IN }) },
  { name: 'sign-in-failed', screens: over({ name: 'sign_in', id: 'sample', offer: OFFER_SIGN_IN }), answers: { begin_sign_in: fail('unreachable') } },
  { name: 'came-back', screens: [], page: CameBack },
  { name: 'received', screens: over({ name: 'received', cards: [IDENTITY] }) },
  { name: 'consent', screens: over({ name: 'consent', id: 'sample', consent: LOG_IN, counter: false }) },
  { name: 'consent-choices', screens: over({ name: 'consent', id: 'sample', consent: WITH_CHOICES, counter: false }) },
  { name: 'consent-counter', screens: over({ name: 'consent', id: 'sample', consent: AT_COUNTER, counter: true }) },
  { name: 'consent-leave', screens: over({ name: 'consent', id: 'sample', consent: LOG_IN, counter: false }), presses: ['header .tool'] },
  { name: 'consent-sharing', screens: over({ name: 'consent', id: 'sample', consent: LOG_IN, counter: false }), answers: { share: late(SHARED) }, presses: ['#yes'] },
  { name: 'hostile', screens: over({ name: 'consent', id: 'sample', consent: HOSTILE, counter: false }) },
  { name: 'too-much', screens: over({ name: 'too_much', failure: TOO_MUCH }) },
  { name: 'shared', screens: over({ name: 'shared', shared: SHARED, consent: LOG_IN }) },
  { name: 'shared-no-receipt', screens: over({ name: 'shared', shared: { ...ANSWER, frames: undefined }, consent: AT_COUNTER, counter: true }) },
  { name: 'counter-answer', screens: over({ name: 'answer', shared: ANSWER, consent: AT_COUNTER }) },
  { name: 'history', screens: over({ name: 'history' }) },
  { name: 'history-empty', screens: over({ name: 'history' }), answers: { history: [] } },
  { name: 'receipt', screens: over({ name: 'history' }, { name: 'receipt', id: 2 }) },
  { name: 'receipt-counter', screens: over({ name: 'history' }, { name: 'receipt', id: 4 }) },
  { name: 'receipt-delete', screens: over({ name: 'history' }, { name: 'receipt', id: 3 }), presses: ['main > ul:last-child li:nth-child(2) button'] },
  { name: 'receipt-missing', screens: over({ name: 'history' }, { name: 'receipt', id: 3 }) },
  { name: 'settings', screens: over({ name: 'settings' }) },
  { name: 'settings-no-lock', screens: over({ name: 'settings' }), answers: { owner: { confirming: 'no_lock' } } },
  { name: 'owner', screens: over({ name: 'settings' }, { name: 'owner', confirming: 'each_time' }) },
  { name: 'owner-not-bound', screens: over({ name: 'settings' }, { name: 'owner', confirming: 'not_bound' }) },
  { name: 'owner-no-lock', screens: over({ name: 'settings' }, { name: 'owner', confirming: 'no_lock' }) },
  { name: 'owner-unable', screens: over({ name: 'settings' }, { name: 'owner', confirming: 'unable' }) },
  { name: 'settings-text', screens: over({ name: 'settings' }, { name: 'choose', what: 'text_scale' }) },
  { name: 'settings-lock', screens: over({ name: 'settings' }, { name: 'choose', what: 'lock_after' }) },
  { name: 'settings-language', screens: over({ name: 'settings' }, { name: 'choose', what: 'language' }) },
  { name: 'settings-pin', screens: over({ name: 'settings' }, { name: 'change_pin' }) },
  { name: 'backup', screens: over({ name: 'settings' }, { name: 'backup' }) },
  { name: 'backup-words', screens: over({ name: 'settings' }, { name: 'backup' }), presses: ['.acts button'] },
  { name: 'backup-ask', screens: over({ name: 'settings' }, { name: 'backup' }), presses: ['.acts button', '.page:has(.words) .acts button'] },
  { name: 'restore', screens: [{ name: 'before' }, { name: 'restore' }], state: { phase: 'new' } },
  { name: 'move', screens: over({ name: 'settings' }, { name: 'move' }) },
  { name: 'move-in', screens: [{ name: 'before' }, { name: 'move_in' }], state: { phase: 'new' } },
  { name: 'move-in-came', screens: [{ name: 'before' }, { name: 'move_in' }], state: { phase: 'new' }, answers: { read_frame: { texts: ['SYMBOLON:3'] }, look: { kind: 'frames', got: 3, of: 3, came: { cards: [IDENTITY.title, LICENCE.title], entries: 14 } } }, presses: ['.acts button', ...keys(1)] },
  { name: 'move-out', screens: over({ name: 'move_out', id: 'sample' }) },
  { name: 'move-film', screens: over({ name: 'move_out', id: 'sample' }), types: '4817 2059 6634', presses: ['.acts button:last-child'] },
  { name: 'move-film-short', screens: over({ name: 'move_out', id: 'sample' }), answers: { move_out: { frames: FRAMES, left_out: 12 } }, types: '4817 2059 6634', presses: ['.acts button:last-child'] },
  { name: 'erase', screens: over({ name: 'settings' }, { name: 'erase' }) },
  { name: 'help', screens: over({ name: 'help', question: 'who_asks' }) },
  { name: 'feedback-card', screens: over({ name: 'feedback', about: { kind: 'card', id: 'identity' } }) },
  { name: 'feedback-not-me', screens: over({ name: 'feedback', about: { kind: 'not_me', entry: 2 } }) },
  { name: 'feedback-too-much', screens: over({ name: 'feedback', about: { kind: 'too_much', id: 'sample' } }) },
  { name: 'problem', screens: over({ name: 'problem', failure: { code: 'unknown_requester' }, during: 'request' }) },
  { name: 'problem-offer', screens: over({ name: 'problem', failure: { code: 'offer_used' }, during: 'offer' }) },
  { name: 'problem-in-place', screens: over(), answers: { cards: fail('database_damaged') } },
]
