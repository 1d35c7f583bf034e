//! QR codes through the one call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::phone::Phone;

/// A picture of a code, six pixels a module, as grey values.
fn code(text: &str) -> (usize, Vec<u8>) {
    let code = qrcode::QrCode::new(text).unwrap();
    let (modules, colors) = (code.width(), code.to_colors());
    let side = (modules + 8) * 6;
    let dark = |at: usize| {
        let (x, y) = ((at % side / 6).checked_sub(4)?, (at / side / 6).checked_sub(4)?);
        (x < modules && y < modules).then(|| colors[y * modules + x] == qrcode::Color::Dark)
    };
    (side, (0..side * side).map(|at| if dark(at) == Some(true) { 0 } else { 255 }).collect())
}

fn png(side: usize, grey: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let side = u32::try_from(side).unwrap();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(grey).unwrap();
    bytes
}

#[tokio::test]
async fn pictures_and_frames_are_read_before_unlocking_too() {
    let phone = Phone::new("scan");
    let (side, grey) = code("openid4vp://?client_id=x");
    let texts = json!({ "texts": ["openid4vp://?client_id=x"] });
    let picture = json!({ "png_base64": STANDARD.encode(png(side, &grey)) });
    assert_eq!(phone.good("read_picture", picture).await, texts);
    let frame = json!({ "width": side, "height": side, "luma_base64": STANDARD.encode(&grey) });
    assert_eq!(phone.good("read_frame", frame).await, texts);
}

#[tokio::test]
async fn what_has_no_code_has_no_text() {
    let phone = Phone::new("scan-nothing");
    let blank = vec![255; 64 * 64];
    let frame = json!({ "width": 64, "height": 64, "luma_base64": STANDARD.encode(&blank) });
    assert_eq!(phone.good("read_frame", frame).await, json!({ "texts": [] }));
    let picture = json!({ "png_base64": STANDARD.encode(png(64, &blank)) });
    assert_eq!(phone.good("read_picture", picture).await, json!({ "texts": [] }));
}

#[tokio::test]
async fn frames_and_pictures_that_lie_are_refused() {
    let phone = Phone::new("scan-lies");
    let small = STANDARD.encode([0; 16]);
    for (width, height) in [(5_u64, 4_u64), (0, 0), (4_000_000_000, 4_000_000_000)] {
        let frame = json!({ "width": width, "height": height, "luma_base64": small });
        assert_eq!(phone.refused("read_frame", frame).await, "picture_unreadable");
    }
    let large = "A".repeat(4 * 1_000_000);
    let frame = json!({ "width": 2000, "height": 1500, "luma_base64": large });
    assert_eq!(phone.refused("read_frame", frame).await, "arguments_malformed");
    let picture = json!({ "png_base64": STANDARD.encode(b"\x89PNG\r\n\x1a\n broken") });
    assert_eq!(phone.refused("read_picture", picture).await, "picture_unreadable");
}
