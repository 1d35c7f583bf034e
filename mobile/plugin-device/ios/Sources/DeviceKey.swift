// The device key: a secret in the keychain of this device. Whatever is locked with it opens on this phone only, and where the
// phone has a passcode, for its owner only: the system gives it out when they confirmed, for one use. It passes
// through the app's memory while it is used.
import CryptoKit
import Foundation
import LocalAuthentication
import Security

enum DeviceKey {
  private static let account = "device"
  private static let turn = NSLock()
  private static let length = 32

  /// Makes the key of a wallet that is being made, in the place of any other.
  static func make() throws {
    turn.lock()
    defer { turn.unlock() }
    guard SecureEnclave.isAvailable else { throw Refusal.noHardware }
    var bytes = Data(count: length)
    let status = bytes.withUnsafeMutableBytes { SecRandomCopyBytes(kSecRandomDefault, length, $0.baseAddress!) }
    try Keychain.check(status)
    try Keychain.remove(account)
    try Keychain.add(account, bytes, try protection())
  }

  /// The HMAC-SHA-256 of `input`: 32 bytes.
  static func mix(_ input: Data) throws -> Data {
    turn.lock()
    defer { turn.unlock() }
    guard SecureEnclave.isAvailable else { throw Refusal.noHardware }
    return Data(HMAC<SHA256>.authenticationCode(for: input, using: try stored()))
  }

  static func destroy() throws {
    turn.lock()
    defer { turn.unlock() }
    try Keychain.remove(account)
  }

  /// A key that is not there was there once, since the system throws it away with the passcode: no other takes its place.
  private static func stored() throws -> SymmetricKey {
    let context = LAContext()
    context.localizedReason = NSLocalizedString("device_confirm_why", comment: "why the owner confirms")
    // No confirmation serves twice.
    context.touchIDAuthenticationAllowableReuseDuration = 0
    guard let data = try Keychain.read(account, [kSecUseAuthenticationContext: context]), data.count == length
    else { throw Refusal.gone }
    return SymmetricKey(data: data)
  }

  /// Behind face, finger or passcode; where the phone has no passcode, while it is unlocked.
  private static func protection() throws -> [CFString: Any] {
    guard hasPasscode() else {
      return [kSecAttrAccessible: kSecAttrAccessibleWhenUnlockedThisDeviceOnly]
    }
    let control = SecAccessControlCreateWithFlags(
      nil, kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly, .userPresence, nil)
    guard let control else { throw Refusal.failed }
    return [kSecAttrAccessControl: control]
  }

  /// Whether each use is confirmed; of a key that is not there yet, whether it would be. Nobody is asked for it: the system then
  /// says that it would have to ask, or gives out what needs no question.
  static func isConfirmed() throws -> Bool {
    turn.lock()
    defer { turn.unlock() }
    let context = LAContext()
    context.interactionNotAllowed = true
    let query = Keychain.query(account).merging([kSecReturnData: true, kSecUseAuthenticationContext: context]) { $1 }
    switch SecItemCopyMatching(query as CFDictionary, nil) {
    case errSecInteractionNotAllowed: return true
    case errSecItemNotFound: return hasPasscode()
    case let status:
      try Keychain.check(status)
      return false
    }
  }

  static func hasPasscode() -> Bool {
    LAContext().canEvaluatePolicy(.deviceOwnerAuthentication, error: nil)
  }
}
