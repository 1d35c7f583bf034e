// The screen: covered as soon as the app is not the one in use, and bright while a code is shown.
//
// iOS lets no app forbid screenshots. What is in the list of recent apps is the cover.
import UIKit
import WebKit

final class Screen {
  private let cover = UIView()
  private var before: CGFloat?

  /// A cover over the window while the app is in the background, in the list of recent apps, or behind a prompt.
  func coverInBackground(_ page: WKWebView) {
    cover.backgroundColor = .systemBackground
    cover.autoresizingMask = [.flexibleWidth, .flexibleHeight]
    let events = NotificationCenter.default
    events.addObserver(forName: UIApplication.willResignActiveNotification, object: nil, queue: .main) { [cover, weak page] _ in
      guard let window = page?.window else { return }
      cover.frame = window.bounds
      window.addSubview(cover)
    }
    events.addObserver(forName: UIApplication.didBecomeActiveNotification, object: nil, queue: .main) { [cover] _ in
      cover.removeFromSuperview()
    }
  }

  func bright(_ on: Bool) {
    DispatchQueue.main.async { [self] in
      UIApplication.shared.isIdleTimerDisabled = on
      if on {
        before = before ?? UIScreen.main.brightness
        UIScreen.main.brightness = 1
      } else if let before {
        UIScreen.main.brightness = before
        self.before = nil
      }
    }
  }
}
