// Where keys live: StrongBox where the phone has one, else the processor's own safe part; and whether a key really is there.
package org.symbolon.device

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import java.security.KeyStore
import java.security.ProviderException

internal object Hardware {
    const val PROVIDER = "AndroidKeyStore"
    /** Every name of ours begins with it. */
    private const val OURS = "symbolon."

    fun name(kind: String, which: String) = "$OURS$kind.$which"

    fun store(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

    /** What stands behind `symbolon.KIND.` in the names of all keys of a kind. */
    fun named(kind: String): List<String> {
        val beginning = name(kind, "")
        return store().aliases().toList().filter { it.startsWith(beginning) }.map { it.removePrefix(beginning) }
    }

    /** Makes a key in StrongBox; where there is none, or it does not know such keys, in the next safest place. */
    fun <K> make(spec: () -> KeyGenParameterSpec.Builder, generate: (KeyGenParameterSpec) -> K): K =
        try {
            generate(spec().setIsStrongBoxBacked(true).build())
        } catch (_: ProviderException) {
            // A phone without StrongBox says so, and some that have one do not know each kind of key.
            generate(spec().build())
        }

    fun holds(info: KeyInfo): Boolean =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            val level = info.securityLevel
            level == KeyProperties.SECURITY_LEVEL_STRONGBOX ||
                level == KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT ||
                level == KeyProperties.SECURITY_LEVEL_UNKNOWN_SECURE
        } else {
            @Suppress("DEPRECATION")
            info.isInsideSecureHardware
        }
}
