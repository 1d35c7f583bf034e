// Why the phone does not do what it is asked: a code that the core knows (`src/phone.rs`).
import Foundation
import Security

enum Refusal: String, Error {
  case notConfirmed = "not_confirmed"
  case gone
  case unknown
  case noHardware = "no_hardware"
  case failed

  /// The reason behind a status of the keychain.
  static func of(_ status: OSStatus) -> Refusal {
    switch status {
    case errSecUserCanceled, errSecAuthFailed, errSecInteractionNotAllowed: return .notConfirmed
    case errSecItemNotFound: return .unknown
    default: return .failed
    }
  }
}
