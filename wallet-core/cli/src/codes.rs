//! Messages as QR codes on a screen, and back from pictures: PNG, moving where there are several codes.
//!
//! Spec: ISO/IEC 18004; PNG, third edition, section 11.3.6 (animation).

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use png::{BitDepth, ColorType, Encoder};
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};
use wallet_core::durable;
use wallet_core::frames::{self, Collector, FrameError, MAX_FRAMES, Progress};

use crate::input;
use crate::refusal::Refusal;

/// The quiet zone that ISO/IEC 18004 asks for, in modules.
const QUIET: usize = 4;
/// Pixels to a module.
const MODULE: usize = 4;
/// Codes shown in a second: slow enough for a camera that takes fifteen pictures.
const RATE: u16 = 6;
/// Texts that are looked at, at most: every frame of the longest message several times over.
const MAX_TEXTS: usize = 20 * MAX_FRAMES;

/// Puts the codes where the person wants them, and gives what to print: their texts, or nothing.
pub(crate) fn show(frames: &[String], out: &Path) -> Result<String, Refusal> {
    let unwritable =
        || Refusal::usage("file_unwritable", "The picture cannot be written.", "Name another file.");
    if out == Path::new("-") {
        return Ok(frames.join("\n"));
    }
    let codes: Vec<Code> = frames.iter().filter_map(|frame| Code::of(frame)).collect();
    if codes.len() != frames.len() {
        return Err(Refusal::at_counter("message_too_large"));
    }
    let bytes = match out.extension().and_then(|kind| kind.to_str()) {
        Some("svg") => svg(&codes).into_bytes(),
        Some("png") => png(&codes).map_err(|_| unwritable())?,
        _ => {
            let next = "Name a file that ends in .png or .svg, or - for the texts.";
            return Err(Refusal::usage("picture_kind", "This kind of picture cannot be drawn.", next));
        }
    };
    durable::replace(out, &bytes).map_err(|_| unwritable())?;
    Ok(String::new())
}

/// The message behind pictures, files of texts, and texts.
pub(crate) fn collect(given: &[String]) -> Result<Vec<u8>, Refusal> {
    let mut collector = Collector::new();
    let mut refused = None;
    for one in given {
        for text in input::texts_of(one)?.iter().take(MAX_TEXTS) {
            match collector.take(text) {
                Ok(Progress::Whole(message)) => return Ok(message),
                Ok(Progress::Part { .. }) => {}
                // Other codes may be in the picture; frames of two messages are a mistake.
                Err(FrameError::Malformed) if !frames::is_frame(text) => {
                    refused.get_or_insert(FrameError::Malformed);
                }
                Err(error) => return Err(Refusal::at_counter(error.code())),
            }
        }
    }
    let code = if collector.is_empty() { refused.map(FrameError::code) } else { None };
    Err(Refusal::at_counter(code.unwrap_or("frames_missing")))
}

/// A code's modules, row by row.
struct Code {
    width: usize,
    dark: Vec<bool>,
}

impl Code {
    fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { width: code.width(), dark })
    }

    /// With the quiet zone.
    const fn side(&self) -> usize {
        self.width + 2 * QUIET
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.width);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| self.dark[y * self.width + x])
    }
}

/// One picture, or a moving one that begins again when it has ended.
fn png(codes: &[Code]) -> io::Result<Vec<u8>> {
    let side = codes.iter().map(Code::side).max().unwrap_or_default() * MODULE;
    let (pixels, count) = (u32::try_from(side).unwrap_or_default(), u32::try_from(codes.len()).unwrap_or(1));
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, pixels, pixels);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    if count > 1 {
        encoder.set_animated(count, 0)?;
        encoder.set_frame_delay(1, RATE)?;
    }
    let mut writer = encoder.write_header()?;
    for code in codes {
        let grey = |at: usize| if code.is_dark(at % side / MODULE, at / side / MODULE) { 0 } else { 255 };
        let picture: Vec<u8> = (0..side * side).map(grey).collect();
        writer.write_image_data(&picture)?;
    }
    writer.finish()?;
    Ok(bytes)
}

/// All codes, one below the other.
fn svg(codes: &[Code]) -> String {
    let width = codes.iter().map(Code::side).max().unwrap_or_default();
    let height: usize = codes.iter().map(Code::side).sum();
    let mut path = String::new();
    let mut top = 0;
    for code in codes {
        for (y, x) in (0..code.side()).flat_map(|y| (0..code.side()).map(move |x| (y, x))) {
            if code.is_dark(x, y) {
                let _ = write!(path, "M{x} {}h1v1h-1z", top + y);
            }
        }
        top += code.side();
    }
    let (w, h) = (width * MODULE, height * MODULE);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{w}\" height=\"{h}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{width}v{height}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    )
}
