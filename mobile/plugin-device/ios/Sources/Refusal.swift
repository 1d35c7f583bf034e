// Why the phone does not do what it is asked: a code that the core knows (`src/phone.rs`).
import Foundation
import LocalAuthentication
import Security

enum Refusal: String, Error {
  case notConfirmed = "not_confirmed"
  case confirmingLocked = "confirming_locked"
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

  /// The reason behind an error of the prompt.
  static func of(_ error: Error?) -> Refusal {
    switch (error as? LAError)?.code {
    case .userCancel, .appCancel, .systemCancel, .authenticationFailed: return .notConfirmed
    case .biometryLockout: return .confirmingLocked
    case .passcodeNotSet: return .gone
    default: return .failed
    }
  }
}
