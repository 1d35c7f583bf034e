// The device key: a secret in the keychain of this device. Whatever is locked with it opens on this phone only, and where the
// phone has a passcode, for its owner only: the system gives it out when they confirmed, for one use. It passes
// through the app's memory while it is used.
import CryptoKit
import Foundation
import LocalAuthentication
import Security

enum DeviceKey {
  private static let account = "device"
  /// Says that there was a device key, and whether it is confirmed: the system throws the key away with the passcode, and
  /// does not say so; and what guards a key cannot be read without its owner.
  private static let made = "device.made"
  private static let confirmed = Data([1])
  private static let unconfirmed = Data([0])
  private static let turn = NSLock()
  private static let length = 32

  /// The HMAC-SHA-256 of `input`: 32 bytes. The key is made at its first use.
  static func mix(_ input: Data) throws -> Data {
    turn.lock()
    defer { turn.unlock() }
    guard SecureEnclave.isAvailable else { throw Refusal.noHardware }
    let key = try stored() ?? make()
    return Data(HMAC<SHA256>.authenticationCode(for: input, using: key))
  }

  static func destroy() throws {
    turn.lock()
    defer { turn.unlock() }
    try Keychain.remove(account)
    try Keychain.remove(made)
  }

  /// Whether each use is confirmed; of a key that is not there yet, whether it would be.
  static func isConfirmed() throws -> Bool {
    turn.lock()
    defer { turn.unlock() }
    guard let how = try Keychain.read(made) else { return hasPasscode() }
    return how == confirmed
  }

  static func hasPasscode() -> Bool {
    LAContext().canEvaluatePolicy(.deviceOwnerAuthentication, error: nil)
  }

  private static func stored() throws -> SymmetricKey? {
    guard try Keychain.read(made) != nil else { return nil }
    let context = LAContext()
    context.localizedReason = NSLocalizedString("device_confirm_why", comment: "why the owner confirms")
    // No confirmation serves twice.
    context.touchIDAuthenticationAllowableReuseDuration = 0
    guard let data = try Keychain.read(account, [kSecUseAuthenticationContext: context]), data.count == length
    else { throw Refusal.gone }
    return SymmetricKey(data: data)
  }

  private static func make() throws -> SymmetricKey {
    var bytes = Data(count: length)
    let status = bytes.withUnsafeMutableBytes { SecRandomCopyBytes(kSecRandomDefault, length, $0.baseAddress!) }
    try Keychain.check(status)
    try Keychain.remove(account)
    let isConfirmed = hasPasscode()
    try Keychain.add(account, bytes, try protection(isConfirmed))
    try Keychain.write(made, isConfirmed ? confirmed : unconfirmed)
    return SymmetricKey(data: bytes)
  }

  /// Behind face, finger or passcode; where the phone has no passcode, while it is unlocked.
  private static func protection(_ isConfirmed: Bool) throws -> [CFString: Any] {
    guard isConfirmed else {
      return [kSecAttrAccessible: kSecAttrAccessibleWhenUnlockedThisDeviceOnly]
    }
    let control = SecAccessControlCreateWithFlags(
      nil, kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly, .userPresence, nil)
    guard let control else { throw Refusal.failed }
    return [kSecAttrAccessControl: control]
  }
}
