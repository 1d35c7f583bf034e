// Makes a relying party's keys: one signs client assertions; with `strict`, one more decrypts ID tokens.
// Arguments: the file for the private JWKS, and the tier. Prints the public JWKS.
import { writeFileSync } from 'node:fs'
import { exportJWK, generateKeyPair } from 'jose'

const [file, tier] = process.argv.slice(2)
const make = async (use, alg) => {
  const { privateKey } = await generateKeyPair(alg, { crv: 'P-256', extractable: true })
  return { ...(await exportJWK(privateKey)), use, alg, kid: use }
}
const keys = [await make('sig', 'ES256')]
if (tier === 'strict') keys.push(await make('enc', 'ECDH-ES'))
writeFileSync(file, JSON.stringify({ keys }), { mode: 0o600 })
console.log(JSON.stringify({ keys: keys.map(({ d, ...open }) => open) }))
