//! Offers, ours and others', and what is refused of them.

use super::*;
use crate::testing::{members, vectors};

fn offer() -> CredentialOffer {
    CredentialOffer {
        credential_issuer: WebUrl::parse("http://127.0.0.21:7200").unwrap(),
        configuration_ids: vec!["pid".into()],
        authorization_code: Some(AuthorizationCodeGrant {
            issuer_state: Some("s".into()),
            authorization_server: None,
        }),
        pre_authorized_code: Some(PreAuthorizedCodeGrant {
            code: "4711".into(),
            tx_code: Some(TxCode {
                input_mode: InputMode::Text,
                length: Some(6),
                description: Some("d".into()),
            }),
            authorization_server: Some("http://127.0.0.21:7200".into()),
        }),
    }
}

fn with(name: &str, value: Value) -> OfferError {
    let mut json = members(offer().to_json());
    json.insert(name.into(), value);
    CredentialOffer::parse(Value::Object(json).to_string().as_bytes()).unwrap_err()
}

fn with_code(name: &str, value: Value) -> OfferError {
    let mut grant = members(json!({"pre-authorized_code": "c"}));
    grant.insert(name.into(), value);
    with("grants", json!({PRE_AUTHORIZED_CODE: grant}))
}

#[test]
fn links_are_read_back() {
    let address = OfferLink::Address(WebUrl::parse("https://issuer.example/offer/1").unwrap());
    for link in [OfferLink::Offer(Box::new(offer())), address] {
        assert_eq!(OfferLink::parse(&link.to_string()), Ok(link));
    }
}

#[test]
fn links_that_do_not_fit_are_refused() {
    let link = |query: &str| OfferLink::parse(&format!("openid-credential-offer://?{query}")).unwrap_err();
    assert_eq!(link(""), OfferError::Source);
    assert_eq!(
        link("credential_offer=%7B%7D&credential_offer_uri=https%3A%2F%2Fa.example"),
        OfferError::Source
    );
    assert_eq!(
        link("credential_offer_uri=http%3A%2F%2Fa.example"),
        OfferError::Address(WebUrlError::Insecure)
    );
    assert_eq!(link("credential_offer_uri=a&credential_offer_uri=b"), OfferError::Form(FormError::Repeated));
    assert_eq!(link("credential_offer=%7B"), OfferError::Message(MessageError::Json));
    assert_eq!(OfferLink::parse("https://a.example/?credential_offer=x"), Err(OfferError::Scheme));
    assert_eq!(OfferLink::parse("nonsense"), Err(OfferError::Link));
    assert_eq!(OfferLink::parse(&"x".repeat(MAX_LINK + 1)), Err(OfferError::Link));
}

#[test]
fn offers_that_do_not_fit_are_refused() {
    const IDS: &str = "credential_configuration_ids";
    for (name, value, error) in [
        ("credential_issuer", json!(1), MessageError::Kind("credential_issuer").into()),
        ("credential_issuer", json!("http://issuer.example"), OfferError::Address(WebUrlError::Insecure)),
        ("credential_issuer", json!("https://issuer.example/?a=b"), OfferError::Issuer),
        (IDS, json!([]), MessageError::Empty(IDS).into()),
        (IDS, json!([1]), MessageError::Kind(IDS).into()),
        (IDS, json!(["a", "a"]), OfferError::Repeated),
        (IDS, json!(vec!["a"; MAX_CONFIGURATIONS + 1]), MessageError::TooLarge(IDS).into()),
        ("grants", json!([]), MessageError::Kind("grants").into()),
        ("grants", json!({"authorization_code": {"issuer_state": "  "}}), OfferError::Blank),
        ("grants", json!({PRE_AUTHORIZED_CODE: {}}), MessageError::Missing("pre-authorized_code").into()),
    ] {
        assert_eq!(with(name, value.clone()), error, "{name} {value}");
    }
}

#[test]
fn codes_that_do_not_fit_are_refused() {
    for (name, value, error) in [
        ("pre-authorized_code", json!("   "), OfferError::Blank),
        ("tx_code", json!("1234"), MessageError::Kind("tx_code").into()),
        ("tx_code", json!({"input_mode": "voice"}), OfferError::TxCode),
        ("tx_code", json!({"length": 0}), OfferError::TxCode),
        ("tx_code", json!({"length": MAX_TX_CODE + 1}), OfferError::TxCode),
        ("tx_code", json!({"length": "4"}), MessageError::Kind("length").into()),
        ("tx_code", json!({"description": "x".repeat(MAX_DESCRIPTION + 1)}), OfferError::TxCode),
    ] {
        assert_eq!(with_code(name, value.clone()), error, "{name} {value}");
    }
}

#[test]
fn an_empty_tx_code_still_asks_for_one() {
    let mut json = offer().to_json();
    json["grants"][PRE_AUTHORIZED_CODE]["tx_code"] = json!({});
    let offer = CredentialOffer::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!(offer.pre_authorized_code.unwrap().tx_code, Some(TxCode::default()));
}

#[test]
fn an_offers_code_is_silent() {
    assert!(!format!("{:?}", offer()).contains("4711"));
}

#[test]
fn offers_of_others_come_out_as_named() {
    let Some(folder) = vectors("openid4vci") else { return };
    let read = |path: &str| {
        let text = std::fs::read_to_string(folder.join(path)).unwrap();
        let start = text.find('{').unwrap();
        CredentialOffer::parse(&text.as_bytes()[start..])
    };
    for name in ["authz_code.txt", "by_reference.json", "multiple_credentials.json", "pre-authz_code.json"] {
        assert!(read(&format!("1.0/examples/credential_offer_{name}")).is_ok(), "{name}");
    }
    let eudi = "eudi-fixtures/eu/europa/ec/eudi/openid4vci/internal";
    for name in [
        "sample_credential_offer",
        "sample_credential_offer_auth_code",
        "credential_offer_with_unknown_format",
    ] {
        assert!(read(&format!("{eudi}/{name}.json")).is_ok(), "{name}");
    }
    for name in
        ["with_blank_issuer_state", "with_blank_pre_authorized_code", "over_sized_tx_code_description"]
    {
        assert!(read(&format!("{eudi}/credential_offer_{name}.json")).is_err(), "{name}");
    }
}
