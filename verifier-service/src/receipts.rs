//! Receipts: what the provider signs for each card that was shown and each login by session, and the root over
//! a period's receipts that the register keeps.
//!
//! A receipt names its period and by when that period's root will be anchored, so that one that was left out can
//! be proven to be missing. A period is closed, its receipts are placed, its root is kept, anchored, and noted as
//! anchored: a crash between any two of these leaves what the next round takes up.

use core::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use credential::did::SymbolonDid;
use credential::jws;
use registry_proof::name::MemberId;
use registry_proof::receipts::TYPE;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::client::Client;
use crate::register::AnchorError;
use crate::service::Provider;
use crate::store::asks::{Ask, Kind, Request, Shown};
use crate::store::receipts::{Draft, First, Period, Root};
use crate::store::sessions::Session;

/// How often the keeper looks whether a period is over.
const LOOK: Duration = Duration::from_secs(1);
/// How long after the end of its period a receipt may wait for its root: the register may halt meanwhile.
const PROMISE: Duration = Duration::from_secs(24 * 3600);

/// Why a round did not end.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// The register did not take a root.
    #[error("root over receipts was not anchored")]
    Anchor(#[from] AnchorError),
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
}

impl Provider {
    /// The receipt for a card that was shown, and the hash of the state in it.
    pub(crate) fn receipt_for(
        &self,
        client: &Client,
        ask: &Ask,
        request: &Request,
        shown: &Shown,
    ) -> Option<(Draft, String)> {
        let state_hash = hash_of_state(&request.state);
        let mut claims = self.claims(client, &state_hash)?;
        claims.insert("how".to_owned(), "card".into());
        claims.insert("vct".to_owned(), shown.card.vct.clone().into());
        claims.insert("shared".to_owned(), shown.shared.clone().into());
        match (&shown.identifier, ask.kind) {
            (Some(identifier), Kind::Login) => {
                claims.insert("sub".to_owned(), self.subject_at(client, identifier).into());
            }
            (_, Kind::Presentation) => {
                claims.insert("presentation".to_owned(), ask.id.clone().into());
            }
            (None, Kind::Login) => {}
        }
        Some((self.draft(claims, None), state_hash))
    }

    /// The receipt for a login by session; the wallet fetches it with the one that the session began with.
    pub(crate) fn receipt_for_session(&self, client: &Client, session: &Session) -> Option<Draft> {
        let first: First = session.first.clone()?;
        let mut claims = self.claims(client, &first.state_hash)?;
        claims.insert("how".to_owned(), "session".into());
        claims.insert("vct".to_owned(), session.card.vct.clone().into());
        claims.insert("shared".to_owned(), json!([]));
        claims.insert("sub".to_owned(), self.subject_at(client, &session.identifier).into());
        Some(self.draft(claims, Some(first)))
    }

    /// What every receipt says.
    fn claims(&self, client: &Client, state_hash: &str) -> Option<Map<String, Value>> {
        let claims = json!({
            "iss": self.did(&self.member)?.to_string(), "aud": self.did(&client.member)?.to_string(),
            "iat": self.clock.now(), "jti": self.random.token(), "use": client.use_name, "state_hash": state_hash,
        });
        claims.as_object().cloned()
    }

    fn draft(&self, mut claims: Map<String, Value>, session: Option<First>) -> Draft {
        let provider = self.clone();
        let sign = move |period: &Period| {
            claims.insert("period".to_owned(), period.name.clone().into());
            claims.insert("due".to_owned(), json!(period.ends.plus(PROMISE)));
            let mut header = Map::new();
            header.insert("typ".to_owned(), TYPE.into());
            header.insert("kid".to_owned(), provider.did(&provider.member)?.key_id("receipt", 0).into());
            jws::sign(header, &claims, &provider.receipt_key).ok()
        };
        Draft { every: self.receipts.every, session, sign: Box::new(sign) }
    }

    fn did(&self, member: &MemberId) -> Option<SymbolonDid> {
        SymbolonDid::new(self.register.client().network().as_str(), member.as_str()).ok()
    }

    fn subject_at(&self, client: &Client, identifier: &str) -> String {
        crate::claims::subject(self.subjects.expose().as_bytes(), &client.member, identifier)
    }

    /// Anchors what is due until the process ends.
    pub(crate) async fn keep_receipts(&self) {
        loop {
            if let Err(error) = self.anchor_due().await {
                self.metrics.count("receipt_rounds_failed_total", &[]);
                tracing::warn!(error = &error as &dyn std::error::Error, "roots over receipts wait");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Finishes what a crash or a halt of the register cut short, and puts every period that is over under a
    /// root. A period without receipts has one too: silence would tell that nobody came.
    ///
    /// # Errors
    /// [`RoundError`]; one period that cannot be anchored keeps no other from it.
    pub async fn anchor_due(&self) -> Result<(), RoundError> {
        let _one_at_a_time = self.rounds.lock().await;
        self.store.turn_period(self.receipts.every, self.random.bytes(), self.clock.now()).await?;
        for period in self.store.periods_without_root().await? {
            let Some((tree, digests)) = self.store.make_tree(period.clone()).await? else { continue };
            self.store.keep_places(digests, tree.places).await?;
            self.store.keep_root(Root { period, root: tree.root }).await?;
        }
        let mut outcome = Ok(());
        for Root { period, root } in self.store.roots_to_anchor().await? {
            match self.register.anchor_receipts(&period, root, &self.clock, &self.random).await {
                Ok(()) => self.store.anchored(period).await?,
                Err(error) => outcome = Err(error.into()),
            }
        }
        outcome
    }
}

/// As it stands in a receipt: who can give the state is the wallet that answered.
pub(crate) fn hash_of_state(state: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(state))
}
