// A line of the history with what a screen of its own needs.
import { save } from './files'
import type { HistoryLine } from './ipc'
import type { Receipt } from './views'
import { wallet } from './wallet.svelte'

/** The receipt of a line; nothing where there is no such line. */
export async function receipt(id: number): Promise<Receipt | undefined> {
  const line = (await wallet.ask('history', {})).find((line) => line.id === id) as Receipt | undefined
  if (!line) return undefined
  const details = await wallet.ask('entry', { id }).catch(() => null)
  return { ...line, ...(details as Partial<Receipt> | null) }
}

/** Has the person save the history as a file. */
export async function saveHistory(): Promise<void> {
  const { file_name, text } = await wallet.ask('export_history', {})
  await save(file_name, new TextEncoder().encode(text))
}

/** Lines by day, newest first. */
export function byDay(lines: HistoryLine[]): Receipt[][] {
  const days = new Map<string, Receipt[]>()
  for (const line of ([...lines] as Receipt[]).sort((a, b) => b.at - a.at)) {
    const day = new Date(line.at * 1000).toDateString()
    days.set(day, [...(days.get(day) ?? []), line])
  }
  return [...days.values()]
}
