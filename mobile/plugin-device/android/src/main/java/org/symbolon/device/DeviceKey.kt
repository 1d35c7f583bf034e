// The device key: HMAC in hardware. Whatever is locked with it opens on this phone only, and where the phone has a screen
// lock, for its owner only: each use is one that they confirmed, and the hardware holds the system to that.
package org.symbolon.device

import android.app.Activity
import android.app.KeyguardManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import java.security.InvalidAlgorithmParameterException
import javax.crypto.KeyGenerator
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory

internal class DeviceKey(private val activity: Activity) {
    /** The HMAC-SHA-256 of `input`: 32 bytes. The key is made at its first use. */
    @Synchronized
    fun mix(input: ByteArray, hardware: Boolean): ByteArray {
        val key = stored() ?: make()
        val info = info(key)
        if (hardware && !Hardware.holds(info)) throw Refusal.noHardware()
        // Throws where the system threw the key away with the screen lock.
        val mac = Mac.getInstance(ALGORITHM).apply { init(key) }
        val confirmed = if (info.isUserAuthenticationRequired) Confirm(activity).use(mac) else mac
        return confirmed.doFinal(input)
    }

    @Synchronized
    fun destroy() {
        if (Hardware.store().containsAlias(NAME)) Hardware.store().deleteEntry(NAME)
    }

    /** Whether each use is confirmed; of a key that is not there yet, whether it would be. */
    @Synchronized
    fun isConfirmed(): Boolean = stored()?.let { info(it).isUserAuthenticationRequired } ?: hasLock()

    fun hasLock(): Boolean = activity.getSystemService(KeyguardManager::class.java).isDeviceSecure

    private fun stored(): SecretKey? {
        val store = Hardware.store()
        if (!store.containsAlias(NAME)) return null
        return store.getKey(NAME, null) as? SecretKey ?: throw Refusal.gone()
    }

    private fun make(): SecretKey {
        if (!hasLock()) return generate(false)
        return try {
            generate(true)
        } catch (failure: Exception) {
            // Android 9 and 10 bind a key to fingers and faces alone, and refuse where none was ever shown to the phone.
            val cannot = failure is InvalidAlgorithmParameterException || failure is IllegalStateException
            if (cannot && Build.VERSION.SDK_INT < Build.VERSION_CODES.R) generate(false) else throw failure
        }
    }

    private fun generate(confirmed: Boolean): SecretKey =
        Hardware.make({
            val spec = KeyGenParameterSpec.Builder(NAME, KeyProperties.PURPOSE_SIGN)
            if (confirmed) ofOwner(spec) else spec
        }) { spec ->
            KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_HMAC_SHA256, Hardware.PROVIDER).run {
                init(spec)
                generateKey()
            }
        }

    /** Every single use is confirmed. A new finger takes the screen lock to be added, so it takes nothing away. */
    private fun ofOwner(spec: KeyGenParameterSpec.Builder): KeyGenParameterSpec.Builder {
        spec.setUserAuthenticationRequired(true).setInvalidatedByBiometricEnrollment(false)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            spec.setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG or KeyProperties.AUTH_DEVICE_CREDENTIAL)
        }
        return spec
    }

    private fun info(key: SecretKey): KeyInfo =
        SecretKeyFactory.getInstance(key.algorithm, Hardware.PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo

    private companion object {
        val NAME = Hardware.name("device", "1")
        const val ALGORITHM = "HmacSHA256"
    }
}
