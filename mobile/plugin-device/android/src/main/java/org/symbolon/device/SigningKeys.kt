// Keys that sign: for cards and for tokens. Each is made in hardware, stays there, and has a name that says its purpose.
package org.symbolon.device

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import java.security.KeyFactory
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.SecureRandom
import java.security.Signature
import java.security.spec.ECGenParameterSpec

internal enum class Purpose(val kind: String) {
    CARD("card"),
    TOKEN("token");

    companion object {
        fun named(text: String): Purpose = values().find { it.kind == text } ?: throw Refusal.failed()
    }
}

/** A key's handle, and its point of P-256, uncompressed. */
internal class Made(val handle: String, val public: ByteArray)

internal object SigningKeys {
    private const val HANDLE_BYTES = 16
    private const val POINT_BYTES = 65
    private val random = SecureRandom()

    fun make(purpose: Purpose, hardware: Boolean): Made {
        val handle = text(ByteArray(HANDLE_BYTES).also(random::nextBytes))
        val name = Hardware.name(purpose.kind, handle)
        val pair = generate(name) { it }
        if (hardware && !Hardware.holds(info(pair.private))) {
            Hardware.store().deleteEntry(name)
            throw Refusal.noHardware()
        }
        return Made(handle, point(pair.public.encoded))
    }

    fun public(purpose: Purpose, handle: String): ByteArray {
        val certificate = Hardware.store().getCertificate(Hardware.name(purpose.kind, handle)) ?: throw Refusal.unknown()
        return point(certificate.publicKey.encoded)
    }

    fun sign(purpose: Purpose, handle: String, message: ByteArray): ByteArray {
        val key = Hardware.store().getKey(Hardware.name(purpose.kind, handle), null) as? PrivateKey ?: throw Refusal.unknown()
        return Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(message)
            sign()
        }
    }

    fun destroy(purpose: Purpose, handle: String) {
        val (store, name) = Hardware.store() to Hardware.name(purpose.kind, handle)
        if (store.containsAlias(name)) store.deleteEntry(name)
    }

    fun destroyAll() {
        val store = Hardware.store()
        for (purpose in Purpose.values()) {
            Hardware.named(purpose.kind).forEach { store.deleteEntry(Hardware.name(purpose.kind, it)) }
        }
    }

    /** A key of P-256 under a name, that signs SHA-256 digests and does nothing else. */
    fun generate(name: String, more: (KeyGenParameterSpec.Builder) -> KeyGenParameterSpec.Builder): KeyPair =
        Hardware.make({
            more(
                KeyGenParameterSpec.Builder(name, KeyProperties.PURPOSE_SIGN)
                    .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
                    .setDigests(KeyProperties.DIGEST_SHA256),
            )
        }) { spec ->
            KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, Hardware.PROVIDER).run {
                initialize(spec)
                generateKeyPair()
            }
        }

    private fun info(key: PrivateKey): KeyInfo =
        KeyFactory.getInstance(key.algorithm, Hardware.PROVIDER).getKeySpec(key, KeyInfo::class.java)

    /** The point ends the key's structure (RFC 5480). The core checks that it is one. */
    private fun point(encoded: ByteArray) = encoded.copyOfRange(encoded.size - POINT_BYTES, encoded.size)
}
