// What `cargo xtask bench credential` measures `@sd-jwt/sd-jwt-vc` by. The first line names a presentation and its
// issuer's key, trusted already; each further line is a number of checks, answered with microseconds a check.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { compactVerify, importJWK } from 'jose'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { token, issuer, alg, nonce, now } = JSON.parse((await lines.next()).value)
const key = await importJWK(issuer, alg)
const instance = new SDJwtVcInstance({
  hasher: (text, name) => createHash(name.replace('-', '')).update(text).digest(),
  hashAlg: 'sha-256',
  saltGenerator: () => '',
  verifier: async (signed, signature) => Boolean(await compactVerify(`${signed}.${signature}`, key)),
  kbVerifier: async (signed, signature, { cnf }) => Boolean(await compactVerify(`${signed}.${signature}`, await importJWK(cnf.jwk, alg))),
})
const check = () => instance.verify(token, { keyBindingNonce: nonce, currentDate: now })

for await (const line of lines) {
  const count = Number(line)
  const before = process.cpuUsage()
  for (let turn = 0; turn < count; turn += 1) await check()
  const { user, system } = process.cpuUsage(before)
  console.log((user + system) / count)
}
