//! `wallet inspect`, kind by kind: good ones, and bad ones by the rule that they break.

use core::time::Duration;

use credential::did::did_key;
use credential::issuer::KeyReference;
use credential::key::{Algorithm, Signer as _, SigningKey};
use credential::sd_jwt::binding::Binding;
use credential::sd_jwt_vc::{Held, Issuance};
use credential::status_list::{Status, StatusList, TokenClaims};
use credential::time::UnixTime;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use serde_json::{Value, json};

use crate::{Folder, failing, now, outcome, run};

fn inspect(anything: &str) -> Value {
    let (code, found) = run(&["inspect", anything]);
    assert_eq!(code, 0, "{found}");
    found
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_secret_bytes(Algorithm::Es256, &[seed; 32]).unwrap()
}

/// A card by a `did:key`, shown.
fn shown(expires_at: UnixTime) -> String {
    let issued_at = now().minus(Duration::from_secs(100));
    let issuance = Issuance {
        issuer: Some("https://issuer.example".into()),
        vct: "urn:x".into(),
        issued_at,
        expires_at,
        not_before: None,
        holder: key(2).public_key().clone(),
        status: None,
        claims: json!({ "name": "Ada" }).as_object().cloned().unwrap(),
        disclosable: vec![credential::claim_path::ClaimPath::name("name")],
        decoys: 0,
    };
    let issuer = KeyReference::Kid(did_key(key(1).public_key()));
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let card = issuance.issue(&issuer, &key(1), &mut rng).unwrap();
    let binding = Binding { audience: "a", nonce: "n", issued_at, transaction_data: &[] };
    let paths = [credential::claim_path::ClaimPath::name("name")];
    Held::parse(&card).unwrap().present(&paths, &binding, &key(2)).unwrap()
}

fn later() -> UnixTime {
    now().plus(Duration::from_secs(600))
}

/// `text` with the character at `place` changed.
fn change(text: &str, place: usize) -> String {
    let other = if &text[place..=place] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..place], &text[place + 1..])
}

#[test]
fn a_good_card_holds_by_every_check() {
    let found = inspect(&shown(later()));
    assert_eq!(found["kind"], "sd_jwt_vc");
    assert_eq!(found["signer"]["by"], "kid");
    assert_eq!(found["says"]["claims"]["name"], "Ada");
    assert_eq!(failing(&found), [""; 0]);
    for check in
        ["form", "type of token", "type of credential", "signature", "disclosures", "dates", "key binding"]
    {
        assert_eq!(outcome(&found, check), "holds", "{check}");
    }
    assert_eq!(outcome(&found, "status reference"), "not_checked");
}

#[test]
fn a_card_with_a_changed_signature_fails_by_that_check_alone() {
    let token = shown(later());
    let found = inspect(&change(&token, token.find('~').unwrap() - 10));
    assert_eq!(failing(&found), ["invalid_signature", "key_binding_wrong_hash"]);
    let found = inspect(&change(&token, token.len() - 10));
    assert_eq!(failing(&found), ["key_binding_invalid_signature"]);
}

#[test]
fn a_card_that_has_expired_says_so_by_its_rule() {
    let found = inspect(&shown(now().minus(Duration::from_secs(1))));
    assert_eq!(failing(&found), ["expired"]);
    assert_eq!(outcome(&found, "signature"), "holds");
    assert_eq!(found["wrong"], json!(["dates: token has expired"]));
}

#[test]
fn a_card_in_pieces_is_still_a_card() {
    let token = shown(later());
    let found = inspect(&token.replacen('~', "~~", 1));
    assert_eq!((&found["kind"], failing(&found)), (&json!("sd_jwt_vc"), vec!["token_malformed".to_owned()]));
    let (issued, rest) = token.split_once('~').unwrap();
    let (disclosure, binding) = rest.split_once('~').unwrap();
    let twice = format!("{issued}~{disclosure}~{disclosure}~{binding}");
    assert_eq!(failing(&inspect(&twice)), ["disclosure_repeated"]);
}

fn status_token(change: impl Fn(&mut Value)) -> String {
    let mut list = StatusList::new(2, 100).unwrap();
    list.set(7, Status::Suspended).unwrap();
    let claims =
        TokenClaims { uri: "https://a.example/1", issued_at: now(), expires_at: Some(later()), ttl: None };
    let signer = KeyReference::Kid(did_key(key(1).public_key()));
    let token = list.to_token(&claims, &signer, &key(1)).unwrap();
    let token = credential::jws::Unverified::parse(&token).unwrap();
    let mut payload = Value::Object(token.dangerous_claims().unwrap());
    change(&mut payload);
    credential::jws::sign(token.header().members().clone(), payload.as_object().unwrap(), &key(1)).unwrap()
}

#[test]
fn a_status_list_is_counted() {
    let found = inspect(&status_token(|_| {}));
    assert_eq!(found["kind"], "status_list_token");
    assert_eq!(
        found["says"]["claims"]["status_list"],
        json!({ "order": "lowest bit first", "bits": 2, "entries": 100, "not_valid": 1 })
    );
    assert_eq!(failing(&found), [""; 0]);
    assert_eq!(outcome(&found, "signature"), "holds");
    assert_eq!(outcome(&found, "address"), "not_checked");
}

type Change = fn(&mut Value);

#[test]
fn each_fault_of_a_status_list_has_its_rule() {
    let faults: [(Change, &str); 7] = [
        (|claims| claims["status_list"]["lst"] = "AAAA".into(), "status_list_not_zlib"),
        (|claims| claims["status_list"]["bits"] = 3.into(), "status_list_bits"),
        (|claims| claims["exp"] = 1.into(), "status_list_expired"),
        (|claims| claims["iat"] = 9_000_000_000_u64.into(), "status_list_from_the_future"),
        (|claims| claims["ttl"] = 0.into(), "status_list_claims_malformed"),
        (|claims| claims["status_list"] = Value::Null, "status_list_claims_malformed"),
        (|claims| claims["iat"] = "now".into(), "status_list_claims_malformed"),
    ];
    for (change, code) in faults {
        assert_eq!(failing(&inspect(&status_token(change))), [code]);
    }
}

#[test]
fn a_signed_token_is_held_against_the_key_that_it_carries() {
    let signed = |jwk: Value| {
        let header = json!({ "typ": "dpop+jwt", "jwk": jwk });
        let claims = json!({ "exp": later().secs() });
        credential::jws::sign(header.as_object().cloned().unwrap(), claims.as_object().unwrap(), &key(1))
            .unwrap()
    };
    let found = inspect(&signed(key(1).public_key().to_jwk()));
    assert_eq!((&found["kind"], &found["what"]), (&json!("jws"), &json!("a DPoP proof")));
    assert_eq!((outcome(&found, "signature"), &found["signer"]["by"]), ("holds", &json!("jwk")));
    let found = inspect(&signed(key(2).public_key().to_jwk()));
    assert_eq!(failing(&found), ["invalid_signature"]);
    let none = "eyJhbGciOiJub25lIn0.e30.AA";
    let found = inspect(none);
    assert_eq!((&found["kind"], failing(&found)), (&json!("jws"), vec!["algorithm_not_allowed".to_owned()]));
    assert_eq!(found["says"]["header"]["alg"], "none");
}

#[test]
fn an_encrypted_token_shows_its_header() {
    let header = "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSJ9";
    let found = inspect(&format!("{header}..AA.AA.AA"));
    assert_eq!((&found["kind"], &found["says"]["header"]["enc"]), (&json!("jwe"), &json!("A128GCM")));
    assert_ne!(inspect("AAAA..AA.AA.AA")["wrong"], json!([]));
}

#[test]
fn each_fault_of_a_key_has_its_rule() {
    let public = key(1).public_key().to_jwk();
    assert_eq!(inspect(&public.to_string())["kind"], "jwk");
    let changed = |name: &str, value: Value| {
        let mut jwk = public.clone();
        jwk[name] = value;
        failing(&inspect(&jwk.to_string()))
    };
    assert_eq!(changed("kid", "x".into()), [""; 0]);
    assert_eq!(changed("d", "AA".into()), ["key_private"]);
    assert_eq!(changed("kty", "RSA".into()), ["key_type_not_allowed"]);
    assert_eq!(changed("x", "AA".into()), ["key_malformed"]);
    assert_eq!(changed("x", public["y"].clone()), ["key_not_a_point"]);
    assert_eq!(changed("use", "enc".into()), ["key_other_purpose"]);
    assert_eq!(changed("alg", "EdDSA".into()), ["key_algorithm_not_allowed"]);
    let set = json!({ "keys": [public, { "kty": "oct", "k": "AA" }] });
    let found = inspect(&set.to_string());
    assert_eq!((&found["kind"], failing(&found)), (&json!("jwk_set"), vec!["key_private".to_owned()]));
}

struct Made {
    params: CertificateParams,
    pair: KeyPair,
}

fn certificate(name: &str, is_ca: IsCa, usage: KeyUsagePurpose) -> Made {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = is_ca;
    params.key_usages = vec![usage];
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2090, 1, 1);
    Made { params, pair: KeyPair::generate().unwrap() }
}

fn authority(name: &str) -> Made {
    certificate(name, IsCa::Ca(BasicConstraints::Unconstrained), KeyUsagePurpose::KeyCertSign)
}

fn leaf() -> Made {
    certificate("leaf", IsCa::ExplicitNoCa, KeyUsagePurpose::DigitalSignature)
}

fn signed(made: &Made, by: &Made) -> rcgen::Certificate {
    made.params.signed_by(&made.pair, &Issuer::from_params(&by.params, &by.pair)).unwrap()
}

/// One certificate in PEM.
fn pem(der: &[u8]) -> String {
    let text = credential::encoding::base64(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

#[test]
fn a_certificate_chain_is_followed() {
    let folder = Folder::new("kinds-chain");
    let (root, other, leaf) = (authority("root"), authority("root"), leaf());
    let (leaf_der, root_der) = (signed(&leaf, &root), root.params.self_signed(&root.pair).unwrap());
    let links = "certificates, each signed by the next";
    let found = inspect(&folder.file("chain.pem", pem(leaf_der.der()) + &pem(root_der.der())));
    assert_eq!((&found["kind"], &found["what"]), (&json!("certificates"), &json!("a certificate chain")));
    assert_eq!(found["says"]["certificates"][0]["subject"], "CN=leaf");
    assert_eq!((outcome(&found, links), outcome(&found, "trusted anchor")), ("holds", "not_checked"));
    let stranger = other.params.self_signed(&other.pair).unwrap();
    let found = inspect(&folder.file("broken.pem", pem(leaf_der.der()) + &pem(stranger.der())));
    assert_eq!(failing(&found), ["certificate_untrusted"]);
    let x5c = json!([credential::encoding::base64(leaf_der.der())]);
    assert_eq!(outcome(&inspect(&x5c.to_string()), "leaf"), "holds");
    let found = inspect(&folder.file("root.der", root_der.der()));
    assert_eq!(found["what"], "the certificate of an authority (a trust anchor)");
}

type ChangeCertificate = fn(&mut CertificateParams);

#[test]
fn each_fault_of_a_certificate_has_its_rule() {
    let folder = Folder::new("kinds-certificate");
    let root = authority("root");
    let faults: [(ChangeCertificate, &str); 2] = [
        (|params| params.not_after = rcgen::date_time_ymd(2021, 1, 1), "certificate_outside_validity"),
        (|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement], "certificate_may_not_sign"),
    ];
    for (change, code) in faults {
        let mut leaf = leaf();
        change(&mut leaf.params);
        let found = inspect(&folder.file("leaf.pem", pem(signed(&leaf, &root).der())));
        assert_eq!(failing(&found), [code]);
    }
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    let found = inspect(&folder.file("nonsense.pem", nonsense));
    assert_eq!(failing(&found), ["certificate_malformed"]);
}

#[test]
fn the_signer_of_a_token_with_certificates_is_named() {
    let root = authority("root");
    let leaf = leaf();
    let signer = SigningKey::from_pkcs8_pem(&leaf.pair.serialize_pem()).unwrap();
    let header = json!({ "x5c": [credential::encoding::base64(signed(&leaf, &root).der())] });
    let claims = json!({}).as_object().cloned().unwrap();
    let token = credential::jws::sign(header.as_object().cloned().unwrap(), &claims, &signer).unwrap();
    let found = inspect(&token);
    assert_eq!(found["signer"]["certificates"][0]["issuer"], "CN=root");
    assert_eq!(outcome(&found, "signature"), "holds");
}
