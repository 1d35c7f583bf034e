// Days and times in the reader's own form.
import type { Language, UnixTime } from './ipc'

/** Seconds of a day. */
export const DAY = 86_400
const YEAR = 365 * DAY

/** The tag that `Intl` and `lang` attributes take. */
export function tag(language: Language): string {
  return language === 'zh' ? 'zh-Hans' : 'en-GB'
}

/** "31 January 2029". */
export function day(at: UnixTime, language: Language): string {
  return form(language, { day: 'numeric', month: 'long', year: 'numeric' }).format(at * 1000)
}

/** "26 November", or with its year where that is another than `now`'s. */
export function shortDay(at: UnixTime, now: UnixTime, language: Language): string {
  return form(language, { day: 'numeric', month: 'long', year: yearOf(at, now) }).format(at * 1000)
}

/** "Thursday, 26 November", or with its year where that is another than `now`'s. */
export function dayHeading(at: UnixTime, now: UnixTime, language: Language): string {
  return form(language, { weekday: 'long', day: 'numeric', month: 'long', year: yearOf(at, now) }).format(at * 1000)
}

/** "14:05". */
export function time(at: UnixTime, language: Language): string {
  return form(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at * 1000)
}

/** "26 November 2026 at 14:05". */
export function moment(at: UnixTime, language: Language): string {
  return form(language, { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' }).format(at * 1000)
}

/** A date as cards write it (`2001-02-28`), or nothing where it is none. */
export function writtenDay(text: string, language: Language): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const at = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text)) return null
  return form(language, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at)
}

/** Whether two moments lie on one day of this phone's calendar. */
export function sameDay(one: UnixTime, other: UnixTime): boolean {
  return new Date(one * 1000).toDateString() === new Date(other * 1000).toDateString()
}

/** The day before `at`. */
export function dayBefore(at: UnixTime): UnixTime {
  return at - DAY
}

/** "4 minutes", "2 hours", "3 days": the largest whole unit. */
export function span(seconds: number, language: Language): string {
  const [unit, size] = largest(seconds)
  const count = Math.max(1, Math.round(seconds / size))
  return new Intl.NumberFormat(tag(language), { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}

/** "4:05", for what counts down. */
export function countdown(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}

function largest(seconds: number): [string, number] {
  if (seconds >= 2 * YEAR) return ['year', YEAR]
  if (seconds >= 2 * DAY) return ['day', DAY]
  if (seconds >= 7200) return ['hour', 3600]
  if (seconds >= 90) return ['minute', 60]
  return ['second', 1]
}

/** A year is written where it is not this one. */
function yearOf(at: UnixTime, now: UnixTime): 'numeric' | undefined {
  return new Date(at * 1000).getFullYear() === new Date(now * 1000).getFullYear() ? undefined : 'numeric'
}

function form(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(tag(language), options)
}
