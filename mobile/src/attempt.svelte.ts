// Something that takes a while and can fail: what a screen shows meanwhile and after.
import { onDestroy } from 'svelte'
import { failure, type Failure } from './ipc'

/** One thing of a screen at a time; what failed stays until the next try. It ends with its screen. */
export class Attempt {
  busy = $state(false)
  failed = $state.raw<Failure | null>(null)
  #isOver = false

  constructor() {
    onDestroy(() => (this.#isOver = true))
  }

  /**
   * Runs `work`. Nothing comes back where it failed, where the last one still runs, or where the person has left the screen meanwhile:
   * what comes late must not take the place of what they look at then. What has to happen wherever they are belongs into `work`.
   */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined
    this.busy = true
    this.failed = null
    try {
      const done = await work()
      return this.#isOver ? undefined : done
    } catch (thrown) {
      if (!this.#isOver) this.failed = failure(thrown)
      return undefined
    } finally {
      this.busy = false
    }
  }
}
