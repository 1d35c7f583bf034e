// Numbers that only grow, in the keychain of this device alone: outside of the app's files, so that who puts old files back
// puts no number back. iOS gives apps no counter in hardware; who rules the system can write its keychain.
import Foundation

enum Counter: String, Decodable {
  case guesses
  case right
  case state
}

enum Counters {
  private static let turn = NSLock()

  /// Zero where nothing was counted.
  static func read(_ counter: Counter) throws -> UInt64 {
    guard let data = try Keychain.read("count.\(counter.rawValue)") else { return 0 }
    guard let number = UInt64(String(decoding: data, as: UTF8.self)) else { throw Refusal.failed }
    return number
  }

  /// Moves a counter forward; a lower number changes nothing.
  static func advance(_ counter: Counter, to number: UInt64) throws {
    turn.lock()
    defer { turn.unlock() }
    guard try number > read(counter) else { return }
    try Keychain.write("count.\(counter.rawValue)", Data(String(number).utf8))
  }
}
