//! The entry points under libFuzzer; `FUZZ_TARGET` names the one that runs.

#![no_main]

use std::sync::LazyLock;

use fuzz::{Target, target};

static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    target(&name).expect("FUZZ_TARGET names a reader")
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = (TARGET.run)(data);
});
