// A wallet in a terminal, in Kotlin: a checkpoint's file and the addresses of nodes as arguments. Needs the bindings (`cargo xtask bindings`), JNA and
// kotlinx-coroutines. On a phone `SoftwareKeys` is not there: the app brings `HardwareKeys` of its own.
import java.io.File
import kotlinx.coroutines.runBlocking
import org.symbolon.wallet.*

private const val FOLDER = "wallet"

fun say(text: Map<String, String>) = text["en"] ?: text.values.firstOrNull() ?: ""

suspend fun receive(opened: Wallet, text: String) {
    val offer = opened.lookAtOffer(text)
    val view = offer.view()
    println("${say(view.issuer.name)} offers: ${view.cards.joinToString { say(it) }}")
    val code = if (view.needs is Needs.Code) ask("The code from the letter: ") else null
    opened.receive(offer, code).forEach { println("Here is your ${say(it.title)}.") }
}

suspend fun answer(opened: Wallet, text: String) {
    val request = opened.lookAtRequest(text)
    val consent = request.consent()
    println("${say(consent.asks.name)} asks. Why: ${say(consent.purpose)}")
    for (card in consent.cards) for (asked in card.shared) println("  ${say(card.title)}, ${say(asked.claim.name)}: ${asked.claim.value}")
    for (transaction in consent.transactions) println("  You confirm: $transaction")
    if (ask("Share? [y/N] ") == "y") println(opened.share(request).redirectUri ?: "Shared.") else opened.decline(request)
}

fun ask(question: String): String {
    print(question)
    return readlnOrNull()?.trim() ?: ""
}

fun main(arguments: Array<String>) = runBlocking {
    val keys = SoftwareKeys("keys")
    val pin = ask("PIN: ")
    val register = Register(File(arguments[0]).readText(), arguments.drop(1))
    val opened = if (walletExists(FOLDER)) openWallet(FOLDER, pin, register, keys) else createWallet(FOLDER, pin, register, keys)
    generateSequence { ask("Scan or paste: ").ifEmpty { null } }.forEach { text ->
        try {
            runBlocking { if ("credential-offer" in text) receive(opened, text) else answer(opened, text) }
        } catch (error: WalletException.TooMuch) {
            println("${say(error.much.asks.name)} asks for more than it may. Nothing was shared.")
        } catch (error: WalletException.Failed) {
            println("That did not work: ${error.code}")
        }
    }
}
