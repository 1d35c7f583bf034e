//! A login provider that gives receipts and is asked about them, the register's node and the registrar's agency,
//! honest or not, all under one address.

use std::sync::{Arc, Mutex};

use credential::encoding::base64url;
use credential::key::SigningKey;
use credential::time::UnixTime;
use registry_proof::entry::Role;
use registry_proof::receipts::{Place, Tree};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::now;
use crate::register::Register;
use crate::server::{Got, Page, Server};
use crate::world::{Asking, Home};

pub(crate) const PERIOD: &str = "20270115T000000Z";
const STATE: &str = "ssssssssssssssssssssssssssssssssssssssssssss";

/// What it does, and a test changes.
pub(crate) struct Behaviour {
    /// What the register says.
    pub(crate) register: Register,
    /// As of when its node proves that.
    pub(crate) proven_at: UnixTime,
    /// Where receipts stand; nothing closes the connection.
    pub(crate) place: Option<Page>,
    /// Receipts of later logins.
    pub(crate) logins: Vec<String>,
    /// How wishes stand.
    pub(crate) deletion: Value,
    /// What becomes of "this wasn't me".
    pub(crate) not_me: Page,
    /// What becomes of a report.
    pub(crate) feedback: Page,
}

/// A wallet that has shown a card, and whoever it showed it to.
pub(crate) struct World {
    pub(crate) home: Home,
    pub(crate) asking: Arc<Asking>,
    pub(crate) server: Server,
    pub(crate) behaviour: Arc<Mutex<Behaviour>>,
    /// The line in the history.
    pub(crate) line: i64,
}

impl World {
    /// With a receipt whose root is due in an hour.
    pub(crate) async fn new(name: &str) -> Self {
        Self::with_receipt(name, promise(now().secs() + 3600)).await
    }

    /// With a receipt whose root should be there by now.
    pub(crate) async fn overdue(name: &str) -> Self {
        Self::with_receipt(name, promise(now().secs() - 1)).await
    }

    /// With a receipt that says this besides.
    pub(crate) async fn with_receipt(name: &str, says: Value) -> Self {
        Self::make(name, says, |_| ()).await
    }

    /// As [`World::new`], with another question.
    pub(crate) async fn asked(name: &str, change: impl FnOnce(&mut Asking)) -> Self {
        Self::make(name, promise(now().secs() + 3600), change).await
    }

    async fn make(name: &str, says: Value, change: impl FnOnce(&mut Asking)) -> Self {
        let mut made = None;
        let server = Server::start(|origin| {
            let mut asking = asking(origin);
            change(&mut asking);
            let asking = Arc::new(asking);
            let behaviour = Arc::new(Mutex::new(Behaviour::new(origin)));
            let receipt = asking.receipt_saying(says, &asking.receipt_key);
            made = Some((Arc::clone(&asking), Arc::clone(&behaviour)));
            Box::new(move |got| behaviour.lock().unwrap().answer(got, &asking, &receipt))
        })
        .await;
        let (asking, behaviour) = made.unwrap();
        let home = Home::with_node(name, &asking.register, &server.origin);
        home.keep_card(1, &asking.issuer);
        let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
        let line = home.wallet.share(asked).await.unwrap().entry;
        Self { home, asking, server, behaviour, line }
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.behaviour.lock().unwrap());
    }

    /// The receipt, as the wallet keeps it.
    pub(crate) fn receipt(&self) -> String {
        self.home.wallet.receipt(self.line).unwrap().token.unwrap()
    }

    /// A tree over the receipt, another one, and those of later logins.
    pub(crate) fn tree(&self, more: &[String]) -> Tree {
        let digest = |text: &String| <[u8; 32]>::from(Sha256::digest(text));
        let mut receipts = vec![digest(&self.receipt()), [7; 32]];
        receipts.extend(more.iter().map(digest));
        let mut counter = 0u64;
        Tree::make(&receipts, || {
            counter += 1;
            Sha256::digest(counter.to_be_bytes()).into()
        })
    }

    /// Anchors a tree over the receipt, and says where it stands.
    pub(crate) fn anchor(&self) -> Tree {
        let tree = self.tree(&[]);
        self.change(|behaviour| {
            behaviour.register.add_receipts(PERIOD, tree.root);
            behaviour.place = Some(placed(Some(&tree.places[0]), &behaviour.register));
        });
        tree
    }

    /// A receipt for a login by the session that the card began, which says this besides or instead.
    pub(crate) fn login(&self, more: Value, signer: &SigningKey) -> String {
        let mut says = promise(now().secs() + 3600);
        says["shared"] = json!([]);
        says["how"] = "session".into();
        says["aud"] = "did:symbolon:demo:library".into();
        says["jti"] = "2".into();
        says.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.asking.receipt_saying(says, signer)
    }
}

/// What a receipt promises.
fn promise(due: u64) -> Value {
    json!({ "period": PERIOD, "due": due, "how": "card", "state_hash": base64url(Sha256::digest(STATE)) })
}

fn asking(origin: &str) -> Asking {
    let mut asking = Asking::new(origin);
    asking.content.state = Some(STATE.to_owned());
    asking.staple();
    asking
}

/// Where a receipt stands, with the proof of all that the register says.
pub(crate) fn placed(place: Option<&Place>, register: &Register) -> Page {
    placed_by(place, &register.bundle(now()))
}

/// Where a receipt stands, with this proof.
pub(crate) fn placed_by(place: Option<&Place>, proof: &[u8]) -> Page {
    answer(&json!({ "period": PERIOD, "place": place, "registry_proof": base64url(proof) }))
}

pub(crate) fn answer(body: &Value) -> Page {
    Page::new(200, body.to_string())
}

impl Behaviour {
    fn new(origin: &str) -> Self {
        let mut register = Asking::new(origin).register;
        register.add_member("digital", Role::Registrar, origin);
        register.add_member("library", Role::Verifier, "https://library.example");
        register.add_registration("library", "login", &["login_identifier"]);
        Self {
            register,
            proven_at: now(),
            place: Some(answer(&json!({ "period": PERIOD, "place": null, "registry_proof": null }))),
            logins: Vec::new(),
            deletion: json!({ "asked_at": now().secs(), "done_at": null }),
            not_me: answer(&json!({ "ended": true })),
            feedback: Page::new(201, "{\"taken\":true}"),
        }
    }

    fn answer(&self, got: &Got, asking: &Asking, receipt: &str) -> Option<Page> {
        Some(match got.path.as_str() {
            "/request" => Page::new(200, asking.signed()),
            "/response" => answer(&json!({ "receipt": receipt })),
            "/v1/head" | "/v1/snapshot" => Page::bytes(self.register.bundle(self.proven_at)),
            "/receipts/place" => return self.place.clone(),
            "/receipts/logins" => answer(&json!({ "receipts": self.logins })),
            "/receipts/deletion" | "/receipts/deletion/state" => answer(&self.deletion),
            "/receipts/not-me" => self.not_me.clone(),
            "/feedback" => self.feedback.clone(),
            _ => Page::new(404, ""),
        })
    }
}
