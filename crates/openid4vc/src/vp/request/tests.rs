//! Each rule for requests.

use core::time::Duration;

use credential::issuer::KeyReference;
use credential::jws;
use credential::jws::JwsError;
use credential::key::{RustCrypto, Signer as _};
use credential::time::UnixTime;
use serde_json::{Map, Value, json};

use super::*;
use crate::testing::{
    CLIENT, NOW, certified_key, decryption_key, key, members, request, verifier, verifier_key,
};
use crate::vp::refusal::Refusal;
use crate::vp::transaction::{Document, Transaction};

fn claims() -> Map<String, Value> {
    let signed = request().sign(&verifier_key(), &verifier()).unwrap();
    jws::Unverified::parse(&signed).unwrap().dangerous_claims().unwrap()
}

fn sign(claims: &Map<String, Value>, header: Value) -> String {
    jws::sign(members(header), claims, &verifier()).unwrap()
}

fn header() -> Value {
    json!({"typ": TYPE, "kid": "did:symbolon:demo:login#request-0"})
}

fn read(text: &str) -> Result<Request, RequestError> {
    let context = WalletContext { wallet_nonce: None, now: NOW };
    UnverifiedRequest::parse(text, &CLIENT.parse().unwrap())?.verify(
        verifier().public_key(),
        &context,
        &RustCrypto,
    )
}

/// The request with one claim set, or taken out.
fn with(name: &str, value: Option<Value>) -> Result<Request, RequestError> {
    let mut claims = claims();
    match value {
        None => claims.remove(name),
        Some(value) => claims.insert(name.into(), value),
    };
    read(&sign(&claims, header()))
}

fn refusal_of(name: &str, value: Value) -> RequestError {
    with(name, Some(value)).unwrap_err()
}

#[test]
fn a_request_is_read_back() {
    let text = request().sign(&verifier_key(), &verifier()).unwrap();
    assert_eq!(*read(&text).unwrap().content(), request());
}

#[test]
fn a_request_with_a_certificate_is_read_back_and_bound_to_it() {
    let key = certified_key();
    let KeyReference::X5c(chain) = &key else { panic!("no certificate") };
    let mut content = request();
    content.client_id = ClientId::X509Hash(chain.leaf_sha256());
    let text = content.sign(&key, &verifier()).unwrap();
    let unverified = UnverifiedRequest::parse(&text, &content.client_id).unwrap();
    assert_eq!(unverified.key(), &key);
    let context = WalletContext { wallet_nonce: None, now: NOW };
    let read = unverified.verify(chain.leaf_key(), &context, &RustCrypto).unwrap();
    assert_eq!(read.content(), &content);

    let mut claims = claims();
    let other = ClientId::X509Hash([7; 32]);
    claims.insert("client_id".into(), other.to_string().into());
    let text = sign(&claims, json!({"typ": TYPE, "x5c": chain.to_x5c()}));
    assert_eq!(UnverifiedRequest::parse(&text, &other).unwrap_err(), RequestError::OtherKey);
    let text = sign(&claims, header());
    assert_eq!(UnverifiedRequest::parse(&text, &other).unwrap_err(), RequestError::OtherKey);
    let text = sign(&claims, json!({"typ": TYPE, "x5c": ["AAAA"]}));
    assert!(matches!(UnverifiedRequest::parse(&text, &other), Err(RequestError::Key(_))));
}

fn shown_on_a_screen() -> RequestContent {
    RequestContent { answer_to: AnswerTo::Screen, ..request() }
}

#[test]
fn a_request_on_a_screen_is_read_back_without_an_address() {
    let text = shown_on_a_screen().sign(&verifier_key(), &verifier()).unwrap();
    let claims = jws::Unverified::parse(&text).unwrap().dangerous_claims().unwrap();
    assert_eq!(claims["response_mode"], SCREEN);
    assert!(!claims.contains_key("response_uri"));
    let context = WalletContext { wallet_nonce: None, now: NOW };
    let unverified = UnverifiedRequest::parse_shown(&text).unwrap();
    let request = unverified.verify(verifier().public_key(), &context, &RustCrypto).unwrap();
    assert_eq!(*request.content(), shown_on_a_screen());
}

#[test]
fn a_request_is_answered_only_the_way_it_came() {
    let on_screen = shown_on_a_screen().sign(&verifier_key(), &verifier()).unwrap();
    assert_eq!(read(&on_screen).unwrap_err(), RequestError::ResponseMode);
    let by_link = request().sign(&verifier_key(), &verifier()).unwrap();
    assert_eq!(UnverifiedRequest::parse_shown(&by_link).unwrap_err(), RequestError::ResponseMode);
}

#[test]
fn a_request_on_a_screen_that_names_an_address_is_refused() {
    let mut claims = claims();
    claims.insert("response_mode".into(), SCREEN.into());
    let text = sign(&claims, header());
    assert_eq!(UnverifiedRequest::parse_shown(&text).unwrap_err(), RequestError::RedirectUri);
}

#[test]
fn a_request_on_a_screen_by_a_key_of_another_client_is_refused() {
    let text = shown_on_a_screen().sign(&verifier_key(), &verifier()).unwrap();
    let claims = jws::Unverified::parse(&text).unwrap().dangerous_claims().unwrap();
    let text = sign(&claims, json!({"typ": TYPE, "kid": "did:symbolon:demo:bank#request-0"}));
    assert_eq!(UnverifiedRequest::parse_shown(&text).unwrap_err(), RequestError::OtherKey);
}

#[test]
fn a_missing_parameter_is_refused() {
    for name in
        ["client_id", "response_type", "response_uri", "nonce", "dcql_query", "client_metadata", "aud"]
    {
        assert_eq!(with(name, None).unwrap_err(), MessageError::Missing(name).into());
    }
    assert_eq!(with("response_mode", None).unwrap_err(), RequestError::ResponseMode);
}

#[test]
fn a_parameter_with_another_value_is_refused() {
    for (name, value, error) in [
        ("aud", json!("https://wallet.example"), RequestError::Audience),
        ("aud", json!(["https://wallet.example"]), RequestError::Audience),
        ("response_type", json!("code"), RequestError::ResponseType),
        ("response_mode", json!("direct_post"), RequestError::ResponseMode),
        ("response_mode", json!("fragment"), RequestError::ResponseMode),
        ("redirect_uri", json!("https://login.example/cb"), RequestError::RedirectUri),
        ("scope", json!("pid"), RequestError::Scope),
        ("transaction_data", json!(["e30"]), RequestError::TransactionData),
        ("response_uri", json!("http://a.example/"), RequestError::ResponseUri(WebUrlError::Insecure)),
        ("client_id", json!("bank"), RequestError::ClientId(ClientIdError::PreRegistered)),
        ("client_id", json!("decentralized_identifier:did:symbolon:demo:bank"), RequestError::OtherClient),
        ("nonce", json!("a b"), RequestError::Fresh),
        ("nonce", json!("x".repeat(MAX_FRESH + 1)), RequestError::Fresh),
        ("state", json!("ü"), RequestError::Fresh),
        ("dcql_query", json!({}), RequestError::Query(MessageError::Missing("credentials").into())),
        ("wallet_nonce", json!("unasked"), RequestError::WalletNonce),
        ("verifier_info", json!([]), MessageError::Empty("verifier_info").into()),
    ] {
        assert_eq!(refusal_of(name, value.clone()), error, "{name} {value}");
    }
}

#[test]
fn times_out_of_bounds_are_refused() {
    let at = |time: UnixTime| json!(time.secs());
    let second = Duration::from_secs(1);
    assert!(with("iat", Some(at(NOW.plus(MAX_CLOCK_SKEW)))).is_ok());
    assert_eq!(refusal_of("iat", at(NOW.plus(MAX_CLOCK_SKEW + second))), RequestError::Future);
    assert_eq!(refusal_of("iat", at(NOW.minus(MAX_AGE + second))), RequestError::Expired);
    assert_eq!(refusal_of("exp", at(NOW.minus(second))), RequestError::Future);
    assert_eq!(refusal_of("iat", json!("now")), MessageError::Kind("iat").into());
    assert!(with("nbf", Some(at(NOW.plus(MAX_CLOCK_SKEW)))).is_ok());
    assert_eq!(refusal_of("nbf", at(NOW.plus(MAX_CLOCK_SKEW + second))), RequestError::Future);
    assert_eq!(refusal_of("nbf", json!("now")), MessageError::Kind("nbf").into());
    let mut claims = claims();
    claims.remove("iat");
    claims.insert("exp".into(), at(NOW.minus(MAX_CLOCK_SKEW)));
    assert_eq!(read(&sign(&claims, header())).unwrap_err(), RequestError::Expired);
}

#[test]
fn a_header_of_another_kind_is_refused() {
    let refusal = |header: Value| read(&sign(&claims(), header)).unwrap_err();
    let kid = "did:symbolon:demo:login#request-0";
    assert_eq!(refusal(json!({"typ": "JWT", "kid": kid})), RequestError::Jws(JwsError::Type));
    assert_eq!(refusal(json!({"kid": kid})), RequestError::Jws(JwsError::Type));
    assert_eq!(refusal(json!({"typ": TYPE})), RequestError::Key(ReferenceError::Key));
    let other = json!({"typ": TYPE, "kid": "did:symbolon:demo:bank#request-0"});
    assert_eq!(refusal(other), RequestError::OtherKey);
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let text = request().sign(&verifier_key(), &key(9)).unwrap();
    assert_eq!(read(&text).unwrap_err(), RequestError::Jws(JwsError::Signature));
}

#[test]
fn a_large_request_is_refused() {
    let text = "x".repeat(MAX_REQUEST + 1);
    assert_eq!(read(&text).unwrap_err(), RequestError::TooLarge);
}

#[test]
fn another_wallet_nonce_is_refused() {
    let mut content = request();
    content.wallet_nonce = Some("mine".into());
    let text = content.sign(&verifier_key(), &verifier()).unwrap();
    let verify = |wallet_nonce| {
        let context = WalletContext { wallet_nonce, now: NOW };
        let unverified = UnverifiedRequest::parse(&text, &CLIENT.parse().unwrap()).unwrap();
        unverified.verify(verifier().public_key(), &context, &RustCrypto).map(drop)
    };
    assert_eq!(verify(Some("mine")), Ok(()));
    assert_eq!(verify(Some("other")), Err(RequestError::WalletNonce));
    assert_eq!(verify(None), Err(RequestError::WalletNonce));
}

#[test]
fn a_request_for_unbound_cards_needs_a_state() {
    let mut claims = claims();
    claims["dcql_query"]["credentials"][0]["require_cryptographic_holder_binding"] = false.into();
    assert!(read(&sign(&claims, header())).is_ok());
    claims.remove("state");
    assert_eq!(read(&sign(&claims, header())).unwrap_err(), RequestError::StateMissing);
}

/// The request with another `client_metadata`.
fn with_metadata(change: impl Fn(&mut Value)) -> Result<Request, RequestError> {
    let mut metadata = claims()["client_metadata"].clone();
    change(&mut metadata);
    with("client_metadata", Some(metadata))
}

#[test]
fn a_key_that_cannot_be_encrypted_to_is_refused() {
    let with_key = |change: &dyn Fn(&mut Value)| {
        with_metadata(|metadata| change(&mut metadata["jwks"]["keys"][0])).unwrap_err()
    };
    for (name, value) in [
        ("alg", json!("ECDH-ES+A128KW")),
        ("alg", Value::Null),
        ("kid", Value::Null),
        ("kid", json!("")),
        ("use", json!("sig")),
        ("kty", json!("RSA")),
        ("crv", json!("P-384")),
        ("d", json!("AAAA")),
    ] {
        assert_eq!(with_key(&|key| key[name] = value.clone()), RequestError::EncryptionKey, "{name} {value}");
    }
    let without = with_metadata(|metadata| metadata["jwks"] = json!({"keys": []})).unwrap_err();
    assert_eq!(without, MessageError::Empty("keys").into());
    let without =
        with_metadata(|metadata| drop(metadata.as_object_mut().unwrap().remove("jwks"))).unwrap_err();
    assert_eq!(without, RequestError::EncryptionKey);
}

#[test]
fn the_signing_key_is_refused_for_encryption() {
    let mut jwk = verifier().public_key().to_jwk();
    jwk["kid"] = "k".into();
    jwk["alg"] = "ECDH-ES".into();
    let refused = with_metadata(|metadata| metadata["jwks"]["keys"] = json!([jwk])).unwrap_err();
    assert_eq!(refused, RequestError::EncryptionKeyReused);
}

#[test]
fn unsupported_methods_and_formats_are_refused() {
    const ENC: &str = "encrypted_response_enc_values_supported";
    let refused = with_metadata(|metadata| metadata[ENC] = json!(["A128CBC-HS256"])).unwrap_err();
    assert_eq!(refused, RequestError::ContentEncryption);
    let default = with_metadata(|metadata| drop(metadata.as_object_mut().unwrap().remove(ENC))).unwrap();
    assert_eq!(
        default.content().client_metadata.content_encryptions,
        [credential::jwe::ContentEncryption::A128Gcm]
    );
    let formats =
        |formats: Value| with_metadata(|metadata| metadata["vp_formats_supported"] = formats.clone());
    assert_eq!(formats(json!({"jwt_vc_json": {}})).unwrap_err(), RequestError::Formats);
    let only_es384 = json!({"dc+sd-jwt": {"sd-jwt_alg_values": ["ES384"]}});
    assert_eq!(formats(only_es384).unwrap_err(), RequestError::Formats);
    let only_mac = json!({"mso_mdoc": {"deviceauth_alg_values": [-65537]}});
    assert_eq!(formats(only_mac).unwrap_err(), RequestError::Formats);
    assert!(formats(json!({"dc+sd-jwt": {}})).is_ok());
    let both = json!({"dc+sd-jwt": {"sd-jwt_alg_values": ["ES384"]}, "mso_mdoc": {"issuerauth_alg_values": [-9, -50]}});
    let metadata = formats(both).unwrap().content().client_metadata.clone();
    let issuer = vec![credential::key::Algorithm::Es256];
    assert_eq!((metadata.sd_jwt, metadata.mdoc), (None, Some(Algorithms { issuer, holder: vec![] })));
}

#[test]
fn the_formats_of_the_specifications_examples_are_read() {
    let Some(folder) = crate::testing::vectors("openid4vp") else { return };
    for version in ["1.0", "1.1"] {
        let formats = |name: &str| -> Result<ClientMetadata, RequestError> {
            let file = folder.join(version).join("examples/client_metadata").join(name);
            let example: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            let formats = example["vp_formats_supported"].clone();
            let request = with_metadata(|metadata| metadata["vp_formats_supported"] = formats.clone())?;
            Ok(request.content().client_metadata.clone())
        };
        let es256 = vec![credential::key::Algorithm::Es256];
        let both = Some(Algorithms { issuer: es256.clone(), holder: es256 });
        assert_eq!(formats("sd_jwt_vc_verifier_metadata.json").unwrap().sd_jwt, both);
        assert_eq!(formats("mso_mdoc_verifier_metadata.json").unwrap().mdoc, both);
        for other in ["w3c_jwt_verifier_metadata.json", "w3c_ldp_verifier_metadata.json"] {
            assert_eq!(formats(other).unwrap_err(), RequestError::Formats, "{other}");
        }
    }
}

/// The request with these `transaction_data`.
fn with_transactions(entries: &[Value]) -> Result<Request, RequestError> {
    let texts: Value =
        entries.iter().map(|entry| credential::encoding::base64url(entry.to_string())).collect();
    with("transaction_data", Some(texts))
}

fn lease(ids: Value) -> Value {
    json!({"type": crate::vp::transaction::TEXT, "credential_ids": ids, "title": "Lease", "text": "I rent it."})
}

#[test]
fn transaction_data_is_read_also_where_its_type_is_unknown() {
    let unknown = json!({"type": "urn:example:other", "credential_ids": ["pid"], "x": 1});
    let request = with_transactions(&[lease(json!(["pid"])), unknown]).unwrap();
    let read = &request.content().transaction_data;
    assert!(matches!(read[0].what(), Transaction::Text(_)));
    assert_eq!(*read[1].what(), Transaction::Unsupported);
}

#[test]
fn transaction_data_that_no_card_can_confirm_is_refused() {
    let refused = |entries: &[Value]| with_transactions(entries).unwrap_err();
    assert_eq!(refused(&[]), RequestError::TransactionData);
    assert_eq!(refused(&[lease(json!(["other"]))]), RequestError::TransactionData);
    assert_eq!(refused(&[lease(json!(["pid", "other"]))]), RequestError::TransactionData);
    assert_eq!(refused(&[lease(json!([]))]), RequestError::TransactionData);
    assert_eq!(refused(&vec![lease(json!(["pid"])); 5]), RequestError::TransactionData);
    assert_eq!(refusal_of("transaction_data", json!("x")), RequestError::TransactionData);
    assert_eq!(refusal_of("transaction_data", json!([{}])), RequestError::TransactionData);
    let mut claims = claims();
    claims.insert(
        "transaction_data".into(),
        json!([credential::encoding::base64url(lease(json!(["pid"])).to_string())]),
    );
    claims["dcql_query"]["credentials"][0]["require_cryptographic_holder_binding"] = false.into();
    assert_eq!(read(&sign(&claims, header())).unwrap_err(), RequestError::TransactionData);
}

#[test]
fn a_verifier_asks_one_card_to_confirm_a_transaction() {
    let text = Document { title: "Lease".into(), text: "I rent it.".into() };
    let mut content = request();
    content.transaction_data = vec![TransactionData::new("pid", Transaction::Text(text.clone()))];
    let signed = content.sign(&verifier_key(), &verifier()).unwrap();
    assert_eq!(read(&signed).unwrap().content(), &content);
    content.transaction_data = vec![TransactionData::new("other", Transaction::Text(text))];
    assert_eq!(content.sign(&verifier_key(), &verifier()), Err(RequestError::TransactionData));
    let encoded = credential::encoding::base64url(lease(json!(["pid", "pid"])).to_string());
    content.transaction_data = vec![TransactionData::parse(&encoded).unwrap()];
    assert_eq!(content.sign(&verifier_key(), &verifier()), Err(RequestError::TransactionData));
}

#[test]
fn a_stapled_registration_is_read_or_refused() {
    let info = |data: Value| json!({"format": REGISTRATION_FORMAT, "data": data});
    let good = json!({"member": "bank", "use": "login", "proof": "AQID"});
    let unknown = json!({"format": "jwt", "data": "x"});
    assert!(with("verifier_info", Some(json!([unknown, info(good.clone())]))).is_ok());
    let repeated = json!([info(good.clone()), info(good)]);
    assert_eq!(refusal_of("verifier_info", repeated), RequestError::Registration);
    let malformed = json!([info(json!({"member": "bank", "use": "login", "proof": "A=="}))]);
    assert_eq!(refusal_of("verifier_info", malformed), RequestError::Registration);
    let missing = json!([info(json!({"member": "bank", "proof": "AQID"}))]);
    assert_eq!(refusal_of("verifier_info", missing), MessageError::Missing("use").into());
    let large = "A".repeat(MAX_STAPLE * 4 / 3 + 8);
    let large = json!([info(json!({"member": "bank", "use": "login", "proof": large}))]);
    assert_eq!(refusal_of("verifier_info", large), MessageError::TooLarge("proof").into());
}

#[test]
fn a_verifier_cannot_sign_what_wallets_refuse() {
    let sign = |content: RequestContent| content.sign(&verifier_key(), &verifier()).map(drop);
    let mut short = request();
    short.nonce.truncate(MIN_FRESH - 1);
    assert_eq!(sign(short), Err(RequestError::Fresh));
    let mut other = request();
    other.client_id = ClientId::X509Hash([1; 32]);
    assert_eq!(sign(other), Err(RequestError::OtherKey));
    let mut metadata = request();
    metadata.client_metadata = ClientMetadata::for_key(&decryption_key(), "other");
    assert_eq!(sign(metadata), Ok(()));
}

#[test]
fn each_refusal_tells_the_verifier_what_it_may_know() {
    assert_eq!(RequestError::OtherKey.refusal(), Refusal::InvalidClient);
    assert_eq!(RequestError::Formats.refusal(), Refusal::VpFormatsNotSupported);
    assert_eq!(RequestError::TransactionData.refusal(), Refusal::InvalidTransactionData);
    assert_eq!(RequestError::Expired.refusal(), Refusal::InvalidRequest);
}
