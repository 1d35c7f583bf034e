// A core made of samples: for screens that are drawn and tested without one. It is never in the app that people get; a test sees to that.
import type { Command, Commands, Failure, State, Transport } from '../ipc'
import { CARDS, DIGITAL, INTERIOR, NOW, claim, details } from './cards'
import { FRAMES, HISTORY, LOG_IN, OFFER, OFFER_SIGN_IN, RECEIPTS, SHARED, TOO_MUCH, WITH_CHOICES } from './requests'

/** The PIN that opens it. */
export const PIN = '271828'
const PHRASE = ['harbour', 'pencil', 'ocean', 'velvet', 'museum', 'lantern', 'cradle', 'orbit', 'walnut', 'summer', 'tiger', 'echo']

/** Answers each command from samples; what a test wants otherwise goes into `answers`. */
export class SampleTransport implements Transport {
  /** The commands that were asked, in order. */
  readonly asked: { command: Command; parameters: Record<string, unknown> }[] = []
  /** In place of the samples: a result, or a failure to throw. */
  readonly answers: { [C in Command]?: Commands[C][1] | (() => Promise<Commands[C][1]>) } = {}
  state: State = {
    phase: 'open',
    wait_seconds: null,
    practice: false,
    settings: { language: 'en', theme: null, text_scale: null, lock_after: 60 },
  }

  async call(command: Command, parameters: Record<string, unknown>): Promise<unknown> {
    this.asked.push({ command, parameters })
    const answer = this.answers[command]
    if (answer !== undefined) return typeof answer === 'function' ? answer() : answer
    const sample = this.#samples[command] as (parameters: Record<string, unknown>) => unknown
    return sample(parameters)
  }

  readonly #samples: { [C in Command]: (parameters: never) => Commands[C][1] } = {
    state: () => this.state,
    set: ({ name, value }: { name: string; value: unknown }) => {
      this.state = { ...this.state, settings: { ...this.state.settings, [name]: value } }
      return {}
    },
    create: () => this.#phase('open'),
    unlock: ({ pin }: { pin: string }) => (pin === PIN ? this.#phase('open') : refuse({ code: 'wrong_pin' })),
    lock: () => this.#phase('locked'),
    change_pin: ({ old }: { old: string }) => (old === PIN ? {} : refuse({ code: 'wrong_pin' })),
    away: () => ({}),
    bright: () => ({}),
    opened: () => ({ text: null }),
    owner: () => ({ confirming: 'each_time' }),
    cards: () => CARDS,
    card: ({ id }: { id: string }) => details(id) ?? refuse({ code: 'no_such_card' }),
    delete_card: () => ({}),
    check_card: ({ id }: { id: string }) => details(id) ?? refuse({ code: 'no_such_card' }),
    renew_card: ({ id }: { id: string }) => CARDS.filter((card) => card.id === id),
    get_again: () => ({ kind: 'offer', id: 'sample', offer: OFFER_SIGN_IN }),
    keep_up: () => ({ changed: false }),
    look: ({ text }: { text: string }) => {
      if (text === 'practice:too-much') refuse(TOO_MUCH)
      if (text.startsWith('openid-credential-offer') || text === 'practice:card') return { kind: 'offer', id: 'sample', offer: OFFER }
      if (text.startsWith('openid4vp') || text === 'practice:bank') return { kind: 'request', id: 'sample', consent: LOG_IN }
      if (text.startsWith('https')) return { kind: 'page', url: text }
      return refuse({ code: 'link_scheme_unknown' })
    },
    read_picture: () => ({ texts: [] }),
    read_frame: () => ({ texts: [] }),
    accept: () => CARDS.slice(-1),
    begin_sign_in: () => ({ address: 'https://interior.example/sign-in' }),
    end_sign_in: () => CARDS.slice(-1),
    refuse: () => ({}),
    choose: ({ choices }: { choices: (typeof WITH_CHOICES)['choice'] }) => ({ ...WITH_CHOICES, choice: choices }),
    share: () => SHARED,
    decline: () => ({}),
    report: ({ why }: { why: string }) => ({ to: DIGITAL, session_ended: why === 'not_me' ? true : null, refused: null }),
    history: () => HISTORY,
    entry: ({ id }: { id: number }) => ({ ...RECEIPTS.find((line) => line.id === id) }) as never,
    check_receipts: () => ({}),
    export_history: () => ({ file_name: 'history.json', text: '{}' }),
    ask_deletion: () => ({ asked_at: NOW, done_at: null }),
    show_code: () => ({ text: `SYMBOLON/ONE-WAY/${'4F7K2M9QW8XZ5RB3'.repeat(8)}`, seconds: 30, shared: [claim('age_over_18', 'Over 18', '年满 18 岁', true)], reused: false }),
    make_phrase: () => ({ words: PHRASE }),
    backup: () => ({ file_name: 'symbolon-backup.bin', base64: 'AAAA', left_out: 0 }),
    save: () => ({ saved: true }),
    restore: () => this.#phase('open'),
    begin_move_in: () => ({ text: `SYMBOLON/MOVE/${'9QW2XZ5RB8TV4N6PDHJ7K3M'.repeat(4)}`, check: '4817 2059 6634' }),
    move_out: () => ({ frames: FRAMES, left_out: 0 }),
    end_move_in: () => this.#phase('open'),
    erase: () => this.#phase('new'),
    feedback: ({ card }: { card?: string }) => ({ to: card ? INTERIOR : DIGITAL, session_ended: null, refused: null }),
    practice: ({ on }: { on: boolean }) => {
      this.state = { ...this.state, practice: on, phase: 'open' }
      return {}
    },
  }

  #phase(phase: State['phase']): Record<string, never> {
    this.state = { ...this.state, phase }
    return {}
  }
}

function refuse(failure: Failure): never {
  throw failure
}
