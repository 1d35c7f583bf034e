// What npm `dcql` says to a whole range of queries is what was recorded; our core is held against the same record.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { file, range } from './dcql-range.mjs'

test('the peer says to every query of the range what was recorded', () => {
  const recorded = JSON.parse(readFileSync(file, 'utf8'))
  const now = range()
  assert.ok(now.answers.length > 200)
  assert.deepEqual(JSON.parse(JSON.stringify(now)), recorded)
})
