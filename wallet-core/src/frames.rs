//! Bytes as a loop of QR codes, and back: for whatever is too long for one code that a camera reads well.
//!
//! A message is cut into pieces of one size. Each frame is a text for one QR code:
//! `SYMBOLON:<number>/<count>/<message>/<piece>`, numbers from 1, the piece in base32, `<message>` the first
//! 40 bits of the message's SHA-256, so that frames of two messages are told apart. All characters are of QR's
//! alphanumeric mode, and none is lost where texts are trimmed, quoted or put on a command line. What is cut up
//! is the SHA-256 of the message and the message: the collector believes no message whose hash is another.
//!
//! The hash tells a misread or mixed message, not who made it: that is for the message itself to prove.
//!
//! Spec: RFC 4648 section 6 (base32, without padding); ISO/IEC 18004 table 5 (alphanumeric mode).

use std::collections::BTreeMap;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest as _, Sha256};

/// Bytes of a message, at most: a few cards with portraits, shown in under half a minute.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// Bytes of one frame's piece: with its head it fits a QR code of version 15 at level M (77 modules a side,
/// 600 characters), of which each module is 0.7 mm wide on a phone.
pub const PIECE: usize = 355;
/// Frames of one message, at most.
pub const MAX_FRAMES: usize = (HASH + MAX_MESSAGE).div_ceil(PIECE);
/// Characters of one frame, at most.
pub const MAX_FRAME: usize = 600;

const SCHEME: &str = "SYMBOLON:";
const HASH: usize = 32;
/// Bytes of a message's name: eight characters.
const NAME: usize = 5;

/// Why a frame is not taken, or a message not cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The message is larger than [`MAX_MESSAGE`].
    #[error("message is too large for frames")]
    TooLarge,
    /// The text is no frame.
    #[error("text is no frame of a message")]
    Malformed,
    /// The frame belongs to another message than those before it. What was collected stays.
    #[error("frame is of another message")]
    OtherMessage,
    /// All frames are there and do not make the message: one was misread. The collector is empty again.
    #[error("frames do not make the message that they belong to")]
    Damaged,
}

impl FrameError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "message_too_large",
            Self::Malformed => "no_frame",
            Self::OtherMessage => "frame_of_another",
            Self::Damaged => "frames_damaged",
        }
    }
}

/// How far a message is collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Some frames are missing.
    Part {
        /// Frames that are there.
        got: usize,
        /// Frames that there are.
        of: usize,
    },
    /// The message.
    Whole(Vec<u8>),
}

/// The frames of `message`, to be shown one after the other, again and again. A short message is one frame.
///
/// # Errors
/// [`FrameError::TooLarge`].
pub fn split(message: &[u8]) -> Result<Vec<String>, FrameError> {
    if message.len() > MAX_MESSAGE {
        return Err(FrameError::TooLarge);
    }
    let hash = Sha256::digest(message);
    let name = BASE32_NOPAD.encode(&hash[..NAME]);
    let whole = [&hash[..], message].concat();
    // Pieces of equal length: the codes do not change size from frame to frame.
    let length = whole.len().div_ceil(whole.len().div_ceil(PIECE));
    let count = whole.len().div_ceil(length);
    let pieces = whole.chunks(length).enumerate();
    Ok(pieces
        .map(|(at, piece)| format!("{SCHEME}{}/{count}/{name}/{}", at + 1, BASE32_NOPAD.encode(piece)))
        .collect())
}

/// Whether a text that was scanned says to be a frame.
pub fn is_frame(text: &str) -> bool {
    text.starts_with(SCHEME)
}

/// Collects the frames of one message, in any order, each as often as it comes.
#[derive(Clone, Debug, Default)]
pub struct Collector {
    message: Option<Message>,
    pieces: BTreeMap<usize, Vec<u8>>,
}

/// Which message is collected.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    name: Vec<u8>,
    count: usize,
}

impl Collector {
    /// An empty collector: the first frame says which message it collects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a frame. After the last one the collector holds nothing and can collect another message.
    ///
    /// # Errors
    /// [`FrameError`]. A frame of another message is refused and the collection goes on: two screens in a
    /// camera's view must not undo each other. Who wants the other message starts with a new collector.
    pub fn take(&mut self, text: &str) -> Result<Progress, FrameError> {
        let frame = Frame::parse(text)?;
        let message = self.message.get_or_insert_with(|| frame.message.clone());
        if *message != frame.message {
            return Err(FrameError::OtherMessage);
        }
        let of = message.count;
        self.pieces.entry(frame.number).or_insert(frame.piece);
        let got = self.pieces.len();
        if got < of { Ok(Progress::Part { got, of }) } else { self.finish().map(Progress::Whole) }
    }

    /// Whether nothing has been collected yet.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn finish(&mut self) -> Result<Vec<u8>, FrameError> {
        let done = core::mem::take(self);
        let mut whole = done.pieces.into_values().collect::<Vec<_>>().concat();
        if whole.len() < HASH || whole.len() > HASH + MAX_MESSAGE {
            return Err(FrameError::Damaged);
        }
        let message = whole.split_off(HASH);
        let is_named = done.message.is_some_and(|known| whole.starts_with(&known.name));
        if is_named && Sha256::digest(&message)[..] == whole[..] {
            Ok(message)
        } else {
            Err(FrameError::Damaged)
        }
    }
}

/// One frame.
struct Frame {
    message: Message,
    number: usize,
    piece: Vec<u8>,
}

impl Frame {
    fn parse(text: &str) -> Result<Self, FrameError> {
        Self::read(text.trim()).ok_or(FrameError::Malformed)
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_FRAME {
            return None;
        }
        let mut parts = text.strip_prefix(SCHEME)?.split('/');
        let (number, count) = (read_number(parts.next()?)?, read_number(parts.next()?)?);
        let name = BASE32_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
        let piece = BASE32_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
        let fits = number <= count && name.len() == NAME && (1..=PIECE).contains(&piece.len());
        (fits && parts.next().is_none()).then_some(Self { message: Message { name, count }, number, piece })
    }
}

/// A number from 1 to [`MAX_FRAMES`], written in the one way.
fn read_number(text: &str) -> Option<usize> {
    let plain = !text.starts_with('0') && text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|number| plain && (1..=MAX_FRAMES).contains(number))
}

#[cfg(test)]
mod tests;
