//! Security objects that their issuer signed against the rules, and dates.

use super::*;
use crate::cbor::MAX_ITEMS;
use crate::cose::NewHeaders;
use crate::cose::sign1::sign;

const NAMESPACE: &str = "org.example";

/// The members of a security object, in the order that issuers write them.
fn object() -> Vec<(Value, Value)> {
    let payload = parts(&issue(&issuance())).auth.dangerous_payload().unwrap().to_vec();
    let wrapped = Item::parse(&payload, MAX_MDOC).unwrap();
    match Value::from(&Item::parse(wrapped.embedded().unwrap(), MAX_MDOC).unwrap()) {
        Value::Map(members) => members,
        _ => panic!("no map"),
    }
}

fn at<'v>(members: &'v mut [(Value, Value)], name: &str) -> &'v mut Value {
    &mut members.iter_mut().find(|(key, _)| *key == name.into()).unwrap().1
}

fn inside(value: &mut Value) -> &mut Vec<(Value, Value)> {
    let Value::Map(members) = value else { panic!("no map") };
    members
}

/// `IssuerSigned` around any payload, signed by the issuer.
fn signed(payload: &[u8], items: Option<Value>) -> Vec<u8> {
    let chain = chain();
    let headers = NewHeaders { chain: Some(&chain), ..NewHeaders::default() };
    let auth = sign(&headers, payload, &issuer()).unwrap();
    let items = items.map(|items| ("nameSpaces", items));
    Value::map(items.into_iter().chain([("issuerAuth", auth)])).encode()
}

fn verify(bytes: &[u8], now: UnixTime) -> Result<Held, MdocError> {
    let held = Held::parse(bytes)?;
    held.verify_issued(issuer().public_key(), now, &RustCrypto)?;
    Ok(held)
}

fn with(change: impl Fn(&mut Vec<(Value, Value)>)) -> Result<Held, MdocError> {
    let mut members = object();
    change(&mut members);
    verify(&signed(&Value::embedded(Value::Map(members).encode()).encode(), None), NOW)
}

fn refused(change: impl Fn(&mut Vec<(Value, Value)>)) -> MdocError {
    assert!(with(|_| ()).is_ok());
    with(change).unwrap_err()
}

#[test]
fn a_security_object_of_another_form_is_refused() {
    for name in ["version", "digestAlgorithm", "valueDigests", "deviceKeyInfo", "docType", "validityInfo"] {
        let without = refused(|members| members.retain(|(key, _)| *key != name.into()));
        assert_eq!(without, MdocError::SecurityObject, "{name}");
        let null = refused(|members| *at(members, name) = Value::Null);
        assert_eq!(null, MdocError::SecurityObject, "{name}");
    }
    assert_eq!(refused(|members| *at(members, "version") = "1.1".into()), MdocError::SecurityObjectVersion);
    let unwrapped = signed(&Value::Map(object()).encode(), None);
    assert_eq!(verify(&unwrapped, NOW).unwrap_err(), MdocError::SecurityObject);
    let repeated = refused(|members| {
        let first = members[0].clone();
        members.push(first);
    });
    assert_eq!(repeated, MdocError::Cbor(CborError::RepeatedKey));
    assert_eq!(verify(&signed(&[0xff], None), NOW).unwrap_err(), MdocError::Cbor(CborError::Malformed));
}

#[test]
fn other_digest_algorithms_are_refused() {
    for name in ["SHA-1", "sha-256", "SHA-224", "SHA3-256", ""] {
        let other = refused(|members| *at(members, "digestAlgorithm") = name.into());
        assert_eq!(other, MdocError::DigestAlgorithm, "{name}");
    }
    let longer = refused(|members| *at(members, "digestAlgorithm") = "SHA-384".into());
    assert_eq!(longer, MdocError::DigestLength, "digests of 32 bytes");
}

#[test]
fn digests_of_other_forms_are_refused() {
    let digests = |digests: Value| {
        refused(|members| *at(members, "valueDigests") = Value::map([(NAMESPACE, digests.clone())]))
    };
    let one = |id: Value, digest: Value| Value::Map(vec![(id, digest)]);
    assert_eq!(digests(one(0_u64.into(), vec![0; 31].into())), MdocError::DigestLength);
    assert_eq!(digests(one(0_u64.into(), vec![0; 33].into())), MdocError::DigestLength);
    assert_eq!(digests(one(0_u64.into(), "text".into())), MdocError::SecurityObject);
    assert_eq!(digests(one("0".into(), vec![0; 32].into())), MdocError::SecurityObject);
    assert_eq!(digests(one((-1_i64).into(), vec![0; 32].into())), MdocError::SecurityObject);
    assert_eq!(digests(Value::Array(vec![])), MdocError::SecurityObject);
}

#[test]
fn a_digest_that_was_dropped_is_missed() {
    let mut members = object();
    let item = parts(&issue(&issuance())).namespaces[NAMESPACE][0].clone();
    let items = || Value::map([(NAMESPACE, Value::Array(vec![Value::Encoded(item.raw.clone())]))]);
    let wrap = |members: &[(Value, Value)]| Value::embedded(Value::Map(members.to_vec()).encode()).encode();
    assert!(verify(&signed(&wrap(&members), Some(items())), NOW).is_ok());
    inside(at(inside(at(&mut members, "valueDigests")), NAMESPACE)).clear();
    let dropped = verify(&signed(&wrap(&members), Some(items())), NOW).unwrap_err();
    assert_eq!(dropped, MdocError::MissingDigest);
    inside(at(&mut members, "valueDigests")).retain(|(key, _)| *key != NAMESPACE.into());
    let dropped = verify(&signed(&wrap(&members), Some(items())), NOW).unwrap_err();
    assert_eq!(dropped, MdocError::MissingDigest, "the whole namespace");
}

#[test]
fn the_items_of_a_document_are_counted_together() {
    // Beside what is in its value, an item is a map of four members.
    let item = |id: u64, values: usize| {
        let value = Value::Array(vec![Value::Null; values - 9]);
        Value::Encoded(IssuerSignedItem::make(id, &id.to_string(), &[1; 32], value).raw)
    };
    let payload = Value::embedded(Value::Map(object()).encode()).encode();
    let read = |values: usize| {
        let namespace = |id: u64, values: usize| Value::Array(vec![item(id, values)]);
        let items = Value::map([("a", namespace(0, MAX_ITEMS / 2)), ("b", namespace(1, values))]);
        Held::parse(&signed(&payload, Some(items))).map(drop)
    };
    assert_eq!(read(MAX_ITEMS / 2), Ok(()));
    assert_eq!(read(MAX_ITEMS / 2 + 1), Err(MdocError::Cbor(CborError::TooMany)));
}

#[test]
fn device_keys_that_we_do_not_use_are_refused() {
    let key = |label: i64, value: Value| {
        refused(|members| {
            let key = inside(at(inside(at(members, "deviceKeyInfo")), "deviceKey"));
            key.iter_mut().find(|(found, _)| *found == label.into()).unwrap().1 = value.clone();
        })
    };
    assert_eq!(key(-1, 2_i64.into()), MdocError::DeviceKey(KeyError::Type));
    assert_eq!(key(-3, vec![1; 32].into()), MdocError::DeviceKey(KeyError::Point));
    let none = refused(|members| inside(at(members, "deviceKeyInfo")).clear());
    assert_eq!(none, MdocError::SecurityObject);
}

fn authorise(authorizations: &Value) -> impl Fn(&mut Vec<(Value, Value)>) {
    |members| inside(at(members, "deviceKeyInfo")).push(("keyAuthorizations".into(), authorizations.clone()))
}

#[test]
fn key_authorizations_of_other_forms_are_refused() {
    let names = || Value::Array(vec![NAMESPACE.into()]);
    let elements = || Value::map([(NAMESPACE, names())]);
    for good in [
        Value::map([("nameSpaces", names())]),
        Value::map([("dataElements", elements())]),
        Value::Map(Vec::new()),
    ] {
        assert!(with(authorise(&good)).is_ok());
    }
    for bad in [
        Value::Null,
        Value::map([("nameSpaces", "text".into())]),
        Value::map([("nameSpaces", Value::Array(vec![1_u64.into()]))]),
        Value::map([("dataElements", names())]),
        Value::map([("dataElements", Value::map([(NAMESPACE, Value::Null)]))]),
        Value::map([("dataElements", Value::map([(1_u64, names())]))]),
        Value::map([("nameSpaces", names()), ("dataElements", elements())]),
    ] {
        assert_eq!(refused(authorise(&bad)), MdocError::KeyAuthorizations);
    }
}

/// A response in which the device adds `extra` to [`NAMESPACE`].
fn with_device_element(authorizations: &Value) -> Result<Verified, MdocError> {
    let mut members = object();
    authorise(authorizations)(&mut members);
    let issued = signed(&Value::embedded(Value::Map(members).encode()).encode(), None);
    let added = Value::map([(NAMESPACE, Value::map([("extra", Value::Bool(true))]))]);
    let namespaces = Value::embedded(added.encode());
    let payload = device::authentication_bytes(&transcript(), MDL, &namespaces.encode());
    let proof = DeviceProof::Signature(&device()).make(&transcript(), &payload).unwrap();
    let document = Value::map([
        ("docType", MDL.into()),
        ("issuerSigned", Value::Encoded(issued)),
        ("deviceSigned", Value::map([("nameSpaces", namespaces), ("deviceAuth", Value::map([proof]))])),
    ]);
    let documents = ("documents", Value::Array(vec![document]));
    check(&Value::map([("version", "1.0".into()), documents, ("status", 0_u64.into())]).encode())
}

#[test]
fn the_device_may_add_what_its_issuer_lets_it() {
    let names = |name: &str| Value::Array(vec![name.into()]);
    let elements = |name: &str| Value::map([("dataElements", Value::map([(NAMESPACE, names(name))]))]);
    for allowed in [Value::map([("nameSpaces", names(NAMESPACE))]), elements("extra")] {
        let verified = with_device_element(&allowed).unwrap();
        assert_eq!(verified.device_elements().get(NAMESPACE, "extra"), Some(&Value::Bool(true)));
        assert_eq!(verified.elements(), &Elements::default(), "never among what the issuer signed");
    }
    for other in [Value::map([("nameSpaces", names("org.other"))]), elements("other"), Value::Map(Vec::new())]
    {
        assert_eq!(with_device_element(&other).unwrap_err(), MdocError::NotAuthorised);
    }
}

#[test]
fn a_document_is_valid_for_its_time_only() {
    let bytes = issue(&issuance());
    let at = |now: UnixTime| verify(&bytes, now).map(|_| ());
    let (skew, second) = (crate::sd_jwt::binding::MAX_CLOCK_SKEW, Duration::from_secs(1));
    assert_eq!(at(NOW.minus(skew)), Ok(()));
    assert_eq!(at(NOW.minus(skew).minus(second)), Err(MdocError::NotYetValid));
    assert_eq!(at(NOW.plus(DAY)), Ok(()));
    assert_eq!(at(NOW.plus(DAY).plus(second)), Err(MdocError::Expired));
    assert_eq!(check_at(&present(), &transcript(), NOW.plus(DAY * 2)).unwrap_err(), MdocError::Expired);
}

fn time(text: &str) -> Value {
    Value::tag(0, text)
}

fn with_times(signed: Value, from: Value, until: Value) -> Result<Held, MdocError> {
    with(|members| {
        let times = [("signed", signed.clone()), ("validFrom", from.clone()), ("validUntil", until.clone())];
        *at(members, "validityInfo") = Value::map(times);
    })
}

#[test]
fn times_are_read_to_the_second() {
    let held = with_times(
        time("2027-01-15T07:00:00Z"),
        time("2027-01-15T07:59:59.999999999Z"),
        time("2027-12-31T23:59:59Z"),
    );
    let validity = *held.unwrap().validity();
    assert_eq!(validity.signed, NOW.minus(Duration::from_secs(3600)));
    assert_eq!(validity.valid_from, NOW.minus(Duration::from_secs(1)));
}

#[test]
fn times_of_other_forms_are_refused() {
    let (signed, until) = (time("2027-01-15T07:00:00Z"), time("2027-12-31T23:59:59Z"));
    for bad in [
        time("2027-01-15T07:00:00"),
        time("2027-01-15T07:00:00+00:00"),
        time("2027-01-15t07:00:00Z"),
        time("2027-01-15 07:00:00Z"),
        time("2027-02-30T07:00:00Z"),
        time("2027-01-15T24:00:00Z"),
        time("2027-01-15T07:00:60Z"),
        time("1969-12-31T23:59:59Z"),
        time("2027-01-15T07:00:00.Z"),
        time("2027-01-15T07:00:00.xZ"),
        time("2027-01-15T07:00:00.0000000000Z"),
        time("2027-01-15"),
        Value::tag(1004, "2027-01-15"),
        Value::tag(1, 1_800_000_000_u64),
        "2027-01-15T07:00:00Z".into(),
        Value::Null,
    ] {
        let refused = with_times(signed.clone(), bad.clone(), until.clone()).unwrap_err();
        assert_eq!(refused, MdocError::TimeForm, "{bad:?}");
    }
    let missing = refused(|members| inside(at(members, "validityInfo")).truncate(2));
    assert_eq!(missing, MdocError::SecurityObject);
}

#[test]
fn validity_out_of_order_is_refused() {
    let (early, late) = (|| time("2027-01-15T07:00:00Z"), || time("2027-12-31T23:59:59Z"));
    let order = |signed, from, until| with_times(signed, from, until).map(|_| ());
    assert_eq!(order(early(), early(), late()), Ok(()));
    assert_eq!(order(late(), early(), late()), Err(MdocError::ValidityOrder));
    assert_eq!(order(early(), late(), early()), Err(MdocError::ValidityOrder));
    assert_eq!(order(early(), early(), early()), Err(MdocError::ValidityOrder));
}

#[test]
fn a_document_signed_outside_its_certificate_is_refused() {
    let (until, after) = (time("2029-12-31T23:59:59Z"), time("2025-12-31T23:59:59Z"));
    let before = with_times(after.clone(), after, until).map(|_| ()).unwrap_err();
    assert_eq!(before, MdocError::SignedOutsideCertificate);
}

#[test]
fn a_status_that_cannot_be_resolved_is_refused() {
    let status = |value: Value| refused(|members| *at(members, "status") = value.clone());
    let list = |members: [(&'static str, Value); 2]| Value::map([("status_list", Value::map(members))]);
    for bad in [
        Value::Null,
        Value::Map(Vec::new()),
        Value::map([("identifier_list", Value::Map(Vec::new()))]),
        list([("idx", (-1_i64).into()), ("uri", "u".into())]),
        list([("idx", 1_u64.into()), ("uri", 1_u64.into())]),
        list([("idx", 1_u64.into()), ("url", "u".into())]),
    ] {
        assert_eq!(status(bad), MdocError::StatusReference);
    }
    let none = with(|members| members.retain(|(key, _)| *key != "status".into())).unwrap();
    assert_eq!(none.status(), None);
}

#[test]
fn another_issuing_country_is_refused() {
    let with_country = |country: Value| {
        let mut issuance = issuance();
        issuance.elements.insert(DRIVING_LICENCE, ISSUING_COUNTRY, country);
        verify(&issue(&issuance), NOW).map(|_| ())
    };
    assert_eq!(with_country("NL".into()), Ok(()));
    assert_eq!(with_country("BE".into()), Err(MdocError::IssuingCountry));
    assert_eq!(with_country(1_u64.into()), Err(MdocError::IssuingCountry));
}

#[test]
fn issuer_signatures_of_other_forms_are_refused() {
    let change = |place: usize, value: Value| {
        let mut parts = Value::from(&Item::parse(&issue(&issuance()), MAX_MDOC).unwrap());
        let Value::Array(auth) = at(inside(&mut parts), "issuerAuth") else { panic!("no array") };
        auth[place] = value;
        verify(&parts.encode(), NOW).map(|_| ()).unwrap_err()
    };
    assert_eq!(change(3, vec![1; 64].into()), MdocError::IssuerAuth(CoseError::Signature));
    assert_eq!(change(2, Value::Null), MdocError::IssuerAuth(CoseError::Payload));
    assert_eq!(change(1, Value::Map(Vec::new())), MdocError::IssuerAuth(CoseError::CertificatePlace));
    let der = chain().ders().next().map(<[u8]>::to_vec).unwrap();
    let protected = Value::map([(1_u64, (-7_i64).into()), (33, der.into())]).encode();
    let mut parts = Value::from(&Item::parse(&issue(&issuance()), MAX_MDOC).unwrap());
    let Value::Array(auth) = at(inside(&mut parts), "issuerAuth") else { panic!("no array") };
    (auth[0], auth[1]) = (protected.into(), Value::Map(Vec::new()));
    let misplaced = Held::parse(&parts.encode()).map(|_| ()).unwrap_err();
    assert_eq!(misplaced, MdocError::IssuerAuth(CoseError::CertificatePlace), "certificates are unprotected");
    *at(inside(&mut parts), "issuerAuth") = Value::tag(18, Value::Array(Vec::new()));
    let tagged = Held::parse(&parts.encode()).map(|_| ()).unwrap_err();
    assert_eq!(tagged, MdocError::IssuerAuth(CoseError::Tag));
}
