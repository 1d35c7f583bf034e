//! Moving to a new phone: its code, the old phone's film of codes, and a wallet of what came.

use serde::Serialize;
use wallet_core::move_phone::{Destination, MoveIn, MoveProgress, Moved};
use wallet_core::view::MoveInView;

use crate::app::{App, Done};
use crate::command::{EndMoveIn, MoveOut};
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
    moved: Option<Moved>,
}

/// The old phone's film.
#[derive(Serialize)]
pub(crate) struct Film {
    frames: Vec<String>,
}

impl App {
    /// The new phone waits for the old one: a key for this one move, kept nowhere.
    pub(crate) async fn begin_move_in(&self) -> Result<MoveInView, Failure> {
        self.expect_no_wallet()?;
        let random = self.place.random.clone();
        let begun = tokio::task::spawn_blocking(move || MoveIn::begin(&random)).await;
        let incoming = begun.map_err(|_| Failure::BROKEN)??;
        let view = incoming.view();
        self.inner().arrival = Some(Arrival { incoming, of: 1, moved: None });
        Ok(view)
    }

    /// Takes a code of the old phone's film.
    pub(crate) fn take_moved(&self, frame: &str) -> Result<Found, Failure> {
        let mut inner = self.inner();
        let arrival = inner.arrival.as_mut().ok_or(Failure::LOCKED)?;
        if arrival.moved.is_some() {
            return Ok(Found::Frames { got: arrival.of, of: arrival.of });
        }
        match arrival.incoming.take(frame)? {
            MoveProgress::Part { got, of } => {
                arrival.of = of;
                Ok(Found::Frames { got, of })
            }
            MoveProgress::Whole(moved) => {
                arrival.moved = Some(*moved);
                Ok(Found::Frames { got: arrival.of, of: arrival.of })
            }
        }
    }

    /// Makes the wallet of this phone out of what came. It believes whom this app believes.
    pub(crate) async fn end_move_in(&self, given: EndMoveIn) -> Result<Done, Failure> {
        self.expect_no_wallet()?;
        let pin = given.pin.into_pin()?;
        let moved =
            self.inner().arrival.as_mut().and_then(|arrival| arrival.moved.take()).ok_or(Failure::GONE)?;
        let (home, pinned) = (self.place.home.clone(), self.place.setup.clone());
        let ports = self.ports(KeyFile::Make)?;
        self.open(move || moved.settle(&home, &pin, &pinned, ports)).await?;
        self.inner().arrival = None;
        Ok(Done {})
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
        Ok(Film { frames: moved?.frames })
    }
}
