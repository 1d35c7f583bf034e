// What the projects for phones may not lose: `tauri android init` and its like write over them, and nobody would see.
import { expect, test } from 'vitest'
import config from '../../src-tauri/tauri.conf.json'

const raw = import.meta.glob<string>(
  ['../../src-tauri/gen/android/app/**/*.{xml,kt,kts}', '../../plugin-device/android/**/*.{xml,kt,kts}', '../../plugin-device/ios/**/*.swift', '../../ios/*.{plist,entitlements}', '../../src-tauri/capabilities/*.json', '../../plugin-device/build.rs'],
  { query: '?raw', import: 'default', eager: true },
)

/** A file by the end of its path; without comments. */
function file(end: string): string {
  const found = Object.entries(raw).filter(([path]) => path.endsWith(end))
  expect(found.map(([path]) => path)).toHaveLength(1)
  return found[0]![1].replace(/<!--[\s\S]*?-->/g, '').replace(/^\s*\/\/.*$/gm, '')
}
const manifest = file('gen/android/app/src/main/AndroidManifest.xml')
const each = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found!)
const SCHEMES = ['openid-credential-offer', 'openid4vp', 'haip-vci', 'haip-vp', 'org.symbolon.wallet']

test('Android backs nothing up and moves nothing to another phone', () => {
  expect(manifest).toMatch(/android:allowBackup="false"/)
  for (const [attribute, rules] of [['dataExtractionRules', 'data_extraction_rules'], ['fullBackupContent', 'backup_rules']] as const) {
    expect(manifest).toContain(`android:${attribute}="@xml/${rules}"`)
    expect(file(`/xml/${rules}.xml`)).not.toContain('<include')
  }
  for (const part of ['cloud-backup', 'device-transfer']) {
    const inner = file('/xml/data_extraction_rules.xml').match(new RegExp(`<${part}[ >][\\s\\S]*</${part}>`))![0]
    expect(each(inner, /domain="(\w+)" path="\."/g)).toEqual(['root', 'file', 'database', 'sharedpref', 'external'])
  }
})

test('Android lets nobody take a picture of the screen', () => {
  for (const source of ['/wallet/MainActivity.kt', '/device/Screen.kt']) {
    expect(file(source)).toMatch(/window\.setFlags\(LayoutParams\.FLAG_SECURE, LayoutParams\.FLAG_SECURE\)/)
  }
  expect(file('/device/DevicePlugin.kt')).toMatch(/init \{\s*screen\.guard\(\)\s*\}/)
})

test('Android is asked for the network, the camera and the owner’s confirmation, and for nothing else', () => {
  const asked = each(manifest + file('plugin-device/android/src/main/AndroidManifest.xml'), /<uses-permission[^>]*android\.permission\.(\w+)/g)
  expect(asked).toEqual(['INTERNET', 'CAMERA', 'USE_BIOMETRIC'])
  expect(manifest.match(/<uses-permission/g)).toHaveLength(2)
})

test('one window is open to other apps, by its own links alone', () => {
  expect(each(manifest, /<(activity|activity-alias|service|receiver|provider)\b/g)).toEqual(['activity'])
  expect(each(manifest, /android:exported="(\w+)"/g)).toEqual(['true'])
  expect(each(manifest, /<category android:name="android\.intent\.category\.(\w+)"/g).sort()).toEqual(['BROWSABLE', 'DEFAULT', 'LAUNCHER'])
  expect(each(manifest, /android:scheme="([^"]*)"/g)).toEqual(SCHEMES)
  expect(manifest).not.toMatch(/leanback|FileProvider|android:host/i)
  expect(manifest).toMatch(/android:taskAffinity=""/)
})

test('links are the same on each system', () => {
  const links = config.plugins['deep-link']
  expect(links.mobile).toEqual([{ scheme: SCHEMES, appLink: false }])
  expect(links.desktop.schemes).toEqual(SCHEMES)
})

test('a release speaks in the clear to nobody and starts on no system that cannot keep its keys', () => {
  const build = file('gen/android/app/build.gradle.kts')
  expect(build).toMatch(/defaultConfig \{\s*manifestPlaceholders\["usesCleartextTraffic"\] = "false"/)
  expect(build.match(/"usesCleartextTraffic"\] = "true"/g)).toHaveLength(1)
  expect(build.slice(build.indexOf('getByName("release")'))).not.toMatch(/Cleartext|isDebuggable/)
  for (const made of [build, file('plugin-device/android/build.gradle.kts')]) expect(made).toMatch(/minSdk = 28\b/)
})

test('the device plugin uses the system’s own classes alone, and the one that Tauri hands a dialog’s answer over in', () => {
  const kotlin = Object.entries(raw).filter(([path]) => path.includes('plugin-device/android') && path.endsWith('.kt'))
  expect(kotlin.length).toBeGreaterThan(7)
  for (const [path, text] of kotlin) {
    const others = each(text, /^import ([\w.]+)/gm).filter((name) => !/^(android|java|javax|app\.tauri)\./.test(name))
    expect(others, path).toEqual(path.endsWith('/DevicePlugin.kt') ? ['androidx.activity.result.ActivityResult'] : [])
  }
  const dependencies = file('plugin-device/android/build.gradle.kts').match(/dependencies \{[\s\S]*\}/)![0]
  expect(each(dependencies, /implementation\((.*)\)/g)).toEqual(['project(":tauri-android")', '"androidx.appcompat:appcompat:1.6.0"'])
})

test('every use of the device key is confirmed by its owner, and by that use alone', () => {
  expect(file('/device/DeviceKey.kt')).toMatch(/setUserAuthenticationRequired\(true\)/)
  expect(file('/device/DeviceKey.kt')).toMatch(/setUserAuthenticationParameters\(0, /)
  expect(file('/device/Confirm.kt')).toMatch(/authenticate\(BiometricPrompt\.CryptoObject\(mac\)/)
  expect(file('/DeviceKey.swift')).toMatch(/WhenPasscodeSetThisDeviceOnly, \.userPresence/)
})

test('what iOS keeps, it keeps on this device', () => {
  const swift = Object.entries(raw).filter(([path]) => path.endsWith('.swift')).map(([, text]) => text).join('\n')
  const kept = each(swift, /\b(kSecAttrAccessible[A-Z]\w*)/g)
  expect(kept.length).toBeGreaterThan(3)
  expect(kept.filter((name) => !name.endsWith('ThisDeviceOnly'))).toEqual([])
  expect(file('ios/wallet.entitlements')).toMatch(/default-data-protection<\/key>\s*<string>NSFileProtectionComplete</)
  expect(file('ios/Info.plist')).toMatch(/UIFileSharingEnabled<\/key>\s*<false\/>/)
})

test('a page can ask the device plugin for nothing', () => {
  const permissions = Object.entries(raw).filter(([path]) => path.includes('capabilities/')).flatMap(([, text]) => JSON.parse(text).permissions)
  expect(permissions).toEqual(['allow-call'])
  expect(file('plugin-device/build.rs')).toContain('Builder::new(&[])')
})
