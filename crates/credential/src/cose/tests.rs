use super::*;
use crate::cbor::value::Value;
use crate::cose::mac0::{Mac0, MacKey, make_detached};
use crate::cose::sign1::{Sign1, TAG, sign, sign_detached};
use crate::key::{PublicKey, RustCrypto, Signer as _};
use crate::testing::{holder, issuer};

const OURS: &[Algorithm] = &[Algorithm::Es256, Algorithm::EdDsa];
const PAYLOAD: &[u8] = b"payload";

/// The parts of a signed message: protected header, unprotected header, payload, signature.
type Four = [Value; 4];

fn parts() -> Four {
    let Value::Array(parts) = sign(&NewHeaders::default(), PAYLOAD, &issuer()).unwrap() else { panic!() };
    parts.try_into().unwrap()
}

fn read(message: &Value) -> Result<Sign1, CoseError> {
    let bytes = message.encode();
    Sign1::read(&Item::parse(&bytes, 10_000).unwrap(), OURS)
}

/// A message that was changed after it was signed.
fn changed(change: impl Fn(&mut Four)) -> CoseError {
    let mut parts = parts();
    let check = |parts: &Four| {
        read(&parts.to_vec().into())?.verify(issuer().public_key(), &[], &RustCrypto).map(<[u8]>::to_vec)
    };
    assert_eq!(check(&parts).as_deref(), Ok(PAYLOAD));
    change(&mut parts);
    check(&parts).unwrap_err()
}

/// A message that its signer made with these headers.
fn signed_under(protected: Value, unprotected: Value) -> Result<(), CoseError> {
    let protected = protected.encode();
    let signature = issuer().sign(&covered("Signature1", &protected, &[], PAYLOAD)).unwrap();
    let message = vec![protected.into(), unprotected, PAYLOAD.into(), signature.into()].into();
    read(&message)?.verify(issuer().public_key(), &[], &RustCrypto).map(|_| ())
}

fn labels<const N: usize>(members: [(i64, Value); N]) -> Value {
    Value::map(members)
}

#[test]
fn both_algorithms_sign_and_verify() {
    for signer in [issuer(), holder()] {
        let message = sign(&NewHeaders::default(), PAYLOAD, &signer).unwrap();
        assert_eq!(read(&message).unwrap().verify(signer.public_key(), &[], &RustCrypto), Ok(PAYLOAD));
        let tagged = Value::tag(TAG, message).encode();
        assert!(Sign1::parse_tagged(&tagged, 10_000, OURS).is_ok());
    }
}

#[test]
fn fully_specified_algorithms_are_those_of_the_same_key() {
    assert_eq!(signed_under(labels([(ALG, (-9_i64).into())]), labels([])), Ok(()));
    assert_eq!(Algorithm::from_cose_number(-19), Ok(Algorithm::EdDsa));
}

#[test]
fn a_changed_message_is_refused() {
    assert_eq!(changed(|parts| parts[2] = b"other".to_vec().into()), CoseError::Signature);
    assert_eq!(changed(|parts| parts[3] = vec![1; 64].into()), CoseError::Signature);
    assert_eq!(changed(|parts| parts[3] = Value::Bytes(vec![])), CoseError::Signature);
    let longer = labels([(ALG, (-7_i64).into()), (TYP, "t".into())]).encode();
    assert_eq!(changed(|parts| parts[0] = longer.clone().into()), CoseError::Signature);
    let otherwise_encoded = vec![0xb8, 1, 1, 0x26];
    assert_eq!(changed(|parts| parts[0] = otherwise_encoded.clone().into()), CoseError::Signature);
}

#[test]
fn another_key_or_its_algorithm_is_refused() {
    let message = read(&parts().to_vec().into()).unwrap();
    let verify = |key: &PublicKey| message.verify(key, &[], &RustCrypto);
    assert_eq!(verify(holder().public_key()), Err(CoseError::Algorithm));
    let stranger = crate::key::SigningKey::generate(Algorithm::Es256, &mut crate::testing::FixedRng(7));
    assert_eq!(verify(stranger.public_key()), Err(CoseError::Signature));
    assert_eq!(message.verify(issuer().public_key(), b"aad", &RustCrypto), Err(CoseError::Signature));
}

#[test]
fn algorithms_outside_the_list_are_refused() {
    for number in [-999_i64, -35, -36, -47, -65535, 0, 5] {
        assert_eq!(signed_under(labels([(ALG, number.into())]), labels([])), Err(CoseError::Algorithm));
    }
    let message = Value::from(parts().to_vec()).encode();
    let item = Item::parse(&message, 10_000).unwrap();
    assert_eq!(Sign1::read(&item, &[Algorithm::EdDsa]), Err(CoseError::Algorithm));
}

#[test]
fn an_algorithm_that_is_not_protected_is_refused() {
    let alg = || labels([(ALG, (-7_i64).into())]);
    assert_eq!(signed_under(labels([]), alg()), Err(CoseError::Algorithm));
    assert_eq!(signed_under(labels([(ALG, "ES256".into())]), labels([])), Err(CoseError::Algorithm));
    assert_eq!(signed_under(alg(), alg()), Err(CoseError::RepeatedLabel));
}

#[test]
fn critical_parameters_are_refused_in_either_header() {
    let crit = || (CRIT, Value::Array(vec![TYP.into()]));
    let alg = || (ALG, (-7_i64).into());
    assert_eq!(signed_under(labels([alg(), crit()]), labels([])), Err(CoseError::Critical));
    assert_eq!(signed_under(labels([alg()]), labels([crit()])), Err(CoseError::Critical));
}

#[test]
fn headers_of_other_forms_are_refused() {
    let alg = || labels([(ALG, (-7_i64).into())]);
    assert_eq!(signed_under(alg(), Value::Null), Err(CoseError::Header));
    assert_eq!(signed_under(Value::Array(vec![]), labels([])), Err(CoseError::Header));
    assert_eq!(changed(|parts| parts[0] = alg()), CoseError::Header);
    let twice = vec![0xa2, 1, 0x26, 1, 0x26];
    assert_eq!(
        changed(|parts| parts[0] = twice.clone().into()),
        CoseError::Protected(CborError::RepeatedKey)
    );
    assert_eq!(signed_under(alg(), labels([(KID, "text".into())])), Err(CoseError::Header));
    assert_eq!(
        signed_under(labels([(ALG, (-7_i64).into()), (TYP, 16_u64.into())]), labels([])),
        Err(CoseError::Type)
    );
}

#[test]
fn messages_of_other_forms_are_refused() {
    assert_eq!(read(&Value::tag(TAG, parts().to_vec())).unwrap_err(), CoseError::Tag);
    assert_eq!(read(&Value::map([("a", Value::Null)])).unwrap_err(), CoseError::Form);
    assert_eq!(read(&parts()[..3].to_vec().into()).unwrap_err(), CoseError::Form);
    assert_eq!(changed(|parts| parts[2] = "text".into()), CoseError::Form);
    assert_eq!(changed(|parts| parts[3] = Value::Null), CoseError::Form);
    let tagged = |tag: u64| Sign1::parse_tagged(&Value::tag(tag, parts().to_vec()).encode(), 10_000, OURS);
    assert_eq!(tagged(17).unwrap_err(), CoseError::Tag);
    assert_eq!(tagged(61).unwrap_err(), CoseError::Tag);
    let untagged = Value::from(parts().to_vec()).encode();
    assert_eq!(Sign1::parse_tagged(&untagged, 10_000, OURS), Err(CoseError::Tag));
    assert_eq!(Sign1::parse_tagged(&untagged, 10, OURS), Err(CoseError::Cbor(CborError::TooLarge)));
}

#[test]
fn a_payload_is_within_or_detached_and_never_both() {
    let detached = sign_detached(&NewHeaders::default(), PAYLOAD, &issuer()).unwrap();
    let detached = read(&detached).unwrap();
    let key = issuer();
    let key = key.public_key();
    assert_eq!(detached.verify_detached(key, PAYLOAD, &RustCrypto), Ok(()));
    assert_eq!(detached.verify_detached(key, b"other", &RustCrypto), Err(CoseError::Signature));
    assert_eq!(detached.verify(key, &[], &RustCrypto), Err(CoseError::Payload));
    let within = read(&parts().to_vec().into()).unwrap();
    assert_eq!(within.verify_detached(key, PAYLOAD, &RustCrypto), Err(CoseError::Payload));
}

#[test]
fn certificates_stand_where_their_use_has_them() {
    let chain = |protected: Value, unprotected: Value, place| {
        let message = vec![protected.encode().into(), unprotected, Value::Null, Value::Bytes(vec![])];
        read(&message.into())?.headers().chain(place)
    };
    let alg = || (ALG, Value::from(-7_i64));
    let der = crate::testing::certificate(&issuer());
    let x5chain = || (X5CHAIN, Value::from(der.as_slice()));
    let expected = Chain::from_ders(std::slice::from_ref(&der)).unwrap();
    for place in [CertificatePlace::Unprotected, CertificatePlace::Either] {
        assert_eq!(chain(labels([alg()]), labels([x5chain()]), place).as_ref(), Ok(&expected));
        assert_eq!(chain(labels([alg()]), labels([]), place), Err(CoseError::CertificatePlace));
    }
    let protected = || labels([alg(), x5chain()]);
    assert_eq!(chain(protected(), labels([]), CertificatePlace::Either).as_ref(), Ok(&expected));
    let misplaced = chain(protected(), labels([]), CertificatePlace::Unprotected);
    assert_eq!(misplaced, Err(CoseError::CertificatePlace));
    let twice = chain(protected(), labels([x5chain()]), CertificatePlace::Either);
    assert_eq!(twice, Err(CoseError::RepeatedLabel));
}

#[test]
fn a_lone_certificate_is_written_outside_an_array() {
    let der = crate::testing::certificate(&issuer());
    let write = |ders: &[Vec<u8>]| write_certificates(&Chain::from_ders(ders).unwrap());
    assert_eq!(write(std::slice::from_ref(&der)), Value::Bytes(der.clone()));
    let two = vec![Value::from(der.as_slice()); 2];
    assert_eq!(write(&[der.clone(), der]), two.into());
}

#[test]
fn a_protected_header_is_read_up_to_its_limit() {
    let protected =
        |filler: usize| labels([(ALG, (-7_i64).into()), (TYP, Value::Text("t".repeat(filler)))]).encode();
    let filler = 2 * MAX_HEADER - protected(MAX_HEADER).len();
    let read = |filler: usize| {
        let message =
            Value::from(vec![protected(filler).into(), labels([]), Value::Null, Value::Bytes(vec![0; 64])]);
        Sign1::read(&Item::parse(&message.encode(), 2 * MAX_HEADER).unwrap(), OURS).map(drop)
    };
    assert_eq!(protected(filler).len(), 49_152);
    assert_eq!(read(filler), Ok(()));
    assert_eq!(read(filler + 1), Err(CoseError::Protected(CborError::TooLarge)));
}

#[test]
fn certificates_of_other_forms_or_too_many_are_refused() {
    let chain = |x5chain: Value| {
        let protected = labels([(ALG, (-7_i64).into())]).encode().into();
        let message = vec![protected, labels([(X5CHAIN, x5chain)]), Value::Null, Value::Bytes(vec![])];
        read(&message.into())?.headers().chain(CertificatePlace::Unprotected)
    };
    let der = || Value::from(crate::testing::certificate(&issuer()));
    assert!(chain(vec![der()].into()).is_ok());
    assert!(chain(vec![der(); MAX_CHAIN].into()).is_ok());
    assert_eq!(chain(vec![der(); MAX_CHAIN + 1].into()), Err(CoseError::Header));
    assert_eq!(chain(Value::Array(vec![])), Err(CoseError::Header));
    assert_eq!(chain(vec![Value::Null].into()), Err(CoseError::Header));
    assert_eq!(chain("text".into()), Err(CoseError::Header));
    assert_eq!(chain(b"der".to_vec().into()), Err(CoseError::Chain(X509Error::Malformed)));
}

#[test]
fn a_mac_holds_for_its_key_and_payload_only() {
    let key = MacKey::new([7; 32].into());
    let read = |message: &Value| Mac0::read(&Item::parse(&message.encode(), 1000).unwrap());
    let made = make_detached(PAYLOAD, &key);
    let mac = read(&made).unwrap();
    assert_eq!(mac.verify_detached(&key, PAYLOAD), Ok(()));
    assert_eq!(mac.verify_detached(&key, b"other"), Err(CoseError::Mac));
    assert_eq!(mac.verify_detached(&MacKey::new([8; 32].into()), PAYLOAD), Err(CoseError::Mac));
    assert_eq!(mac.verify(&key, &[]), Err(CoseError::Payload));
    let Value::Array(parts) = made else { panic!() };
    let with = |place: usize, value: Value| {
        let mut parts = parts.clone();
        parts[place] = value;
        read(&parts.into())
    };
    let Value::Bytes(whole) = &parts[3] else { panic!() };
    let cut = with(3, whole[..8].to_vec().into()).unwrap();
    assert_eq!(cut.verify_detached(&key, PAYLOAD), Err(CoseError::Mac), "cut short");
    let within = with(2, PAYLOAD.into()).unwrap();
    assert_eq!(within.verify_detached(&key, PAYLOAD), Err(CoseError::Payload));
    assert_eq!(within.verify(&key, &[]), Ok(PAYLOAD));
    assert_eq!(within.verify(&key, b"aad"), Err(CoseError::Mac));
    assert_eq!(within.verify(&MacKey::new([8; 32].into()), &[]), Err(CoseError::Mac));
    for number in [4_i64, 6, 7, -7] {
        let protected = labels([(ALG, number.into())]).encode().into();
        assert_eq!(with(0, protected), Err(CoseError::Algorithm));
    }
    let signature = Value::from(self::parts().to_vec());
    assert_eq!(read(&signature), Err(CoseError::Algorithm), "a signature is no mac");
    assert_eq!(format!("{key:?}"), "MacKey(secret)");
}

/// The members of a key, changed.
fn key_with(change: impl Fn(&mut Vec<(Value, Value)>)) -> Result<PublicKey, KeyError> {
    let Value::Map(mut members) = issuer().public_key().to_cose_key() else { panic!() };
    change(&mut members);
    PublicKey::from_cose_key(&Item::parse(&Value::Map(members).encode(), 1000).unwrap())
}

#[test]
fn keys_are_read_as_they_are_written() {
    for signer in [issuer(), holder()] {
        let bytes = signer.public_key().to_cose_key().encode();
        let read = PublicKey::from_cose_key(&Item::parse(&bytes, 1000).unwrap());
        assert_eq!(read.as_ref(), Ok(signer.public_key()));
    }
    let labels = [0xa3, 1, 1, 0x20, 6, 0x21, 0x58, 32];
    assert!(holder().public_key().to_cose_key().encode().starts_with(&labels), "RFC 9053 section 7.2");
    let for_verifying = key_with(|members| members.push((4_i64.into(), Value::Array(vec![2_u64.into()]))));
    assert!(for_verifying.is_ok());
    assert!(key_with(|members| members.push((3_i64.into(), (-7_i64).into()))).is_ok());
}

#[test]
fn a_point_is_read_by_the_sign_of_its_y() {
    let bytes = issuer().public_key().to_compressed_bytes();
    for odd in [false, true] {
        let read = key_with(|members| members[3].1 = Value::Bool(odd)).unwrap();
        assert_eq!(read.to_compressed_bytes(), [&[if odd { 3 } else { 2 }], &bytes[1..]].concat());
    }
}

#[test]
fn keys_of_other_kinds_or_purposes_are_refused() {
    let set = |place: usize, value: Value| key_with(|members| members[place].1 = value.clone());
    let push = |label: i64, value: Value| key_with(|members| members.push((label.into(), value.clone())));
    assert_eq!(set(0, 4_i64.into()), Err(KeyError::Type));
    assert_eq!(set(0, 1_i64.into()), Err(KeyError::Type), "an OKP key on P-256");
    assert_eq!(set(1, 2_i64.into()), Err(KeyError::Type));
    assert_eq!(set(2, vec![1; 31].into()), Err(KeyError::Malformed));
    assert_eq!(set(2, vec![1; 33].into()), Err(KeyError::Malformed));
    assert_eq!(set(3, vec![1; 32].into()), Err(KeyError::Point));
    assert_eq!(set(3, Value::Null), Err(KeyError::Malformed));
    assert_eq!(key_with(|members| drop(members.pop())), Err(KeyError::Malformed));
    assert_eq!(push(-4, vec![1; 32].into()), Err(KeyError::Private));
    assert_eq!(push(3, (-8_i64).into()), Err(KeyError::Algorithm));
    assert_eq!(push(3, (-25_i64).into()), Err(KeyError::Algorithm));
    assert_eq!(push(4, Value::Array(vec![1_u64.into()])), Err(KeyError::Purpose));
    assert_eq!(push(4, 2_u64.into()), Err(KeyError::Malformed));
    let item = Value::Array(vec![]).encode();
    assert_eq!(PublicKey::from_cose_key(&Item::parse(&item, 10).unwrap()), Err(KeyError::Malformed));
}
