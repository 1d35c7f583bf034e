//! Who is admitted, by votes, and what stands in the register about them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::network::{NAME, Network, any_node, path};
use super::services::{BANK, DOCTYPE, Drafts, TAX, VCT};
use crate::http;
use crate::process::{output, program};

/// Milliseconds since 1970 of 1 January 2036: far enough for a demo.
const LONG: u64 = 2_082_758_400_000;

/// Signs and submits what the demo's members do.
pub(crate) struct Registrar {
    node: PathBuf,
    data: PathBuf,
}

impl Registrar {
    /// With the keys under `data`.
    pub(crate) fn new(_: &Network, data: &Path) -> Self {
        Self { node: program("registry-node"), data: data.to_owned() }
    }

    /// Proposes every member, has three of four vote, waits out the delay, and carries it out. The agency is a
    /// registrar too, so that wallets find in the register where reports go.
    pub(crate) fn admit_all(&self, drafts: &Drafts) -> Result<Duration> {
        let members = [
            member(&drafts.issuer["member"], &drafts.issuer, json!(["issuer", "registrar"])),
            member(&drafts.provider["member"], &drafts.provider, json!(["operator"])),
            relying_party("bank", "Bank of Harbour Town", "海港镇银行", BANK, &drafts.bank_key),
            relying_party("tax", "Tax Office", "税务局", TAX, &drafts.tax_key),
        ];
        let mut slowest = Duration::ZERO;
        for (number, member) in members.iter().enumerate() {
            let propose = json!({ "propose": { "change": { "admit_member": member } } });
            slowest = slowest.max(self.act("digital", &propose)?);
            for governor in ["treasury", "justice"] {
                let vote = json!({ "vote": { "proposal": number, "approve": true } });
                slowest = slowest.max(self.act(governor, &vote)?);
            }
        }
        std::thread::sleep(Duration::from_millis(600));
        for number in 0..members.len() {
            slowest = slowest.max(self.act("archives", &json!({ "enact": { "proposal": number } }))?);
        }
        Ok(slowest)
    }

    /// Keys by their owners, types and their accreditations by the steward, uses by the registrar.
    pub(crate) fn register_all(&self, drafts: &Drafts) -> Result<Duration> {
        let mut slowest = Duration::ZERO;
        for (member, draft) in [("interior", &drafts.issuer), ("login", &drafts.provider)] {
            for anchor in draft["anchors"].as_array().context("enrolment names no keys")? {
                slowest = slowest.max(self.act(member, &anchor["action"])?);
            }
        }
        for kind in drafts.issuer["types"].as_array().context("enrolment names no types")? {
            slowest = slowest.max(self.act("digital", &kind["action"])?);
            let accredit = json!({ "accredit": { "member": "interior", "vct": kind["vct"],
                "from": 0, "until": LONG, "honoured_until": LONG } });
            slowest = slowest.max(self.act("digital", &accredit)?);
        }
        slowest = slowest.max(self.act("bank", &drafts.counter_key)?);
        for Use { member, name, english, chinese, paths, elements, operators } in USES {
            let paths = paths.iter().map(|path| json!([path])).collect::<Vec<_>>();
            let mut claims = vec![json!({ "vct": VCT, "paths": paths })];
            if !elements.is_empty() {
                let paths = elements.iter().map(|name| json!([DOCTYPE, name])).collect::<Vec<_>>();
                claims.push(json!({ "vct": DOCTYPE, "paths": paths }));
            }
            let register = json!({
                "member": member, "use": name, "purpose": { "en": english, "zh": chinese },
                "claims": claims,
                "retention_days": 30, "operators": operators, "consent": { "key": 0, "signature": "" },
            });
            let signed = self.sign("consent", member, &register)?;
            let signed: Value = serde_json::from_str(&signed)?;
            slowest = slowest.max(self.act("digital", &json!({ "register": signed }))?);
        }
        Ok(slowest)
    }

    /// Signs an action, submits it and waits until it is provable.
    pub(crate) fn act(&self, member: &str, action: &Value) -> Result<Duration> {
        let transaction: Value = serde_json::from_str(&self.sign("sign", member, action)?)?;
        let begun = Instant::now();
        let answer = submit(&transaction)?;
        ensure!(answer["state"] == "applied", "transaction still waits");
        ensure!(answer["proof"]["entries"].as_array().is_some_and(|entries| !entries.is_empty()), "no proof");
        Ok(begun.elapsed())
    }

    /// Signs with a member's key.
    pub(crate) fn sign(&self, how: &str, member: &str, what: &Value) -> Result<String> {
        let key = match member {
            "interior" => self.data.join("issuer/keys/transaction.jwk"),
            "login" => self.data.join("provider/keys/transaction.jwk"),
            _ => self.data.join(member).join("transaction.jwk"),
        };
        let arguments = [how, "--key", &path(&key), "--member", member, "--network", NAME];
        output(&self.node, &arguments, Some(&what.to_string())).with_context(|| format!("{member}: {what}"))
    }
}

/// Submits a signed transaction; the answer says whether it is applied or waits.
pub(crate) fn submit(transaction: &Value) -> Result<Value> {
    let url = format!("{}/v1/transactions", any_node()?);
    http::post(&url, None, transaction)?.success().with_context(|| transaction["body"]["action"].to_string())
}

/// What each relying party may ask for, and why.
const USES: [Use; 3] = [
    Use {
        member: "bank",
        name: "login",
        english: "Log you in to your account",
        chinese: "登录您的账户",
        paths: &["login_identifier", "given_name", "family_name", "birthdate"],
        elements: &["family_name", "birth_date"],
        operators: &["login"],
    },
    Use {
        member: "tax",
        name: "login",
        english: "Log you in to your tax file",
        chinese: "登录您的税务档案",
        paths: &["login_identifier"],
        elements: &[],
        operators: &["login"],
    },
    Use {
        member: "bank",
        name: "counter",
        english: "Open an account at the counter",
        chinese: "在柜台开户",
        paths: &["given_name", "family_name", "age_over_18"],
        elements: &[],
        operators: &[],
    },
];

/// One use.
struct Use {
    member: &'static str,
    name: &'static str,
    english: &'static str,
    chinese: &'static str,
    paths: &'static [&'static str],
    elements: &'static [&'static str],
    operators: &'static [&'static str],
}

fn member(id: &Value, enrolment: &Value, roles: Value) -> Value {
    json!({
        "id": id, "legal_name": enrolment["legal_name"], "origins": enrolment["origins"], "roles": roles,
        "transaction_key": enrolment["transaction_key"]["text"],
    })
}

fn relying_party(id: &str, en: &str, zh: &str, origin: &str, key: &str) -> Value {
    json!({
        "id": id, "legal_name": { "en": en, "zh": zh }, "origins": [origin], "roles": ["verifier"],
        "transaction_key": key,
    })
}
