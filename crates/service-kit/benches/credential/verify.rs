//! Checking a presentation, beside the two signature checks that nobody can do without.

use std::collections::HashMap;

use credential::encoding::from_base64url;
use credential::issuer::KeyReference;
use credential::key::{Algorithm, PublicKey, Signer as _, VerifySignature as _};
use credential::sd_jwt_vc::{Unverified, Verified};
use serde_json::Value;
use service_kit::signature::AwsLc;

use crate::card::{Card, EXPECTED, NOW};
use crate::clock::{Compared, compare};
use crate::row::{Row, Target};

/// Presentations that take turns: a processor learns the course of a check that is always the same.
const TOKENS: usize = 64;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let (card, name) = (Card::new(algorithm), algorithm.name());
        let tokens: Vec<String> = (0..TOKENS).map(|_| card.present()).collect();
        let raw: Vec<RawChecks> = tokens.iter().map(|token| RawChecks::of(&card, token)).collect();
        let (mut next_token, mut next_raw) = (tokens.iter().cycle(), raw.iter().cycle());
        let mut token = || next_token.next().expect("a cycle has no end");
        let mut raw = || next_raw.next().expect("a cycle has no end").run();
        let mut issuers = Issuers::default();
        let cached = compare(|| drop(check(token(), &card, &mut issuers)), &mut raw);
        let limit = Target::AtMost(1.2);
        rows.push(row(format!("check SD-JWT VC + KB, {name}, to 2 raw checks"), &cached, Some(limit)));
        if algorithm == Algorithm::Es256 {
            let uncached = compare(|| drop(check(token(), &card, &mut Issuers::default())), &mut raw);
            rows.push(row(
                format!("the same, the issuer's chain checked each time, {name}"),
                &uncached,
                None,
            ));
        }
    }
    rows
}

fn row(name: String, compared: &Compared, target: Option<Target>) -> Row {
    let (reference, ratio) = (Some(compared.reference), Some(compared.ratio));
    Row { name, value: compared.ours, unit: "us", reference, ratio, target }
}

/// Keys of issuers whose chain was checked, by the chain as headers carry it.
#[derive(Default)]
pub(crate) struct Issuers(HashMap<Value, PublicKey>);

impl Issuers {
    /// The issuer's key, from a chain that is checked once.
    fn key(&mut self, token: &Unverified, card: &Card) -> PublicKey {
        let Some(chain) = token.header().members().get("x5c") else { return card.issuer_key().clone() };
        if let Some(key) = self.0.get(chain) {
            return key.clone();
        }
        let KeyReference::X5c(checked) = token.issuer().expect("an issuer").key else { panic!("no chain") };
        checked.verify(&[&card.anchor], NOW, &AwsLc).expect("a trusted chain");
        self.0.insert(chain.clone(), checked.leaf_key().clone());
        checked.leaf_key().clone()
    }
}

/// What a verifier does with each presentation.
pub(crate) fn check(token: &str, card: &Card, issuers: &mut Issuers) -> Verified {
    let token = Unverified::parse(token).expect("a presentation");
    let key = issuers.key(&token, card);
    token.verify(&key, &EXPECTED, &AwsLc).expect("a good presentation")
}

/// The two signatures of a presentation. The issuer's key is known; the holder's comes with each token, so that
/// nobody can be spared reading it from its bytes.
struct RawChecks {
    issuer: PublicKey,
    holder: Vec<u8>,
    issued: (String, Vec<u8>),
    bound: (String, Vec<u8>),
}

impl RawChecks {
    fn of(card: &Card, token: &str) -> Self {
        let part = |text: Option<&str>| {
            let (signed, signature) = text.and_then(|text| text.rsplit_once('.')).expect("a jws");
            (signed.to_owned(), from_base64url(signature).expect("base64url"))
        };
        Self {
            issuer: card.issuer_key().clone(),
            holder: card.holder.public_key().to_bytes(),
            issued: part(token.split('~').next()),
            bound: part(token.rsplit('~').next()),
        }
    }

    fn run(&self) {
        let holder = PublicKey::from_bytes(self.issuer.algorithm(), &self.holder).expect("a key");
        for (key, (signed, signature)) in [(&self.issuer, &self.issued), (&holder, &self.bound)] {
            AwsLc.verify(key, signed.as_bytes(), signature).expect("a good signature");
        }
    }
}
