// Keys that sign: for cards and for tokens. Each is made in the Secure Enclave, stays there, and has a name that says its
// purpose.
import CryptoKit
import Foundation
import Security

enum Purpose: String, Decodable, CaseIterable {
  case card
  case token
}

enum SigningKeys {
  private static let handleLength = 16

  /// A handle, and the key's point of P-256, uncompressed.
  static func make(_ purpose: Purpose, hardware: Bool) throws -> (String, Data) {
    if hardware && !SecureEnclave.isAvailable { throw Refusal.noHardware }
    var bytes = Data(count: handleLength)
    let status = bytes.withUnsafeMutableBytes { SecRandomCopyBytes(kSecRandomDefault, handleLength, $0.baseAddress!) }
    try Keychain.check(status)
    let handle = Bytes.text(bytes)
    guard let key = SecKeyCreateRandomKey(try attributes(name(purpose, handle)) as CFDictionary, nil)
    else { throw Refusal.failed }
    return (handle, try point(key))
  }

  static func point(_ purpose: Purpose, _ handle: String) throws -> Data {
    try point(try find(purpose, handle))
  }

  static func sign(_ purpose: Purpose, _ handle: String, _ message: Data) throws -> Data {
    let key = try find(purpose, handle)
    guard let signature = SecKeyCreateSignature(key, .ecdsaSignatureMessageX962SHA256, message as CFData, nil)
    else { throw Refusal.failed }
    return signature as Data
  }

  /// Nothing happens where there is none any more.
  static func destroy(_ purpose: Purpose, _ handle: String) throws {
    try destroy([kSecAttrApplicationTag: name(purpose, handle)])
  }

  /// Every key of ours: the keychain of the app holds no other.
  static func destroyAll() throws {
    try destroy([kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom])
  }

  private static func destroy(_ which: [CFString: Any]) throws {
    let status = SecItemDelete(which.merging([kSecClass: kSecClassKey]) { $1 } as CFDictionary)
    guard status == errSecItemNotFound else { return try Keychain.check(status) }
  }

  private static func name(_ purpose: Purpose, _ handle: String) -> Data {
    Data("org.symbolon.wallet.\(purpose.rawValue).\(handle)".utf8)
  }

  private static func attributes(_ name: Data) throws -> [CFString: Any] {
    let control = SecAccessControlCreateWithFlags(
      nil, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, .privateKeyUsage, nil)
    guard let control else { throw Refusal.failed }
    let kept: [CFString: Any] = [kSecAttrIsPermanent: true, kSecAttrApplicationTag: name, kSecAttrAccessControl: control]
    var attributes: [CFString: Any] = [
      kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom, kSecAttrKeySizeInBits: 256, kSecPrivateKeyAttrs: kept,
    ]
    // A simulator has none; `make` refuses that where hardware is wanted.
    if SecureEnclave.isAvailable { attributes[kSecAttrTokenID] = kSecAttrTokenIDSecureEnclave }
    return attributes
  }

  private static func find(_ purpose: Purpose, _ handle: String) throws -> SecKey {
    let query: [CFString: Any] = [
      kSecClass: kSecClassKey, kSecAttrApplicationTag: name(purpose, handle), kSecReturnRef: true,
    ]
    var found: CFTypeRef?
    try Keychain.check(SecItemCopyMatching(query as CFDictionary, &found))
    // The class that was asked for has no other kind of reference.
    guard let found, CFGetTypeID(found) == SecKeyGetTypeID() else { throw Refusal.unknown }
    return found as! SecKey
  }

  private static func point(_ key: SecKey) throws -> Data {
    guard let half = SecKeyCopyPublicKey(key), let bytes = SecKeyCopyExternalRepresentation(half, nil)
    else { throw Refusal.failed }
    return bytes as Data
  }
}
