// The app's files stay out of backups: what a backup would hold opens on this phone alone, and is nobody's business.
import Foundation

enum Files {
  /// Marks the folder that the wallet lives in. Where that fails, what a backup takes along is the encrypted store.
  static func keepOutOfBackups() {
    let folders = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask)
    guard var folder = folders.first else { return }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var values = URLResourceValues()
    values.isExcludedFromBackup = true
    try? folder.setResourceValues(values)
  }
}
