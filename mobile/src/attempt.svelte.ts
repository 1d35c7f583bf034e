// Something that takes a while and can fail: what a screen shows meanwhile and after.
import { failure, type Failure } from './ipc'

/** One thing at a time; what failed stays until the next try. */
export class Attempt {
  busy = $state(false)
  failed = $state.raw<Failure | null>(null)

  /** Runs `work`; nothing comes back where it failed or where the last one still runs. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined
    this.busy = true
    this.failed = null
    try {
      return await work()
    } catch (thrown) {
      this.failed = failure(thrown)
      return undefined
    } finally {
      this.busy = false
    }
  }
}
