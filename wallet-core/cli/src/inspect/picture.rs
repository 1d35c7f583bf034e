//! QR codes in pictures.

use crate::refusal::Refusal;

/// Pixels of a picture, at most.
const MAX_PIXELS: usize = 40_000_000;
/// How many times a picture is enlarged before each try: modules of three or four pixels are too coarse as they are.
const ENLARGED: [usize; 3] = [1, 2, 3];
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(PNG) || bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"GIF8")
}

/// The text of the QR code in a PNG.
pub(crate) fn read_qr(bytes: &[u8]) -> Result<String, Refusal> {
    let picture = Picture::of_png(bytes).ok_or_else(|| {
        Refusal::new(
            "picture_unreadable",
            "The picture cannot be read.",
            "Save it as a PNG of moderate size.",
        )
    })?;
    ENLARGED.iter().find_map(|&times| picture.enlarged(times)?.decode()).ok_or_else(|| {
        Refusal::new(
            "no_qr_code",
            "There is no QR code in the picture.",
            "Take a sharper picture of the whole code.",
        )
    })
}

struct Picture {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

impl Picture {
    fn at(&self, x: usize, y: usize) -> u8 {
        self.grey.get(y * self.width + x).copied().unwrap_or(u8::MAX)
    }

    fn decode(&self) -> Option<String> {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| self.at(x, y));
        image.detect_grids().iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
    }

    /// Each pixel as a square of `times` by `times`; `None` where that is too large.
    fn enlarged(&self, times: usize) -> Option<Self> {
        let (width, height) = (self.width * times, self.height * times);
        (width.checked_mul(height)? <= MAX_PIXELS).then(|| Self {
            width,
            height,
            grey: (0..width * height).map(|at| self.at(at % width / times, at / width / times)).collect(),
        })
    }

    /// Grey values over white paper.
    fn of_png(bytes: &[u8]) -> Option<Self> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().ok()?;
        let (width, height) = (reader.info().width as usize, reader.info().height as usize);
        if width.checked_mul(height)? > MAX_PIXELS {
            return None;
        }
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut pixels).ok()?;
        let samples = frame.color_type.samples();
        let grey = pixels[..frame.buffer_size()].chunks_exact(samples).map(grey_of).collect();
        Some(Self { width, height, grey })
    }
}

fn grey_of(pixel: &[u8]) -> u8 {
    let (grey, alpha) = match *pixel {
        [grey] => (u32::from(grey), 255),
        [grey, alpha] => (u32::from(grey), u32::from(alpha)),
        [r, g, b] => (luma(r, g, b), 255),
        [r, g, b, alpha, ..] => (luma(r, g, b), u32::from(alpha)),
        [] => (255, 255),
    };
    u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

fn luma(r: u8, g: u8, b: u8) -> u32 {
    (u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114) / 1000
}
