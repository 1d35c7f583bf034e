#!/bin/sh
# Puts the wallet's own files into the Xcode project that `tauri ios init` made. To be run on a Mac with xcodegen, again
# after each `init`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project="$here/../src-tauri/gen/apple"
app="$project/wallet-mobile_iOS"
test -d "$app" || { echo "no project: run \`npx @tauri-apps/cli@2.12.5 ios init\` first" >&2; exit 1; }
cp "$here/wallet.entitlements" "$app/wallet-mobile_iOS.entitlements"
cp -R "$here/PrivacyInfo.xcprivacy" "$here/en.lproj" "$here/zh-Hans.lproj" "$app/"
cd "$project" && xcodegen generate
