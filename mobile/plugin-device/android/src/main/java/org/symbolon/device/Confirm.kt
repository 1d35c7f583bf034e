// The owner confirms one use of one key: the prompt holds the operation that it unlocks, and unlocks no other.
package org.symbolon.device

import android.app.Activity
import android.hardware.biometrics.BiometricManager
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.CancellationSignal
import java.util.concurrent.ArrayBlockingQueue
import java.util.concurrent.TimeUnit
import javax.crypto.Mac

internal class Confirm(private val activity: Activity) {
    /** `mac`, confirmed. Waits for the owner; not on the thread that draws. */
    fun use(mac: Mac): Mac {
        val answer = ArrayBlockingQueue<Result<Mac>>(1)
        val cancel = CancellationSignal()
        activity.mainExecutor.execute {
            try {
                ask(mac, cancel, answer)
            } catch (failure: Exception) {
                answer.offer(Result.failure(failure))
            }
        }
        val given = answer.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)
        if (given == null) cancel.cancel()
        return (given ?: throw Refusal.notConfirmed()).getOrThrow()
    }

    private fun ask(mac: Mac, cancel: CancellationSignal, answer: ArrayBlockingQueue<Result<Mac>>) {
        val refuse = { refusal: Refusal -> answer.offer(Result.failure<Mac>(refusal)) }
        val listener = object : BiometricPrompt.AuthenticationCallback() {
            override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
                val confirmed = result.cryptoObject?.mac
                answer.offer(if (confirmed == null) Result.failure(Refusal.failed()) else Result.success(confirmed))
            }

            override fun onAuthenticationError(error: Int, text: CharSequence?) {
                refuse(reason(error))
            }
        }
        prompt { refuse(Refusal.notConfirmed()) }
            .authenticate(BiometricPrompt.CryptoObject(mac), cancel, activity.mainExecutor, listener)
    }

    private fun prompt(cancelled: () -> Unit): BiometricPrompt {
        val builder = BiometricPrompt.Builder(activity)
            .setTitle(activity.getString(R.string.device_confirm))
            .setDescription(activity.getString(R.string.device_confirm_why))
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            val ways = BiometricManager.Authenticators.BIOMETRIC_STRONG or BiometricManager.Authenticators.DEVICE_CREDENTIAL
            builder.setAllowedAuthenticators(ways)
        } else {
            builder.setNegativeButton(activity.getString(R.string.device_cancel), activity.mainExecutor) { _, _ -> cancelled() }
        }
        return builder.build()
    }

    private fun reason(error: Int): Refusal = when (error) {
        BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT, BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT_PERMANENT -> Refusal.confirmingLocked()
        BiometricPrompt.BIOMETRIC_ERROR_CANCELED, BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED, BiometricPrompt.BIOMETRIC_ERROR_TIMEOUT ->
            Refusal.notConfirmed()
        else -> Refusal.failed()
    }

    private companion object {
        /** The system's own prompt gives up long before that. */
        const val PATIENCE_SECONDS = 180L
    }
}
