//! QR codes in pictures: a file that somebody saved, or a frame of a camera.
//!
//! Pictures come from outsiders: their pixels are counted before they are decoded, and no more than a few
//! codes are taken from one.

/// Pixels of a picture, at most: the largest screens and what phones' cameras give, with room to enlarge.
pub const MAX_PIXELS: usize = 40_000_000;
/// Pixels of a camera's frame, at most: full HD. More is slower and reads no better.
pub const MAX_FRAME: usize = 1920 * 1080;
/// Codes that are taken from one picture, or from one of a moving picture, at most: a counter's sheet has a few.
pub const MAX_CODES: usize = 8;
/// How many times a picture is enlarged before each try: modules of three or four pixels are too coarse as
/// they are.
const ENLARGED: [usize; 3] = [1, 2, 3];
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Why no code was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No PNG, a broken one, one with too many pixels, or a frame of another size than it says.
    #[error("picture cannot be read")]
    Unreadable,
    /// There is no code in it that can be read.
    #[error("picture has no readable code")]
    NoCode,
}

impl PictureError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "picture_unreadable",
            Self::NoCode => "no_qr_code",
        }
    }
}

/// Whether these are a picture's bytes (PNG, JPEG or GIF; only a PNG is read).
pub fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(PNG) || bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"GIF8")
}

/// The texts of the QR codes in a PNG, each once: at least one, and at most [`MAX_CODES`] for each picture of a
/// moving one.
///
/// # Errors
/// [`PictureError`].
pub fn read_png(bytes: &[u8]) -> Result<Vec<String>, PictureError> {
    let mut texts = Vec::new();
    for picture in Picture::all_of_png(bytes).ok_or(PictureError::Unreadable)? {
        for text in picture.decode_enlarged() {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    if texts.is_empty() { Err(PictureError::NoCode) } else { Ok(texts) }
}

/// The texts of the QR codes in a camera's frame: `luma` is one byte of brightness a pixel, row by row.
///
/// # Errors
/// [`PictureError`].
pub fn read_luma(width: usize, height: usize, luma: &[u8]) -> Result<Vec<String>, PictureError> {
    let pixels = width.checked_mul(height).filter(|pixels| *pixels <= MAX_FRAME && *pixels > 0);
    if pixels != Some(luma.len()) {
        return Err(PictureError::Unreadable);
    }
    let (texts, _) = Picture { width, height, grey: luma.to_vec() }.decode();
    if texts.is_empty() { Err(PictureError::NoCode) } else { Ok(texts) }
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

    /// The texts of the codes that can be read, and whether those are all codes that can be seen.
    fn decode(&self) -> (Vec<String>, bool) {
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| self.at(x, y));
        let mut grids = image.detect_grids();
        grids.truncate(MAX_CODES);
        let texts = grids.iter().filter_map(|grid| grid.decode().ok());
        let texts: Vec<String> = texts.map(|(_, text)| text).collect();
        let all = !texts.is_empty() && texts.len() == grids.len();
        (texts, all)
    }

    /// As [`Picture::decode`], enlarged until every code is read; else the most that any size gave.
    fn decode_enlarged(&self) -> Vec<String> {
        let mut most = Vec::new();
        for picture in ENLARGED.iter().map_while(|times| self.enlarged(*times)) {
            let (texts, all) = picture.decode();
            if all || texts.len() > most.len() {
                most = texts;
            }
            if all {
                break;
            }
        }
        most
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

    /// Grey values over white paper: one picture, or those of a moving one, each of which fills the whole.
    fn all_of_png(bytes: &[u8]) -> Option<Vec<Self>> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().ok()?;
        let (width, height) = (reader.info().width as usize, reader.info().height as usize);
        let count = reader.info().animation_control().map_or(1, |control| control.num_frames as usize);
        if width.checked_mul(height)?.checked_mul(count)? > MAX_PIXELS {
            return None;
        }
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let mut pictures = Vec::new();
        for _ in 0..count {
            let frame = reader.next_frame(&mut pixels).ok()?;
            if (frame.width as usize, frame.height as usize) != (width, height) {
                return None;
            }
            let samples = frame.color_type.samples();
            let grey = pixels[..frame.buffer_size()].chunks_exact(samples).map(grey_of).collect();
            pictures.push(Self { width, height, grey });
        }
        Some(pictures)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The text as a QR code of `scale` pixels a module, with its quiet zone.
    fn frame(text: &str, scale: usize) -> (usize, Vec<u8>) {
        let code = qrcode::QrCode::new(text).unwrap();
        let (modules, colors) = (code.width(), code.to_colors());
        let side = (modules + 8) * scale;
        let dark = |at: usize| {
            let (x, y) = ((at % side / scale).checked_sub(4)?, (at / side / scale).checked_sub(4)?);
            (x < modules && y < modules).then(|| colors[y * modules + x] == qrcode::Color::Dark)
        };
        (side, (0..side * side).map(|at| if dark(at) == Some(true) { 0 } else { 255 }).collect())
    }

    #[test]
    fn a_frame_of_a_camera_is_read() {
        let (side, luma) = frame("openid4vp://?client_id=x", 6);
        assert_eq!(read_luma(side, side, &luma), Ok(vec!["openid4vp://?client_id=x".to_owned()]));
    }

    #[test]
    fn two_codes_beside_each_other_are_both_read() {
        let ((side, left), (other, right)) = (frame("first", 6), frame("other", 6));
        assert_eq!(side, other);
        let rows = (0..side).flat_map(|y| [&left[y * side..][..side], &right[y * side..][..side]]);
        let mut texts = read_luma(2 * side, side, &rows.flatten().copied().collect::<Vec<u8>>()).unwrap();
        texts.sort();
        assert_eq!(texts, ["first", "other"]);
    }

    #[test]
    fn a_frame_of_another_size_than_it_says_is_refused() {
        let (side, luma) = frame("x", 4);
        for (width, height) in [
            (side, side + 1),
            (0, 0),
            (usize::MAX, 2),
            (0, side),
            (MAX_FRAME + 1, 1),
            (usize::MAX, usize::MAX),
        ] {
            assert_eq!(read_luma(width, height, &luma), Err(PictureError::Unreadable), "{width} {height}");
        }
        assert_eq!(read_luma(0, 0, &[]), Err(PictureError::Unreadable));
        let large = vec![255; MAX_FRAME + 1];
        assert_eq!(read_luma(MAX_FRAME + 1, 1, &large), Err(PictureError::Unreadable));
    }

    #[test]
    fn a_frame_without_a_code_says_so() {
        assert_eq!(read_luma(64, 64, &[200; 64 * 64]), Err(PictureError::NoCode));
        assert_eq!(read_luma(1, 1, &[0]), Err(PictureError::NoCode));
    }

    #[test]
    fn what_is_no_png_is_refused() {
        for bytes in [&b""[..], PNG, b"\xff\xd8\xff jpeg", b"GIF89a", &[0; 4096]] {
            assert_eq!(read_png(bytes), Err(PictureError::Unreadable));
        }
    }

    #[test]
    fn a_png_that_claims_to_be_huge_is_refused_before_it_is_decoded() {
        let mut bytes = Vec::new();
        let encoder = png::Encoder::new(&mut bytes, 60_000, 60_000);
        drop(encoder.write_header().unwrap());
        assert_eq!(read_png(&bytes), Err(PictureError::Unreadable));
    }
}
