//! QR codes in pictures: a file that somebody saved, or a frame of a camera.
//!
//! Pictures come from outsiders: their pixels are counted before they are decoded, what looks like a code before codes
//! are looked for, and no more than a few are taken from one.

mod effort;
mod ink;

use effort::Effort;
use ink::Ink;

/// Pixels of a picture, at most: the largest screens, and what phones' cameras give.
pub const MAX_PIXELS: usize = 16_000_000;
/// Pixels of a camera's frame, at most: full HD. More is slower and reads no better.
pub const MAX_FRAME: usize = 1920 * 1080;
/// Codes that are taken from one picture, or from one of a moving picture, at most: a counter's sheet has a few.
pub const MAX_CODES: usize = 8;
/// Pixels of a side that are read at once: the reader reckons with products of three lengths in 32 bits.
const SIDE: usize = 1000;
/// How many times a picture is enlarged before each try: modules of three or four pixels are too coarse as
/// they are.
const ENLARGED: [usize; 3] = [1, 2, 3];
/// Tiles that a picture is cut into for one try, at most: a screen's picture twice enlarged has 28.
const MAX_TILES: usize = 32;
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
    /// So much in it looks like a code that reading would take too long.
    #[error("picture has too much that looks like a code")]
    TooMany,
}

impl PictureError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "picture_unreadable",
            Self::NoCode => "no_qr_code",
            Self::TooMany => "too_many_codes",
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
    let mut effort = Effort::default();
    let mut texts = Vec::new();
    for picture in Picture::all_of_png(bytes).ok_or(PictureError::Unreadable)? {
        add(&mut texts, picture.texts(&mut effort)?);
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
    let picture = Picture { width, height, grey: luma.to_vec() };
    let (texts, _) = picture.shrunk().decode(&mut Effort::default())?;
    if texts.is_empty() { Err(PictureError::NoCode) } else { Ok(texts) }
}

fn add(texts: &mut Vec<String>, more: Vec<String>) {
    for text in more {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
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

    /// The texts of the codes that can be read, and whether those are all codes that can be seen. No side is longer
    /// than [`SIDE`].
    fn decode(&self, effort: &mut Effort) -> Result<(Vec<String>, bool), PictureError> {
        let ink = Ink::new(self.width, self.height, &self.grey);
        if !effort.allows(&ink) {
            return Err(PictureError::TooMany);
        }
        let mut image =
            rqrr::PreparedImage::prepare_from_bitmap(ink.width, ink.height, |x, y| ink.is_dark(x, y));
        let mut grids = image.detect_grids();
        grids.truncate(MAX_CODES);
        let texts: Vec<String> = grids.iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect();
        let all = texts.len() == grids.len();
        Ok((texts, all))
    }

    /// Tries the whole picture, then its parts, enlarged more and more, until every code is read; else gives the most
    /// that any try gave.
    fn texts(&self, effort: &mut Effort) -> Result<Vec<String>, PictureError> {
        let (mut most, mut all) = self.shrunk().decode(effort)?;
        for times in ENLARGED.iter().filter(|times| self.is_worth(**times)) {
            if all && !most.is_empty() {
                break;
            }
            let mut texts = Vec::new();
            all = true;
            for (left, top) in self.tiles(*times) {
                let Ok((more, whole)) = self.tile(left, top, *times).decode(effort) else {
                    return if most.is_empty() { Err(PictureError::TooMany) } else { Ok(most) };
                };
                add(&mut texts, more);
                all &= whole;
            }
            if texts.len() > most.len() {
                most = texts;
            }
        }
        Ok(most)
    }

    /// The whole picture, no longer than [`SIDE`]: each pixel is the average of a square.
    fn shrunk(&self) -> Self {
        let times = self.width.max(self.height).div_ceil(SIDE).max(1);
        let (width, height) = (self.width.div_ceil(times), self.height.div_ceil(times));
        let average = |at: usize| {
            let (left, top) = (at % width * times, at / width * times);
            let (columns, rows) = (left..self.width.min(left + times), top..self.height.min(top + times));
            let count = (columns.len() * rows.len()).max(1) as u64;
            let square = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
            let sum: u64 = square.map(|(x, y)| u64::from(self.at(x, y))).sum();
            u8::try_from(sum / count).unwrap_or(u8::MAX)
        };
        Self { width, height, grey: (0..width * height).map(average).collect() }
    }

    /// Whether enlarging shows more than the whole did, in not too many tiles.
    fn is_worth(&self, times: usize) -> bool {
        let is_whole = times == 1 && self.width.max(self.height) <= SIDE;
        !is_whole && self.tiles(times).count() <= MAX_TILES
    }

    /// The corners of overlapping tiles that are as long as [`SIDE`] when enlarged.
    fn tiles(&self, times: usize) -> impl Iterator<Item = (usize, usize)> {
        let (side, width) = (SIDE / times, self.width);
        let step = side / 2;
        let along = move |length: usize| (0..length.saturating_sub(step).max(1)).step_by(step);
        along(self.height).flat_map(move |top| along(width).map(move |left| (left, top)))
    }

    /// A tile, each pixel as a square of `times` by `times`.
    fn tile(&self, left: usize, top: usize, times: usize) -> Self {
        let side = SIDE / times;
        let (width, height) = ((self.width - left).min(side) * times, (self.height - top).min(side) * times);
        let pixel = |at: usize| self.at(left + at % width / times, top + at / width / times);
        Self { width, height, grey: (0..width * height).map(pixel).collect() }
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
        for (width, height) in [(1, 1), (1, 1001), (1001, 1), (MAX_FRAME, 1), (1, MAX_FRAME)] {
            assert_eq!(read_luma(width, height, &vec![0; width * height]), Err(PictureError::NoCode));
        }
    }

    /// `columns` by `rows` rings with a stone in each, seven pixels wide and one apart.
    fn wall_of_rings(columns: usize, rows: usize) -> (usize, usize, Vec<u8>) {
        let dark = |x: usize, y: usize| match (x % 8, y % 8) {
            (7, _) | (_, 7) => false,
            (x, y) => x == 0 || x == 6 || y == 0 || y == 6 || ((2..5).contains(&x) && (2..5).contains(&y)),
        };
        let (width, height) = (columns * 8, rows * 8);
        (
            width,
            height,
            (0..width * height).map(|at| if dark(at % width, at / width) { 0 } else { 255 }).collect(),
        )
    }

    #[test]
    fn a_wall_of_rings_is_refused_and_does_not_keep_the_reader_busy() {
        let (width, height, luma) = wall_of_rings(75, 75);
        assert_eq!(read_luma(width, height, &luma), Err(PictureError::TooMany));
        let (width, height, luma) = wall_of_rings(5, 5);
        assert_eq!(read_luma(width, height, &luma), Err(PictureError::NoCode));
    }

    #[test]
    fn rings_over_all_pictures_of_a_moving_one_count_together() {
        let (width, height, luma) = wall_of_rings(5, 5);
        let moving = |pictures: usize| png(width, height, &vec![luma.as_slice(); pictures]);
        assert_eq!(read_png(&moving(1)), Err(PictureError::NoCode));
        assert_eq!(read_png(&moving(20)), Err(PictureError::TooMany));
    }

    #[test]
    fn a_small_code_anywhere_in_a_large_picture_is_read() {
        let (side, luma) = frame("openid4vp://?client_id=x", 3);
        for (left, top) in [(0, 0), (1790, 950), (430, 470), (960, 20)] {
            let mut page = vec![230; 1920 * 1080];
            for y in 0..side {
                page[(top + y) * 1920 + left..][..side].copy_from_slice(&luma[y * side..][..side]);
            }
            let read = read_png(&png(1920, 1080, &[&page]));
            assert_eq!(read, Ok(vec!["openid4vp://?client_id=x".to_owned()]), "{left} {top}");
        }
    }

    #[test]
    fn a_code_that_fills_the_largest_picture_is_read() {
        let (side, luma) = frame("openid4vp://?client_id=x", 100);
        let read = read_png(&png(side, side, &[&luma]));
        assert_eq!(read, Ok(vec!["openid4vp://?client_id=x".to_owned()]), "{side}");
    }

    #[test]
    fn a_code_half_in_the_shadow_is_read() {
        let (side, luma) = frame("openid4vp://?client_id=x", 6);
        let shadow = |(at, value): (usize, &u8)| if at % side < side / 2 { *value / 4 } else { *value };
        let luma: Vec<u8> = luma.iter().enumerate().map(shadow).collect();
        assert_eq!(read_luma(side, side, &luma), Ok(vec!["openid4vp://?client_id=x".to_owned()]));
    }

    fn png(width: usize, height: usize, pictures: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let size = |pixels: usize| u32::try_from(pixels).unwrap();
        let mut encoder = png::Encoder::new(&mut bytes, size(width), size(height));
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_animated(size(pictures.len()), 0).unwrap();
        let mut writer = encoder.write_header().unwrap();
        pictures.iter().for_each(|picture| writer.write_image_data(picture).unwrap());
        drop(writer);
        bytes
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
