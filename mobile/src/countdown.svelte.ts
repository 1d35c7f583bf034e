// Seconds that run out, by the clock: a phone that is put away lets no timer tick, and time passes all the same.
import { onDestroy } from 'svelte'

/** Of one screen, and over with it. */
export class Countdown {
  /** Whole seconds that are left. */
  left = $state(0)
  #end = 0
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    const look = () => this.#look()
    document.addEventListener('visibilitychange', look)
    onDestroy(() => {
      clearInterval(this.#timer)
      document.removeEventListener('visibilitychange', look)
    })
  }

  /** Begins anew. */
  begin(seconds: number): void {
    clearInterval(this.#timer)
    this.#end = Date.now() + seconds * 1000
    this.#look()
    if (this.left > 0) this.#timer = setInterval(() => this.#look(), 1000)
  }

  #look(): void {
    this.left = Math.max(0, Math.ceil((this.#end - Date.now()) / 1000))
    if (this.left === 0) clearInterval(this.#timer)
  }
}
