//! `wallet status` with the token of the draft.

use serde_json::{Value, json};

use crate::{Folder, failing, outcome, refused_by_rule, run, vectors};

const URI: &str = "https://example.com/statuslists/1";

fn ask(folder: &Folder, uri: &str, index: &str, at: &str) -> Option<(i32, Value)> {
    let vectors = vectors("token-status-list/vectors.json")?;
    let vector = vectors.as_array().unwrap().iter().find(|vector| vector["jwt"].is_string()).unwrap();
    let token = folder.file("token.jwt", vector["jwt"].as_str().unwrap());
    let key = folder.file("issuer.jwk", vector["public_jwk"].to_string());
    Some(run(&[
        "status",
        "--token",
        &token,
        "--uri",
        uri,
        "--index",
        index,
        "--issuer-jwk",
        &key,
        "--at",
        at,
    ]))
}

#[test]
fn an_entry_is_printed() {
    let folder = Folder::new("status");
    let Some(found) = ask(&folder, URI, "0", "1686920171") else { return };
    assert_eq!(found, (0, json!({ "status": 1, "meaning": "invalid" })));
    assert_eq!(ask(&folder, URI, "1", "1686920171").unwrap().1["status"], 0);
}

#[test]
fn each_fault_has_its_code() {
    let folder = Folder::new("status-faults");
    let Some(expired) = ask(&folder, URI, "0", "2291720170") else { return };
    assert_eq!(refused_by_rule(expired), "status_list_expired");
    let code = |uri: &str, index: &str| refused_by_rule(ask(&folder, uri, index, "1686920171").unwrap());
    assert_eq!(code("https://example.com/statuslists/2", "0"), "status_list_wrong_subject");
    assert_eq!(code(URI, "100000"), "status_index_out_of_range");
}

#[test]
fn one_fault_hides_no_other() {
    let folder = Folder::new("status-both");
    let Some((_, refusal)) = ask(&folder, "https://example.com/statuslists/2", "0", "2291720170") else {
        return;
    };
    assert_eq!(failing(&refusal), ["status_list_wrong_subject", "status_list_expired"]);
    assert_eq!(outcome(&refusal, "signature"), "holds");
}
