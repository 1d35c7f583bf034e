// swift-tools-version:5.9
// The phone's half for iOS. Apple's own frameworks, Tauri's, and nothing else.
import PackageDescription

let package = Package(
  name: "wallet-device",
  platforms: [.iOS(.v16)],
  products: [.library(name: "wallet-device", type: .static, targets: ["wallet-device"])],
  dependencies: [.package(name: "Tauri", path: "../.tauri/tauri-api")],
  targets: [.target(name: "wallet-device", dependencies: [.byName(name: "Tauri")], path: "Sources")]
)
