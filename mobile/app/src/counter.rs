//! At a counter without the network: its film of codes is collected, answered by a film of ours; or a code for any
//! counter is shown, for half a minute.

use core::time::Duration;

use credential::time::UnixTime;
use serde::Serialize;
use wallet_core::frames::{Collector, Progress};
use wallet_core::view::{CodeView, ShownClaim};

use crate::app::App;
use crate::command::ShowCode;
use crate::failure::Failure;
use crate::look::Found;
use crate::pending::Waiting;

/// How long a film may pause. After that whatever comes begins anew: the person has turned to another screen.
const PAUSE: Duration = Duration::from_secs(10);

/// What was collected of a counter's film.
#[derive(Default)]
pub(crate) struct Film {
    frames: Collector,
    last: UnixTime,
}

/// A code for any counter.
#[derive(Serialize)]
pub(crate) struct Code {
    /// The first of the texts, and the only one where the code is short.
    text: String,
    frames: Vec<String>,
    seconds: u64,
    entry: i64,
    /// What it shows.
    shared: Vec<ShownClaim>,
    /// No copy was left that nobody has seen.
    reused: bool,
}

/// Whether a film whose last code came then has paused for too long.
pub(crate) fn has_paused(last: UnixTime, now: UnixTime) -> bool {
    now < last || now.since(last) >= PAUSE
}

impl Film {
    fn take(&mut self, frame: &str, now: UnixTime) -> Result<Progress, Failure> {
        if has_paused(self.last, now) {
            self.frames = Collector::new();
        }
        let progress = self.frames.take(frame)?;
        self.last = now;
        Ok(progress)
    }
}

impl App {
    /// Takes a code of a counter's film; with the last one, its request is looked at.
    pub(crate) fn look_at_counter(&self, frame: &str) -> Result<Found, Failure> {
        let (wallet, now) = (self.wallet()?, self.now());
        let progress = self.inner().film.take(frame, now)?;
        let message = match progress {
            Progress::Part { got, of } => return Ok(Found::Frames { got, of, came: None }),
            Progress::Whole(message) => message,
        };
        let asked = wallet.look_at_counter(&message).map_err(|error| self.refuse_to_ask(error))?;
        let consent = Box::new(asked.consent().clone());
        Ok(Found::Counter { id: self.keep(Waiting::Counter(Box::new(asked))), consent })
    }

    pub(crate) fn show_code(&self, given: &ShowCode) -> Result<Code, Failure> {
        let code = self.wallet()?.show_code(given.card.as_str())?;
        let text = code.frames.first().cloned().ok_or(Failure::BROKEN)?;
        let CodeView { entry, frames, seconds, shared, reused } = code;
        Ok(Code { text, frames, seconds, entry, shared, reused })
    }
}
