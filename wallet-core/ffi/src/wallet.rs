//! What a person does with a wallet.
//!
//! A wallet is made or opened with its PIN ([`crate::opening`]), and locked again by [`Wallet::lock`] or when the app lets go of it. Offers and
//! requests are looked at first; what was looked at is taken or answered once.

use std::sync::{Arc, Mutex, PoisonError};

use url::Url;
use wallet_core::backup::FILE_NAME;
use wallet_core::phrase::Phrase;
use wallet_core::present::Asked;
use wallet_core::receive::{Offered, SignIn};
use wallet_core::view;
use wallet_core::wallet::Wallet as Core;

use crate::error::WalletError;
use crate::records::cards::{Card, CardDetails, OfferView};
use crate::records::consent::{Choice, Consent, Shared};
use crate::records::history::receipt;
use crate::threads::{block, run};

/// A backup: a file that the person keeps, whoever holds it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Backup {
    /// What to call the file.
    pub file_name: String,
    /// Its bytes, encrypted under the words.
    pub file: Vec<u8>,
}

/// An open wallet.
#[derive(uniffi::Object)]
pub struct Wallet(Mutex<Option<Arc<Core>>>);

/// An offer that was looked at.
#[derive(uniffi::Object)]
pub struct Offer {
    offered: Arc<Offered>,
    sign_in: Mutex<Option<SignIn>>,
}

/// A request that was looked at. It is answered once.
#[derive(uniffi::Object)]
pub struct Request {
    consent: Mutex<Consent>,
    asked: Mutex<Option<Box<Asked>>>,
}

#[uniffi::export]
impl Wallet {
    /// Locks the wallet: everything after this fails with [`WalletError::Locked`].
    pub fn lock(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The cards.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn cards(&self) -> Result<Vec<Card>, WalletError> {
        let core = self.core()?;
        block(move || Ok(core.cards()?.into_iter().map(Card::from).collect())).await
    }

    /// A card with all that it says.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn card(&self, id: String) -> Result<CardDetails, WalletError> {
        let core = self.core()?;
        block(move || Ok(core.card(&id)?.into())).await
    }

    /// Throws a card away. Its office is told where it can be.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn remove_card(&self, id: String) -> Result<(), WalletError> {
        let core = self.core()?;
        run(async move { Ok(core.remove_card(&id).await?) }).await
    }

    /// Looks at an offer: a link, or the text of a QR code.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn look_at_offer(&self, text: String) -> Result<Arc<Offer>, WalletError> {
        let core = self.core()?;
        run(async move {
            let offered = Arc::new(core.look_at_offer(&text).await?);
            Ok(Arc::new(Offer { offered, sign_in: Mutex::new(None) }))
        })
        .await
    }

    /// Takes an offer up, with the code where it needs one. After a wrong code the person may try again.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn receive(&self, offer: Arc<Offer>, code: Option<String>) -> Result<Vec<Card>, WalletError> {
        let core = self.core()?;
        run(async move { Ok(cards(core.receive(&offer.offered, code.as_deref()).await?)) }).await
    }

    /// Begins to sign in for an offer: gives the address to open in the system's browser. It comes back to
    /// `comes_back_to`, which is a link of the app's.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn begin_sign_in(
        &self,
        offer: Arc<Offer>,
        comes_back_to: String,
    ) -> Result<String, WalletError> {
        let core = self.core()?;
        run(async move {
            let begun = core.begin_sign_in(&offer.offered, &comes_back_to).await?;
            let address = begun.address.clone();
            *offer.sign_in.lock().unwrap_or_else(PoisonError::into_inner) = Some(begun);
            Ok(address)
        })
        .await
    }

    /// Ends the sign-in with the address that the browser came back to. It ends once.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn end_sign_in(&self, offer: Arc<Offer>, came_back: String) -> Result<Vec<Card>, WalletError> {
        let core = self.core()?;
        let begun = offer.sign_in.lock().unwrap_or_else(PoisonError::into_inner).take();
        let begun = begun.ok_or_else(|| WalletError::failed("gone"))?;
        run(async move { Ok(cards(core.end_sign_in(&offer.offered, begun, &came_back).await?)) }).await
    }

    /// Looks at a request: a link, or the text of a QR code. Who asks is proven by the register, and asking for more
    /// than is registered is [`WalletError::TooMuch`].
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn look_at_request(&self, text: String) -> Result<Arc<Request>, WalletError> {
        let core = self.core()?;
        run(async move { Ok(Request::of(core.look_at_request(&text).await?)) }).await
    }

    /// Takes another choice than the usual one, among what the consent offers, and gives the consent that it comes to.
    ///
    /// # Errors
    /// [`WalletError`]; the code `choice_not_offered` for a choice that the consent does not offer, which changes nothing.
    pub async fn choose(&self, request: Arc<Request>, choice: Choice) -> Result<Consent, WalletError> {
        let core = self.core()?;
        block(move || request.choose(&core, &choice.into())).await
    }

    /// Shares what the consent says, once: however it went, the request is answered.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn share(&self, request: Arc<Request>) -> Result<Shared, WalletError> {
        let (core, asked) = (self.core()?, request.take()?);
        run(async move {
            let shared = core.share(*asked).await?;
            Ok(Shared {
                entry: shared.entry,
                redirect_uri: shared.redirect_uri.map(Url::into),
                receipt: receipt(shared.receipt),
            })
        })
        .await
    }

    /// Says no. The other side is told where it can be.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn decline(&self, request: Arc<Request>) -> Result<(), WalletError> {
        let (core, asked) = (self.core()?, request.take()?);
        run(async move {
            // The answer is no, whether or not it arrives.
            let _ = core.decline(&asked).await;
            Ok(())
        })
        .await
    }

    /// Does what is due: states of cards, cards that were promised, fresh copies, proofs for counters, receipts, wishes to delete. To be called when the
    /// app opens, and now and then, but not while the person decides on something. Shortly after a card was shown nothing
    /// is fetched for cards and counters, which could tell who showed it; receipts and wishes are asked about at any time.
    /// What could not be done is done another time.
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn keep_up(&self) -> Result<(), WalletError> {
        let core = self.core()?;
        run(async move {
            if core.quiet_for(core.now())?.is_none() {
                if core.states_due()? {
                    core.refresh_states().await?;
                }
                core.fetch_promised(core.now()).await?;
                core.renew_copies(core.now()).await?;
                if core.counters_due()? {
                    // Without the register the proofs stay as old as they are, and counters are told their age.
                    let _ = core.prepare_for_counters().await;
                }
            }
            core.prove_receipts().await?;
            core.check_deletions().await?;
            Ok(())
        })
        .await
    }

    /// Makes a backup under twelve words ([`crate::opening::recovery_words`]).
    ///
    /// # Errors
    /// [`WalletError`].
    pub async fn backup(&self, words: String) -> Result<Backup, WalletError> {
        let (core, phrase) = (self.core()?, Phrase::read(&words)?);
        block(move || Ok(Backup { file_name: FILE_NAME.to_owned(), file: core.backup(&phrase)?.file })).await
    }
}

impl Wallet {
    pub(crate) fn of(core: Core) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(Arc::new(core)))))
    }

    pub(crate) fn core(&self) -> Result<Arc<Core>, WalletError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(WalletError::Locked)
    }
}

#[uniffi::export]
impl Offer {
    /// What is offered.
    pub fn view(&self) -> OfferView {
        self.offered.view().into()
    }
}

#[uniffi::export]
impl Request {
    /// What the person decides on, as chosen.
    pub fn consent(&self) -> Consent {
        self.consent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Request {
    pub(crate) fn of(asked: Asked) -> Arc<Self> {
        let consent = Mutex::new(asked.consent().into());
        Arc::new(Self { consent, asked: Mutex::new(Some(Box::new(asked))) })
    }

    fn choose(&self, core: &Core, choice: &view::Choice) -> Result<Consent, WalletError> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = asked.as_mut().ok_or_else(|| WalletError::failed("gone"))?;
        core.choose(asked, choice)?;
        let consent = Consent::from(asked.consent());
        self.consent.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&consent);
        Ok(consent)
    }

    pub(crate) fn take(&self) -> Result<Box<Asked>, WalletError> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
        asked.ok_or_else(|| WalletError::failed("gone"))
    }
}

fn cards(views: Vec<view::CardView>) -> Vec<Card> {
    views.into_iter().map(Card::from).collect()
}
