// Makes a relying party's keys: one signs client assertions, one decrypts ID tokens.
// Writes the private JWKS to the file given; prints the public one.
import { writeFileSync } from 'node:fs'
import { exportJWK, generateKeyPair } from 'jose'

const file = process.argv[2]
const make = async (use, alg) => {
  const { privateKey } = await generateKeyPair(alg, { crv: 'P-256', extractable: true })
  return { ...(await exportJWK(privateKey)), use, alg, kid: use }
}
const keys = [await make('sig', 'ES256'), await make('enc', 'ECDH-ES')]
writeFileSync(file, JSON.stringify({ keys }), { mode: 0o600 })
console.log(JSON.stringify({ keys: keys.map(({ d, ...open }) => open) }))
