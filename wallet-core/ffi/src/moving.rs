//! Moving to a new phone, screen to camera: the new phone shows a code and a number, the old phone shows what moves.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use wallet_core::move_phone::{Destination, MoveIn as Core, MoveProgress, Moved};
use wallet_core::unlock::Pin;
use wallet_core::view;

use crate::codes::CodesProgress;
use crate::error::WalletError;
use crate::hardware::HardwareKeys;
use crate::opening::{Register, ports};
use crate::records::{TextByLanguage, all};
use crate::system;
use crate::threads::block;
use crate::wallet::Wallet;

/// What moves, or came.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MovedView {
    /// When it was put together, in seconds since 1970.
    pub made_at: u64,
    /// Cards, to be had again, by name.
    pub cards: Vec<TextByLanguage>,
    /// Entries of the history.
    pub entries: u32,
    /// Entries, the oldest, that did not fit.
    pub left_out: u32,
}

/// What the old phone shows.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MoveOut {
    /// The texts of QR codes, to be shown one after the other, again and again.
    pub codes: Vec<String>,
    /// What is in them.
    pub view: MovedView,
}

/// What the new phone shows.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MoveInView {
    /// The text of the code to scan.
    pub code: String,
    /// The number to type into the old phone, in groups of four digits.
    pub number: String,
}

/// A move that a new phone waits for. Its key lives as long as this does, and is kept nowhere.
#[derive(uniffi::Object)]
pub struct MoveIn(Mutex<State>);

struct State {
    core: Core,
    count: CodesProgress,
    moved: Option<Moved>,
}

#[uniffi::export]
impl Wallet {
    /// On the old phone: `code` was scanned from the new phone, and `number` typed by its owner, who read it there.
    ///
    /// # Errors
    /// [`WalletError`]; the code `check_differs` where the number is another.
    pub async fn move_out(&self, code: String, number: String) -> Result<MoveOut, WalletError> {
        let core = self.core()?;
        block(move || {
            let out = core.move_out(&Destination::read(&code)?, &number)?;
            Ok(MoveOut { codes: out.frames, view: out.view.into() })
        })
        .await
    }
}

/// On the new phone: begins a move.
///
/// # Errors
/// [`WalletError`].
#[uniffi::export]
pub async fn begin_move_in() -> Result<Arc<MoveIn>, WalletError> {
    block(|| {
        let (core, count) = (Core::begin(&system::random())?, CodesProgress::new(0, 1));
        Ok(Arc::new(MoveIn(Mutex::new(State { core, count, moved: None }))))
    })
    .await
}

#[uniffi::export]
impl MoveIn {
    /// What to show to the old phone.
    pub fn view(&self) -> MoveInView {
        let view::MoveInView { text, check } = self.state().core.view();
        MoveInView { code: text, number: check }
    }

    /// Takes the text of a code that was scanned from the old phone.
    ///
    /// # Errors
    /// [`WalletError::Failed`] for a code that is no part of the message (those that came still count), and for a
    /// message that is not for this phone.
    pub fn take(&self, text: String) -> Result<CodesProgress, WalletError> {
        let mut state = self.state();
        if state.moved.is_none() {
            match state.core.take(&text)? {
                MoveProgress::Part { got, of } => state.count = CodesProgress::new(got, of),
                MoveProgress::Whole(moved) => {
                    state.count.got = state.count.of;
                    state.moved = Some(*moved);
                }
            }
        }
        Ok(state.count)
    }

    /// Forgets the codes that came, where they were of another screen.
    pub fn start_over(&self) {
        let mut state = self.state();
        state.core.start_over();
        (state.count, state.moved) = (CodesProgress::new(0, 1), None);
    }

    /// What came, to be looked at by the person before it becomes a wallet; none while codes are missing.
    pub fn came(&self) -> Option<MovedView> {
        self.state().moved.as_ref().map(|moved| moved.view().into())
    }

    /// Makes a wallet of what came, once.
    ///
    /// # Errors
    /// [`WalletError`]; the code `codes_missing` while codes are missing. Where a wallet could not be made, the old phone
    /// has to show its codes again.
    pub async fn settle(
        &self,
        folder: String,
        pin: String,
        register: Register,
        keys: Arc<dyn HardwareKeys>,
    ) -> Result<Arc<Wallet>, WalletError> {
        let (pin, setup) = (Pin::new(pin)?, register.read()?);
        let moved = self.state().moved.take().ok_or_else(|| WalletError::failed("codes_missing"))?;
        block(move || Ok(Wallet::of(moved.settle(&PathBuf::from(folder), &pin, &setup, ports(keys))?))).await
    }
}

impl MoveIn {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<view::BackupView> for MovedView {
    fn from(view: view::BackupView) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            made_at: view.made_at.secs(),
            cards: all(&view.cards),
            entries: count(view.entries),
            left_out: count(view.left_out),
        }
    }
}
