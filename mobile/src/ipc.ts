// The one way from screens to the core: `call(command, arguments)`, typed.
//
// In the app it goes through Tauri; in a browser under test to the bridge on loopback. What comes back are the
// views of `wallet_core::view` as JSON, never a key, a whole card, or a PIN. A failure is a stable code; its words are the
// screen's.
import { invoke, isTauri } from '@tauri-apps/api/core'
import type { Choice, Deletion } from './views'

/** A text by language (BCP 47). Outsiders wrote it: render it as text only. */
export type Texts = Record<string, string>
/** Seconds since 1970. */
export type UnixTime = number
/** Names, positions, and `null` for "each". */
export type ClaimPath = (string | number | null)[]
/** What a claim says. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** An organisation, as the register proves it. */
export interface Party {
  member: string
  name: Texts
}
export interface ShownClaim {
  path: ClaimPath
  name: Texts
  value: Json
  /** In a consent: whether it cannot be left out. */
  required?: boolean
}
export type CardState = 'ready' | 'ends_soon' | 'suspended' | 'revoked' | 'not_checked' | 'get_again'
export interface CardView {
  id: string
  title: Texts
  vct: string
  issuer: Texts
  received_at: UnixTime
  valid_until: UnixTime | null
  copies: number
  unused_copies: number
  /** `#rrggbb`, readable together; both or neither. */
  background: string | null
  text: string | null
  state?: CardState
  /** When its office was asked about it last, where it can be asked. */
  checked_at?: UnixTime | null
}
export interface CardDetails extends CardView {
  claims: ShownClaim[]
}
export type Needs = { kind: 'nothing' } | { kind: 'code'; length: number | null; digits: boolean } | { kind: 'sign_in' }
export interface OfferView {
  issuer: Party
  /** Since when they stand in the register. */
  issuer_since?: UnixTime | null
  address: string
  cards: Texts[]
  needs: Needs
}
export interface CardConsent {
  id: string
  title: Texts
  shared: ShownClaim[]
  not_shared: Texts[]
  /** Whoever saw this copy before can tell that it is the same. */
  reused: boolean
}
export interface Consent {
  asks: Party
  /** Since when they stand in the register. */
  asks_since?: UnixTime | null
  through: Party | null
  address: string
  purpose: Texts
  kept_days: number | null
  cards: CardConsent[]
  proof_age_seconds: number
}
export type Outcome = 'unknown' | 'shared' | 'refused'
export type ReceiptState = 'missing' | 'checked' | 'unchecked' | 'wrong' | 'without_network' | 'anchored' | 'left_out' | 'late'
export interface HistoryLine {
  id: number
  at: UnixTime
  asks: Party
  through: Party | null
  purpose: Texts
  shared: Texts[]
  outcome: Outcome
  receipt: ReceiptState
  /** How a wish to have the data deleted stands. */
  deletion?: string | null
}

export type Language = 'en' | 'zh'
export type Theme = 'light' | 'dark'
export interface Settings {
  /** `null`: as the phone has it. */
  language: Language | null
  theme: Theme | null
  /** In percent; `null`: as the phone has it. */
  text_scale: number | null
  /** Seconds in the background after which the wallet locks itself. */
  lock_after: number
}
export interface State {
  phase: 'new' | 'locked' | 'open'
  /** How long the next PIN has to wait. */
  wait_seconds: number | null
  practice: boolean
  settings: Settings
}

/** Each time; not, since the wallet was made before it could be; not, since the phone has no screen lock; not on this device. */
export type Confirming = 'each_time' | 'not_bound' | 'no_lock' | 'unable'

/** What came from an old phone. */
export interface Came {
  cards: Texts[]
  /** Lines of history. */
  entries: number
}

export type Looked =
  | { kind: 'offer'; id: string; offer: OfferView }
  | { kind: 'request'; id: string; consent: Consent }
  | { kind: 'counter'; id: string; consent: Consent }
  | { kind: 'frames'; got: number; of: number; came?: Came }
  | { kind: 'move'; id: string }
  | { kind: 'page'; url: string }

export interface Shared {
  /** Its line in the history. */
  entry: number
  /** Where the person goes on, on the same device. */
  redirect_uri: string | null
  receipt: ReceiptState
  /** At a counter: the texts of the QR codes to show, in a loop. */
  frames?: string[]
}

type Nothing = Record<string, never>
type Report = 'too_much' | 'not_me' | 'feedback'

/** What became of a report. */
export interface Reported {
  /** Who was told. */
  to: Party | null
  /** For "this wasn't me": whether a session was still open and is ended. */
  session_ended: boolean | null
  /** Why nobody was told, where the session was ended all the same. */
  refused: string | null
}

/** Every command: its arguments and its result. */
export interface Commands {
  state: [Nothing, State]
  set: [{ name: 'language' | 'theme' | 'text_scale' | 'lock_after'; value: string | number | null }, Nothing]
  create: [{ pin: string }, Nothing]
  unlock: [{ pin: string }, Nothing]
  lock: [Nothing, Nothing]
  change_pin: [{ old: string; new: string }, Nothing]
  /** The app went to the background or came back: it locks itself after a while. */
  away: [{ away: boolean }, Nothing]
  /** Whether the phone's owner confirms that the wallet opens. */
  owner: [Nothing, { confirming: Confirming }]
  /** A code is shown, or not any more: the screen is as bright as it goes, or as it was. */
  bright: [{ on: boolean }, Nothing]
  /** The link that opened the app, once. */
  opened: [Nothing, { text: string | null }]
  cards: [Nothing, CardView[]]
  card: [{ id: string }, CardDetails]
  delete_card: [{ id: string }, Nothing]
  /** Asks the offices now how their cards are. */
  check_card: [{ id: string }, CardDetails]
  /** Fresh copies of a card that renews itself; none where the office sends them later. */
  renew_card: [{ id: string }, CardView[]]
  /** Whether the office gives the card out still: then an offer to take up as any other. */
  get_again: [{ id: string }, Looked]
  /** What the wallet does by itself; once in a while, and never in the way. */
  keep_up: [Nothing, { changed: boolean }]
  look: [{ text: string }, Looked]
  read_picture: [{ png_base64: string }, { texts: string[] }]
  read_frame: [{ width: number; height: number; luma_base64: string }, { texts: string[] }]
  accept: [{ id: string; code?: string }, CardView[]]
  begin_sign_in: [{ id: string }, { address: string }]
  end_sign_in: [{ id: string; address: string }, CardView[]]
  refuse: [{ id: string }, Nothing]
  /** The consent as it is with these choices; what was not offered is refused. */
  choose: [{ id: string; choices: Choice }, Consent]
  share: [{ id: string; choices?: Choice }, Shared]
  decline: [{ id: string }, Nothing]
  report: [{ entry?: number; id?: string; why: Report; text: string }, Reported]
  history: [Nothing, HistoryLine[]]
  entry: [{ id: number }, Json]
  check_receipts: [Nothing, Nothing]
  export_history: [Nothing, { file_name: string; text: string }]
  ask_deletion: [{ id: number }, Deletion]
  show_code: [{ card: string }, { text: string; seconds: number; frames?: string[]; shared?: ShownClaim[]; reused?: boolean }]
  make_phrase: [{ language: Language }, { words: string[] }]
  backup: [{ words: string[] }, { file_name: string; base64: string; left_out: number }]
  /** The phone asks its owner where the file goes; `null` where it cannot, and the screen has to offer it. */
  save: [{ file_name: string; base64: string }, { saved: boolean | null }]
  restore: [{ base64: string; words: string[]; pin: string }, Nothing]
  begin_move_in: [Nothing, { text: string; check: string }]
  move_out: [{ id: string; check: string }, { frames: string[]; left_out: number }]
  end_move_in: [{ pin: string }, Nothing]
  erase: [Nothing, Nothing]
  feedback: [{ card?: string; text: string }, Reported]
  practice: [{ on: boolean }, Nothing]
}
export type Command = keyof Commands
export type Arguments<C extends Command> = Commands[C][0]
export type Result<C extends Command> = Commands[C][1]

/** Why a command did nothing. */
export interface Failure {
  /** Stable; the screen has the words. */
  code: string
  wait_seconds?: number
  /** Who asked for too much. */
  party?: Party
  /** In whose hands the asking is, where that is another. */
  through?: Party
  /** What was too much, by name. */
  claims?: Texts[]
  /** What can be reported. */
  id?: string
}

/** Carries a command to the core and its answer back; throws what is not an answer. */
export interface Transport {
  call(command: Command, parameters: Record<string, unknown>): Promise<unknown>
  /** A link that came with the page's own address, once. */
  opened?(): string | null
}

/** Anything that was thrown, as a failure: the screen never sees an exception's text. */
export function failure(thrown: unknown): Failure {
  const code = (thrown as Failure | null)?.code
  return typeof code === 'string' ? (thrown as Failure) : { code: 'broken' }
}

const tauri: Transport = {
  call: (command, parameters) => invoke('call', { command, arguments: parameters }),
}

/** The path that an office's page leads back to, in a browser. */
const BACK = '/back'
/** What the tabs of this bridge, and nobody else, tell each other: the address that an office's page led back to. */
const tabs = () => new BroadcastChannel('back')

/** Whether this is not the wallet's tab but one that an office led back to; its address then goes to the wallet's. */
export function passOn(): boolean {
  if (isTauri() || location.pathname !== BACK) return false
  tabs().postMessage(location.href)
  return true
}

/** The bridge's token of this run comes in the fragment, which no server sees, and leaves the address bar at once. */
class Bridge implements Transport {
  #token: string
  #link: string | null = null

  constructor() {
    this.#token = this.#read()
    tabs().onmessage = ({ data }) => {
      if (typeof data !== 'string') return
      this.#link = data
      dispatchEvent(new Event('opened'))
    }
    addEventListener('hashchange', () => {
      this.#token = this.#read()
      dispatchEvent(new Event('opened'))
    })
  }

  #read(): string {
    const given = new URLSearchParams(location.hash.slice(1))
    const [token, link] = [given.get('token'), given.get('link')]
    if (token) sessionStorage.setItem('token', token)
    if (link) this.#link = link
    if (token || link) history.replaceState(history.state, '', location.pathname + location.search)
    return sessionStorage.getItem('token') ?? ''
  }

  opened(): string | null {
    const link = this.#link
    this.#link = null
    return link
  }

  async call(command: Command, parameters: Record<string, unknown>): Promise<unknown> {
    const answer = await fetch(`/ipc/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-symbolon-token': this.#token },
      body: JSON.stringify(parameters),
    }).catch(() => {
      throw { code: 'bridge_gone' }
    })
    const body: unknown = await answer.json().catch(() => ({ code: 'bridge_gone' }))
    if (!answer.ok) throw body
    return body
  }
}

let transport: Transport | null = null

/** Puts another transport in place: samples, in tests and while screens are drawn. */
export function use(other: Transport): void {
  transport = other
}

function current(): Transport {
  transport ??= isTauri() ? tauri : new Bridge()
  return transport
}

/** Whether this is no app but a page in a browser, which offers files itself. */
export function inBrowser(): boolean {
  return current() instanceof Bridge
}

/** Runs a command of the core; throws a `Failure`. */
export async function call<C extends Command>(command: C, parameters: Arguments<C>): Promise<Result<C>> {
  try {
    return (await current().call(command, parameters)) as Result<C>
  } catch (thrown) {
    throw failure(thrown)
  }
}

/** Tells of each link that opens the app, and of the one that started it: pass it to `look`. */
export function onOpened(tell: (text: string) => void): () => void {
  const take = async () => {
    const text = current().opened?.() ?? (await call('opened', {}).catch(() => ({ text: null }))).text
    if (text) tell(text)
  }
  const shown = () => void (document.visibilityState === 'visible' && take())
  const opened = () => void take()
  addEventListener('opened', opened)
  document.addEventListener('visibilitychange', shown)
  opened()
  return () => {
    removeEventListener('opened', opened)
    document.removeEventListener('visibilitychange', shown)
  }
}
