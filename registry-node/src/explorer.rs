//! The register as anyone may read it: plain sentences first, the proof one step below.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use registry_proof::bundle::ProofBundle;
use registry_proof::entry::{Entry, Member, Standing, Texts};
use registry_proof::key::Key;
use registry_proof::time::Millis;
use service_kit::calendar::Date;
use service_kit::language::Language;
use service_kit::page::{Page, render};
use service_kit::problem::Problem;

use crate::api::{before_the_first_proof, decode_entry};
use crate::service::Node;

/// The explorer's address.
pub fn routes() -> Router<Node> {
    Router::new().route("/", get(home))
}

struct MemberLine {
    id: String,
    name: String,
    standing: Standing,
    sentences: Vec<Sentence>,
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
    height: u64,
    age: u64,
    fresh: bool,
    validators: usize,
    members: Vec<MemberLine>,
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
    let Ok(header) = registry_proof::header::Header::from_bytes(&bundle.header) else {
        return Problem::not_found().into_response();
    };
    let age = node.clock.millis().saturating_sub(header.time.get()) / 1000;
    let title = language.pick("The register", "登记册");
    let home = Home {
        page: Page::new(language, title, "Symbolon"),
        network: node.network().to_string(),
        height: header.height,
        age,
        fresh: age < 60,
        validators: node.genesis.validators.len(),
        members: members(&bundle, language),
    };
    render(StatusCode::OK, &home)
}

fn members(bundle: &ProofBundle, language: Language) -> Vec<MemberLine> {
    let mut lines: Vec<MemberLine> = Vec::new();
    let entries: Vec<(&Key, Entry)> =
        bundle.entries.iter().filter_map(|proven| Some((&proven.key, decode_entry(proven)?))).collect();
    for (key, entry) in &entries {
        if let (Key::Member(id), Entry::Member(member)) = (key, entry) {
            lines.push(MemberLine {
                id: id.to_string(),
                name: text(&member.legal_name, language),
                standing: member.standing,
                sentences: vec![Sentence { text: since(member, language), key: key.to_string() }],
            });
        }
    }
    for (key, entry) in &entries {
        if let Some((owner, text)) = sentence(key, entry, language)
            && let Some(line) = lines.iter_mut().find(|line| line.id == owner)
        {
            line.sentences.push(Sentence { text, key: key.to_string() });
        }
    }
    lines
}

fn since(member: &Member, language: Language) -> String {
    let date = date(member.since, language);
    match language {
        Language::English => format!("In the register since {date}."),
        Language::Chinese => format!("自 {date} 起登记在册。"),
    }
}

fn sentence(key: &Key, entry: &Entry, language: Language) -> Option<(String, String)> {
    let english = language == Language::English;
    match (key, entry) {
        (Key::Accreditation(member, vct), Entry::Accreditation(accreditation)) => {
            let until = date(accreditation.until, language);
            let text = if english {
                format!("May issue cards of the type {vct}, until {until}.")
            } else {
                format!("可签发 {vct} 类卡片，至 {until}。")
            };
            Some((member.to_string(), text))
        }
        (Key::Registration(member, _), Entry::Registration(registration)) => {
            let purpose = self::text(&registration.purpose, language);
            let stopped = registration.standing == Standing::Suspended;
            let text = match (english, stopped) {
                (true, false) => {
                    format!("May ask for {} for this purpose: “{purpose}”.", claims(registration))
                }
                (true, true) => format!("May no longer ask for this purpose: “{purpose}”."),
                (false, false) => format!("可为此目的索取{}：“{purpose}”。", claims(registration)),
                (false, true) => format!("不得再为此目的索取：“{purpose}”。"),
            };
            Some((member.to_string(), text))
        }
        (Key::Type(vct), Entry::Type(kind)) => {
            let version = kind.version;
            let text = if english {
                format!("Keeps the card type {vct}, version {version}.")
            } else {
                format!("维护卡片类型 {vct}，第 {version} 版。")
            };
            Some((kind.steward.to_string(), text))
        }
        _ => None,
    }
}

fn claims(registration: &registry_proof::entry::Registration) -> String {
    let paths = registration.claims.iter().flat_map(|claims| &claims.paths);
    let names: Vec<String> = paths
        .map(|path| path.iter().map(|step| step.as_deref().unwrap_or("*")).collect::<Vec<_>>().join("."))
        .collect();
    names.join(", ")
}

fn text(texts: &Texts, language: Language) -> String {
    texts
        .get(language.key())
        .or_else(|| texts.get("en"))
        .or_else(|| texts.values().next())
        .cloned()
        .unwrap_or_default()
}

fn date(moment: Millis, language: Language) -> String {
    Date::of_secs(moment.get() / 1000).written(language)
}
