//! Every file and every printed block of the specification's own examples: run, here or where it is named, or left out
//! for a reason that stands here. A new one fails until somebody has decided.

use std::collections::BTreeMap;
use std::path::Path;

use credential::claim_path::{ClaimPath, PathElement};
use credential::issuer::KeyReference;
use credential::key::{RustCrypto, Signer as _, SigningKey};
use credential::sd_jwt_vc::Held;
use credential::time::UnixTime;
use credential::{jwe, jws};
use serde_json::{Map, Value, json};

use crate::message::MessageError;
use crate::testing::{CLIENT, FixedRng, decryption_key, members, request, vectors, verifier, verifier_key};
use crate::vp::dcql::Query;
use crate::vp::fetch::Fetch;
use crate::vp::link::AuthorizationLink;
use crate::vp::refusal::Refusal;
use crate::vp::request::{TYPE, UnverifiedRequest};
use crate::vp::response::{Answer, Posted, Reply};

/// Files of one version by folder: how many, and what becomes of them.
const FILES: [(&str, usize, &str); 7] = [
    ("client_metadata", 4, "run: vp/request/tests.rs, two are read and two refused"),
    ("credentials", 4, "left out: claims before they are signed, two of formats that are not ours"),
    ("digital_credentials_api", 3, "left out: requests through a browser's interface, which is not offered"),
    ("query_lang", 7, "run: vp/dcql/vectors.rs"),
    ("request", 4, "run: vp/dcql/vectors.rs, two; the other two are of one request that is no json"),
    ("response", 3, "left out: claims before they are signed, two of formats that are not ours"),
    ("sd_jwt_vcld", 11, "left out: sd-jwt with json-ld processing, which is not offered"),
];

#[test]
fn every_file_of_the_specifications_examples_is_accounted_for() {
    let Some(folder) = vectors("openid4vp") else { return };
    for version in ["1.0", "1.1"] {
        let examples = folder.join(version).join("examples");
        let mut total = 0;
        for (name, count, fate) in FILES {
            assert!(fate.starts_with("run: ") || fate.starts_with("left out: "));
            assert_eq!(files_in(&examples.join(name)), count, "{version} {name}");
            total += count;
        }
        assert_eq!(files_in(&examples), total, "{version}: a folder that nobody has decided about");
        assert_eq!(total, 36);
    }
    assert_eq!(files_in(&folder.join("eudi-fixtures")), 10);
}

fn files_in(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

/// Queries of the EU's reference implementation, one of which names no document type. Its device response is run in
/// `credential/tests/vectors/mdoc.rs`.
#[test]
fn the_queries_of_the_reference_implementation_are_read() {
    let Some(folder) = vectors("openid4vp") else { return };
    let queries = [
        "dcql/basic_example.json",
        "dcql/eudi_msomdoc_pid_dcql_query.json",
        "dcql/mDL-example.json",
        "example/mso_mdoc-pid-dcql-query.json",
        "example/sd-jwt-vc-pid-dcql-query.json",
    ];
    for name in queries {
        let text = std::fs::read(folder.join("eudi-fixtures").join(name)).unwrap();
        let written: Value = serde_json::from_slice(&text).unwrap();
        let query = written.get("dcql_query").unwrap_or(&written);
        assert!(Query::parse(query).is_ok(), "{name}");
    }
    let text = std::fs::read(folder.join("eudi-fixtures/dcql/complex_example.json")).unwrap();
    let without_type: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(Query::parse(&without_type), Err(MessageError::Missing("doctype_value").into()));
}

#[test]
fn the_card_of_the_reference_implementation_holds_in_its_time_and_is_its_holders() {
    let Some(folder) = vectors("openid4vp") else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join("eudi-fixtures/example").join(name)).unwrap();
    let card = Held::parse(read("sd-jwt-vc-pid.txt").trim()).unwrap();
    let KeyReference::X5c(chain) = &card.issuer().key else { panic!("no certificate") };
    let check = |at: u64| card.verify_issued(chain.leaf_key(), UnixTime::from_secs(at), &RustCrypto);
    assert!(check(1_760_699_875).is_ok());
    assert_eq!(check(1_763_291_874).unwrap_err().code(), "expired");
    let holder =
        SigningKey::from_jwk(&serde_json::from_str(&read("sd-jwt-vc-pid-key.json")).unwrap()).unwrap();
    assert!(card.holder_key() == holder.public_key());
}

#[test]
fn every_printed_block_is_run_or_left_out_for_a_reason() {
    let Some(folder) = vectors("openid4vp") else { return };
    for (version, expected) in [("1_0", BLOCKS_1_0), ("1_1", BLOCKS_1_1)] {
        let text = std::fs::read(folder.join(format!("inline-examples-{version}.json"))).unwrap();
        let blocks: Vec<Value> = serde_json::from_slice(&text).unwrap();
        let mut fates: BTreeMap<&str, usize> = BTreeMap::new();
        for block in &blocks {
            let text = |name: &str| block[name].as_str().unwrap_or_default();
            *fates.entry(fate(text("lang"), text("text"))).or_default() += 1;
        }
        assert_eq!(fates.into_iter().collect::<Vec<_>>(), expected, "{version}");
    }
}

/// How many blocks of version 1.0 have which fate.
const BLOCKS_1_0: &[(&str, usize)] = &[
    ("left out: a drawing or a grammar", 6),
    ("left out: a request through a browser's interface, which is not offered", 2),
    ("left out: a self-issued identity token, which is not offered", 1),
    ("left out: an answer through a browser, which is not offered", 2),
    ("left out: an attestation of a verifier, cut short for print", 1),
    ("left out: cut short for print, no json", 10),
    ("left out: metadata of wallets, which verifiers of ours do not read", 1),
    ("left out: the w3c data model with json-ld, or a presentation of its version 1", 4),
    ("run: a fetch that is read", 2),
    ("run: a link that is refused", 7),
    ("run: a query that is read, in a request by a way that is not offered", 2),
    ("run: a refusal that is read", 1),
    ("run: a reply that is read", 1),
    ("run: algorithms of documents of which we know none, refused", 1),
    ("run: algorithms of documents of which we know one", 1),
    ("run: an answer in the clear, which is refused", 1),
    ("run: an authority that is read", 3),
    ("run: an encrypted answer that is read", 1),
    ("run: claims that paths select", 1),
    ("run: credential/tests/vectors/mdoc.rs, as bytes of the handovers", 6),
    ("run: credential/tests/vectors/tokens.rs and mdoc.rs, as key or header of what is opened there", 4),
    ("run: presentations that are read", 5),
];
/// And of 1.1.
const BLOCKS_1_1: &[(&str, usize)] = &[
    ("left out: a drawing or a grammar", 10),
    ("left out: a request through a browser's interface, which is not offered", 2),
    ("left out: a self-issued identity token, which is not offered", 1),
    ("left out: an answer through a browser, which is not offered", 2),
    ("left out: an attestation of a verifier, cut short for print", 1),
    ("left out: cut short for print, no json", 10),
    ("left out: metadata of wallets, which verifiers of ours do not read", 1),
    ("left out: session information of 1.1, a draft", 2),
    ("left out: the w3c data model with json-ld, or a presentation of its version 1", 4),
    ("run: a fetch that is read", 2),
    ("run: a link that is refused", 7),
    ("run: a query that is read, in a request by a way that is not offered", 2),
    ("run: a refusal that is read", 1),
    ("run: a reply that is read", 1),
    ("run: algorithms of documents of which we know none, refused", 1),
    ("run: algorithms of documents of which we know one", 1),
    ("run: an answer in the clear, which is refused", 1),
    ("run: an authority that is read", 3),
    ("run: an encrypted answer that is read", 1),
    ("run: claims that paths select", 1),
    ("run: credential/tests/vectors/mdoc.rs, as bytes of the handovers", 6),
    ("run: credential/tests/vectors/tokens.rs and mdoc.rs, as key or header of what is opened there", 4),
    ("run: presentations that are read", 5),
];

/// Runs a block, if it is a message of ours, and says what became of it.
fn fate(lang: &str, text: &str) -> &'static str {
    let text = text.trim();
    if matches!(lang, "ascii-art" | "cddl" | "example") || text.starts_with('<') {
        return "left out: a drawing or a grammar";
    }
    if text.starts_with("Hex:") {
        return "run: credential/tests/vectors/mdoc.rs, as bytes of the handovers";
    }
    if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return "left out: session information of 1.1, a draft";
    }
    if let Some(query) =
        text.strip_prefix("GET /authorize?").or(text.strip_prefix("https://wallet.example.com?"))
    {
        return refused_link(query);
    }
    if text.starts_with("HTTP/1.1 302") {
        return match text.split_once("universal-link?") {
            Some((_, query)) => refused_link(query),
            None => "left out: an answer through a browser, which is not offered",
        };
    }
    if text.starts_with("HTTP/1.1 200") {
        let (_, body) = text.split_once("\n\n").unwrap();
        assert!(Reply::parse(body.as_bytes()).unwrap().redirect_uri.is_some());
        return "run: a reply that is read";
    }
    if text.starts_with("POST /") {
        let (_, body) = text.split_once("\n\n").unwrap();
        return posted(&without_breaks(body));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(read)) => object(&read),
        Ok(_) | Err(_) => "left out: cut short for print, no json",
    }
}

/// A parameter's value is broken into lines for print.
fn without_breaks(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Requests without a signature, by clients that nothing proves, or in other parameters than an address.
fn refused_link(query: &str) -> &'static str {
    let query = without_breaks(query.trim_end_matches(" HTTP/1.1"));
    assert!(AuthorizationLink::parse(&format!("openid4vp://?{query}")).is_err(), "{query}");
    "run: a link that is refused"
}

fn posted(body: &str) -> &'static str {
    if body.contains("wallet_nonce=") {
        assert!(Fetch::parse(body).unwrap().wallet_nonce.is_some());
        return "run: a fetch that is read";
    }
    let mut content = request();
    content.state = Some("eyJhb...6-sVA".into());
    match Posted::parse(body) {
        Ok(Posted::Encrypted(_)) => "run: an encrypted answer that is read",
        Ok(refused) => {
            let answer = refused.open(&content, &decryption_key()).unwrap();
            assert!(matches!(answer, Answer::Refused(Refusal::InvalidRequest)));
            "run: a refusal that is read"
        }
        Err(_) => {
            assert!(body.starts_with("vp_token="));
            "run: an answer in the clear, which is refused"
        }
    }
}

fn object(object: &Map<String, Value>) -> &'static str {
    let is_token = |value: &Value| value.as_array().is_some_and(|all| all.iter().all(Value::is_string));
    if object.contains_key("type") && object.contains_key("values") {
        let part = json!({"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["v"]},
            "trusted_authorities": [object]});
        assert!(Query::parse(&json!({"credentials": [part]})).is_ok());
        return "run: an authority that is read";
    }
    if object.contains_key("deviceauth_alg_values") {
        let formats = json!({"mso_mdoc": object});
        return match formats_of(&formats) {
            true => "run: algorithms of documents of which we know one",
            false => "run: algorithms of documents of which we know none, refused",
        };
    }
    if object.get("name") == Some(&json!("Arthur Dent")) {
        select_claims(object);
        return "run: claims that paths select";
    }
    if object.contains_key("@context") || object.contains_key("vp") {
        return "left out: the w3c data model with json-ld, or a presentation of its version 1";
    }
    if let Some(query) = object.get("dcql_query") {
        assert!(Query::parse(query).is_ok());
        return "run: a query that is read, in a request by a way that is not offered";
    }
    if let Some(Value::Object(token)) = object.get("vp_token") {
        return vp_token(token);
    }
    if !object.is_empty() && object.values().all(is_token) && !object.contains_key("keys") {
        return vp_token(object);
    }
    match () {
        () if object.contains_key("kty") || object.contains_key("enc") => {
            "run: credential/tests/vectors/tokens.rs and mdoc.rs, as key or header of what is opened there"
        }
        () if object.contains_key("response_types_supported") => {
            "left out: metadata of wallets, which verifiers of ours do not read"
        }
        () if object.contains_key("signatures") || object.contains_key("x5c") => {
            "left out: a request through a browser's interface, which is not offered"
        }
        () if object.contains_key("iss") => "left out: a self-issued identity token, which is not offered",
        () if object.contains_key("format") => "left out: an attestation of a verifier, cut short for print",
        () => "left out: something else",
    }
}

/// Whether a request by a verifier of these formats is one that a wallet of ours answers.
fn formats_of(formats: &Value) -> bool {
    let signed = request().sign(&verifier_key(), &verifier()).unwrap();
    let mut claims = jws::Unverified::parse(&signed).unwrap().dangerous_claims().unwrap();
    claims["client_metadata"]["vp_formats_supported"] = formats.clone();
    let header = json!({"typ": TYPE, "kid": "did:symbolon:demo:login#request-0"});
    let text = jws::sign(members(header), &claims, &verifier()).unwrap();
    UnverifiedRequest::parse(&text, &CLIENT.parse().unwrap()).is_ok()
}

fn select_claims(claims: &Map<String, Value>) {
    let name = |text: &str| PathElement::Name(text.to_owned());
    let select = |steps: Vec<PathElement>| ClaimPath::new(steps).unwrap().select(claims).len();
    assert_eq!(select(vec![name("name")]), 1);
    assert_eq!(select(vec![name("address"), name("street_address")]), 1);
    assert_eq!(select(vec![name("nationalities"), PathElement::Index(1)]), 1);
    assert_eq!(select(vec![name("degrees"), PathElement::All, name("type")]), 2);
    assert_eq!(select(vec![name("name"), name("first")]), 0);
}

/// The presentations of an answer, encrypted as a wallet does.
fn vp_token(token: &Map<String, Value>) -> &'static str {
    let (mut content, key) = (request(), decryption_key());
    content.state = None;
    let payload = json!({"vp_token": token}).to_string();
    let metadata = &content.client_metadata;
    let enc = metadata.content_encryptions[0];
    let sealed =
        jwe::encrypt(&metadata.encryption_key, enc, Map::new(), payload.as_bytes(), &mut FixedRng(5))
            .unwrap();
    let Answer::Shown(response) = Posted::Encrypted(sealed).open(&content, &key).unwrap() else {
        panic!("refused")
    };
    assert_eq!(json!(response.vp_token), json!(token));
    "run: presentations that are read"
}
