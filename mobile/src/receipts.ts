// A line of the history with what a screen of its own needs.
import type { HistoryLine } from './ipc'
import { wallet } from './wallet.svelte'

/** What was shared, and what is known of it since. */
export interface Receipt extends HistoryLine {
  /** For how many days it may be kept, where they said so. */
  kept_days?: number | null
}

/** The receipt of a line; nothing where there is no such line. */
export async function receipt(id: number): Promise<Receipt | undefined> {
  const line = (await wallet.ask('history', {})).find((line) => line.id === id)
  if (!line) return undefined
  const details = await wallet.ask('entry', { id }).catch(() => null)
  return { ...line, ...(details as Partial<Receipt> | null) }
}

/** Lines by day, newest first. */
export function byDay(lines: HistoryLine[]): HistoryLine[][] {
  const days = new Map<string, HistoryLine[]>()
  for (const line of [...lines].sort((a, b) => b.at - a.at)) {
    const day = new Date(line.at * 1000).toDateString()
    days.set(day, [...(days.get(day) ?? []), line])
  }
  return [...days.values()]
}
