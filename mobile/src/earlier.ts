// Whether the person shared with somebody before: who knows that they never did looks twice.
import type { HistoryLine, UnixTime } from './ipc'
import type { Receipt } from './views'

export interface Earlier {
  times: number
  /** Nothing where there was no time. */
  last?: UnixTime
}

/** What the history says of `member`. What they refused they did not get; a log-in for which the phone was not asked was no sharing. */
export function earlier(lines: HistoryLine[], member: string): Earlier {
  const shared = (lines as Receipt[]).filter(({ asks, outcome, how }) => asks.member === member && outcome !== 'refused' && how !== 'session')
  return shared.length === 0 ? { times: 0 } : { times: shared.length, last: Math.max(...shared.map(({ at }) => at)) }
}
