//! Status lists in CBOR and bitstring lists, whose bits stand in opposite orders.

use core::time::Duration;

use credential::bitstring::Bitstring;
use credential::bitstring::list::StatusListCredential;
use credential::did::did_key;
use credential::issuer::KeyReference;
use credential::key::{Algorithm, Signer as _, SigningKey};
use credential::status_list::{Status, StatusList, TokenClaims};
use credential::time::UnixTime;
use credential::vcdm::Credential;
use serde_json::{Value, json};

use crate::{Folder, altered, failing, hex, inspected, now, outcome, refused, refused_by_rule, run, vectors};

const URI: &str = "https://example.com/statuslists/1";
const AT: &str = "1686920171";

fn key() -> SigningKey {
    SigningKey::from_secret_bytes(Algorithm::Es256, &[1; 32]).unwrap()
}

fn kid() -> KeyReference {
    KeyReference::Kid(did_key(key().public_key()))
}

/// A vector of the draft by its name.
fn of_draft(name: &str) -> Option<Value> {
    let vectors = vectors("token-status-list/vectors.json")?;
    let found = vectors.as_array().unwrap().iter().find(|vector| vector["name"] == name).cloned();
    Some(found.unwrap_or_else(|| panic!("no {name}")))
}

fn status(token: &str, key: &str, uri: &str, index: &str, at: &str, more: &[&str]) -> (i32, Value) {
    let arguments =
        ["status", "--token", token, "--issuer-jwk", key, "--uri", uri, "--index", index, "--at", at];
    run(&[&arguments[..], more].concat())
}

#[test]
fn the_token_of_the_draft_in_cbor_is_read_in_each_of_its_forms() {
    let Some(vector) = of_draft("5.2 status list token CWT (COSE_Sign1 tagged)") else { return };
    let folder = Folder::new("lists-cwt");
    let digits = vector["cwt_hex"].as_str().unwrap();
    let key = folder.file("issuer.jwk", vector["public_jwk"].to_string());
    let forms = [folder.file("raw.cwt", hex(digits)), folder.file("hex.txt", digits)];
    for token in &forms {
        // The list of the draft begins 1, 0, 0, 1, 1, 1, 0, 1 from the lowest bit of 0xb9.
        for (index, expected) in [1, 0, 0, 1, 1, 1, 0, 1].into_iter().enumerate() {
            let (code, found) = status(token, &key, URI, &index.to_string(), AT, &[]);
            assert_eq!((code, &found["status"]), (0, &json!(expected)), "{index}");
        }
        let found = inspected(token);
        assert_eq!(found["kind"], "status_list_cwt");
        let list = found["says"]["claims"].as_array().unwrap().iter().find(|claim| claim[0] == 65533);
        assert_eq!(
            list.unwrap()[1],
            json!({ "order": "lowest bit first", "bits": 1, "entries": 16, "not_valid": 9 })
        );
    }
}

#[test]
fn each_fault_of_a_token_in_cbor_has_its_rule() {
    let Some(vector) = of_draft("5.2 status list token CWT (COSE_Sign1 tagged)") else { return };
    let folder = Folder::new("lists-cwt-faults");
    let bytes = hex(vector["cwt_hex"].as_str().unwrap());
    let key = folder.file("issuer.jwk", vector["public_jwk"].to_string());
    let token = folder.file("list.cwt", &bytes);
    assert_eq!(refused_by_rule(status(&token, &key, URI, "0", "2291720170", &[])), "status_list_expired");
    assert_eq!(refused_by_rule(status(&token, &key, URI, "16", AT, &[])), "status_index_out_of_range");
    let other = status(&token, &key, "https://example.com/2", "0", AT, &[]);
    assert_eq!(
        (failing(&other.1), outcome(&other.1, "signature")),
        (vec!["status_list_wrong_subject".to_owned()], "holds")
    );
    let early = status(&token, &key, URI, "0", "1600000000", &[]);
    assert_eq!(refused_by_rule(early), "status_list_from_the_future");
    let last = bytes.len() - 1;
    let changed = [&bytes[..last], &[bytes[last] ^ 1]].concat();
    let changed = status(&folder.file("changed.cwt", changed), &key, URI, "0", AT, &[]);
    assert_eq!(failing(&changed.1), ["invalid_signature"]);
    let cut = status(&folder.file("cut.cwt", &bytes[..last]), &key, URI, "0", AT, &[]);
    assert_eq!(refused_by_rule(cut), "cbor_malformed");
    let referenced = hex(of_draft("6.3 referenced token CWT").unwrap()["cwt_hex"].as_str().unwrap());
    let referenced = folder.file("referenced.cwt", referenced);
    let referred = status(&referenced, &key, URI, "0", AT, &[]);
    assert_eq!(referred.1["specification"], "RFC 9596 section 2, Token Status List draft 20 section 5.2");
    assert_eq!(refused_by_rule(referred), "wrong_type");
    assert_eq!(inspected(&referenced)["kind"], "cose_sign1");
}

#[test]
fn a_token_in_cbor_that_names_its_key_is_held_against_it() {
    let mut list = StatusList::new(2, 100).unwrap();
    list.set(7, Status::Suspended).unwrap();
    let claims = TokenClaims { uri: URI, issued_at: now(), expires_at: None, ttl: None };
    let token = list.to_cwt(&claims, &kid(), &key()).unwrap();
    let folder = Folder::new("lists-cwt-kid");
    let found = inspected(&folder.file("list.cwt", &token));
    assert_eq!((outcome(&found, "signature"), &found["signer"]["by"]), ("holds", &json!("kid")));
    assert_eq!(failing(&found), [""; 0]);
}

const LIST: &str = "https://lists.example/3";

/// A bitstring list with one entry set, changed and signed.
fn bitstring(size: u8, index: u64, purpose: &str, change: impl Fn(&mut Value)) -> String {
    let mut list = Bitstring::new(size, 0).unwrap();
    list.set(index, 1).unwrap();
    let (begin, end) = (now().minus(Duration::from_secs(60)), now().plus(Duration::from_secs(600)));
    let made =
        StatusListCredential::make(&list, LIST, "https://issuer.example", purpose, (begin, end)).unwrap();
    let mut members = Value::Object(made.members().clone());
    change(&mut members);
    Credential::new(members.as_object().cloned().unwrap()).unwrap().to_jwt(&kid(), &key()).unwrap()
}

struct Bits {
    folder: Folder,
    key: String,
}

impl Bits {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let key = folder.file("issuer.jwk", key().public_key().to_jwk().to_string());
        Self { folder, key }
    }

    fn ask(&self, token: &str, uri: &str, index: &str, more: &[&str]) -> (i32, Value) {
        let at = now().secs().to_string();
        status(&self.folder.file("list.jwt", token), &self.key, uri, index, &at, more)
    }
}

#[test]
fn an_entry_of_a_bitstring_is_read_from_the_left() {
    let bits = Bits::new("lists-bitstring");
    let token = bitstring(1, 1, "revocation", |_| {});
    let said = |index: &str| bits.ask(&token, LIST, index, &[]);
    assert_eq!(said("1"), (0, json!({ "status": 1, "meaning": "invalid" })));
    // Read from the lowest bit, the entry that is set would be number 6.
    assert_eq!(said("6"), (0, json!({ "status": 0, "meaning": "valid" })));
    let suspended = bitstring(2, 131_000, "suspension", |_| {});
    let entry = ["--purpose", "suspension", "--size", "2"];
    assert_eq!(bits.ask(&suspended, LIST, "131000", &entry).1["meaning"], "suspended");
    let message = bitstring(8, 3, "message", |_| {});
    let entry = ["--purpose", "message", "--size", "8"];
    assert_eq!(bits.ask(&message, LIST, "3", &entry).1["meaning"], "application_specific");
    let found = inspected(&token);
    assert_eq!((&found["kind"], failing(&found)), (&json!("bitstring_status_list"), Vec::<String>::new()));
    let expected = json!({ "order": "highest bit first", "bits": 1, "entries": 131_072, "not_zero": 1 });
    assert_eq!(found["says"]["claims"]["credentialSubject"]["encodedList"], expected);
}

type Change = fn(&mut Value);

#[test]
fn each_fault_of_a_bitstring_has_its_rule() {
    let bits = Bits::new("lists-bitstring-faults");
    let faults: [(Change, &str); 6] = [
        (|list| list["credentialSubject"]["type"] = "Other".into(), "bitstring_not_a_list"),
        (|list| list["credentialSubject"]["encodedList"] = "xAAAA".into(), "bitstring_encoding"),
        (|list| list["credentialSubject"]["encodedList"] = "uAAAA".into(), "bitstring_not_gzip"),
        (|list| list["credentialSubject"]["ttl"] = 0.into(), "bitstring_ttl_malformed"),
        (|list| list["credentialSubject"]["statusPurpose"] = json!([]), "bitstring_wrong_purpose"),
        (|list| list["validUntil"] = "2026-01-01T00:00:00Z".into(), "expired"),
    ];
    for (change, code) in faults {
        let token = bitstring(1, 1, "revocation", |list| {
            list["validFrom"] = "2020-01-01T00:00:00Z".into();
            change(list);
        });
        let refusal = bits.ask(&token, LIST, "1", &[]);
        assert_eq!(failing(&refusal.1), [code]);
        assert_eq!(refused_by_rule(refusal), code);
    }
    let token = bitstring(1, 1, "revocation", |_| {});
    assert_eq!(
        refused_by_rule(bits.ask(&token, "https://lists.example/4", "1", &[])),
        "bitstring_wrong_list"
    );
    let other = bits.ask(&token, LIST, "1", &["--purpose", "suspension"]);
    assert_eq!(refused_by_rule(other), "bitstring_wrong_purpose");
    assert_eq!(refused_by_rule(bits.ask(&token, LIST, "131072", &[])), "bitstring_index_out_of_range");
    assert_eq!(refused_by_rule(bits.ask(&token, LIST, "1", &["--size", "3"])), "bitstring_size");
    assert_eq!(refused_by_rule(bits.ask(&token, LIST, "1", &["--size", "2"])), "bitstring_too_short");
    assert_eq!(refused_by_rule(bits.ask(&altered(&token), LIST, "1", &[])), "invalid_signature");
}

/// A list of one kind is never taken for one of the other, whatever its contents would allow.
#[test]
fn no_list_is_read_in_the_order_of_the_other_kind() {
    let bits = Bits::new("lists-apart");
    let credential = bitstring(1, 1, "revocation", |list| list["type"] = json!(["VerifiableCredential"]));
    assert_eq!(refused(bits.ask(&credential, LIST, "1", &[])), "wrong_type", "not by its contents");
    let mut list = StatusList::new(1, 200_000).unwrap();
    list.set(1, Status::Invalid).unwrap();
    let end = Some(UnixTime::from_secs(now().secs() + 600));
    let claims = TokenClaims { uri: LIST, issued_at: now(), expires_at: end, ttl: None };
    let token = list.to_token(&claims, &kid(), &key()).unwrap();
    assert_eq!(bits.ask(&token, LIST, "1", &["--purpose", "suspension"]).1["meaning"], "invalid");
    assert_eq!(bits.ask(&token, LIST, "6", &[]).1["meaning"], "valid");
}
