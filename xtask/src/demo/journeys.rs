//! The journeys, played by the `wallet` command: receive, log in, log in again without a scan, and all of it
//! while validators die and a card is revoked.

mod counter;
mod document;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::members::{Registrar, submit};
use super::network::{NODES, path};
use super::services::{BANK, ISSUER, Service, TAX, VCT};
use super::{House, Steps};
use crate::http;
use crate::process::program;

/// The demo wallet's PIN.
pub(crate) const PIN: &str = "246810";
/// The person whose card it is.
pub(crate) const PERSON: &str = "XS-1987-0412-33";

/// What the agency calls its identity card.
const CARD: &str = "personal-identity";

/// An offer of a card, as the agency's own system gets it.
pub(crate) struct Offer {
    /// The link.
    pub(crate) uri: String,
    /// The code that travels another way.
    pub(crate) code: String,
}

/// A wallet and an offer, for somebody who plays the journeys by hand.
pub(crate) fn begin(house: &House, steps: &Steps) -> Result<Offer> {
    steps.run("a wallet is set up, and a card is offered", || {
        Wallet::new(&house.folder).init(&house.folder)?;
        Ok((offer(house, PERSON, VCT)?, String::new()))
    })
}

/// Plays all journeys; each step is printed with its time.
pub(crate) fn play(house: &mut House, steps: &Steps) -> Result<()> {
    let wallet = Wallet::new(&house.folder);
    steps.run("a wallet is set up", || Ok((wallet.init(&house.folder)?, String::new())))?;
    steps.run("the agency offers a card, the wallet takes it", || {
        let said = receive(house, &wallet)?;
        Ok(((), said))
    })?;
    steps.run("log in at the bank (strict tier)", || Ok(((), log_in_at_bank(&wallet)?)))?;
    steps.run("log in at the tax office without a second scan", || Ok(((), log_in_at_tax(&wallet)?)))?;
    steps.run("agency and provider are killed (kill -9) and come back", || {
        house.services.crash(Service::Issuer)?;
        house.services.crash(Service::Provider)?;
        Ok(((), "the session still holds: ".to_owned() + &log_in_at_tax(&wallet)?))
    })?;
    document::play(house, steps)?;
    let counter = counter::play(house, &wallet, steps)?;
    one_validator_down(house, &wallet, steps)?;
    two_validators_down(house, &wallet, steps)?;
    revoked(house, &wallet, steps)?;
    counter.after_revocation(&wallet, steps)
}

fn one_validator_down(house: &mut House, wallet: &Wallet, steps: &Steps) -> Result<()> {
    house.network.kill(3)?;
    let registrar = Registrar::new(&house.network, &house.network.data);
    steps.run("one validator is killed; a new transaction becomes provable", || {
        let took = registrar.act("bank", &receipts("one-dead"))?;
        Ok(((), format!("after {} ms", took.as_millis())))
    })?;
    steps.run("and a login works", || Ok(((), log_in_at_bank(wallet)?)))
}

fn two_validators_down(house: &mut House, wallet: &Wallet, steps: &Steps) -> Result<()> {
    house.network.kill(2)?;
    let registrar = Registrar::new(&house.network, &house.network.data);
    let text = registrar.sign("sign", "bank", &receipts("two-dead"))?;
    let transaction: Value = serde_json::from_str(&text)?;
    steps.run("a second validator is killed; a write waits", || {
        let answer = submit(&transaction)?;
        ensure!(answer["state"] == "waiting", "the write did not wait: {answer}");
        Ok(((), String::new()))
    })?;
    steps.run("a login works within the grace, and says how old its proof is", || {
        let (landing, consent) = wallet.log_in(&format!("{BANK}/login"))?;
        claims(&landing)?;
        let age = consent["proof_age_seconds"].as_u64();
        let age = age.with_context(|| format!("the wallet does not say how old: {consent}"))?;
        ensure!(age >= 9, "the proof is said to be {age} s old while the chain halts");
        Ok(((), format!("the proof is {age} s old")))
    })?;
    house.network.restart(2)?;
    house.network.restart(3)?;
    steps.run("both return and the write completes", || {
        let answer = submit(&transaction)?;
        ensure!(answer["state"] == "applied", "the write still waits: {answer}");
        Ok(((), format!("in block {}", answer["height"])))
    })?;
    steps.run("all four stand at one height with equal roots", || {
        let (height, root) = house.network.wait_for_agreement(Duration::from_secs(30))?;
        Ok(((), format!("height {height}, root {root}")))
    })
}

fn revoked(house: &House, wallet: &Wallet, steps: &Steps) -> Result<()> {
    let token = Some(house.services.issuer_token.as_str());
    steps.run("a fresh login; the tax office knows the session", || {
        log_in_at_bank(wallet)?;
        Ok(((), log_in_at_tax(wallet)?))
    })?;
    steps.run("the agency revokes the card", || {
        let id = credential(house, PERSON, CARD)?;
        let answer =
            http::post(&format!("{ISSUER}/api/credentials/{id}/revoke"), token, &json!({}))?.success()?;
        ensure!(answer["published"] == true, "the revocation is not published yet: {answer}");
        Ok(((), "anchored and published".to_owned()))
    })?;
    steps.run("the next login by session is refused, with a reason", || {
        let (landing, _) = wallet.log_in(&format!("{TAX}/login"))?;
        let body = landing["body"].as_str().unwrap_or_default();
        ensure!(landing["status"] == 400 && body.contains("revoked"), "it was not refused: {landing}");
        Ok(((), reason(body)))
    })?;
    steps.run("and by scan", || {
        let refusal = wallet.refused(&["login", &format!("{BANK}/login"), "--jar", &wallet.jar])?;
        ensure!(refusal.to_string().contains("revoked"), "refused for another reason: {refusal}");
        Ok(((), refusal["message"].as_str().unwrap_or_default().to_owned()))
    })
}

fn offer(house: &House, person: &str, card: &str) -> Result<Offer> {
    let token = Some(house.services.issuer_token.as_str());
    let ask = json!({ "type": card, "person": person, "code": true });
    let offer = http::post(&format!("{ISSUER}/api/offers"), token, &ask)?.success()?;
    let text =
        |name: &str| offer[name].as_str().map(str::to_owned).with_context(|| format!("offer has no {name}"));
    Ok(Offer { uri: text("offer_uri")?, code: text("code")? })
}

fn receive(house: &House, wallet: &Wallet) -> Result<String> {
    let Offer { uri, code } = offer(house, PERSON, VCT)?;
    let wrong = wallet.refused(&["receive", &uri, "--code", "000000x", "--yes"])?;
    let received = wallet.run(&["receive", &uri, "--code", &code, "--yes"])?;
    let copies = received["cards"][0]["copies"].as_u64().context("no card was received")?;
    let again = wallet.refused(&["receive", &uri, "--code", &code, "--yes"])?;
    Ok(format!("{copies} copies; a wrong code: {}, a used offer: {}", wrong["code"], again["code"]))
}

fn log_in_at_bank(wallet: &Wallet) -> Result<String> {
    let (landing, _) = wallet.log_in(&format!("{BANK}/login"))?;
    let told = claims(&landing)?;
    let name = told["userinfo"]["given_name"].as_str().context("the bank was told no name")?;
    ensure!(told["claims"]["amr"] == json!(["pop"]), "amr is {}", told["claims"]["amr"]);
    Ok(format!("welcome, {name}"))
}

fn log_in_at_tax(wallet: &Wallet) -> Result<String> {
    let (landing, consent) = wallet.log_in(&format!("{TAX}/login"))?;
    ensure!(consent.is_null(), "the wallet was asked");
    let told = claims(&landing)?;
    ensure!(told["claims"]["amr"] == json!(["sso"]), "amr is {}", told["claims"]["amr"]);
    let members: Vec<&String> = told["userinfo"].as_object().context("no userinfo")?.keys().collect();
    ensure!(members == ["sub"], "the tax office was told {members:?}");
    Ok("sub, acr and amr: sso".to_owned())
}

/// The agency's name of a person's newest card of this kind.
fn credential(house: &House, person: &str, kind: &str) -> Result<String> {
    let url = format!("{ISSUER}/api/credentials/find");
    let person = json!({ "person": person });
    let answer = http::post(&url, Some(&house.services.issuer_token), &person)?.success()?;
    let mut known = answer["credentials"].as_array().into_iter().flatten();
    let id = known.find(|card| card["type"] == kind).and_then(|card| card["id"].as_str().map(str::to_owned));
    id.with_context(|| format!("the agency knows no card: {answer}"))
}

/// Something that a member may write by itself.
fn receipts(period: &str) -> Value {
    json!({ "anchor_receipts": { "period": period, "root": "A".repeat(43) } })
}

/// What a relying party's page shows that it was told.
fn claims(landing: &Value) -> Result<Value> {
    let body = landing["body"].as_str().context("no page")?;
    let shown = body.split_once("<pre>").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (text, _) = shown.with_context(|| format!("not logged in: {landing}"))?;
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    Ok(serde_json::from_str(&text)?)
}

/// The sentence on a relying party's page.
fn reason(body: &str) -> String {
    let text = body.split_once("<p>").and_then(|(_, rest)| rest.split_once("</p>"));
    text.map(|(text, _)| text.to_owned()).unwrap_or_default()
}

/// What a command came to: its exit code and its two streams.
type Came = (i32, String, String);

fn done(arguments: &[&str], (code, output, error): Came) -> Result<Value> {
    if code != 0 {
        bail!("wallet {}: {error}", arguments.first().copied().unwrap_or_default());
    }
    serde_json::from_str(&output).with_context(|| output.clone())
}

fn refused(arguments: &[&str], (code, output, error): Came) -> Result<Value> {
    ensure!(code == 1, "wallet {arguments:?} was not refused ({code}): {output}{error}");
    let last = error.lines().last().unwrap_or_default();
    serde_json::from_str(last).with_context(|| error.clone())
}

/// The `wallet` command in a network of its own, without a single address, where this machine can make one. Else
/// it has nothing to call all the same: what runs here is given no address.
fn cut_off() -> Command {
    let wallet = program("wallet");
    let own_network = ["--map-root-user", "--net"];
    let can = Command::new("unshare").args(own_network).arg("true").status();
    if can.is_ok_and(|status| status.success()) {
        let mut command = Command::new("unshare");
        command.args(own_network).arg(wallet);
        command
    } else {
        Command::new(wallet)
    }
}

/// The `wallet` command with a home and a browser's cookies of its own.
struct Wallet {
    home: String,
    jar: String,
}

impl Wallet {
    fn new(folder: &Path) -> Self {
        Self::named(folder, "wallet")
    }

    fn named(folder: &Path, name: &str) -> Self {
        Self { home: path(&folder.join(name)), jar: path(&folder.join("browser.json")) }
    }

    fn init(&self, folder: &Path) -> Result<()> {
        let checkpoint = path(&folder.join("checkpoint.json"));
        let mut arguments = vec!["init".to_owned(), "--checkpoint".to_owned(), checkpoint];
        for (_, address) in NODES {
            arguments.extend(["--node".to_owned(), format!("http://{address}:7100")]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.run(&arguments).map(|_| ())
    }

    /// Logs in and calls the callback: where it landed, and what the wallet was asked.
    fn log_in(&self, url: &str) -> Result<(Value, Value)> {
        let landing = self.run(&["login", url, "--jar", &self.jar])?;
        let consent = landing["consent"].clone();
        Ok((landing, consent))
    }

    fn run(&self, arguments: &[&str]) -> Result<Value> {
        done(arguments, self.start(Command::new(program("wallet")), arguments)?)
    }

    /// Runs a command that must be refused.
    fn refused(&self, arguments: &[&str]) -> Result<Value> {
        refused(arguments, self.start(Command::new(program("wallet")), arguments)?)
    }

    /// As [`Wallet::run`], in a network in which nothing answers.
    fn run_alone<S: AsRef<str>>(&self, arguments: &[S]) -> Result<Value> {
        let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
        done(&arguments, self.start(cut_off(), &arguments)?)
    }

    /// As [`Wallet::refused`], in a network in which nothing answers.
    fn refused_alone<S: AsRef<str>>(&self, arguments: &[S]) -> Result<Value> {
        let arguments: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
        refused(&arguments, self.start(cut_off(), &arguments)?)
    }

    /// The name of the newest card.
    fn first_card(&self) -> Result<String> {
        let cards = self.run(&["list"])?;
        cards[0]["id"].as_str().map(str::to_owned).context("there is no card")
    }

    fn start(&self, mut command: Command, arguments: &[&str]) -> Result<Came> {
        let output = command
            .arg("--json")
            .args(arguments)
            .env("WALLET_HOME", &self.home)
            .env("WALLET_PIN", PIN)
            .output()
            .context("wallet could not be started")?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
        Ok((output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr)))
    }
}
