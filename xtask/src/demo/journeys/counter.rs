//! Journey 3: a card is shown at the bank's counter, where neither side has the network.
//!
//! Phone and counter run in a network of their own in which nothing answers, where this machine can make one;
//! else they are given addresses of nothing. A card that was revoked is caught by lists that were fetched after
//! it, and not by older ones, whose age is said.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::super::network::{NODES, path};
use super::super::services::COUNTER_KEY;
use super::super::{House, Steps};
use super::Wallet;

/// The bank's counter.
pub(super) struct Counter {
    folder: PathBuf,
    checkpoint: String,
    key: String,
    nodes: Vec<String>,
}

/// Fetches what is needed while there is a network, and shows a card both ways and one way without it.
pub(super) fn play(house: &House, wallet: &Wallet, steps: &Steps) -> Result<Counter> {
    let counter = Counter {
        folder: house.folder.clone(),
        checkpoint: path(&house.folder.join("checkpoint.json")),
        key: path(&house.network.data.join("bank").join(COUNTER_KEY)),
        nodes: NODES.iter().map(|(_, address)| format!("http://{address}:7100")).collect(),
    };
    steps.run("counter and wallet fetch what they need for the time without the network", || {
        let fetched = counter.fetch(wallet, "bundle")?;
        ensure!(fetched["missing"] == 0, "status lists are missing: {fetched}");
        wallet.run(&["counter", "prepare"])?;
        Ok(((), format!("{} status lists", fetched["lists"])))
    })?;
    steps.run("without the network: the counter asks, the phone answers, both by codes", || {
        let (asked, answered) = counter.ask(wallet)?;
        let seen = counter.check(wallet, "bundle")?;
        let name = seen["claims"]["given_name"].as_str().context("the counter was told no name")?;
        ensure!(seen["claims"]["birthdate"].is_null(), "the counter was told too much: {seen}");
        let age = seen["status_age_seconds"].as_u64().context("the lists' age is not said")?;
        let codes = format!("{asked} codes ask, {answered} answer");
        Ok(((), format!("welcome, {name}; {codes}; not revoked {age} s ago")))
    })?;
    steps.run("the same answer again is refused, and asking for more too", || {
        let again = counter.refused_check(wallet, "bundle")?;
        let more = wallet.refused_alone(&counter.request(&["--claims", "birthdate"]))?;
        ensure!(more["code"] == "too_much", "not refused for that: {more}");
        Ok(((), format!("{}, {}", again["code"], more["code"])))
    })?;
    steps.run("one way: a code that any counter reads for half a minute", || {
        let card = wallet.first_card()?;
        let picture = counter.file("code.png");
        let code = wallet.run_alone(&["show-code", &card, "--out", &picture])?;
        let seen = wallet.run_alone(&counter.checking("bundle", &["check", &picture]))?;
        let seen = &seen["cards"][0];
        ensure!(seen["claims"]["age_over_18"] == true && seen["anywhere"] == true, "it says {seen}");
        let codes = code["frames"].as_array().map_or(0, Vec::len);
        Ok(((), format!("over 18, {codes} codes, and it may have been shown elsewhere")))
    })?;
    Ok(counter)
}

impl Counter {
    /// The card has been revoked: old lists do not know it and say how old they are, new ones do.
    pub(super) fn after_revocation(&self, wallet: &Wallet, steps: &Steps) -> Result<()> {
        steps.run(
            "at the counter, lists from before do not know of the revocation, and say their age",
            || {
                self.ask(wallet)?;
                let seen = self.check(wallet, "bundle")?;
                let age = seen["status_age_seconds"].as_u64().context("the lists' age is not said")?;
                ensure!(age > 0, "the lists are said to be new");
                Ok(((), format!("not revoked {age} s ago")))
            },
        )?;
        steps.run("lists that are fetched now catch it", || {
            self.fetch(wallet, "newer")?;
            self.ask(wallet)?;
            let refusal = self.refused_check(wallet, "newer")?;
            ensure!(refusal["code"] == "shown_card_revoked", "refused for another reason: {refusal}");
            Ok(((), refusal["message"].as_str().unwrap_or_default().to_owned()))
        })
    }

    fn fetch(&self, wallet: &Wallet, bundle: &str) -> Result<Value> {
        let bundle = self.file(bundle);
        let mut arguments =
            vec!["counter", "fetch", "--checkpoint", &self.checkpoint, "--out", bundle.as_str()];
        for node in &self.nodes {
            arguments.extend(["--registry", node.as_str()]);
        }
        wallet.run(&arguments)
    }

    /// The counter shows its request as a picture, the phone reads it and shows its answer as a picture: how
    /// many codes each was.
    fn ask(&self, wallet: &Wallet) -> Result<(usize, usize)> {
        let (request, answer) = (self.file("request.png"), self.file("answer.png"));
        let asked =
            wallet.run_alone(&self.request(&["--claims", "given_name,age_over_18", "--out", &request]))?;
        let answered = wallet.run_alone(&["present", &request, "--counter", "--yes", "--out", &answer])?;
        let count = |said: &Value| said["frames"].as_array().map_or(0, Vec::len);
        Ok((count(&asked), count(&answered)))
    }

    fn check(&self, wallet: &Wallet, bundle: &str) -> Result<Value> {
        let answer = self.file("answer.png");
        let question = self.file("question.json");
        let seen = wallet.run_alone(&self.checking(bundle, &["check", &answer, "--question", &question]))?;
        Ok(seen["cards"][0].clone())
    }

    fn refused_check(&self, wallet: &Wallet, bundle: &str) -> Result<Value> {
        let answer = self.file("answer.png");
        let question = self.file("question.json");
        wallet.refused_alone(&self.checking(bundle, &["check", &answer, "--question", &question]))
    }

    fn request(&self, more: &[&str]) -> Vec<String> {
        let question = self.file("question.json");
        let own =
            ["request", "--use", "counter", "--member", "bank", "--key", &self.key, "--question", &question];
        self.checking("bundle", &[&own, more].concat())
    }

    /// A command of the counter, with what it fetched before.
    fn checking(&self, bundle: &str, arguments: &[&str]) -> Vec<String> {
        let bundle = self.file(bundle);
        let known = ["--checkpoint", &self.checkpoint, "--bundle", &bundle];
        let all = [&["counter"], arguments, &known].concat();
        all.into_iter().map(str::to_owned).collect()
    }

    fn file(&self, name: &str) -> String {
        path(&Path::new(&self.folder).join(format!("counter-{name}")))
    }
}
