// Files that the person keeps: written out, and read back.
import { call, failure, inBrowser } from './ipc'
import { say } from './failures'
import { wallet } from './wallet.svelte'

/**
 * Has the person say where `content` is saved as `name`, and tells how that went on whatever screen: the phone's own dialog may be
 * open for so long that the wallet locks itself. Throws where it could not be written.
 */
export async function save(name: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    if (await offer(name, content)) wallet.notice = wallet.words.history.saved
  } catch (thrown) {
    const { why, next } = say(failure(thrown), 'other', wallet.words)
    wallet.notice = wallet.words.sentences(why, next)
    throw thrown
  }
}

/** Whether the person chose a place. A browser asks by itself. */
async function offer(name: string, content: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { saved } = inBrowser() ? { saved: null } : await call('save', { file_name: name, base64: encode(content) })
  if (saved !== null) return saved
  const address = URL.createObjectURL(new Blob([content]))
  Object.assign(document.createElement('a'), { href: address, download: name }).click()
  URL.revokeObjectURL(address)
  return true
}

/** A file's bytes in base64. */
export async function base64(file: File): Promise<string> {
  return encode(new Uint8Array(await file.arrayBuffer()))
}

/** Bytes from base64. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

function encode(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
