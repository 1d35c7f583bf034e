//! `wallet counter`: asking and checking where there is no network.

use std::path::Path;

use credential::claim_path::ClaimPath;
use credential::encoding::base64url;
use credential::issuer::KeyReference;
use credential::json;
use credential::key::{Algorithm, Signer as _, SigningKey};
use registry_client::registry::Registry;
use registry_proof::name::{MemberId, UseName};
use serde_json::{Value, json};
use wallet_core::counter::ask::{Desk, MAX_KEPT, Question};
use wallet_core::counter::bundle::{Bundle, MAX_FILE, Offline};
use wallet_core::counter::check::{MAX_ANSWER_AGE, Seen};
use wallet_core::counter::envelope::{self, Kind};
use wallet_core::counter::{CounterError, ask};
use wallet_core::durable;
use wallet_core::http::Reach;

use crate::arguments::{Counter, CounterCheck, CounterFetch, CounterRequest, Known};
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{codes, init, ports, words};

/// Bytes of a private JWK, at most.
const MAX_JWK: usize = 16 * 1024;

pub(crate) async fn run(home: &Home, counter: Counter) -> Result<Output, Refusal> {
    match counter {
        Counter::Key { file, number } => make_key(&file, number),
        Counter::Fetch(fetch) => run_fetch(fetch).await,
        Counter::Request(request) => run_request(&request),
        Counter::Check(check) => run_check(&check),
        Counter::Prepare => prepare(home).await,
    }
}

/// Makes a request key. What is printed is the action that `registry-node sign` takes.
fn make_key(file: &Path, number: u32) -> Result<Output, Refusal> {
    let key = SigningKey::generate(Algorithm::Es256, &mut *ports::random().rng());
    let jwk = zeroize::Zeroizing::new(key.dangerous_to_jwk().to_string());
    durable::create(file, jwk.as_bytes()).map_err(|_| unwritable())?;
    let material = format!("p256:{}", base64url(key.public_key().to_compressed_bytes()));
    let add = json!({ "purpose": "request", "number": number, "material": { "key": material } });
    Ok(Output::of_json(json!({ "add_key": add })))
}

async fn prepare(home: &Home) -> Result<Output, Refusal> {
    let wallet = home.unlock()?;
    let kept = wallet.prepare_for_counters().await.map_err(|error| Refusal::for_people(error.code()))?;
    let text = words::fill(words::words().counter.prepared, &[&kept.to_string()]);
    Ok(Output::new(text, json!({ "cards": kept })))
}

async fn run_fetch(fetch: CounterFetch) -> Result<Output, Refusal> {
    let checkpoint = init::read_checkpoint(&fetch.checkpoint)?;
    let reach = Reach::of(&fetch.nodes);
    let registry = Registry::open(fetch.nodes, &checkpoint, None, ports::now())
        .map_err(|error| Refusal::at_counter(error.code()))?;
    let (bundle, fetched) = Bundle::fetch(&registry, reach).await.map_err(|error| refuse(&error))?;
    durable::replace(&fetch.out, &bundle.to_bytes()).map_err(|_| unwritable())?;
    let words = &words::words().counter;
    let mut text = words::fill(words.fetched, &[&fetched.lists.to_string()]);
    if fetched.missing > 0 {
        text += &format!("\n{}", words::fill(words.missing, &[&fetched.missing.to_string()]));
    }
    Ok(Output::new(text, json!(fetched)))
}

fn run_request(request: &CounterRequest) -> Result<Output, Refusal> {
    let now = ports::now();
    let offline = open(&request.known)?;
    let signer = read_signing_key(&request.key)?;
    let member: MemberId = request.member.parse().map_err(|_| Refusal::at_counter("unknown_requester"))?;
    let use_name: UseName = request.use_name.parse().map_err(|_| Refusal::at_counter("not_registered"))?;
    let network = offline.facts().network();
    let key = KeyReference::Kid(format!("did:symbolon:{network}:{member}#request-{}", request.key_number));
    let claims = request.claims.iter().map(|text| path(text)).collect::<Result<Vec<_>, _>>()?;
    let desk = Desk { member: &member, use_name: &use_name, key: &key, signer: &signer };
    let rng = &mut *ports::random().rng();
    let question = desk.ask(&offline, request.vct.as_deref(), &claims, rng, now).map_err(|e| refuse(&e))?;
    let frames = question.frames().map_err(|error| refuse(&error))?;
    durable::replace(&request.question, &question.dangerous_to_bytes()).map_err(|_| unwritable())?;
    let texts = codes::show(&frames, &request.draw.out)?;
    let seconds = ask::LIFE.as_secs();
    let asked = words::fill(words::words().counter.asked, &[&seconds.to_string()]);
    let says = json!({ "frames": frames, "seconds": seconds, "answer_seconds": MAX_ANSWER_AGE.as_secs() });
    Ok(Output::new(format!("{asked}\n{texts}"), says))
}

fn run_check(check: &CounterCheck) -> Result<Output, Refusal> {
    let now = ports::now();
    let offline = open(&check.known)?;
    let message = codes::collect(&check.frames)?;
    let kind = envelope::kind(&message).map_err(|error| Refusal::at_counter(error.code()))?;
    let seen = match (kind, &check.question) {
        (Kind::Code, _) => vec![offline.check_code(&message, now).map_err(|error| refuse(&error))?],
        (_, None) => {
            let next = "Name the file that counter request kept, with --question.";
            return Err(Refusal::usage("question_missing", "An answer belongs to a request.", next));
        }
        (_, Some(file)) => answer(file, &message, &offline)?,
    };
    Ok(Output::new(seen.iter().map(in_words).collect::<Vec<_>>().join("\n\n"), json!({ "cards": seen })))
}

/// Checks the answer to a question, which a good answer uses up: the file is gone before anything is said.
fn answer(file: &Path, message: &[u8], offline: &Offline) -> Result<Vec<Seen>, Refusal> {
    let used = |_| Refusal::at_counter("question_used");
    let bytes = durable::read(file, MAX_KEPT as u64).map_err(used)?;
    let question = Question::from_bytes(&bytes).map_err(|error| refuse(&error))?;
    let seen = question.check(message, offline, ports::now()).map_err(|error| refuse(&error))?;
    std::fs::remove_file(file).map_err(used)?;
    Ok(seen)
}

fn in_words(seen: &Seen) -> String {
    let words = &words::words().counter;
    let minutes = |seconds: u64| seconds.div_ceil(60).to_string();
    let mut lines = vec![words::fill(words.good, &[&words::say(&seen.issuer.name)]), words.says.to_owned()];
    lines.extend(seen.claims.iter().map(|(name, value)| words::plain_claim(name, value)));
    lines.push(words::fill(words.issuer_age, &[&minutes(seen.issuer_proof_age_seconds)]));
    lines.push(match seen.status_age_seconds {
        Some(age) => words::fill(words.status_age, &[&minutes(age)]),
        None => words.no_status.to_owned(),
    });
    lines.extend(seen.anywhere.then(|| words.anywhere.to_owned()));
    lines.join("\n")
}

fn open(known: &Known) -> Result<Offline, Refusal> {
    let checkpoint = init::read_checkpoint(&known.checkpoint)?;
    let bytes =
        durable::read(&known.bundle, MAX_FILE as u64).map_err(|_| Refusal::at_counter("bundle_malformed"))?;
    let bundle = Bundle::from_bytes(&bytes).map_err(|error| refuse(&error))?;
    bundle.open(&checkpoint, ports::now()).map_err(|error| refuse(&error))
}

/// `address.locality`
fn path(text: &str) -> Result<ClaimPath, Refusal> {
    let names: Vec<&str> = text.trim().split('.').collect();
    ClaimPath::names(&names)
        .ok()
        .filter(|_| names.iter().all(|name| !name.is_empty()))
        .ok_or_else(|| Refusal::at_counter("query_malformed"))
}

fn read_signing_key(path: &Path) -> Result<SigningKey, Refusal> {
    let unreadable = || {
        Refusal::usage("key_unreadable", "The key file cannot be read.", "Name a file with a private JWK.")
    };
    let bytes = zeroize::Zeroizing::new(durable::read(path, MAX_JWK as u64).map_err(|_| unreadable())?);
    let jwk: Value = json::parse(&bytes, MAX_JWK).map_err(|_| unreadable())?;
    SigningKey::from_jwk(&jwk).map_err(|_| unreadable())
}

fn refuse(error: &CounterError) -> Refusal {
    match error.too_much() {
        [] => Refusal::at_counter(error.code()),
        paths => Refusal::too_much_asked(paths),
    }
}

fn unwritable() -> Refusal {
    Refusal::usage("file_unwritable", "The file cannot be written.", "Name another file.")
}
