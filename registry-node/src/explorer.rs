//! The register as anyone may read it: plain sentences first, the proof one step below.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use registry_proof::bundle::ProofBundle;
use registry_proof::certificate::quorum;
use registry_proof::entry::{Entry, KeyState, Member, MemberKey, Registration, Role, Standing, Texts};
use registry_proof::header::Header;
use registry_proof::key::{Key, Purpose};
use registry_proof::name::MemberId;
use registry_proof::time::Millis;
use service_kit::calendar::Date;
use service_kit::language::Language;
use service_kit::page::{Page, render};
use service_kit::problem::Problem;

use crate::api::{before_the_first_proof, decode_entry};
use crate::service::Node;

/// Seconds without a new block after which the page says so.
const LATE: u64 = 60;
/// A date from here on (the year 2200) is no date that people plan with.
const FAR: Millis = Millis::new(7_258_118_400_000);

/// The explorer's address.
pub fn routes() -> Router<Node> {
    Router::new().route("/", get(home))
}

/// Members that do the same kind of thing.
struct Group {
    title: &'static str,
    members: Vec<MemberLine>,
}

struct MemberLine {
    id: String,
    name: String,
    did: String,
    standing: Standing,
    roles: Vec<&'static str>,
    since: Sentence,
    /// What it may do and keeps.
    rights: Vec<Sentence>,
    keys: Vec<Sentence>,
}

struct Sentence {
    text: String,
    key: String,
}

#[derive(Template)]
#[template(path = "explorer.html")]
struct Home {
    page: Page,
    network: String,
    signed: String,
    age: u64,
    fresh: bool,
    groups: Vec<Group>,
}

async fn home(State(node): State<Node>, language: Language) -> Response {
    let chain = node.chain.clone();
    let found = tokio::task::spawn_blocking(move || chain.snapshot()).await;
    let bundle = match found {
        Ok(Ok(Some(bundle))) => bundle,
        Ok(Ok(None)) => return before_the_first_proof().into_response(),
        Ok(Err(error)) => return Problem::internal(&error).into_response(),
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let Ok(header) = Header::from_bytes(&bundle.header) else {
        return Problem::not_found().into_response();
    };
    let age = node.clock.millis().saturating_sub(header.time.get()) / 1000;
    let reader = Reader { language, network: node.network().to_string(), entries: entries(&bundle) };
    let home = Home {
        page: Page::new(language, language.pick("The register", "登记册"), "Symbolon"),
        network: node.network().to_string(),
        signed: signed(language, header.height, age, node.genesis.validators.len()),
        age,
        fresh: age < LATE,
        groups: reader.groups(),
    };
    render(StatusCode::OK, &home)
}

fn signed(language: Language, height: u64, age: u64, validators: usize) -> String {
    let quorum = quorum(validators);
    match language {
        Language::English => format!(
            "Block {height}, signed {age} s ago by at least {quorum} of {validators} independent operators."
        ),
        Language::Chinese => {
            format!("区块 {height}，{age} 秒前由 {validators} 个独立运营方中的至少 {quorum} 个签署。")
        }
    }
}

fn entries(bundle: &ProofBundle) -> Vec<(Key, Entry)> {
    bundle.entries.iter().filter_map(|proven| Some((proven.key.clone(), decode_entry(proven)?))).collect()
}

/// Says in a reader's language what entries mean.
struct Reader {
    language: Language,
    network: String,
    entries: Vec<(Key, Entry)>,
}

impl Reader {
    /// Issuers first, then who asks, then who runs and governs; each member once.
    fn groups(&self) -> Vec<Group> {
        let mut groups = [
            self.language.pick("Who may issue cards", "谁可以签发卡片"),
            self.language.pick("Who may ask to see them", "谁可以索看卡片"),
            self.language.pick("Who runs the register", "谁运营登记册"),
        ]
        .map(|title| Group { title, members: Vec::new() });
        for (key, entry) in &self.entries {
            if let (Key::Member(id), Entry::Member(member)) = (key, entry) {
                groups[place(member)].members.push(self.line(id, member));
            }
        }
        groups.into_iter().filter(|group| !group.members.is_empty()).collect()
    }

    fn line(&self, id: &MemberId, member: &Member) -> MemberLine {
        let since = self.date(member.since);
        let text = match self.language {
            Language::English => format!("In the register since {since}."),
            Language::Chinese => format!("自 {since} 起登记在册。"),
        };
        let own = self.entries.iter().filter_map(|(key, entry)| {
            let (owner, text) = self.sentence(key, entry)?;
            (owner == *id).then(|| (key, Sentence { text, key: key.to_string() }))
        });
        let (keys, rights): (Vec<_>, Vec<_>) = own.partition(|(key, _)| matches!(key, Key::MemberKey(..)));
        let sentences = |found: Vec<(&Key, Sentence)>| found.into_iter().map(|(_, said)| said).collect();
        MemberLine {
            id: id.to_string(),
            name: self.text(&member.legal_name),
            did: format!("did:symbolon:{}:{id}", self.network),
            standing: member.standing,
            roles: member.roles.iter().map(|role| self.role(*role)).collect(),
            since: Sentence { text, key: Key::Member(id.clone()).to_string() },
            rights: sentences(rights),
            keys: sentences(keys),
        }
    }

    /// What an entry says, and of whom.
    fn sentence(&self, key: &Key, entry: &Entry) -> Option<(MemberId, String)> {
        match (key, entry) {
            (Key::Accreditation(member, vct), Entry::Accreditation(accreditation)) => {
                let until = self.until(accreditation.until);
                let text = match self.language {
                    Language::English => format!("May issue cards of the type {vct}{until}."),
                    Language::Chinese => format!("可签发 {vct} 类卡片{until}。"),
                };
                Some((member.clone(), text))
            }
            (Key::Registration(member, _), Entry::Registration(registration)) => {
                Some((member.clone(), self.use_of(registration)))
            }
            (Key::Type(vct), Entry::Type(kind)) => {
                let version = kind.version;
                let text = match self.language {
                    Language::English => format!("Keeps the card type {vct}, version {version}."),
                    Language::Chinese => format!("维护卡片类型 {vct}，第 {version} 版。"),
                };
                Some((kind.steward.clone(), text))
            }
            (Key::MemberKey(member, purpose, number), Entry::MemberKey(found)) => {
                Some((member.clone(), self.key(*purpose, *number, found)))
            }
            _ => None,
        }
    }

    fn use_of(&self, registration: &Registration) -> String {
        let (purpose, claims) = (self.text(&registration.purpose), self.claims(registration));
        let days = registration.retention_days;
        let through = self.operators(registration);
        match (self.language, registration.standing) {
            (Language::English, Standing::Active) => {
                format!("May ask{through} for {claims}. Why: “{purpose}”. Keeps it for {days} days.")
            }
            (Language::English, Standing::Suspended) => {
                format!("May no longer ask for this: “{purpose}”.")
            }
            (Language::Chinese, Standing::Active) => {
                format!("可{through}索取：{claims}。目的：“{purpose}”。保留 {days} 天。")
            }
            (Language::Chinese, Standing::Suspended) => format!("不得再为此目的索取：“{purpose}”。"),
        }
    }

    fn operators(&self, registration: &Registration) -> String {
        let names: Vec<String> = registration.operators.iter().map(|id| self.name(id)).collect();
        match (self.language, names.is_empty()) {
            (_, true) => String::new(),
            (Language::English, false) => format!(", itself or through {},", names.join(" or ")),
            (Language::Chinese, false) => format!("自行或通过{}", names.join("、")),
        }
    }

    fn claims(&self, registration: &Registration) -> String {
        let paths = registration.claims.iter().flat_map(|claims| &claims.paths);
        let names: Vec<String> = paths.map(|path| written(path)).collect();
        names.join(self.language.pick(", ", "、"))
    }

    fn key(&self, purpose: Purpose, number: u32, found: &MemberKey) -> String {
        let what = match purpose {
            Purpose::Transaction => self.language.pick("writing in the register", "写入登记册"),
            Purpose::Issuer => self.language.pick("signing cards", "签发卡片"),
            Purpose::Request => self.language.pick("signing requests", "签署索取请求"),
            Purpose::Receipt => self.language.pick("signing receipts", "签署回执"),
            Purpose::Attestation => self.language.pick("vouching for wallets", "为钱包作证"),
        };
        let since = self.date(found.since);
        match (self.language, found.state) {
            (Language::English, KeyState::Active) => {
                format!("Key {number} for {what}: in use since {since}.")
            }
            (Language::English, KeyState::Retired { honoured_until }) => {
                format!("Key {number} for {what}: retired{}.", self.until(honoured_until))
            }
            (Language::English, KeyState::Compromised) => {
                format!("Key {number} for {what}: no longer safe, never believed.")
            }
            (Language::Chinese, KeyState::Active) => {
                format!("{what}的密钥 {number}：自 {since} 起使用。")
            }
            (Language::Chinese, KeyState::Retired { honoured_until }) => {
                format!("{what}的密钥 {number}：已停用，旧签名仍获承认{}。", self.until(honoured_until))
            }
            (Language::Chinese, KeyState::Compromised) => {
                format!("{what}的密钥 {number}：已泄露，一概不予承认。")
            }
        }
    }

    fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Issuer => self.language.pick("issues cards", "签发卡片"),
            Role::Verifier => self.language.pick("asks to see cards", "索看卡片"),
            Role::Operator => self.language.pick("asks for others", "代他人索看"),
            Role::WalletProvider => self.language.pick("gives out wallets", "提供钱包"),
            Role::Steward => self.language.pick("keeps card types", "维护卡片类型"),
            Role::Registrar => self.language.pick("registers who asks", "登记索看方"),
            Role::Validator => self.language.pick("runs a node", "运营节点"),
            Role::Governor => self.language.pick("votes", "参与表决"),
        }
    }

    fn name(&self, id: &MemberId) -> String {
        let found = self.entries.iter().find_map(|(key, entry)| match (key, entry) {
            (Key::Member(found), Entry::Member(member)) if found == id => Some(self.text(&member.legal_name)),
            _ => None,
        });
        found.unwrap_or_else(|| id.to_string())
    }

    fn text(&self, texts: &Texts) -> String {
        texts
            .get(self.language.key())
            .or_else(|| texts.get("en"))
            .or_else(|| texts.values().next())
            .cloned()
            .unwrap_or_default()
    }

    fn date(&self, moment: Millis) -> String {
        Date::of_secs(moment.get() / 1000).written(self.language)
    }

    /// Until when, where that is a day that comes.
    fn until(&self, moment: Millis) -> String {
        match self.language {
            _ if moment >= FAR => String::new(),
            Language::English => format!(", until {}", self.date(moment)),
            Language::Chinese => format!("，至 {}", self.date(moment)),
        }
    }
}

/// A claim's path in words, as far as its names are words.
fn written(path: &[Option<String>]) -> String {
    let names: Vec<String> =
        path.iter().map(|step| step.as_deref().unwrap_or("*").replace('_', " ")).collect();
    names.join(" › ")
}

/// The group that a member stands in.
fn place(member: &Member) -> usize {
    let has = |role| member.roles.contains(&role);
    if has(Role::Issuer) {
        0
    } else if has(Role::Verifier) || has(Role::Operator) {
        1
    } else {
        2
    }
}
