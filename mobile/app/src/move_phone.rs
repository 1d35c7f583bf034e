//! Moving to a new phone: its code, the old phone's film of codes, and a wallet of what came.

use credential::time::UnixTime;
use serde::Serialize;
use wallet_core::move_phone::{Destination, MoveIn, MoveProgress, Moved};
use wallet_core::view::MoveInView;

use crate::app::{App, Done};
use crate::command::{EndMoveIn, MoveOut};
use crate::counter::has_paused;
use crate::failure::Failure;
use crate::look::Found;
use crate::pending::Waiting;
use crate::phase::KeyFile;

/// How the code of a new phone begins.
pub(crate) const LINK: &str = "symbolon-move:";

/// The new phone's side.
pub(crate) struct Arrival {
    incoming: MoveIn,
    /// Codes that there are, as far as is known.
    of: usize,
    /// When the last code came.
    last: UnixTime,
    moved: Option<Moved>,
}

/// The old phone's film.
#[derive(Serialize)]
pub(crate) struct Film {
    frames: Vec<String>,
    /// Lines of history, the oldest, that did not fit.
    left_out: usize,
}

impl Arrival {
    /// Takes a code. After a pause one of another film begins anew: the old phone shows that now.
    fn take(&mut self, frame: &str, now: UnixTime) -> Result<Found, Failure> {
        if self.moved.is_none() {
            let mut progress = self.incoming.take(frame);
            if has_paused(self.last, now) && progress.is_err() {
                self.incoming.start_over();
                progress = self.incoming.take(frame);
            }
            let progress = progress?;
            self.last = now;
            match progress {
                MoveProgress::Part { got, of } => {
                    self.of = of;
                    return Ok(Found::Frames { got, of, came: None });
                }
                MoveProgress::Whole(moved) => self.moved = Some(*moved),
            }
        }
        Ok(Found::Frames { got: self.of, of: self.of, came: self.moved.as_ref().map(Moved::view) })
    }
}

impl App {
    /// The new phone waits for the old one: a key for this one move, kept nowhere.
    pub(crate) async fn begin_move_in(&self) -> Result<MoveInView, Failure> {
        self.expect_no_wallet()?;
        let random = self.place.random.clone();
        let begun = tokio::task::spawn_blocking(move || MoveIn::begin(&random)).await;
        let incoming = begun.map_err(|_| Failure::BROKEN)??;
        let view = incoming.view();
        self.inner().arrival = Some(Arrival { incoming, of: 1, last: self.now(), moved: None });
        Ok(view)
    }

    /// Whether this phone, which has no wallet yet, waits for that of an old one.
    pub(crate) fn is_arriving(&self) -> bool {
        let inner = self.inner();
        inner.arrival.is_some() && inner.wallet.is_none()
    }

    /// Takes a code of the old phone's film.
    pub(crate) fn take_moved(&self, frame: &str) -> Result<Found, Failure> {
        let now = self.now();
        self.inner().arrival.as_mut().ok_or(Failure::LOCKED)?.take(frame, now)
    }

    /// Makes the wallet of this phone out of what came. It believes whom this app believes.
    pub(crate) async fn end_move_in(&self, given: EndMoveIn) -> Result<Done, Failure> {
        self.expect_no_wallet()?;
        let pin = given.pin.into_pin()?;
        let moved =
            self.inner().arrival.as_mut().and_then(|arrival| arrival.moved.take()).ok_or(Failure::GONE)?;
        let (home, pinned) = (self.place.home.clone(), self.place.setup.clone());
        let ports = self.ports(KeyFile::Make)?;
        self.open(move || moved.settle(&home, &pin, &pinned, ports)).await
    }

    /// Looks at a new phone's code, on the old one.
    pub(crate) async fn look_at_move(&self, text: String) -> Result<Found, Failure> {
        self.wallet()?;
        let read = tokio::task::spawn_blocking(move || Destination::read(&text)).await;
        let to = read.map_err(|_| Failure::BROKEN)??;
        Ok(Found::Move { id: self.keep(Waiting::Move(Box::new(to))) })
    }

    /// Shows what moves, once the new phone's number was typed here. This phone never shows its own: nobody could
    /// then say yes without having looked at the other.
    pub(crate) async fn move_out(&self, given: MoveOut) -> Result<Film, Failure> {
        let (wallet, id) = (self.wallet()?, given.id.as_str());
        let taken = self.take(id, |waiting| matches!(waiting, Waiting::Move(_)))?;
        let Waiting::Move(to) = taken else { return Err(Failure::GONE) };
        let moved = wallet.move_out(&to, given.check.as_str());
        if moved.is_err() {
            self.put_back(id, Waiting::Move(to));
        }
        let moved = moved?;
        Ok(Film { frames: moved.frames, left_out: moved.view.left_out })
    }
}
