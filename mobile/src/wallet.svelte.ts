// The app as a whole: its phase, its settings, and the way that every screen asks the core.
import { call, type Arguments, type Command, type Failure, type Language, type Result, type Settings, type State } from './ipc'
import { journey, type Screen } from './navigate.svelte'
import { wordsOf, type Words } from './words/words'
import { tag } from './dates'

/** Before the core has answered. */
const UNKNOWN: State = {
  phase: 'locked',
  wait_seconds: null,
  practice: false,
  settings: { language: null, theme: null, text_scale: null, lock_after: 60 },
}

/** Milliseconds from when the wallet is seen until it looks after its cards: first comes what the person came for. */
const SETTLE = 3000

/** What the core last said of itself. */
export class Wallet {
  state = $state.raw<State>(UNKNOWN)
  /** A short word on what just happened; read out, and gone after a while. */
  notice = $state('')
  /** Counts how often cards changed by themselves: a screen that shows some reads them again. */
  changes = $state(0)
  #upkeep: ReturnType<typeof setTimeout> | undefined
  /** A link that waits until the wallet is unlocked. */
  #waiting: string | null = null
  #expects: ((address: string) => void) | null = null
  /** Ends when it is known how the wallet is after the app was out of sight. */
  #returning: Promise<void> = Promise.resolve()

  /** The language of this app: as chosen, else the phone's. */
  get language(): Language {
    return this.state.settings.language ?? (globalThis.navigator?.language?.startsWith('zh') ? 'zh' : 'en')
  }

  /** Every word of this app in its language. */
  get words(): Words {
    return wordsOf(this.language)
  }

  /** The tag for `lang` attributes and `Intl`. */
  get tag(): string {
    return tag(this.language)
  }

  /** Asks the core. Where it has locked itself meanwhile, the person is asked for the PIN; the failure is thrown all the same. */
  async ask<C extends Command>(command: C, parameters: Arguments<C>): Promise<Result<C>> {
    try {
      return await call(command, parameters)
    } catch (thrown) {
      if ((thrown as Failure).code === 'locked') await this.begin()
      throw thrown
    }
  }

  /** Reads the phase and the settings again. */
  async refresh(): Promise<void> {
    this.state = await call('state', {})
  }

  /** Shows the screen that the phase begins with, with a word on what just happened, and then what was waiting for it. */
  async begin(notice?: string): Promise<void> {
    await this.refresh()
    journey.reset([first(this.state)])
    if (notice) this.notice = notice
    this.#keepUp()
    const waiting = this.#waiting
    if (this.state.phase !== 'open' || waiting === null) return
    this.#waiting = null
    journey.push({ name: 'looking', text: waiting })
  }

  /** While somebody signs in on a page, the next link is that page's last address. */
  expect(take: (address: string) => void): () => void {
    this.#expects = take
    return () => (this.#expects = null)
  }

  /** Goes on with a link or a code; where the wallet is not open, or has locked itself since it was seen last, later. */
  async open(text: string): Promise<void> {
    await this.#returning
    await this.#see().catch(() => {})
    if (this.state.phase !== 'open') this.#waiting = text
    else if (this.#expects) this.#expects(text)
    else journey.push({ name: 'looking', text })
  }

  /** The app went out of sight. */
  left(): void {
    this.#returning = call('away', { away: true }).then(() => {}, () => {})
  }

  /** The app is seen again: it may have locked itself meanwhile. What opened it waits until that is known. */
  returned(): void {
    this.#returning = this.#return().catch(() => {})
  }

  async #return(): Promise<void> {
    await call('away', { away: false })
    await this.#see()
    this.#keepUp()
  }

  /** Reads the phase again; where it is another, it begins with its own screen. */
  async #see(): Promise<void> {
    const before = this.state.phase
    await this.refresh()
    if (this.state.phase !== before) journey.reset([first(this.state)])
  }

  /** A while from now, what the wallet does by itself. What fails is tried another time, and is seen on the cards. */
  #keepUp(): void {
    clearTimeout(this.#upkeep)
    if (this.state.phase !== 'open') return
    this.#upkeep = setTimeout(() => {
      const done = call('keep_up', {})
      done.then(({ changed }) => (this.changes += changed ? 1 : 0), () => {})
    }, SETTLE)
  }

  /** Into practice, where nothing is real, or out of it. */
  async practise(on: boolean): Promise<void> {
    await call('practice', { on })
    await this.begin()
  }

  /** Changes a setting. */
  async set<N extends keyof Settings>(name: N, value: Settings[N]): Promise<void> {
    await call('set', { name, value })
    await this.refresh()
  }
}

function first(state: State): Screen {
  if (state.phase === 'new') return { name: 'language' }
  return state.phase === 'locked' ? { name: 'unlock' } : { name: 'cards' }
}

/** The app's one wallet. */
export const wallet = new Wallet()
