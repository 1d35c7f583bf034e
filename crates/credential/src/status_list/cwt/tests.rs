use super::*;
use crate::cbor::CborError;
use crate::key::RustCrypto;
use crate::status_list::Status;
use crate::testing::{NOW, certificate, holder, issuer};
use crate::x509::Chain;

const URI: &str = "https://issuer.example/status/1";
const DAY: Duration = Duration::from_secs(86_400);
const CLAIMS: TokenClaims<'_> = TokenClaims {
    uri: URI,
    issued_at: NOW,
    expires_at: Some(NOW.plus(DAY)),
    ttl: Some(Duration::from_secs(60)),
};

fn kid() -> KeyReference {
    KeyReference::Kid("did:symbolon:demo:interior#1".into())
}

fn check_at(token: &[u8], uri: &str, now: UnixTime) -> Result<VerifiedToken, StatusListError> {
    UnverifiedCwt::parse(token)?.verify(issuer().public_key(), uri, now, &RustCrypto)
}

/// A token of these claims by the issuer, under `typ`.
fn signed(typ: Option<&str>, claims: &Value) -> Vec<u8> {
    let headers = NewHeaders { typ, ..NewHeaders::default() };
    Value::tag(TAG, sign(&headers, &claims.encode(), &issuer()).unwrap()).encode()
}

fn claims() -> Vec<(Value, Value)> {
    let list = StatusList::new(1, 8).unwrap();
    let list = Value::map([("bits", 1_u64.into()), ("lst", list.to_zlib().into())]);
    let claims = [(SUB, URI.into()), (IAT, NOW.secs().into()), (STATUS_LIST, list)];
    claims.into_iter().map(|(label, value)| (label.into(), value)).collect()
}

fn refused(change: impl Fn(&mut Vec<(Value, Value)>)) -> StatusListError {
    let mut claims = claims();
    assert!(check_at(&signed(Some(MEDIA_TYPE), &Value::Map(claims.clone())), URI, NOW).is_ok());
    change(&mut claims);
    check_at(&signed(Some(MEDIA_TYPE), &Value::Map(claims)), URI, NOW).unwrap_err()
}

fn set(label: i64, value: Value) -> StatusListError {
    refused(|claims| {
        claims.retain(|(found, _)| *found != label.into());
        claims.push((label.into(), value.clone()));
    })
}

#[test]
fn a_signed_list_is_read_in_both_forms_alike() {
    let mut list = StatusList::new(1, 1000).unwrap();
    list.set(412, Status::Invalid).unwrap();
    let token = list.to_cwt(&CLAIMS, &kid(), &issuer()).unwrap();
    let unverified = UnverifiedCwt::parse(&token).unwrap();
    assert_eq!(unverified.issuer().unwrap(), IssuerReference { iss: None, key: kid() });
    assert_eq!(unverified.sha256(), <[u8; 32]>::from(Sha256::digest(&token)));
    let verified = check_at(&token, URI, NOW).unwrap();
    assert_eq!(verified.list(), &list);
    assert_eq!(
        (verified.issued_at(), verified.expires_at(), verified.ttl()),
        (NOW, CLAIMS.expires_at, CLAIMS.ttl)
    );
    let as_jwt = list.to_token(&CLAIMS, &kid(), &issuer()).unwrap();
    let as_jwt = crate::status_list::UnverifiedToken::parse(&as_jwt).unwrap();
    let as_jwt = as_jwt.verify(issuer().public_key(), URI, NOW, &RustCrypto).unwrap();
    assert_eq!(as_jwt.list(), verified.list());
}

#[test]
fn a_list_for_another_address_or_time_is_refused() {
    let token = StatusList::new(1, 8).unwrap().to_cwt(&CLAIMS, &kid(), &issuer()).unwrap();
    let check = |uri: &str, now: UnixTime| check_at(&token, uri, now).unwrap_err();
    assert_eq!(check("https://issuer.example/status/2", NOW), StatusListError::Subject);
    assert_eq!(check(URI, NOW.plus(DAY)), StatusListError::Expired);
    assert_eq!(check(URI, NOW.minus(DAY)), StatusListError::Future);
}

#[test]
fn a_list_that_is_not_valid_yet_is_refused() {
    let latest = NOW.secs() + 60;
    let mut at_the_edge = claims();
    at_the_edge.push((NBF.into(), latest.into()));
    assert!(check_at(&signed(Some(MEDIA_TYPE), &Value::Map(at_the_edge)), URI, NOW).is_ok());
    assert_eq!(set(NBF, (latest + 1).into()), StatusListError::Future);
    assert_eq!(set(NBF, "soon".into()), StatusListError::Claims);
}

#[test]
fn a_list_of_another_signer_or_type_is_refused() {
    let token = StatusList::new(1, 8).unwrap().to_cwt(&CLAIMS, &kid(), &holder()).unwrap();
    assert_eq!(check_at(&token, URI, NOW).unwrap_err(), StatusListError::Cose(CoseError::Algorithm));
    for typ in [None, Some("statuslist+cwt"), Some("application/statuslist+jwt"), Some("application/cwt")] {
        let token = signed(typ, &Value::Map(claims()));
        assert_eq!(check_at(&token, URI, NOW).unwrap_err(), StatusListError::Cose(CoseError::Type));
    }
    let mut changed = signed(Some(MEDIA_TYPE), &Value::Map(claims()));
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(check_at(&changed, URI, NOW).unwrap_err(), StatusListError::Cose(CoseError::Signature));
}

#[test]
fn tags_of_other_kinds_are_refused() {
    let token = signed(Some(MEDIA_TYPE), &Value::Map(claims()));
    let refused = |bytes: &[u8]| UnverifiedCwt::parse(bytes).map(|_| ()).unwrap_err();
    assert_eq!(refused(&token[1..]), StatusListError::Cose(CoseError::Tag), "no tag");
    assert_eq!(
        refused(&[&[0xd8, 61], &token[..]].concat()),
        StatusListError::Cose(CoseError::Tag),
        "of a CWT"
    );
    let large = vec![0; MAX_TOKEN + 1];
    assert_eq!(refused(&large), StatusListError::Cose(CoseError::Cbor(CborError::TooLarge)));
}

#[test]
fn signers_are_named_by_certificates_or_by_name() {
    let list = StatusList::new(1, 8).unwrap();
    let chain = KeyReference::X5c(Chain::from_ders(&[certificate(&issuer())]).unwrap());
    let token = list.to_cwt(&CLAIMS, &chain, &issuer()).unwrap();
    assert_eq!(UnverifiedCwt::parse(&token).unwrap().issuer().unwrap().key, chain);
    let issuer_of = |kid: Option<&[u8]>, iss: Value| {
        let headers = NewHeaders { typ: Some(MEDIA_TYPE), kid, chain: None };
        let claims = Value::map([(ISS, iss)]).encode();
        let token = Value::tag(TAG, sign(&headers, &claims, &issuer()).unwrap()).encode();
        UnverifiedCwt::parse(&token).unwrap().issuer()
    };
    let named = issuer_of(Some(b"k"), "https://issuer.example".into()).unwrap();
    assert_eq!(named.iss.as_deref(), Some("https://issuer.example"));
    let no_key = StatusListError::Issuer(ReferenceError::Key);
    assert_eq!(issuer_of(None, "i".into()).unwrap_err(), no_key);
    assert_eq!(issuer_of(Some(&[0xff]), "i".into()).unwrap_err(), no_key);
    assert_eq!(issuer_of(Some(&[b'k'; MAX_REFERENCE + 1]), "i".into()).unwrap_err(), no_key);
    let no_issuer = StatusListError::Issuer(ReferenceError::Issuer);
    assert_eq!(issuer_of(Some(b"k"), 1_u64.into()).unwrap_err(), no_issuer);
    assert_eq!(issuer_of(Some(b"k"), "i".repeat(MAX_REFERENCE + 1).as_str().into()).unwrap_err(), no_issuer);
}

#[test]
fn claims_that_are_missing_or_malformed_are_refused() {
    for label in [SUB, IAT, STATUS_LIST] {
        let missing = refused(|claims| claims.retain(|(found, _)| *found != label.into()));
        assert_eq!(missing, StatusListError::Claims, "{label}");
        assert_eq!(set(label, Value::Null), StatusListError::Claims, "{label}");
    }
    let time = || Value::tag(1, NOW.secs());
    for (label, value) in [
        (IAT, "1".into()),
        (IAT, Value::Negative(0)),
        (IAT, time()),
        (EXP, time()),
        (EXP, Value::Null),
        (EXP, Value::Float(f64::NAN)),
        (TTL, 0_u64.into()),
        (TTL, Value::Negative(0)),
        (TTL, Value::Float(60.0)),
    ] {
        assert_eq!(set(label, value.clone()), StatusListError::Claims, "{label} {value:?}");
    }
    assert_eq!(set(EXP, Value::Float(1.5)), StatusListError::Expired);
    let repeated = refused(|claims| claims.push((SUB.into(), URI.into())));
    assert_eq!(repeated, StatusListError::Cbor(CborError::RepeatedKey));
}

#[test]
fn lists_that_are_malformed_are_refused() {
    let packed = || StatusList::new(1, 8).unwrap().to_zlib();
    let list = |bits: Value, lst: Value| set(STATUS_LIST, Value::map([("bits", bits), ("lst", lst)]));
    assert_eq!(list("1".into(), packed().into()), StatusListError::Claims);
    assert_eq!(
        list(1_u64.into(), Value::Text(crate::encoding::base64url(packed()))),
        StatusListError::Claims
    );
    assert_eq!(list(3_u64.into(), packed().into()), StatusListError::Bits);
    assert_eq!(list(257_u64.into(), packed().into()), StatusListError::Bits);
    assert_eq!(list(1_u64.into(), vec![1, 2, 3].into()), StatusListError::Compression);
    assert_eq!(list(1_u64.into(), [packed(), vec![0]].concat().into()), StatusListError::Compression);
}

#[test]
fn the_address_of_all_lists_is_read_and_others_refused() {
    let list = |address: Value| {
        let packed = StatusList::new(1, 8).unwrap().to_zlib();
        Value::map([("bits", 1_u64.into()), ("lst", packed.into()), ("aggregation_uri", address)])
    };
    let read = |claims: Vec<(Value, Value)>| {
        let token = signed(Some(MEDIA_TYPE), &Value::Map(claims));
        check_at(&token, URI, NOW).unwrap().aggregation_uri().map(str::to_owned)
    };
    assert_eq!(read(claims()), None);
    let mut with_address = claims();
    with_address.retain(|(label, _)| *label != STATUS_LIST.into());
    with_address.push((STATUS_LIST.into(), list("https://a.example/all".into())));
    assert_eq!(read(with_address).as_deref(), Some("https://a.example/all"));
    for bad in [1_u64.into(), "http://a.example".into(), Value::Null] {
        assert_eq!(set(STATUS_LIST, list(bad.clone())), StatusListError::Aggregation, "{bad:?}");
    }
}
