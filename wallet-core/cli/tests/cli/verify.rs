//! `wallet verify` with the tokens of RFC 9901.

use serde_json::Value;

use crate::{Folder, failing, outcome, refused_by_rule, run, run_with, vectors, wallet};

const AT: &str = "1800000000";

struct Token {
    text: String,
    key: String,
    binding: Value,
    claims: Value,
}

fn tokens(folder: &Folder) -> Vec<Token> {
    let Some(vectors) = vectors("sd-jwt/rfc9901-vectors.json") else { return Vec::new() };
    let token = |(number, vector): (usize, &Value)| Token {
        text: vector["sd_jwt"].as_str().unwrap().to_owned(),
        key: folder.file(&format!("{number}.jwk"), vector["issuer_jwk"].to_string()),
        binding: vector["kb_jwt"]["payload"].clone(),
        claims: vector["reference_verified_payload"].clone(),
    };
    vectors.as_array().unwrap().iter().enumerate().map(token).collect()
}

fn bound(folder: &Folder) -> Option<Token> {
    tokens(folder).into_iter().find(|token| token.binding.is_object())
}

fn check(token: &Token, more: &[&str]) -> (i32, Value) {
    let mut arguments =
        vec!["verify", &token.text, "--issuer-jwk", &token.key, "--profile", "sd-jwt", "--at", AT];
    arguments.extend(more);
    run(&arguments)
}

#[test]
fn the_claims_of_every_token_are_printed() {
    let folder = Folder::new("verify-all");
    for token in tokens(&folder) {
        let text = |name: &str| token.binding[name].as_str().unwrap_or_default().to_owned();
        let (aud, nonce) = (text("aud"), text("nonce"));
        let expected = ["--require-key-binding", "--aud", &aud, "--nonce", &nonce];
        let more: &[&str] = if token.binding.is_object() { &expected } else { &[] };
        assert_eq!(check(&token, more), (0, token.claims.clone()));
    }
}

#[test]
fn a_token_is_read_from_standard_input() {
    let folder = Folder::new("verify-stdin");
    let Some(token) = tokens(&folder).into_iter().next() else { return };
    let arguments = ["verify", "-", "--issuer-jwk", &token.key, "--profile", "sd-jwt", "--at", AT];
    assert_eq!(run_with(&arguments, &format!("{}\n", token.text)), (0, token.claims));
}

#[test]
fn each_fault_has_its_code() {
    let folder = Folder::new("verify-faults");
    let Some(mut token) = bound(&folder) else { return };
    assert_eq!(refused_by_rule(check(&token, &["--nonce", "another"])), "key_binding_wrong_nonce");
    assert_eq!(refused_by_rule(check(&token, &["--aud", "another"])), "key_binding_wrong_audience");
    let at_the_end = ["--at", "1900000000"];
    let arguments = ["verify", &token.text, "--issuer-jwk", &token.key, "--profile", "sd-jwt"];
    assert_eq!(refused_by_rule(run(&[&arguments[..], &at_the_end].concat())), "expired");
    let whole = token.text.clone();
    token.text = whole[..=whole.rfind('~').unwrap()].to_owned();
    assert_eq!(refused_by_rule(check(&token, &["--require-key-binding"])), "key_binding_missing");
    assert_eq!(check(&token, &[]).0, 0);
    token.text = whole.replacen(".ey", ".eY", 1);
    assert_eq!(check(&token, &[]).0, 1);
    token.text = "nonsense".to_owned();
    assert_eq!(refused_by_rule(check(&token, &[])), "token_malformed");
}

#[test]
fn the_profile_of_credentials_wants_their_type() {
    let folder = Folder::new("verify-profile");
    let Some(token) = tokens(&folder).into_iter().next() else { return };
    let arguments = ["verify", &token.text, "--issuer-jwk", &token.key, "--profile", "sd-jwt-vc", "--at", AT];
    assert_eq!(refused_by_rule(run(&arguments)), "credential_type_missing");
}

#[test]
fn one_fault_hides_no_other() {
    let folder = Folder::new("verify-both");
    let Some(mut token) = bound(&folder) else { return };
    let signature = token.text.find('~').unwrap() - 10;
    let other = if &token.text[signature..=signature] == "A" { "B" } else { "A" };
    token.text.replace_range(signature..=signature, other);
    let (code, refusal) = check(&token, &["--nonce", "another"]);
    assert_eq!(code, 1);
    assert_eq!(failing(&refusal), ["invalid_signature", "key_binding_wrong_nonce"]);
    assert_eq!(outcome(&refusal, "disclosures"), "holds");
    let arguments = ["verify", &token.text, "--issuer-jwk", &token.key, "--profile", "sd-jwt"];
    let (_, refusal) = run(&[&arguments[..], &["--nonce", "another", "--at", "1900000000"]].concat());
    assert_eq!(failing(&refusal), ["invalid_signature", "expired"]);
    assert_eq!(outcome(&refusal, "key binding"), "not_checked");
}

#[test]
fn a_disclosure_that_does_not_belong_fails_by_its_own_check() {
    let folder = Folder::new("verify-disclosure");
    let Some(mut token) = tokens(&folder).into_iter().next() else { return };
    token.text += "WyJzYWx0IiwibmFtZSIsInZhbHVlIl0~";
    let run = check(&token, &[]);
    assert_eq!(outcome(&run.1, "signature"), "holds");
    assert_eq!(failing(&run.1), ["disclosure_unreferenced"]);
    assert_eq!(run.1["specification"], "RFC 9901 section 7.1, step 5");
    assert_eq!(refused_by_rule(run), "disclosure_unreferenced");
}

#[test]
fn people_read_the_checks_beside_the_claims() {
    let folder = Folder::new("verify-people");
    let Some(token) = tokens(&folder).into_iter().next() else { return };
    let arguments = ["verify", &token.text, "--issuer-jwk", &token.key, "--profile", "sd-jwt", "--at"];
    let output = wallet().args(arguments).arg(AT).output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), token.claims);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("holds        signature") && !said.contains("fails"), "{said}");
    let output = wallet().args(arguments).arg("1900000000").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.stdout.is_empty());
    assert!(said.contains("fails        dates") && said.contains("RFC 7519 section 4.1.4"), "{said}");
}

#[test]
fn wrong_usage_is_told_apart() {
    let folder = Folder::new("verify-usage");
    let no_trust = crate::wallet().args(["verify", "x"]).output().unwrap();
    assert_eq!(no_trust.status.code(), Some(2));
    let no_file = folder.path().join("absent").display().to_string();
    assert_eq!(run(&["verify", "x", "--issuer-jwk", &no_file]).0, 2);
}
