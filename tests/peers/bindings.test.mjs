// The bindings for app makers, in Python, against the house: `wallet-core/ffi/tests/contract.py`.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkpoint, demo, offer, persons, root, run } from './house.mjs'
import { Browser } from './plain-browser.mjs'

/** What the bank's login page would show as a QR code. */
async function request() {
  const [bank] = demo.relying_parties
  const browser = new Browser()
  const start = (await browser.open(bank.url)).text.match(/class="button"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*class="button"/)
  const login = await browser.open(new URL(start[1] ?? start[2], bank.url).href)
  return /data-request="([^"]+)"/.exec(login.text)[1].replaceAll('&amp;', '&').replaceAll('&#38;', '&')
}

test('an app in Python makes a wallet, receives, shares, looks back and restores, with keys of its own', async () => {
  const { offer_uri, code } = await offer(persons.mara)
  const env = {
    BINDINGS: join(demo.target, 'bindings/python'),
    CHECKPOINT: checkpoint,
    NODES: demo.nodes.join(' '),
    OFFER: offer_uri,
    CODE: code,
    REQUESTS: `${await request()}\n${await request()}`,
  }
  const ran = await run('python3', ['-W', 'error::RuntimeWarning', join(root, 'wallet-core/ffi/tests/contract.py')], { env })
  assert.equal(ran.code, 0, ran.stderr)
  assert.match(ran.stderr, /Ran 9 tests/)
})
