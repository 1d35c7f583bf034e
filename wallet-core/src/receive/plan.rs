//! When cards renew themselves: early enough that they never run out, and at a time that tells nobody anything.
//!
//! An issuer sees when a card is renewed, and whom it was shown to would like to know whose card that was. So a renewal
//! is never near a showing, waits for a time drawn at random, and comes alone.

use core::time::Duration;

use credential::time::UnixTime;

use crate::random::Random;
use crate::store::cards::Copies;

/// Nothing is renewed for so long after something was shown.
pub(super) const QUIET: Duration = Duration::from_secs(600);
/// One copy in so many unused, or fewer: the card is renewed.
const FEW: u32 = 4;
/// A card is near its end in the last part of its life, one of so many.
const LAST_PART: u64 = 4;
/// A card is near its end so long before it, at most.
const NEAR: Duration = Duration::from_secs(30 * 86_400);
/// When a card is renewed that has unused copies left: so many seconds from when that was found out.
const WAIT: (u64, u64) = (3600, 24 * 3600);
/// The same where none is left, and each showing tells.
const SHORT_WAIT: (u64, u64) = (600, 3600);
/// The wait after the first failure; it doubles with each.
const RETRY: u64 = 3600;
/// Doublings, at most: a try every five days, in the end.
const MAX_DOUBLINGS: u32 = 7;
/// No try is planned further ahead ([`retry_at`]): a time that is was noted by a clock that was wrong.
pub(super) const FURTHEST: Duration = Duration::from_secs(8 * 86_400);

/// How much a card wants to be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Not at all.
    None,
    /// It has few copies left, or not long to live.
    Soon,
    /// It has no copy left that nobody has seen, or it has run out.
    Now,
}

/// From how many copies are left, and from the card's life.
pub(super) fn need(copies: Copies, life: Option<(UnixTime, UnixTime)>, now: UnixTime) -> Need {
    let over = life.is_some_and(|(_, end)| end <= now);
    if copies.unused == 0 || over {
        Need::Now
    } else if copies.unused.saturating_mul(FEW) <= copies.all || is_near_end(life, now) {
        Need::Soon
    } else {
        Need::None
    }
}

/// Whether a card that lives from the first time to the second is near its end.
pub(crate) fn is_near_end(life: Option<(UnixTime, UnixTime)>, now: UnixTime) -> bool {
    life.is_some_and(|(begin, end)| {
        end.since(now) <= NEAR.min(Duration::from_secs(end.since(begin).as_secs() / LAST_PART))
    })
}

/// When a card is renewed that wants it: the time that was drawn before, where it is soon enough.
pub(super) fn due_at(
    need: Need,
    planned: Option<UnixTime>,
    now: UnixTime,
    random: &Random,
) -> Option<UnixTime> {
    let (low, high) = match need {
        Need::None => return None,
        Need::Soon => WAIT,
        Need::Now => SHORT_WAIT,
    };
    let latest = now.plus(Duration::from_secs(high));
    let draw = || now.plus(Duration::from_secs(random.between(low, high)));
    Some(planned.filter(|planned| *planned <= latest).unwrap_or_else(draw))
}

/// When to try again after so many failures in a row.
pub(super) fn retry_at(failures: u32, now: UnixTime, random: &Random) -> UnixTime {
    let wait = RETRY << failures.saturating_sub(1).min(MAX_DOUBLINGS);
    now.plus(Duration::from_secs(random.between(wait, wait * 3 / 2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, random};

    const DAY: Duration = Duration::from_secs(86_400);

    fn copies(unused: u32, all: u32) -> Copies {
        Copies { all, unused }
    }

    /// A card of so many days that ends in so many.
    fn life(days: u32, left: u32) -> Option<(UnixTime, UnixTime)> {
        let end = NOW.plus(DAY * left);
        Some((end.minus(DAY * days), end))
    }

    #[test]
    fn a_card_wants_to_be_renewed_when_a_quarter_of_its_copies_is_left() {
        for (unused, all, expected) in [
            (10, 10, Need::None),
            (3, 10, Need::None),
            (2, 10, Need::Soon),
            (0, 10, Need::Now),
            (2, 4, Need::None),
            (1, 4, Need::Soon),
            (1, 1, Need::None),
            (0, 1, Need::Now),
            (0, 0, Need::Now),
        ] {
            assert_eq!(need(copies(unused, all), life(365, 200), NOW), expected, "{unused} of {all}");
        }
    }

    #[test]
    fn a_card_wants_to_be_renewed_near_its_end_however_long_it_lives() {
        for (days, left, expected) in [
            (365, 31, Need::None),
            (365, 30, Need::Soon),
            (365, 0, Need::Now),
            (40, 11, Need::None),
            (40, 10, Need::Soon),
            (8, 3, Need::None),
            (8, 2, Need::Soon),
        ] {
            assert_eq!(need(copies(10, 10), life(days, left), NOW), expected, "{left} of {days} days");
        }
        assert_eq!(need(copies(10, 10), None, NOW), Need::None);
    }

    #[test]
    fn times_are_drawn_within_their_bounds_and_apart() {
        let random = random();
        let mut drawn = std::collections::BTreeSet::new();
        for _ in 0..50 {
            let at = due_at(Need::Soon, None, NOW, &random).unwrap();
            assert!(at >= NOW.plus(Duration::from_secs(3600)) && at < NOW.plus(DAY));
            drawn.insert(at);
        }
        assert!(drawn.len() > 45, "two renewals give each other away");
    }

    #[test]
    fn a_time_that_was_drawn_stays_unless_the_matter_becomes_pressing() {
        let random = random();
        let planned = Some(NOW.plus(DAY / 2));
        assert_eq!(due_at(Need::Soon, planned, NOW, &random), planned);
        let pressing = due_at(Need::Now, planned, NOW, &random).unwrap();
        assert!(pressing <= NOW.plus(Duration::from_secs(3600)));
        assert_eq!(due_at(Need::Now, Some(pressing), NOW, &random), Some(pressing));
        assert_eq!(due_at(Need::None, planned, NOW, &random), None);
        assert!(due_at(Need::Now, None, NOW, &random).unwrap() >= NOW.plus(QUIET));
    }

    #[test]
    fn waits_grow_with_failures_and_not_for_ever() {
        let random = random();
        let wait = |failures: u32| retry_at(failures, NOW, &random).since(NOW);
        assert!(wait(1) >= Duration::from_secs(3600) && wait(1) < Duration::from_secs(5400));
        assert!(wait(4) >= Duration::from_secs(8 * 3600));
        assert!(wait(8) >= 5 * DAY && wait(u32::MAX) <= FURTHEST);
    }
}
