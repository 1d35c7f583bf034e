//! Queries and answers recorded from other implementations: `shared/vectors/dcql`, where present.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::check::Shown;
use super::*;
use crate::testing::{members, vectors};

/// The records are of drafts, too: names that changed since are brought up to date.
fn modernize(query: &Value) -> Option<Value> {
    let mut query = query.clone();
    for credential in query["credentials"].as_array_mut()? {
        if credential["format"] == "vc+sd-jwt" {
            credential["format"] = "dc+sd-jwt".into();
        }
        let meta = credential.get("meta");
        if meta.is_none() && credential["format"] == "dc+sd-jwt" {
            credential["meta"] = json!({"vct_values": [
                "PersonIdentificationData", "https://credentials.example.com/identity_credential"]});
        } else if meta.is_none() && credential["format"] == "mso_mdoc" {
            credential["meta"] = json!({"doctype_value": "org.iso.7367.1.mVRC"});
        }
        for claim in credential.get_mut("claims").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(namespace) = claim.get("namespace").cloned() {
                claim["path"] = json!([namespace, claim["claim_name"]]);
            }
        }
        let meta = &credential["meta"];
        if meta.get("vct_values").is_none() && meta.get("doctype_value").is_none() {
            return None;
        }
    }
    Some(query)
}

struct Card {
    format: Format,
    vct: String,
    claims: Map<String, Value>,
    authorities: Vec<Authority>,
}

fn card(recorded: &Value) -> Card {
    let text = |name: &str| recorded.get(name).and_then(Value::as_str).unwrap_or_default();
    let format =
        if text("credential_format") == "vc+sd-jwt" { "dc+sd-jwt" } else { text("credential_format") };
    let claims = recorded.get("claims").or(recorded.get("namespaces")).cloned().unwrap_or(json!({}));
    let authority = recorded.get("authority");
    let values = authority.and_then(|one| one["values"].as_array()).into_iter().flatten();
    let kind = authority.map(|one| one["type"].as_str().unwrap().to_owned()).unwrap_or_default();
    Card {
        format: Format::from_name(format),
        vct: if text("vct").is_empty() { text("doctype").to_owned() } else { text("vct").to_owned() },
        claims: members(claims),
        authorities: values
            .map(|value| Authority { kind: kind.clone(), value: value.as_str().unwrap().to_owned() })
            .collect(),
    }
}

fn wallet_can_answer(query: &Query, recorded: &Value) -> bool {
    let cards: Vec<Card> = recorded.as_array().unwrap().iter().map(card).collect();
    let candidates: Vec<_> = cards
        .iter()
        .map(|card| Candidate {
            id: "card",
            format: &card.format,
            vct: &card.vct,
            claims: &card.claims,
            authorities: &card.authorities,
        })
        .collect();
    query.answer(&candidates).is_ok()
}

fn verifier_accepts(query: &Query, recorded: &Value) -> bool {
    let cards: BTreeMap<String, Vec<Card>> = members(recorded.clone())
        .into_iter()
        .map(|(id, all)| (id, all.as_array().unwrap().iter().map(card).collect()))
        .collect();
    let shown = |card: &'_ Card| -> (Format, String, Map<String, Value>) {
        (card.format.clone(), card.vct.clone(), card.claims.clone())
    };
    let owned: BTreeMap<String, Vec<_>> =
        cards.iter().map(|(id, all)| (id.clone(), all.iter().map(shown).collect())).collect();
    let mut answer = BTreeMap::new();
    for (id, all) in &owned {
        let all = all.iter().map(|(format, vct, claims)| Shown { format, vct, claims });
        answer.insert(id.clone(), all.collect::<Vec<_>>());
    }
    query.check(&answer).is_ok()
}

/// What these records test and this crate decides elsewhere, or differently by the final text.
fn is_elsewhere(record: &Value) -> bool {
    let test = record["test"].as_str().unwrap();
    let verifies = record["op"] == "verify_presentation";
    // Holder binding is checked on the signature, and the trust decision on the registry.
    test.contains("without cryptographic binding") || (verifies && test.contains("trusted authorities"))
}

#[test]
fn recorded_matches_come_out_the_same() {
    let Some(folder) = vectors("dcql") else { return };
    let text = std::fs::read(folder.join("dcql-ts-recorded.json")).unwrap();
    let records: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let mut run = 0;
    for (index, record) in records.iter().enumerate() {
        let verifies = record["op"] == "verify_presentation";
        let input = &record["input"];
        let written = if verifies { &input[1]["dcqlQuery"] } else { &input[0] };
        let Some(written) = modernize(written) else { continue };
        if is_elsewhere(record) {
            continue;
        }
        let query = Query::parse(&written).unwrap();
        let found =
            if verifies { verifier_accepts(&query, &input[0]) } else { wallet_can_answer(&query, &input[1]) };
        assert_eq!(found, record["output"]["can_be_satisfied"], "record {index}: {}", record["test"]);
        run += 1;
    }
    assert!(run >= 34, "{run} of {} records were run", records.len());
}

#[test]
fn draft_queries_without_meta_are_refused() {
    let Some(folder) = vectors("dcql") else { return };
    let text = std::fs::read(folder.join("dcql-ts-recorded.json")).unwrap();
    let records: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let queries = records.iter().map(|record| &record["input"][0]);
    let mut draft = queries.filter(|query| {
        query["credentials"].as_array().is_some_and(|all| all.iter().any(|one| one.get("meta").is_none()))
    });
    assert!(draft.all(|query| Query::parse(query).is_err()));
}

fn json_files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

#[test]
fn queries_of_others_are_read() {
    let (Some(dcql), Some(vp)) = (vectors("dcql"), vectors("openid4vp")) else { return };
    let mut files = json_files(dcql.join("nl-wallet"));
    files.extend(json_files(dcql.join("nl-wallet/spec")));
    for version in ["1.0", "1.1"] {
        let examples = vp.join(version).join("examples");
        files.extend(json_files(examples.join("query_lang")));
        files
            .extend(["dcql_jwt_vc.json", "dcql_ldp_vc.json"].map(|name| examples.join("request").join(name)));
    }
    assert_eq!(files.len(), 24);
    for file in files {
        let written: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert!(Query::parse(&written).is_ok(), "{}", file.display());
    }
}

#[test]
fn queries_in_the_tests_of_others_are_read() {
    let Some(folder) = vectors("dcql") else { return };
    let mut run = 0;
    for file in json_files(folder.join("multipaz")) {
        let literals = members(serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap());
        let queries = literals.iter().filter(|(name, _)| name.starts_with("Json.parseToJsonElement"));
        for (name, text) in queries {
            let written: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
            if written.get("credentials").is_some() {
                assert!(Query::parse(&written).is_ok(), "{} {name}", file.display());
                run += 1;
            }
        }
    }
    assert_eq!(run, 17);
}
