// Why the phone does not do what it is asked: a code that the core knows.
package org.symbolon.device

import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.StrongBoxUnavailableException

/** `code` is one of those in `src/phone.rs`; any other arrives as a failure. */
internal class Refusal(val code: String) : Exception(code) {
    companion object {
        fun notConfirmed() = Refusal("not_confirmed")
        fun confirmingLocked() = Refusal("confirming_locked")
        fun gone() = Refusal("gone")
        fun unknown() = Refusal("unknown")
        fun noHardware() = Refusal("no_hardware")
        fun failed() = Refusal("failed")

        /** The reason behind an exception, or behind what caused it: where the key store looks for a key, it wraps it. */
        fun of(failure: Throwable): Refusal {
            val causes = generateSequence(failure) { it.cause }.take(MAX_CAUSES).toList()
            return when {
                causes.any { it is KeyPermanentlyInvalidatedException } -> gone()
                causes.any { it is StrongBoxUnavailableException } -> noHardware()
                else -> failed()
            }
        }

        /** An exception may be its own cause. */
        private const val MAX_CAUSES = 8
    }
}
