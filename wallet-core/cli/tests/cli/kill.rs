//! `kill -9` of the command in the middle of its work, at moments drawn with a fixed seed: what it showed as done
//! stays done, no copy leaves twice, a card is there with all its copies or not at all.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use registry_proof::entry::Role;
use serde_json::Value;

use crate::issuer::{CODE, Issuer, Mood};
use crate::server::{Got, Page, Server};
use crate::world::Asking;
use crate::{Folder, read, wallet};

const BATCH: usize = 10;

/// Everybody under one address: the agency, the provider, and the register that knows both.
fn asking(origin: &str) -> Asking {
    let mut asking = Asking::new(origin);
    asking.register.add_member("interior", Role::Issuer, origin);
    asking.staple();
    asking
}

fn issuer(origin: &str) -> Issuer {
    let mut issuer = Issuer::new(origin);
    issuer.register = asking(origin).register;
    issuer.batch = BATCH;
    issuer.metadata["batch_credential_issuance"]["batch_size"] = BATCH.into();
    issuer.staple();
    issuer
}

/// The issuer stands anew with each request, so that its proof is young; what it has given is kept.
fn answer(origin: &str, mood: &Arc<Mutex<Mood>>, got: &Got) -> Option<Page> {
    let page = match got.path.split('?').next().unwrap_or_default() {
        "/authorize" => {
            let link = asking(origin).link().replace('&', "&amp;");
            Page::new(200, format!(r#"<a id="open-wallet" href="{link}">Open your wallet</a>"#))
        }
        "/request" => Page::new(200, asking(origin).signed()),
        "/response" => Page::new(200, format!(r#"{{"redirect_uri":"{origin}/done"}}"#)),
        "/done" => Page::to("https://bank.example/callback?code=c&state=s"),
        _ => return Issuer { mood: Arc::clone(mood), ..issuer(origin) }.answer(got),
    };
    Some(page)
}

struct Person {
    folder: Folder,
    server: Server,
    seed: u64,
}

impl Person {
    async fn new(name: &str) -> Self {
        let server = Server::start(|origin| {
            let (origin, mood) = (origin.to_owned(), Arc::default());
            Box::new(move |got| answer(&origin, &mood, got))
        })
        .await;
        let person = Self { folder: Folder::new(name), server, seed: 20_261_125 };
        let checkpoint = serde_json::to_string(&asking(&person.server.origin).register.checkpoint()).unwrap();
        let checkpoint = person.folder.file("checkpoint.json", checkpoint);
        let made = person.command(&["init", "--checkpoint", &checkpoint, "--node", "http://127.0.0.1:1"]);
        assert!({ made }.status().unwrap().success());
        person
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = wallet();
        command.env("WALLET_HOME", self.folder.path().join("home")).env("WALLET_PIN", "135790");
        command.args(arguments).arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn done(&self, arguments: &[&str]) -> Value {
        let (code, found) = read(&self.command(arguments).output().unwrap());
        assert_eq!(code, 0, "{found}");
        found
    }

    fn receive(&self) -> [String; 5] {
        let offer = issuer(&self.server.origin).offer();
        ["receive".to_owned(), offer, "--code".to_owned(), CODE.to_owned(), "--yes".to_owned()]
    }

    /// A number below `limit` (xorshift).
    fn below(&mut self, limit: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % limit
    }

    /// Starts the command and kills it within `most`; gives what it had shown as done by then.
    fn cut_short(&mut self, arguments: &[&str], most: Duration) -> Option<Value> {
        let mut child = self.command(arguments).spawn().unwrap();
        let after = self.below(u64::try_from(most.as_micros()).unwrap());
        std::thread::sleep(Duration::from_micros(after));
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        serde_json::from_slice(&output.stdout).ok()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_received_is_all_there_or_not_there() {
    let mut person = Person::new("kill-receive").await;
    let arguments = person.receive();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let started = UNIX_EPOCH.elapsed().unwrap();
    person.done(&arguments);
    let mut most = (UNIX_EPOCH.elapsed().unwrap() - started) * 11 / 10;
    let mut known: BTreeSet<String> = ids(&person.done(&["list"]));
    let mut cut = 0;
    for round in 0..20 {
        let shown = person.cut_short(&arguments, most);
        let cards = person.done(&["list"]);
        for card in cards.as_array().unwrap() {
            assert_eq!(card["copies"], BATCH, "round {round}");
        }
        let now = ids(&cards);
        assert!(known.is_subset(&now), "round {round}: a card is lost");
        assert!(now.len() <= known.len() + 1, "round {round}: a card came twice");
        match shown {
            Some(shown) => {
                let card = shown["cards"][0]["id"].as_str().unwrap();
                assert!(now.contains(card) && !known.contains(card), "round {round}: not kept");
            }
            None => cut += 1,
        }
        // However busy the machine is, some runs come to their end and some do not.
        most = if now == known { most * 6 / 5 } else { most * 4 / 5 };
        known = now;
    }
    assert!((1..20).contains(&cut), "{cut} of 20 were cut short: the moments say nothing");
}

fn ids(cards: &Value) -> BTreeSet<String> {
    cards.as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_renewed_is_whole_whenever_that_is_cut_short() {
    let mut person = Person::new("kill-renew").await;
    let arguments = person.receive();
    person.done(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let card = person.done(&["list"])[0]["id"].as_str().unwrap().to_owned();
    let renew = ["renew", card.as_str()];
    let started = UNIX_EPOCH.elapsed().unwrap();
    person.done(&renew);
    let mut most = (UNIX_EPOCH.elapsed().unwrap() - started) * 11 / 10;
    let mut issued = person.server.posted("/credential").len();
    let mut cut = 0;
    for round in 0..20 {
        let shown = person.cut_short(&renew, most);
        cut += usize::from(shown.is_none());
        let cards = person.done(&["list"]);
        let cards = cards.as_array().unwrap();
        assert_eq!((cards.len(), &cards[0]["id"]), (1, &Value::from(card.as_str())), "round {round}");
        assert_eq!(cards[0]["unused_copies"], BATCH, "round {round}: old and fresh copies are mixed");
        assert_eq!(cards[0]["renews_itself"], true, "round {round}");
        let posts = person.server.posted("/credential").len();
        most = if posts == issued { most * 6 / 5 } else { most * 4 / 5 };
        issued = posts;
    }
    assert!((1..20).contains(&cut), "{cut} of 20 were cut short: the moments say nothing");
    assert_eq!(person.done(&renew)["cards"][0]["unused_copies"], BATCH, "it is not locked out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_may_have_left_never_leaves_again() {
    let mut person = Person::new("kill-present").await;
    let arguments = person.receive();
    person.done(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let link = asking(&person.server.origin).link();
    let login = format!("{}/authorize?client_id=bank&request_uri=urn%3Ax", person.server.origin);
    let started = UNIX_EPOCH.elapsed().unwrap();
    person.done(&["login", &login, "--print-callback"]);
    let mut most = (UNIX_EPOCH.elapsed().unwrap() - started) * 11 / 10;
    let mut shared = 1;
    let mut left = person.server.posted("/response").len();
    for round in 0..18 {
        let present = ["present", link.as_str(), "--yes"];
        let log_in = ["login", login.as_str(), "--print-callback"];
        let shown = person.cut_short(if round % 2 == 0 { &present } else { &log_in }, most);
        let history = person.done(&["history"]);
        let history = history.as_array().unwrap();
        let posts = person.server.posted("/response").len();
        let sure = history.iter().filter(|line| line["outcome"] == "shared").count();
        shared += usize::from(shown.is_some());
        assert!(sure >= shared, "round {round}: what was shown as done is not in the history");
        assert!(history.len() >= posts, "round {round}: something left that the history does not know");
        let unused = person.done(&["list"])[0]["unused_copies"].as_u64().unwrap();
        assert_eq!(unused, BATCH as u64 - history.len() as u64, "round {round}");
        if unused == 0 {
            break;
        }
        // As above: however busy the machine is, some answers leave and some do not.
        most = if posts == left { most * 6 / 5 } else { most * 4 / 5 };
        left = posts;
    }
    let asking = asking(&person.server.origin);
    let posted = person.server.posted("/response");
    let key = |body: &String| asking.open(body).unwrap()["cnf"]["jwk"]["x"].to_string();
    let keys: BTreeSet<String> = posted.iter().map(key).collect();
    assert_eq!(keys.len(), posted.len(), "a copy left twice");
    assert!(posted.len() > 1);
}
