//! Lays the parts in Kotlin and Swift where the phones' own builds find them. No command is named, so no permission is
//! made: a page cannot ask for anything here.

fn main() {
    tauri_plugin::Builder::new(&[]).android_path("android").ios_path("ios").build();
}
