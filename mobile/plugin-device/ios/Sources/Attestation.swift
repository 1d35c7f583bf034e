// What Apple says of this app on this phone: App Attest, for a challenge. It asks Apple's server.
import CryptoKit
import DeviceCheck
import Foundation

enum Attestation {
  /// The attestation object in CBOR. Waits; not on the thread that draws.
  static func object(_ challenge: Data) throws -> Data {
    let service = DCAppAttestService.shared
    guard service.isSupported else { throw Refusal.noHardware }
    let key: String = try wait { service.generateKey(completionHandler: $0) }
    let hash = Data(SHA256.hash(data: challenge))
    return try wait { service.attestKey(key, clientDataHash: hash, completionHandler: $0) }
  }

  private static func wait<Answer>(_ ask: (@escaping (Answer?, Error?) -> Void) -> Void) throws -> Answer {
    let done = DispatchSemaphore(value: 0)
    var answer: Answer?
    ask { given, _ in
      answer = given
      done.signal()
    }
    done.wait()
    guard let answer else { throw Refusal.failed }
    return answer
  }
}
