// Numbers that only grow, kept as names of keys in the system's key store: outside of the app's files, so that who puts
// old files back puts no number back. Android gives apps no counter in hardware; who rules the system can put its
// key store back too.
package org.symbolon.device

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import javax.crypto.KeyGenerator

internal enum class Counter(val kind: String) {
    GUESSES("guesses"),
    RIGHT("right"),
    STATE("state");

    companion object {
        fun named(text: String): Counter = values().find { it.kind == text } ?: throw Refusal.failed()
    }
}

internal object Counters {
    /** Zero where nothing was counted. */
    @Synchronized
    fun read(counter: Counter): Long = numbers(counter).maxOrNull() ?: 0

    /** Moves a counter forward; a lower number changes nothing. The new name is there before an old one goes. */
    @Synchronized
    fun advance(counter: Counter, to: Long) {
        val old = numbers(counter)
        if (to <= (old.maxOrNull() ?: 0)) return
        write(Hardware.name(counter.kind, to.toString()))
        if (read(counter) < to) throw Refusal.failed()
        val store = Hardware.store()
        old.forEach { store.deleteEntry(Hardware.name(counter.kind, it.toString())) }
    }

    private fun numbers(counter: Counter): List<Long> = Hardware.named(counter.kind).map { it.toLongOrNull() ?: throw Refusal.failed() }

    /** The key itself is for nothing. */
    private fun write(name: String) {
        KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_HMAC_SHA256, Hardware.PROVIDER).run {
            init(KeyGenParameterSpec.Builder(name, KeyProperties.PURPOSE_SIGN).build())
            generateKey()
        }
    }
}
