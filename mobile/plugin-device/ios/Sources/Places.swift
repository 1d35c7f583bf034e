// A file that the phone's owner keeps: the system's own dialog asks where, and copies it there.
import UIKit

final class Places: NSObject, UIDocumentPickerDelegate, UIAdaptivePresentationControllerDelegate {
  private var told: ((Bool?) -> Void)?
  private var folder: URL?

  /// Tells whether the file was kept; nothing where it could not be asked. One is asked at a time.
  func ask(name: String, content: Data, over screen: UIViewController?, told: @escaping (Bool?) -> Void) {
    DispatchQueue.main.async { [self] in
      guard self.told == nil, let screen, screen.presentedViewController == nil, let file = lay(name, content) else {
        return told(nil)
      }
      self.told = told
      let picker = UIDocumentPickerViewController(forExporting: [file], asCopy: true)
      picker.delegate = self
      picker.presentationController?.delegate = self
      screen.present(picker, animated: true)
    }
  }

  func documentPicker(_ controller: UIDocumentPickerViewController, didPickDocumentsAt urls: [URL]) {
    end(!urls.isEmpty)
  }

  func documentPickerWasCancelled(_ controller: UIDocumentPickerViewController) {
    end(false)
  }

  /// Swiped away, which some versions of iOS tell the picker's own delegate nothing of.
  func presentationControllerDidDismiss(_ presentationController: UIPresentationController) {
    end(false)
  }

  /// The dialog copies from a file; that lies in a folder of its own, and only for so long.
  private func lay(_ name: String, _ content: Data) -> URL? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let file = folder.appendingPathComponent(name)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try content.write(to: file, options: .completeFileProtection)
    } catch {
      return nil
    }
    self.folder = folder
    return file
  }

  private func end(_ saved: Bool) {
    if let folder { try? FileManager.default.removeItem(at: folder) }
    folder = nil
    told?(saved)
    told = nil
  }
}
