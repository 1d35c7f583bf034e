//! A code that a phone shows by itself, good for half a minute at any counter, for types that allow it.
//!
//! It is a card as an SD-JWT with key binding, in which nobody's nonce stands and no counter is named: the time is
//! all that binds it. So whoever copies the code off the screen can show it somewhere else until the half minute
//! is over, and the check says so. What it shows is fixed by the type, little, and in the clear.
//!
//! Spec: RFC 9901 section 4.3 (`aud` and `nonce` are required; both say that there is none).

use core::time::Duration;

use credential::encoding::from_base64url;
use credential::json;
use credential::key::RustCrypto;
use credential::sd_jwt::binding::{Binding, ExpectedBinding};
use credential::sd_jwt_vc::Unverified;
use credential::time::UnixTime;

use crate::counter::CounterError;
use crate::counter::bundle::Offline;
use crate::counter::check::Seen;
use crate::counter::envelope::{self, Kind};

/// How long a code is good.
pub const LIFE: Duration = Duration::from_secs(30);
/// How far a phone's clock may be ahead: a code is good no longer than the two together.
pub const MAX_AHEAD: Duration = Duration::from_secs(5);
/// The audience of a code.
pub const ANY_COUNTER: &str = "urn:symbolon:any-counter";
/// The nonce of a code.
pub const NO_NONCE: &str = "urn:symbolon:no-nonce";
/// Bytes of a key binding's claims, at most.
const MAX_BINDING: usize = 4 * 1024;

/// What the holder of a card signs for a code made now.
pub(crate) const fn binding(now: UnixTime) -> Binding<'static> {
    Binding { audience: ANY_COUNTER, nonce: NO_NONCE, issued_at: now, transaction_data: &[] }
}

impl Offline {
    /// Checks a code that somebody shows.
    ///
    /// # Errors
    /// [`CounterError`].
    pub fn check_code(&self, message: &[u8], now: UnixTime) -> Result<Seen, CounterError> {
        let text = envelope::open(Kind::Code, message)?;
        let unverified = Unverified::parse(&text)?;
        let (reference, vct, issued_at) =
            (unverified.issuer()?, unverified.vct().to_owned(), unverified.issued_at());
        let facts = self.newest(None, now)?;
        let issuer = facts.issuer(&reference, &vct, issued_at, now, &RustCrypto)?;
        let expected = ExpectedBinding {
            audience: ANY_COUNTER,
            nonce: NO_NONCE,
            max_age: LIFE,
            now,
            transaction_data: &[],
        };
        let card = unverified.verify(&issuer.key, &expected, &RustCrypto)?;
        if made_at(&text).is_none_or(|made| made > now.plus(MAX_AHEAD)) {
            return Err(CounterError::CodeAhead);
        }
        Ok(Seen { anywhere: true, ..self.seen(&facts, &reference, &card, now)? })
    }
}

/// `iat` of the key binding, whose signature holds.
fn made_at(text: &str) -> Option<UnixTime> {
    let payload = text.rsplit('~').next()?.split('.').nth(1)?;
    let claims = json::parse_object(&from_base64url(payload).ok()?, MAX_BINDING).ok()?;
    claims.get("iat").and_then(UnixTime::from_claim)
}
