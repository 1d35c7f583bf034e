// Entries of this app in the keychain of this device alone: in no backup that opens elsewhere, and on no other device.
import Foundation
import Security

enum Keychain {
  private static let service = "org.symbolon.wallet"

  static func query(_ account: String) -> [CFString: Any] {
    [kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: account]
  }

  static func read(_ account: String, _ more: [CFString: Any] = [:]) throws -> Data? {
    var query = query(account).merging(more) { $1 }
    query[kSecReturnData] = true
    var found: CFTypeRef?
    switch SecItemCopyMatching(query as CFDictionary, &found) {
    case errSecSuccess: return found as? Data
    case errSecItemNotFound: return nil
    case let status: throw Refusal.of(status)
    }
  }

  /// Adds an entry, or changes what is in it.
  static func write(_ account: String, _ data: Data) throws {
    let update = SecItemUpdate(query(account) as CFDictionary, [kSecValueData: data] as CFDictionary)
    guard update == errSecItemNotFound else { return try check(update) }
    try add(account, data, [kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly])
  }

  static func add(_ account: String, _ data: Data, _ protection: [CFString: Any]) throws {
    var entry = query(account).merging(protection) { $1 }
    entry[kSecValueData] = data
    try check(SecItemAdd(entry as CFDictionary, nil))
  }

  static func remove(_ account: String) throws {
    let status = SecItemDelete(query(account) as CFDictionary)
    guard status == errSecItemNotFound else { return try check(status) }
  }

  static func check(_ status: OSStatus) throws {
    guard status == errSecSuccess else { throw Refusal.of(status) }
  }
}
