// A wallet in a terminal, in Swift: a checkpoint's file and the addresses of nodes as arguments. Needs the bindings (`cargo xtask bindings`) as a
// module. On a phone `SoftwareKeys` is not there: the app brings `HardwareKeys` of its own.
import Foundation
import SymbolonWallet

let folder = "wallet"

func say(_ text: [String: String]) -> String { text["en"] ?? text.values.first ?? "" }

func ask(_ question: String) -> String {
    print(question, terminator: "")
    return readLine()?.trimmingCharacters(in: .whitespaces) ?? ""
}

func receive(_ opened: Wallet, _ text: String) async throws {
    let offer = try await opened.lookAtOffer(text: text)
    let view = offer.view()
    print("\(say(view.issuer.name)) offers: \(view.cards.map(say).joined(separator: ", "))")
    var code: String?
    if case .code = view.needs { code = ask("The code from the letter: ") }
    for card in try await opened.receive(offer: offer, code: code) { print("Here is your \(say(card.title)).") }
}

func answer(_ opened: Wallet, _ text: String) async throws {
    let request = try await opened.lookAtRequest(text: text)
    let consent = request.consent()
    print("\(say(consent.asks.name)) asks. Why: \(say(consent.purpose))")
    for card in consent.cards { for asked in card.shared { print("  \(say(card.title)), \(say(asked.claim.name)): \(asked.claim.value)") } }
    for transaction in consent.transactions { print("  You confirm: \(transaction)") }
    if ask("Share? [y/N] ") == "y" {
        print(try await opened.share(request: request).redirectUri ?? "Shared.")
    } else {
        try await opened.decline(request: request)
    }
}

let keys = try SoftwareKeys(path: "keys")
let pin = ask("PIN: ")
let checkpoint = try String(contentsOfFile: CommandLine.arguments[1], encoding: .utf8)
let register = Register(checkpoint: checkpoint, nodes: Array(CommandLine.arguments.dropFirst(2)))
let opened = walletExists(folder: folder)
    ? try await openWallet(folder: folder, pin: pin, register: register, keys: keys)
    : try await createWallet(folder: folder, pin: pin, register: register, keys: keys)
while case let text = ask("Scan or paste: "), !text.isEmpty {
    do {
        try await text.contains("credential-offer") ? receive(opened, text) : answer(opened, text)
    } catch let WalletError.TooMuch(much) {
        print("\(say(much.asks.name)) asks for more than it may. Nothing was shared.")
    } catch let WalletError.Failed(code) {
        print("That did not work: \(code)")
    }
}
