//! `wallet renew`, and what other commands do beside their own work because it is due.

use serde_json::{Value, json};
use wallet_core::store::StoreError;
use wallet_core::view::{CardView, PromiseView, RenewalView};
use wallet_core::wallet::Wallet;

use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{cards, receive, words};

pub(crate) async fn run(home: &Home, card: Option<&str>) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let Some(card) = card else {
        let news = do_what_is_due(&wallet).await.map_err(|error| Refusal::for_people(error.code()))?;
        let text = if news.is_empty() { words::words().nothing_due.to_owned() } else { news.to_text() };
        return Ok(Output::new(text, news.to_json()));
    };
    let card = cards::named(&wallet, card)?;
    let renewed = wallet.renew_card(&card.id).await.map_err(receive::refuse)?;
    let promised = wallet.promised().map_err(|error| Refusal::for_people(error.code()))?;
    let lines = renewed.iter().map(fresh).chain(promised.iter().map(words::promise));
    let json = json!({ "cards": renewed, "promised": promised });
    Ok(Output::new(lines.collect::<Vec<_>>().join("\n"), json))
}

/// What was due, and how it went.
pub(crate) struct News {
    renewals: Vec<RenewalView>,
    promises: Vec<PromiseView>,
}

/// Looks what became of the cards, asks for what was promised, renews what is due. Never to be called beside a showing.
pub(crate) async fn do_what_is_due(wallet: &Wallet) -> Result<News, StoreError> {
    if wallet.states_due()? {
        wallet.refresh_states().await?;
    }
    let promises = wallet.fetch_promised(wallet.now()).await?;
    let renewals = wallet.renew_copies(wallet.now()).await?;
    Ok(News { renewals, promises })
}

impl News {
    fn is_empty(&self) -> bool {
        self.renewals.is_empty() && self.promises.is_empty()
    }

    pub(crate) fn to_text(&self) -> String {
        let lines = self.renewals.iter().map(words::renewal);
        lines.chain(self.promises.iter().map(words::promise)).collect::<Vec<_>>().join("\n")
    }

    fn to_json(&self) -> Value {
        json!({ "renewals": self.renewals, "promised": self.promises })
    }
}

/// A card with fresh copies.
pub(crate) fn fresh(card: &CardView) -> String {
    words::fill(words::words().fresh_copies, &[&words::say(&card.title), &card.id, &card.copies.to_string()])
}
