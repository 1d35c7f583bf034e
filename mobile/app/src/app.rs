//! The app: one wallet on this phone, and the one call that screens have.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use credential::time::UnixTime;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore};
use wallet_core::clock::Clock;
use wallet_core::keys::KeyStore;
use wallet_core::random::Random;
use wallet_core::wallet::{Setup, Wallet};

use crate::command::{Bright, Command};
use crate::counter::Film;
use crate::failure::Failure;
use crate::files::Saver;
use crate::link::{Link, LinkError, MAX_SCANNED};
use crate::move_phone::Arrival;
use crate::owner::Ask;
use crate::pending::{Pending, Waiting};
use crate::practice::Practice;
use crate::settings::Settings;

/// Where keys live.
pub enum Keys {
    /// In a file beside the wallet: on computers, for tests. For a phone there is no such choice to compile.
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    InFile,
    /// In the phone's hardware.
    OfDevice(Arc<dyn KeyStore>),
}

/// What the app runs on.
pub struct Place {
    /// The wallet's folder, the app's own.
    pub home: PathBuf,
    /// Whom a new wallet believes: pinned in the app.
    pub setup: Setup,
    /// Where keys live.
    pub keys: Keys,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Random,
    /// The address by which a browser comes back from an agency's sign-in.
    pub comes_back_to: String,
}

/// Makes the screen bright, or as it was.
type Light = Box<dyn Fn(bool) + Send + Sync>;

/// The app. Cheap to share behind an `Arc`; every method may be called at any time.
pub struct App {
    pub(crate) place: Place,
    /// The screen's, where it can be turned up.
    light: Option<Light>,
    /// The phone's, where it can say whether its owner confirms.
    pub(crate) owner: Option<Ask>,
    /// The phone's, where it can ask its owner where a file goes.
    pub(crate) saver: Option<Saver>,
    /// Pictures are read one at a time.
    pub(crate) reads: Arc<Semaphore>,
    /// What the wallet does by itself it does one at a time.
    pub(crate) upkeep: Semaphore,
    /// Told when the wallet locks.
    pub(crate) locks: Notify,
    inner: Mutex<Inner>,
}

/// What changes.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) wallet: Option<Arc<Wallet>>,
    pub(crate) pending: Pending,
    /// Since when the app is in the background.
    pub(crate) away_since: Option<UnixTime>,
    /// Until when no PIN is tried, as far as is known here.
    pub(crate) wait_until: Option<UnixTime>,
    pub(crate) practice: Option<Practice>,
    /// What was collected of a counter's film.
    pub(crate) film: Film,
    /// The wallet of an old phone that is on its way here.
    pub(crate) arrival: Option<Arrival>,
    /// The last link that opened the app.
    opened: Option<Result<String, LinkError>>,
}

/// What a command without a result answers.
#[derive(Serialize)]
pub(crate) struct Done {}

#[derive(Serialize)]
struct Opened {
    text: Option<String>,
}

impl App {
    /// The app of a place: with no wallet yet, or a locked one.
    pub fn new(place: Place) -> Self {
        let settings = Settings::read(&place.home);
        Self {
            place,
            light: None,
            owner: None,
            saver: None,
            reads: Arc::new(Semaphore::new(1)),
            upkeep: Semaphore::new(1),
            locks: Notify::new(),
            inner: Mutex::new(Inner { settings, ..Inner::default() }),
        }
    }

    /// Where the screen can be turned up while a code is shown: `light` is told whether one is, and may take its time.
    pub fn lit_by(&mut self, light: impl Fn(bool) + Send + Sync + 'static) {
        self.light = Some(Box::new(light));
    }

    /// Runs a command.
    ///
    /// # Errors
    /// [`Failure`]: its code, and never what was given or what is kept here.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<Value, Failure> {
        let command = Command::read(name, arguments)?;
        self.lock_when_due();
        if let Some(answer) = self.practise(&command) {
            return answer;
        }
        match command {
            Command::State => answer(self.state()),
            Command::Set(change) => answer(self.set(change)?),
            Command::Create(given) => answer(self.create(given).await?),
            Command::Unlock(given) => answer(self.unlock(given).await?),
            Command::Lock => answer(self.lock()),
            Command::Away(given) => answer(self.go(given)),
            Command::Bright(given) => answer(self.bright(&given)),
            Command::Opened => answer(self.opened()?),
            Command::Owner => answer(self.owner().await?),
            Command::Practice(given) => answer(self.practice(given)),
            Command::ChangePin(given) => answer(self.change_pin(given).await?),
            Command::Erase => answer(self.erase().await?),
            Command::Cards => answer(self.wallet()?.cards()?),
            Command::Card(given) => answer(self.wallet()?.card(given.id.as_str())?),
            Command::DeleteCard(given) => answer(self.delete_card(given).await?),
            Command::CheckCard(given) => answer(self.check_card(given).await?),
            Command::RenewCard(given) => answer(self.renew_card(given).await?),
            Command::GetAgain(given) => answer(self.get_again(given).await?),
            Command::KeepUp => answer(self.keep_up().await?),
            Command::Look(given) => answer(self.look(given).await?),
            Command::ReadPicture(given) => answer(self.read_picture(given).await?),
            Command::ReadFrame(given) => answer(self.read_frame(given).await?),
            Command::Accept(given) => answer(self.accept(given).await?),
            Command::BeginSignIn(given) => answer(self.begin_sign_in(given).await?),
            Command::EndSignIn(given) => answer(self.end_sign_in(given).await?),
            Command::Refuse(given) => answer(self.refuse(&given)?),
            Command::Choose(given) => answer(self.choose(&given)?),
            Command::Share(given) => answer(self.share(given).await?),
            Command::Decline(given) => answer(self.decline(given).await?),
            Command::History => answer(self.wallet()?.history()?),
            Command::CheckReceipts => answer(self.check_receipts().await?),
            Command::ShowCode(given) => answer(self.show_code(&given)?),
            Command::MakePhrase(given) => answer(self.make_phrase(&given)?),
            Command::Backup(given) => answer(self.backup(given).await?),
            Command::Save(given) => answer(self.save(given).await?),
            Command::Restore(given) => answer(self.restore(given).await?),
            Command::BeginMoveIn => answer(self.begin_move_in().await?),
            Command::MoveOut(given) => answer(self.move_out(given).await?),
            Command::EndMoveIn(given) => answer(self.end_move_in(given).await?),
            Command::Entry(given) => answer(self.wallet()?.receipt(given.id)?),
            Command::ExportHistory => answer(self.export_history()?),
            Command::AskDeletion(given) => answer(self.ask_deletion(given).await?),
            Command::Report(given) => answer(self.report(given).await?),
            Command::Feedback(given) => answer(self.feedback(given).await?),
        }
    }

    /// Takes the link that opened the app: an offer, a request, or a browser that comes back from a sign-in. A screen
    /// asks for it with `opened`. What came before is forgotten.
    pub fn open_link(&self, text: &str) {
        let opened = if self.comes_back(text) { Ok(text.to_owned()) } else { Link::read_opening(text) };
        self.inner().opened = Some(opened);
    }

    /// Whether this is the address that a browser comes back to from a sign-in.
    pub(crate) fn comes_back(&self, text: &str) -> bool {
        let rest = text.strip_prefix(&self.place.comes_back_to);
        text.len() <= MAX_SCANNED && rest.is_some_and(|rest| rest.starts_with('?'))
    }

    fn bright(&self, given: &Bright) -> Done {
        if let Some(light) = &self.light {
            light(given.on);
        }
        Done {}
    }

    fn opened(&self) -> Result<Opened, Failure> {
        let text = self.inner().opened.take().transpose()?;
        Ok(Opened { text })
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.place.clock.now()
    }

    /// What changes; nobody waits for anything while holding it.
    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open wallet.
    pub(crate) fn wallet(&self) -> Result<Arc<Wallet>, Failure> {
        self.inner().wallet.clone().ok_or(Failure::LOCKED)
    }

    pub(crate) fn keep(&self, waiting: Waiting) -> String {
        let now = self.now();
        self.inner().pending.keep(waiting, now, &self.place.random)
    }

    pub(crate) fn take(&self, id: &str, is_of_kind: fn(&Waiting) -> bool) -> Result<Waiting, Failure> {
        let now = self.now();
        self.inner().pending.take(id, is_of_kind, now)
    }

    /// Puts something back under its name, unless the wallet was locked meanwhile.
    pub(crate) fn put_back(&self, id: &str, waiting: Waiting) {
        let now = self.now();
        let mut inner = self.inner();
        if inner.wallet.is_some() {
            inner.pending.put_back(id, waiting, now);
        }
    }
}

impl core::fmt::Debug for App {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("App")
    }
}

pub(crate) fn answer(value: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|_| Failure::BROKEN)
}
