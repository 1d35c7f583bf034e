// What the phone's maker says of a key: that it was made in this hardware, for this challenge, by this app.
package org.symbolon.device

internal object Attestation {
    private const val WHICH = "1"

    /** Certificates in DER, the key's own first. The key is made for this, and thrown away. */
    @Synchronized
    fun chain(challenge: ByteArray): List<ByteArray> {
        val name = Hardware.name("attest", WHICH)
        SigningKeys.generate(name) { it.setAttestationChallenge(challenge) }
        val store = Hardware.store()
        try {
            val chain = store.getCertificateChain(name) ?: throw Refusal.noHardware()
            // One certificate is what software signs for itself.
            if (chain.size < 2) throw Refusal.noHardware()
            return chain.map { it.encoded }
        } finally {
            store.deleteEntry(name)
        }
    }
}
