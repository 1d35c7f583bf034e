// What an app in Kotlin can rely on, in short: run on the JVM by `cargo xtask test --devices`, with a checkpoint's file as argument.
package org.symbolon.smoke

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import org.symbolon.wallet.*

private const val PIN = "246810"

/** An app's key store: passes calls on to one in software, and answers differently where the program wants it. */
class AppKeys(inner: SoftwareKeys) : HardwareKeys by inner {
    private val software = inner
    var instead: (() -> ByteArray)? = null
    val mixed = mutableSetOf<Thread>()

    override fun mix(input: ByteArray): ByteArray {
        mixed.add(Thread.currentThread())
        return instead?.invoke() ?: software.mix(input)
    }
}

suspend inline fun <reified E : WalletException> refused(what: String, crossinline work: suspend () -> Unit): E {
    try {
        work()
    } catch (error: WalletException) {
        return error as? E ?: error("$what: $error")
    }
    error("$what was not refused")
}

fun main(arguments: Array<String>) = runBlocking {
    val place = createTempDirectory("wallet-").toFile()
    val (folder, keys) = "$place/wallet" to AppKeys(SoftwareKeys("$place/keys"))
    val register = Register(File(arguments[0]).readText(), listOf("https://node.example"))

    val made = createWallet(folder, PIN, register, keys)
    check(made.cards().isEmpty() && walletExists(folder)) { "a new wallet is there and empty" }
    check(keys.mixed.isNotEmpty() && Thread.currentThread() !in keys.mixed) { "keys are used on threads of the library" }
    check((1..100).map { async { made.history() } }.awaitAll().all { it.isEmpty() }) { "a hundred calls at once" }
    made.lock()
    refused<WalletException.Locked>("a locked wallet") { made.cards() }

    val wrong = refused<WalletException.Failed>("a wrong PIN") { openWallet(folder, "135791", register, keys) }
    check(wrong.code == "wrong_pin") { wrong.code }
    keys.instead = { throw HardwareException.NotConfirmed() }
    refused<WalletException.NotConfirmed>("an owner who does not confirm") { openWallet(folder, PIN, register, keys) }
    keys.instead = null
    openWallet(folder, PIN, register, keys).use { check(it.cards().isEmpty()) { "it opens with its PIN" } }

    keys.instead = { throw HardwareException.Gone() }
    val gone = refused<WalletException.Failed>("a device key that vanished") { openWallet(folder, PIN, register, keys) }
    check(gone.code == "device_key_gone") { gone.code }
    keys.instead = { throw IllegalStateException("a fault of the app") }
    val fault = refused<WalletException.Failed>("a fault of the app") { openWallet(folder, PIN, register, keys) }
    check(fault.code == "key_store") { fault.code }
    keys.instead = { ByteArray(31) }
    val nothing = refused<WalletException.Failed>("an answer that is none") { openWallet(folder, PIN, register, keys) }
    check(nothing.code == "key_store") { nothing.code }

    keys.instead = null
    eraseWallet(folder, keys)
    check(!walletExists(folder)) { "it is erased" }
    place.deleteRecursively()
    println("a wallet in Kotlin was made, refused what it should, opened and was erased")
}
