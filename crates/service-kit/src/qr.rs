//! QR codes as SVG: always dark on white with a quiet zone, so that cameras read them in dark mode too.

use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

/// The quiet zone that ISO/IEC 18004 asks for, in modules.
const QUIET: usize = 4;
/// Pixels to a module where there is room: a whole number, so that all modules are of one size.
const MODULE: usize = 5;

/// The text is too long for one QR code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("text is too long for one qr code")]
pub struct QrError;

/// Draws `text`. `label` is what a screen reader says; it must be plain text of our own.
pub fn svg(text: &str, label: &str) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrError)?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let pixels = side * MODULE;
    let path: String = code
        .to_colors()
        .chunks(width)
        .enumerate()
        .flat_map(|(y, row)| runs(row).map(move |(x, length)| (x, y, length)).collect::<Vec<_>>())
        .map(|(x, y, length)| format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET))
        .collect();
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{pixels}\" height=\"{pixels}\" role=\"img\" aria-label=\"{label}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

/// Runs of dark modules in a row: where each starts and how long it is.
fn runs(row: &[Color]) -> impl Iterator<Item = (usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for (x, color) in row.iter().copied().chain([Color::Light]).enumerate() {
        match (color, start) {
            (Color::Dark, None) => start = Some(x),
            (Color::Light, Some(from)) => {
                found.push((from, x - from));
                start = None;
            }
            (Color::Dark, Some(_)) | (Color::Light, None) => {}
        }
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_white_ground_and_a_quiet_zone() {
        let svg = svg("openid4vp://?client_id=x", "QR code").unwrap();
        assert!(svg.contains("fill=\"#fff\" d=\"M0 0h"));
        assert!(svg.contains("fill=\"#000\" d=\"M4 4h7v1h-7z"));
    }

    #[test]
    fn text_that_is_too_long_is_refused() {
        assert_eq!(svg(&"x".repeat(4000), "QR code"), Err(QrError));
    }
}
