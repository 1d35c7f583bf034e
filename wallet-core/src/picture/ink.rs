//! What is dark in a picture and what is light.
//!
//! A pixel is dark where it is darker than its surroundings are on average: a shadow over half of a code makes no
//! difference, nor does grey paper.

use std::ops::Range;

/// The surroundings of a pixel reach as far as the longer side's part of this many, to each side.
const SURROUNDINGS: usize = 8;
/// Of a hundred parts of its surroundings' brightness, a dark pixel has less than this.
const DARKER: u64 = 90;
/// A pixel with less than one part of this many of the picture's brightness is dark, whatever is around it.
const BLACK: u64 = 3;

/// A picture in two colors.
pub(super) struct Ink {
    pub(super) width: usize,
    pub(super) height: usize,
    dark: Vec<bool>,
}

impl Ink {
    /// Decides for each pixel. `grey` is one byte of brightness a pixel, row by row: `width * height` of them,
    /// at most [`super::SIDE`] squared, so that their sum fits in 32 bits.
    pub(super) fn new(width: usize, height: usize, grey: &[u8]) -> Self {
        let sums = Sums::new(width, grey);
        let reach = width.max(height) / SURROUNDINGS;
        let all = sums.of(0..width, 0..height);
        let is_dark = |(at, value): (usize, &u8)| {
            let (columns, rows) = (near(at % width, reach, width), near(at / width, reach, height));
            let (value, around) = (u64::from(*value), (columns.len() * rows.len()) as u64);
            value * around * 100 < sums.of(columns, rows) * DARKER || value * grey.len() as u64 * BLACK < all
        };
        Self { width, height, dark: grey.iter().enumerate().map(is_dark).collect() }
    }

    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.width + x).copied().unwrap_or(false)
    }

    /// Row by row, whether each pixel is dark.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.width.max(1))
    }
}

fn near(at: usize, reach: usize, end: usize) -> Range<usize> {
    at.saturating_sub(reach)..(at + reach + 1).min(end)
}

/// For each corner between pixels the brightness of all that is above it and to its left, so that the brightness of a
/// rectangle takes four look-ups.
struct Sums {
    stride: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn new(width: usize, grey: &[u8]) -> Self {
        let stride = width + 1;
        let mut sums = vec![0; stride];
        for row in grey.chunks(width.max(1)) {
            let above = sums.len() - stride;
            let mut left = 0_u32;
            sums.push(0);
            for (x, value) in row.iter().enumerate() {
                left += u32::from(*value);
                sums.push(sums[above + x + 1] + left);
            }
        }
        Self { stride, sums }
    }

    fn of(&self, columns: Range<usize>, rows: Range<usize>) -> u64 {
        let at = |x: usize, y: usize| u64::from(self.sums[y * self.stride + x]);
        at(columns.end, rows.end) + at(columns.start, rows.start)
            - at(columns.start, rows.end)
            - at(columns.end, rows.start)
    }
}
