// What the core can ask of an iPhone. Each command reads its message, does one thing, and answers; whatever is thrown on
// the way becomes a reason, and nothing that an error says leaves this file.
import Foundation
import Tauri
import WebKit

struct MakeDeviceKey: Decodable { let hardware: Bool }
struct Mix: Decodable { let input: Bytes; let hardware: Bool }
struct Mixed: Encodable { let output: Bytes }
struct MakeKey: Decodable { let purpose: Purpose; let hardware: Bool }
struct NamedKey: Decodable { let purpose: Purpose; let handle: String }
struct Key: Encodable { let handle: String; let `public`: Bytes }
struct Sign: Decodable { let purpose: Purpose; let handle: String; let message: Bytes }
struct Signed: Encodable { let signature: Bytes }
struct Counts: Encodable { let guesses: UInt64; let right: UInt64; let state: UInt64 }
struct Advance: Decodable { let counter: Counter; let to: UInt64 }
struct Attest: Decodable { let challenge: Bytes }
struct Attested: Encodable { let app_attest: Bytes }
struct OfOwner: Encodable { let confirms: Bool; let lock: Bool }
struct Bright: Decodable { let on: Bool }
struct SaveFile: Decodable { let name: String; let bytes: Bytes }
struct Saved: Encodable { let saved: Bool }
struct Empty: Codable {}

class DevicePlugin: Plugin {
  /// Off the thread that draws: hardware takes its time, and its owner takes longer.
  private let work = DispatchQueue(label: "org.symbolon.device", attributes: .concurrent)
  private let screen = Screen()
  private let places = Places()

  @objc override func load(webview: WKWebView) {
    Files.keepOutOfBackups()
    screen.coverInBackground(webview)
  }

  @objc func makeDeviceKey(_ invoke: Invoke) {
    answer(invoke) { (_: MakeDeviceKey) in
      try DeviceKey.make()
      return Empty()
    }
  }

  @objc func mix(_ invoke: Invoke) {
    answer(invoke) { (asked: Mix) in
      Mixed(output: Bytes(try DeviceKey.mix(asked.input.data)))
    }
  }

  @objc func makeKey(_ invoke: Invoke) {
    answer(invoke) { (asked: MakeKey) in
      let (handle, point) = try SigningKeys.make(asked.purpose, hardware: asked.hardware)
      return Key(handle: handle, public: Bytes(point))
    }
  }

  @objc func publicKey(_ invoke: Invoke) {
    answer(invoke) { (asked: NamedKey) in
      Key(handle: asked.handle, public: Bytes(try SigningKeys.point(asked.purpose, asked.handle)))
    }
  }

  @objc func sign(_ invoke: Invoke) {
    answer(invoke) { (asked: Sign) in
      Signed(signature: Bytes(try SigningKeys.sign(asked.purpose, asked.handle, asked.message.data)))
    }
  }

  @objc func destroyKey(_ invoke: Invoke) {
    answer(invoke) { (asked: NamedKey) in
      try SigningKeys.destroy(asked.purpose, asked.handle)
      return Empty()
    }
  }

  @objc func counts(_ invoke: Invoke) {
    answer(invoke) { (_: Empty) in
      Counts(
        guesses: try Counters.read(.guesses), right: try Counters.read(.right),
        state: try Counters.read(.state))
    }
  }

  @objc func advance(_ invoke: Invoke) {
    answer(invoke) { (asked: Advance) in
      try Counters.advance(asked.counter, to: asked.to)
      return Empty()
    }
  }

  @objc func destroy(_ invoke: Invoke) {
    answer(invoke) { (_: Empty) in
      try DeviceKey.destroy()
      try SigningKeys.destroyAll()
      return Empty()
    }
  }

  @objc func attest(_ invoke: Invoke) {
    answer(invoke) { (asked: Attest) in
      Attested(app_attest: Bytes(try Attestation.object(asked.challenge.data)))
    }
  }

  @objc func owner(_ invoke: Invoke) {
    answer(invoke) { (_: Empty) in
      OfOwner(confirms: try DeviceKey.isConfirmed(), lock: DeviceKey.hasPasscode())
    }
  }

  @objc func bright(_ invoke: Invoke) {
    answer(invoke) { [screen] (asked: Bright) in
      screen.bright(asked.on)
      return Empty()
    }
  }

  /// The web view of iOS knows its own edges.
  @objc func insets(_ invoke: Invoke) {
    answer(invoke) { (_: Empty) in Empty() }
  }

  /// The system's dialog asks where; it answers when its owner has chosen, or broken it off.
  @objc func saveFile(_ invoke: Invoke) {
    do {
      let asked = try invoke.parseArgs(SaveFile.self)
      places.ask(name: asked.name, content: asked.bytes.data, over: manager.viewController) { saved in
        guard let saved else { return invoke.reject(Refusal.failed.rawValue, code: Refusal.failed.rawValue) }
        invoke.resolve(Saved(saved: saved))
      }
    } catch {
      invoke.reject(Refusal.failed.rawValue, code: Refusal.failed.rawValue)
    }
  }

  private func answer<Asked: Decodable, Answer: Encodable>(
    _ invoke: Invoke, _ command: @escaping (Asked) throws -> Answer
  ) {
    work.async {
      do {
        invoke.resolve(try command(try invoke.parseArgs(Asked.self)))
      } catch let refusal as Refusal {
        invoke.reject(refusal.rawValue, code: refusal.rawValue)
      } catch {
        invoke.reject(Refusal.failed.rawValue, code: Refusal.failed.rawValue)
      }
    }
  }
}

@_cdecl("init_plugin_wallet_device")
func initPlugin() -> Plugin {
  DevicePlugin()
}
