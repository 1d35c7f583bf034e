// Where a text leads: the screen for what the core made of it.
import { failure, type Looked } from './ipc'
import type { Screen } from './navigate.svelte'

/** How a part of a longer message begins, which is shown as a loop of codes (`wallet_core::frames`). */
const PART = 'SYMBOLON:'

/** Whether a text is one of several that are collected before anything is made of them. */
export function isPart(text: string): boolean {
  return text.startsWith(PART)
}

/** How the address begins to which an office's page leads back. */
const WAY_BACK = 'org.symbolon.wallet:'

/** Whether a text comes from signing in on a page, which nobody waits for any more: the wallet locked itself meanwhile. */
function isLateReturn(text: string): boolean {
  return text.startsWith(WAY_BACK)
}

/** The screen for what was found; the camera again where parts are missing. */
export function next(looked: Looked): Screen {
  switch (looked.kind) {
    case 'offer':
      return { name: 'offer', id: looked.id, offer: looked.offer }
    case 'request':
    case 'counter':
      return { name: 'consent', id: looked.id, consent: looked.consent, counter: looked.kind === 'counter' }
    case 'move':
      return { name: 'move_out', id: looked.id }
    case 'page':
      return { name: 'page', url: looked.url }
    case 'frames':
      return { name: 'scan' }
  }
}

/** The screen that says why `text` leads nowhere. */
export function refused(thrown: unknown, text: string): Screen {
  if (isLateReturn(text)) return { name: 'problem', failure: { code: 'sign_in_over' }, during: 'offer' }
  const why = failure(thrown)
  if (why.code === 'too_much') return { name: 'too_much', failure: why }
  return { name: 'problem', failure: why, during: /^(openid-credential-offer|haip-vci):/.test(text) ? 'offer' : 'request' }
}
