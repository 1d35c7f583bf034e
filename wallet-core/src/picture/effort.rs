//! How much work a picture makes for the reader of codes.
//!
//! A code has a ring with a stone in it at three of its corners. The reader tries any three rings of a picture, and
//! for each try copies it: a wall of rings would keep it busy for days. So they are counted first, as generously as the
//! reader finds them: what is no ring here is none there.

use std::collections::BTreeSet;
use std::ops::Range;

use super::ink::Ink;

/// What trying three rings takes beside the copy, in pixels.
const TRY: u64 = 500_000;
/// Pixels that are copied to try rings by threes, at most: a few seconds. One picture may have 58 rings, which is
/// nineteen codes.
const MAX_COPIED: u64 = 300_000_000_000;
/// Pixels that are looked at to see what hangs together, at most. The reader remembers few patches, and may have to
/// look at each again whenever it comes by.
const MAX_LOOKED_AT: u64 = 2_000_000_000_000;
/// The stone is so many hundredths of the ring, in pixels: three by three modules in twenty-four.
const STONE: Range<u64> = 10..71;

/// The work that was given to the reader, over all that is tried with what a person gave.
#[derive(Default)]
pub(super) struct Effort {
    copied: u64,
    looked_at: u64,
}

impl Effort {
    /// Counts what reading a picture takes, and says whether that is still reasonable.
    pub(super) fn allows(&mut self, ink: &Ink) -> bool {
        let pixels = (ink.width * ink.height) as u64;
        let mut patches = Patches::default();
        let mut cuts = Vec::new();
        for row in ink.rows() {
            let before = cuts.len();
            cuts.extend(patches.add(row).windows(3).filter_map(Cut::through_a_ring));
            self.looked_at += (cuts.len() - before) as u64 * pixels;
            if self.looked_at > MAX_LOOKED_AT {
                return false;
            }
        }
        let rings: BTreeSet<usize> = cuts.iter().filter_map(|cut| patches.ring(cut)).collect();
        let tries = (rings.len() as u64).saturating_pow(3);
        self.copied = self.copied.saturating_add(tries.saturating_mul(pixels + TRY));
        self.copied <= MAX_COPIED
    }
}

/// Dark pixels beside each other in one row.
#[derive(Clone)]
struct Run {
    pixels: Range<usize>,
    number: usize,
}

/// What may be a row through the middle of a ring: the numbers of three runs.
struct Cut {
    left: usize,
    stone: usize,
    right: usize,
}

impl Cut {
    /// Dark, light, dark, light, dark as 1 to 1 to 3 to 1 to 1, each more or less by one.
    fn through_a_ring(runs: &[Run]) -> Option<Self> {
        let [left, stone, right] = runs else { return None };
        let before = stone.pixels.start - left.pixels.end;
        let after = right.pixels.start - stone.pixels.end;
        let one = (left.pixels.len() + before + after + right.pixels.len()) / 4;
        let about = |pixels: usize, times: usize| pixels + one >= times * one && pixels <= (times + 1) * one;
        let thin = [left.pixels.len(), before, after, right.pixels.len()].iter().all(|part| about(*part, 1));
        let cut = Self { left: left.number, stone: stone.number, right: right.number };
        (thin && about(stone.pixels.len(), 3)).then_some(cut)
    }
}

/// Dark pixels that hang together by their sides: each run belongs to a patch, named by one of its runs.
#[derive(Default)]
struct Patches {
    /// For each run one that its patch has too, itself for the patch's name.
    towards: Vec<usize>,
    /// Pixels of each patch, at the run that names it.
    pixels: Vec<u64>,
    above: Vec<Run>,
}

impl Patches {
    /// Takes the next row in, and gives its runs from left to right.
    fn add(&mut self, row: &[bool]) -> &[Run] {
        let runs: Vec<Run> = self.runs(row);
        let above = std::mem::replace(&mut self.above, runs.clone());
        let (mut up, mut low) = (above.iter().peekable(), runs.iter().peekable());
        while let (Some(one), Some(other)) = (up.peek(), low.peek()) {
            if one.pixels.start < other.pixels.end && other.pixels.start < one.pixels.end {
                self.join(one.number, other.number);
            }
            if one.pixels.end < other.pixels.end {
                up.next()
            } else {
                low.next()
            };
        }
        &self.above
    }

    fn runs(&mut self, row: &[bool]) -> Vec<Run> {
        let mut start = 0;
        let mut runs = Vec::new();
        for part in row.chunk_by(|one, other| one == other) {
            let pixels = start..start + part.len();
            start = pixels.end;
            if part.first() == Some(&true) {
                let number = self.towards.len();
                self.towards.push(number);
                self.pixels.push(part.len() as u64);
                runs.push(Run { pixels, number });
            }
        }
        runs
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.name(one), self.name(other));
        if one != other {
            self.towards[other] = one;
            self.pixels[one] += self.pixels[other];
        }
    }

    /// The name of a run's patch. The way there is halved each time it is gone.
    fn name(&mut self, run: usize) -> usize {
        let mut run = run;
        while self.towards[run] != run {
            self.towards[run] = self.towards[self.towards[run]];
            run = self.towards[run];
        }
        run
    }

    /// The name of the ring that a row cuts, where it is one: a patch with another in it, of the right sizes.
    fn ring(&mut self, cut: &Cut) -> Option<usize> {
        let (ring, stone) = (self.name(cut.right), self.name(cut.stone));
        let sizes = self.pixels[stone] * 100 / self.pixels[ring];
        (self.name(cut.left) == ring && stone != ring && STONE.contains(&sizes)).then_some(ring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 400;

    fn ink(is_dark: impl Fn(usize, usize) -> bool) -> Ink {
        let grey: Vec<u8> =
            (0..SIDE * SIDE).map(|at| if is_dark(at % SIDE, at / SIDE) { 0 } else { 255 }).collect();
        Ink::new(SIDE, SIDE, &grey)
    }

    /// So many rings with a stone in each, ten to a row, seven pixels wide.
    fn rings(count: usize) -> Ink {
        ink(|x, y| {
            let (column, number, x, y) = (x / 8, y / 8 * 10 + x / 8, x % 8, y % 8);
            let edge = x == 0 || x == 6 || y == 0 || y == 6;
            let stone = (2..5).contains(&x) && (2..5).contains(&y);
            column < 10 && x < 7 && y < 7 && number < count && (edge || stone)
        })
    }

    #[test]
    fn the_rings_of_one_picture_are_counted() {
        assert!(Effort::default().allows(&rings(76)));
        assert!(!Effort::default().allows(&rings(80)));
    }

    #[test]
    fn rings_are_no_rings_without_a_stone_or_with_one_that_touches() {
        let hollow = |x: usize, y: usize| matches!(x % 8, 0 | 6) || matches!(y % 8, 0 | 6);
        assert!(Effort::default().allows(&ink(|x, y| x % 8 < 7 && y % 8 < 7 && hollow(x, y))));
        let touching = |x: usize, y: usize| hollow(x, y) || (2..5).contains(&(x % 8));
        assert!(Effort::default().allows(&ink(|x, y| x % 8 < 7 && y % 8 < 7 && touching(x, y))));
    }

    #[test]
    fn pictures_that_are_allowed_one_by_one_are_refused_in_their_sum() {
        let (mut effort, picture) = (Effort::default(), rings(40));
        assert_eq!((0..).find(|_| !effort.allows(&picture)), Some(7));
    }

    #[test]
    fn a_patch_that_every_row_cuts_often_is_looked_at_so_often_and_no_more() {
        // Each row of the comb could be one through a ring, and all of them are of one patch.
        let comb = ink(|x, y| y == 0 || matches!(x % 8, 0 | 2..=4 | 6));
        let mut effort = Effort::default();
        let refused = (0..1000).find(|_| !effort.allows(&comb));
        assert!(refused.is_some_and(|after| after > 100), "{refused:?}");
    }
}
