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
    /** Makes the key of a wallet that is being made, in the place of any other. */
    @Synchronized
    fun make(hardware: Boolean) {
        destroy()
        inHardware(generate(), hardware)
    }

    /** The HMAC-SHA-256 of `input`: 32 bytes. A key that is not there was there once: no other takes its place. */
    @Synchronized
    fun mix(input: ByteArray, hardware: Boolean): ByteArray {
        val key = stored() ?: throw Refusal.gone()
        val info = inHardware(key, hardware)
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
    fun isConfirmed(): Boolean = stored()?.let { inHardware(it, false).isUserAuthenticationRequired } ?: hasLock()

    fun hasLock(): Boolean = activity.getSystemService(KeyguardManager::class.java).isDeviceSecure

    private fun stored(): SecretKey? = Hardware.store().getKey(NAME, null) as? SecretKey

    private fun generate(): SecretKey {
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

    /** What the system says of the key, where it is kept as it has to be. */
    private fun inHardware(key: SecretKey, hardware: Boolean): KeyInfo {
        val info = SecretKeyFactory.getInstance(key.algorithm, Hardware.PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo
        if (hardware && !Hardware.holds(info)) throw Refusal.noHardware()
        return info
    }

    private companion object {
        val NAME = Hardware.name("device", "1")
        const val ALGORITHM = "HmacSHA256"
    }
}
