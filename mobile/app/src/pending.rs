//! What a person is looking at: offers and requests, kept here under random names until they are answered.
//!
//! A screen holds a name only. Few are kept, and not for long: what is proven about who asks grows old.

use core::time::Duration;
use std::collections::VecDeque;

use credential::time::UnixTime;
use wallet_core::move_phone::Destination;
use wallet_core::present::Asked;
use wallet_core::random::Random;
use wallet_core::receive::{Offered, SignIn};
use wallet_core::view::TooMuch;

use crate::failure::Failure;

/// How many are kept; the oldest goes first. A person looks at one, and may have come from another.
const MAX_KEPT: usize = 8;
/// How long one is kept: longer than any request is good for, and enough for a sign-in at an agency.
const KEPT_FOR: Duration = Duration::from_secs(15 * 60);

/// Something that waits for the person's answer.
pub(crate) enum Waiting {
    /// An offer of cards.
    Offer(Box<Offered>),
    /// An offer whose sign-in has begun in a browser.
    SignIn(Box<Offered>, Box<SignIn>),
    /// A request to see cards.
    Request(Box<Asked>),
    /// The same, from a counter's screen.
    Counter(Box<Asked>),
    /// A request for too much: there is nothing to answer, and something to report.
    TooMuch(Box<TooMuch>),
    /// A new phone that this wallet may move to.
    Move(Box<Destination>),
}

struct Kept {
    id: String,
    since: UnixTime,
    waiting: Waiting,
}

/// Everything that waits.
#[derive(Default)]
pub(crate) struct Pending(VecDeque<Kept>);

impl Pending {
    /// Keeps something under a new name.
    pub(crate) fn keep(&mut self, waiting: Waiting, now: UnixTime, random: &Random) -> String {
        let id = random.token();
        self.put_back(&id, waiting, now);
        id
    }

    /// Takes something out, so that nobody else answers it meanwhile. Under a name of something of another kind there is
    /// nothing.
    ///
    /// # Errors
    /// [`Failure::GONE`].
    pub(crate) fn take(
        &mut self,
        id: &str,
        is_of_kind: fn(&Waiting) -> bool,
        now: UnixTime,
    ) -> Result<Waiting, Failure> {
        self.forget_old(now);
        let fits = |kept: &Kept| kept.id == id && is_of_kind(&kept.waiting);
        let at = self.0.iter().position(fits).ok_or(Failure::GONE)?;
        self.0.remove(at).map(|kept| kept.waiting).ok_or(Failure::GONE)
    }

    /// Keeps something under the name that it had, and for as long again: the person may try again.
    pub(crate) fn put_back(&mut self, id: &str, waiting: Waiting, now: UnixTime) {
        while self.0.len() >= MAX_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Kept { id: id.to_owned(), since: now, waiting });
    }

    /// Whether nothing waits for the person's answer.
    pub(crate) fn is_empty(&mut self, now: UnixTime) -> bool {
        self.forget_old(now);
        self.0.iter().all(|kept| matches!(kept.waiting, Waiting::TooMuch(_)))
    }

    fn forget_old(&mut self, now: UnixTime) {
        self.0.retain(|kept| now >= kept.since && now.since(kept.since) < KEPT_FOR);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
