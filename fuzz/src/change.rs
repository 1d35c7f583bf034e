//! Changes of inputs by a fixed sequence of steps, so that whatever is found repeats itself.

use rand_core::{Infallible, Rng as _, TryCryptoRng, TryRng};

/// Bytes of a changed input, at most.
const MAX: usize = 64 * 1024;
/// What separates, opens and closes things in the formats that are read.
const PIECES: [&[u8]; 24] = [
    b"~",
    b".",
    b"=",
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\0",
    b"\xff",
    b"#",
    b"\n",
    b"@0",
    b"@1",
    b"null",
    b"_sd",
    b"...",
    b"_sd_alg",
    b"1e400",
    b"-1",
    b"\xf0\x9f\x98\x80",
    b"\x30\x82",
];

/// A linear congruential generator: no randomness at all, which is the point.
pub struct Steps(pub u64);

impl TryRng for Steps {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok((self.0 >> 33) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) << 32 | u64::from(self.try_next_u32()?))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().try_for_each(|byte| self.try_next_u32().map(|step| *byte = step as u8))
    }
}

impl TryCryptoRng for Steps {}

impl Steps {
    fn below(&mut self, end: usize) -> usize {
        self.next_u32() as usize % end.max(1)
    }

    /// One of `seeds`, changed one to eight times; sometimes the beginning of one and the end of another.
    pub fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.pick(seeds);
        if self.below(8) == 0 {
            let (other, end) = (self.pick(seeds), self.below(input.len()));
            let from = self.below(other.len());
            input.truncate(end);
            input.extend(&other[from..]);
        }
        for _ in 0..=self.below(8) {
            self.change(&mut input);
        }
        input.truncate(MAX);
        input
    }

    fn pick(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let place = self.below(seeds.len());
        seeds.get(place).cloned().unwrap_or_default()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let (one, other) = (self.below(input.len() + 1), self.below(input.len() + 1));
        let piece = one.min(other)..one.max(other).min(one.min(other) + 256);
        match self.below(7) {
            0 => drop(input.drain(piece)),
            1 => {
                let doubled = input[piece].to_vec();
                input.splice(other..other, doubled);
            }
            2 => input.truncate(one),
            3 if one < input.len() => input[one] ^= 1 << self.below(8),
            4 if one < input.len() => input[one] = self.next_u32() as u8,
            _ => {
                let piece = PIECES[self.below(PIECES.len())];
                input.splice(one..one, piece.iter().copied());
            }
        }
    }
}
