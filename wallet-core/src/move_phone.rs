//! From an old phone to a new one, screen to camera, without any network.
//!
//! The new phone shows a code with a key that it made for this one move, and a check number. The old phone scans
//! the code, its owner types the number that the new phone shows, and only then the old phone shows what a backup
//! would hold, encrypted to that key. Who films the old phone sees nothing without the new phone's key; who had
//! the old phone scan another code would need one with the same number.
//!
//! **How strong the number is.** It has twelve digits of Argon2id over the key. A key of one's own with a given
//! number takes 10^12 tries of [`EFFORT`] each: some thousands of years of one core. Keys can be prepared before
//! the new phone shows its number: a table of a billion of them, some ten years of one core, fits one number in a
//! thousand. Typing the number, and not only looking at it, makes sure that it was compared.
//!
//! **What it does not do.** The new phone cannot tell who made what it scans: it believes the register that its
//! own app pins, nothing of what came counts as checked before it has checked it, and its owner sees what came
//! before it becomes a wallet.
//!
//! Spec: RFC 7516 compact serialisation, ECDH-ES with A256GCM; RFC 7638 thumbprints.

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use credential::encoding::from_base64url;
use credential::jwe::{ContentEncryption, DecryptionKey, JweError, encrypt};
use credential::key::PublicKey;
use serde_json::{Map, Value, json};

use crate::backup::content::{Content, ContentError};
use crate::frames::{self, Collector, FrameError, Progress};
use crate::random::Random;
use crate::restore::RestoreError;
use crate::store::StoreError;
use crate::unlock::Pin;
use crate::view::{BackupView, MoveInView};
use crate::wallet::{Ports, Setup, Wallet};

/// The `typ` of what the old phone shows.
pub const TYPE: &str = "symbolon-move+jose";
/// How the new phone's code begins; its version is the last part.
const LINK: &str = "symbolon-move:1:";
/// How codes of every version begin.
const ANY_LINK: &str = "symbolon-move:";
/// Characters of the new phone's code, at most.
const MAX_LINK: usize = 256;
/// Bytes of what is moved, at least and at most: 17 codes, and 125, which a camera takes in three seconds and in
/// twenty.
const MIN_CONTENT: usize = 4 * 1024;
const MAX_CONTENT: usize = 32 * 1024;
/// Digits of the check number.
const DIGITS: usize = 12;
/// Argon2id for the check number: memory in KiB, passes, lanes; a third of a second of a slow core.
const EFFORT: (u32, u32, u32) = (64 * 1024, 3, 1);
const SALT: &[u8] = b"symbolon wallet move, check number, 1";

/// Why a move goes no further. Both wallets are as they were.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// What was scanned is no code of a new phone.
    #[error("text is no code of a new phone")]
    Link,
    /// The new phone's wallet is newer than this one.
    #[error("code was made by a newer wallet")]
    Newer,
    /// The numbers differ: the code that was scanned is another phone's.
    #[error("check number is another")]
    CheckDiffers,
    /// What was scanned is for another phone, or for an earlier attempt of this one, or was changed.
    #[error("message does not open on this phone")]
    Closed(#[source] JweError),
    /// It opens, and is something else.
    #[error("message is no move")]
    NotAMove,
    /// What is moved cannot be read, or does not fit.
    #[error("content cannot be moved")]
    Content(#[from] ContentError),
    /// The check number cannot be worked out.
    #[error("check number cannot be worked out")]
    Effort,
    /// A code that is no part of the message.
    #[error("code is no part of the message")]
    Frames(#[from] FrameError),
    /// The store.
    #[error("store refuses")]
    Store(#[from] StoreError),
}

impl MoveError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Link => "move_link_malformed",
            Self::Newer => "move_newer",
            Self::CheckDiffers => "check_differs",
            Self::Closed(_) | Self::NotAMove => "move_closed",
            Self::Content(error) => error.code(),
            Self::Effort => "move_failed",
            Self::Frames(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// Where a wallet moves to: the new phone's key, as the old phone scanned it.
#[derive(Clone, Debug)]
pub struct Destination {
    key: PublicKey,
    check: String,
}

impl Destination {
    /// Reads the new phone's code.
    ///
    /// # Errors
    /// [`MoveError::Link`], [`MoveError::Newer`].
    pub fn read(text: &str) -> Result<Self, MoveError> {
        let text = text.trim();
        if text.len() > MAX_LINK || !text.starts_with(ANY_LINK) {
            return Err(MoveError::Link);
        }
        let (x, y) =
            text.strip_prefix(LINK).ok_or(MoveError::Newer)?.split_once(':').ok_or(MoveError::Link)?;
        Self::of(&json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }))
    }

    fn of(jwk: &Value) -> Result<Self, MoveError> {
        let key = PublicKey::from_jwk(jwk).map_err(|_| MoveError::Link)?;
        let check = check_number(&key)?;
        Ok(Self { key, check })
    }

    /// The check number, in groups of four digits: to be compared with the one that the new phone shows.
    pub fn check(&self) -> &str {
        &self.check
    }

    fn to_text(&self) -> String {
        let jwk = self.key.to_jwk();
        let coordinate = |name: &str| jwk[name].as_str().unwrap_or_default().to_owned();
        format!("{LINK}{}:{}", coordinate("x"), coordinate("y"))
    }

    fn is_checked_by(&self, typed: &str) -> bool {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        digits(typed) == digits(&self.check)
    }
}

/// What the old phone shows.
#[derive(Debug)]
pub struct MoveOut {
    /// The encrypted message as texts of codes, to be shown one after the other, again and again.
    pub frames: Vec<String>,
    /// What is in it.
    pub view: BackupView,
}

impl Wallet {
    /// Encrypts what a backup would hold to the new phone. `check` is the number that its owner read there: the
    /// old phone's own must be the same.
    ///
    /// # Errors
    /// [`MoveError`].
    pub fn move_out(&self, to: &Destination, check: &str) -> Result<MoveOut, MoveError> {
        if !to.is_checked_by(check) {
            return Err(MoveError::CheckDiffers);
        }
        let packed = self.content()?.pack(MIN_CONTENT, MAX_CONTENT)?;
        let mut jwk = to.key.to_jwk();
        jwk["kid"] = to.key.thumbprint().into();
        let header: Map<String, Value> = [("typ".to_owned(), TYPE.into())].into_iter().collect();
        let rng = &mut *self.random.rng();
        let message = encrypt(&jwk, ContentEncryption::A256Gcm, header, &packed.bytes, rng);
        let frames = frames::split(message.map_err(|_| MoveError::Link)?.as_bytes())?;
        Ok(MoveOut { frames, view: packed.view })
    }
}

/// A move that a new phone waits for. Its key lives as long as this does, and is kept nowhere.
#[derive(Debug)]
pub struct MoveIn {
    key: DecryptionKey,
    own: Destination,
    frames: Collector,
}

/// How much of the old phone's message has come.
#[derive(Debug)]
pub enum MoveProgress {
    /// Some codes are missing.
    Part {
        /// Codes that came.
        got: usize,
        /// Codes that there are.
        of: usize,
    },
    /// Everything is there, and opened.
    Whole(Box<Moved>),
}

impl MoveIn {
    /// Makes a key for one move.
    ///
    /// # Errors
    /// [`MoveError::Effort`].
    pub fn begin(random: &Random) -> Result<Self, MoveError> {
        let key = DecryptionKey::generate(&mut *random.rng());
        let jwk = key.public_jwk("");
        let bare = json!({ "kty": jwk["kty"], "crv": jwk["crv"], "x": jwk["x"], "y": jwk["y"] });
        Ok(Self { own: Destination::of(&bare)?, key, frames: Collector::new() })
    }

    /// What the new phone shows.
    pub fn view(&self) -> MoveInView {
        MoveInView { text: self.own.to_text(), check: self.own.check.clone() }
    }

    /// Takes a code that was scanned, in any order, each as often as it comes.
    ///
    /// # Errors
    /// [`MoveError::Frames`] for a code that is none of the message's; then the others still count.
    /// [`MoveError::Closed`], [`MoveError::NotAMove`], [`MoveError::Content`] for the whole.
    pub fn take(&mut self, frame: &str) -> Result<MoveProgress, MoveError> {
        match self.frames.take(frame)? {
            Progress::Part { got, of } => Ok(MoveProgress::Part { got, of }),
            Progress::Whole(message) => Ok(MoveProgress::Whole(Box::new(self.open(&message)?))),
        }
    }

    /// Forgets the codes that came, where they were of another screen; key and number stay.
    pub fn start_over(&mut self) {
        self.frames = Collector::new();
    }

    /// Opens what the old phone showed.
    fn open(&self, message: &[u8]) -> Result<Moved, MoveError> {
        let message = core::str::from_utf8(message).map_err(|_| MoveError::Closed(JweError::Form))?;
        let opened = self.key.decrypt(message).map_err(MoveError::Closed)?;
        let says = |name: &str| opened.header.get(name).and_then(Value::as_str);
        let kid = self.own.key.thumbprint();
        let expected = (Some(TYPE), Some(ContentEncryption::A256Gcm.name()), Some(kid.as_str()));
        if (says("typ"), says("enc"), says("kid")) != expected {
            return Err(MoveError::NotAMove);
        }
        let mut content = Content::unpack(&opened.bytes)?;
        content.doubt_receipts();
        Ok(Moved(content))
    }
}

/// What came from the old phone. It is nobody's wallet yet.
#[derive(Debug)]
pub struct Moved(Content);

impl Moved {
    /// What it holds.
    pub fn view(&self) -> BackupView {
        self.0.view(self.0.entries.len())
    }

    /// Makes a wallet of it in the folder `home`, which believes whom this phone's own app pins.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub fn settle(
        self,
        home: &Path,
        pin: &Pin,
        pinned: &Setup,
        ports: Ports,
    ) -> Result<Wallet, RestoreError> {
        Wallet::from_content(home, self.0, pin, pinned, ports)
    }
}

/// Argon2id of the key's thumbprint, as digits.
fn check_number(key: &PublicKey) -> Result<String, MoveError> {
    let (memory_kib, passes, lanes) = EFFORT;
    let thumbprint = from_base64url(key.thumbprint()).map_err(|_| MoveError::Effort)?;
    let parameters = Params::new(memory_kib, passes, lanes, Some(8)).map_err(|_| MoveError::Effort)?;
    let mut bytes = [0u8; 8];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(&thumbprint, SALT, &mut bytes)
        .map_err(|_| MoveError::Effort)?;
    let number = u64::from_be_bytes(bytes) % 10u64.pow(DIGITS as u32);
    let digits = format!("{number:0DIGITS$}");
    Ok(format!("{} {} {}", &digits[..4], &digits[4..8], &digits[8..]))
}

#[cfg(test)]
mod tests;
