//! Practice: a wallet of its own in memory, with a sample card and a demo bank that asks for it.
//!
//! It has the same views as the real one and nothing behind them: no key, no network, no register. What happens in
//! it is gone when it ends, and nothing of it reaches the real wallet. Every screen says that it is practice.

mod sample;

use credential::time::UnixTime;
use serde_json::Value;
use wallet_core::store::entries::{How, Outcome, ReceiptState};
use wallet_core::view::{CardDetails, CardView, Consent, HistoryLine, Texts};

use crate::app::{App, Done, answer};
use crate::command::{Choose, Command, Practice as Given};
use crate::failure::{Failure, Much};
use crate::look::Found;
use crate::present::Shared;
use crate::upkeep::KeptUp;

/// What a person may look at while practising: an offer, a bank's request, and one that asks for too much.
const OFFER: &str = "practice:card";
const BANK: &str = "practice:bank";
const CURIOUS: &str = "practice:too-much";
/// Lines of the practised history, at most.
const MAX_LINES: usize = 50;

/// The practised wallet.
pub(crate) struct Practice {
    begun: UnixTime,
    cards: Vec<CardDetails>,
    /// What is being looked at: there is one name for each.
    looked: Option<Looked>,
    history: Vec<HistoryLine>,
}

enum Looked {
    Offer,
    Bank(Box<Consent>),
}

impl App {
    /// Begins or ends practising.
    pub(crate) fn practice(&self, given: Given) -> Done {
        let practice = given.on.then(|| Practice::begin(self.now()));
        self.inner().practice = practice;
        Done {}
    }

    /// Answers a command from the practised wallet, while somebody practises; nothing where the app itself answers.
    pub(crate) fn practise(&self, command: &Command) -> Option<Result<Value, Failure>> {
        let now = self.now();
        self.inner().practice.as_mut()?.call(command, now)
    }
}

impl Practice {
    fn begin(now: UnixTime) -> Self {
        Self { begun: now, cards: vec![sample::card(now)], looked: None, history: Vec::new() }
    }

    fn call(&mut self, command: &Command, now: UnixTime) -> Option<Result<Value, Failure>> {
        Some(match command {
            Command::State
            | Command::Set(_)
            | Command::Lock
            | Command::Away(_)
            | Command::Bright(_)
            | Command::Opened
            | Command::Owner
            | Command::ReadPicture(_)
            | Command::ReadFrame(_)
            | Command::Practice(_) => return None,
            Command::Cards => answer(self.cards.iter().map(|card| &card.card).collect::<Vec<_>>()),
            Command::Card(given) => self.card(given.id.as_str()).and_then(answer),
            Command::DeleteCard(given) => self.delete(given.id.as_str()).and_then(answer),
            Command::Look(given) => self.look(given.text.as_str()).and_then(answer),
            Command::Accept(given) => self.accept(given.id.as_str()).and_then(answer),
            Command::Choose(given) => self.choose(given).and_then(answer),
            Command::Share(given) => self.share(given.id.as_str(), now).and_then(answer),
            Command::Refuse(given) | Command::Decline(given) => {
                self.leave(given.id.as_str()).and_then(answer)
            }
            Command::CheckCard(given) => self.card(given.id.as_str()).and_then(answer),
            Command::KeepUp => answer(KeptUp { changed: false }),
            Command::History => answer(&self.history),
            Command::CheckReceipts => answer(Done {}),
            Command::Create(_)
            | Command::Unlock(_)
            | Command::ChangePin(_)
            | Command::RenewCard(_)
            | Command::GetAgain(_)
            | Command::BeginSignIn(_)
            | Command::EndSignIn(_)
            | Command::Report(_)
            | Command::Entry(_)
            | Command::ExportHistory
            | Command::AskDeletion(_)
            | Command::ShowCode(_)
            | Command::MakePhrase(_)
            | Command::Backup(_)
            | Command::Save(_)
            | Command::Restore(_)
            | Command::BeginMoveIn
            | Command::MoveOut(_)
            | Command::EndMoveIn(_)
            | Command::Erase
            | Command::Feedback(_) => Err(Failure::new("not_in_practice")),
        })
    }

    fn card(&self, id: &str) -> Result<&CardDetails, Failure> {
        self.cards.iter().find(|card| card.card.id == id).ok_or(Failure::new("no_such_card"))
    }

    fn delete(&mut self, id: &str) -> Result<Done, Failure> {
        self.card(id)?;
        self.cards.retain(|card| card.card.id != id);
        Ok(Done {})
    }

    fn look(&mut self, text: &str) -> Result<Found, Failure> {
        match text {
            OFFER => {
                self.looked = Some(Looked::Offer);
                Ok(Found::Offer { id: OFFER.to_owned(), offer: sample::offer() })
            }
            BANK => {
                let card = self.cards.first().ok_or(Failure::new("no_card"))?;
                let consent = Box::new(sample::consent(card));
                self.looked = Some(Looked::Bank(consent.clone()));
                Ok(Found::Request { id: BANK.to_owned(), consent })
            }
            CURIOUS => {
                let (party, claims) = (sample::bank(), sample::too_much());
                let much = Much { id: None, party, through: None, claims };
                Err(Failure { much: Some(Box::new(much)), ..Failure::new("too_much") })
            }
            _ => Err(Failure::new("practice_only")),
        }
    }

    fn accept(&mut self, id: &str) -> Result<Vec<&CardView>, Failure> {
        match self.take(id)? {
            Looked::Offer => {
                let card = sample::card(self.begun);
                self.cards.retain(|kept| kept.card.id != card.card.id);
                self.cards.push(card);
                Ok(self.cards.last().map(|card| &card.card).into_iter().collect())
            }
            Looked::Bank(_) => Err(Failure::GONE),
        }
    }

    fn share(&mut self, id: &str, now: UnixTime) -> Result<Shared, Failure> {
        let Looked::Bank(consent) = self.take(id)? else { return Err(Failure::GONE) };
        let entry = i64::try_from(self.history.len()).unwrap_or(i64::MAX).saturating_add(1);
        self.history.insert(0, line(entry, *consent, now));
        self.history.truncate(MAX_LINES);
        for card in &mut self.cards {
            card.card.unused_copies = card.card.unused_copies.saturating_sub(1);
        }
        Ok(Shared { entry, redirect_uri: None, receipt: ReceiptState::Checked, frames: Vec::new() })
    }

    /// There is nothing to choose but what is shown.
    fn choose(&self, given: &Choose) -> Result<&Consent, Failure> {
        match &self.looked {
            Some(Looked::Bank(consent)) if given.id.as_str() == BANK => {
                let fits = given.choices.options == consent.choice.options
                    && given.choices.cards.iter().all(|chosen| {
                        chosen.way.is_none()
                            && consent
                                .cards
                                .iter()
                                .any(|card| card.query == chosen.query && card.id == chosen.card)
                    });
                if fits { Ok(consent) } else { Err(Failure::new("choice_not_offered")) }
            }
            _ => Err(Failure::GONE),
        }
    }

    fn leave(&mut self, id: &str) -> Result<Done, Failure> {
        self.take(id).map(|_| Done {})
    }

    fn take(&mut self, id: &str) -> Result<Looked, Failure> {
        let fits = |looked: &mut Looked| match looked {
            Looked::Offer => id == OFFER,
            Looked::Bank(_) => id == BANK,
        };
        self.looked.take_if(fits).ok_or(Failure::GONE)
    }
}

fn line(id: i64, consent: Consent, at: UnixTime) -> HistoryLine {
    let names = consent.cards.into_iter().flat_map(|card| card.shared).map(|asked| asked.claim.name);
    HistoryLine {
        id,
        at,
        asks: consent.asks,
        through: consent.through,
        purpose: consent.purpose,
        how: How::Card,
        shared: names.collect::<Vec<Texts>>(),
        transactions: consent.transactions,
        kept_days: consent.kept_days,
        outcome: Outcome::Shared,
        receipt: ReceiptState::Checked,
        deletion: None,
        reported_at: None,
    }
}
