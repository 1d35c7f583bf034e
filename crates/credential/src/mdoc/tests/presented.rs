//! Responses that are changed on their way, or made against the rules by a holder.

use super::*;

/// A value that can be changed in place: a response taken apart.
fn taken_apart() -> Value {
    Value::from(&Item::parse(&present(), MAX_MDOC).unwrap())
}

/// The member of a map.
fn at<'v>(value: &'v mut Value, name: &str) -> &'v mut Value {
    let Value::Map(members) = value else { panic!("no map") };
    let found = members.iter_mut().find(|(key, _)| *key == name.into());
    &mut found.unwrap_or_else(|| panic!("no {name}")).1
}

fn items(value: &mut Value) -> &mut Vec<Value> {
    let Value::Array(items) = value else { panic!("no array") };
    items
}

fn remove(value: &mut Value, name: &str) {
    let Value::Map(members) = value else { panic!("no map") };
    members.retain(|(key, _)| *key != name.into());
}

fn put(value: &mut Value, name: &str, member: Value) {
    let Value::Map(members) = value else { panic!("no map") };
    members.push((name.into(), member));
}

fn first(response: &mut Value) -> &mut Value {
    &mut items(at(response, "documents"))[0]
}

fn shown(response: &mut Value) -> &mut Vec<Value> {
    items(at(at(at(first(response), "issuerSigned"), "nameSpaces"), DRIVING_LICENCE))
}

/// The fields of a shown item, changed and wrapped again.
fn change_item(item: &mut Value, change: impl Fn(&mut Value)) {
    let Value::Tag(24, inner) = item else { panic!("no tag") };
    let Value::Bytes(bytes) = inner.as_ref() else { panic!("no bytes") };
    let mut fields = Value::from(&Item::parse(bytes, MAX_MDOC).unwrap());
    change(&mut fields);
    *item = Value::embedded(fields.encode());
}

fn refused(change: impl Fn(&mut Value)) -> MdocError {
    let mut response = taken_apart();
    assert!(check(&response.encode()).is_ok());
    change(&mut response);
    check(&response.encode()).unwrap_err()
}

#[test]
fn a_changed_item_is_refused() {
    let set = |name: &'static str, value: Value| {
        refused(move |response| {
            change_item(&mut shown(response)[0], |fields| *at(fields, name) = value.clone());
        })
    };
    assert_eq!(set("elementValue", "other".into()), MdocError::WrongDigest);
    assert_eq!(set("elementIdentifier", "other".into()), MdocError::WrongDigest);
    assert_eq!(set("random", vec![0; 32].into()), MdocError::WrongDigest);
    assert_eq!(set("digestID", 99_u64.into()), MdocError::MissingDigest);
    let moved = refused(|response| {
        let item = shown(response)[0].clone();
        put(
            at(at(first(response), "issuerSigned"), "nameSpaces"),
            "org.example.other",
            Value::Array(vec![item]),
        );
    });
    assert_eq!(moved, MdocError::MissingDigest, "a digest counts in its own namespace");
}

#[test]
fn a_flipped_bit_in_any_item_is_refused() {
    let response = present();
    let item = parts(&issue(&issuance())).namespaces[DRIVING_LICENCE]
        .iter()
        .find(|item| item.identifier == "family_name")
        .unwrap()
        .raw
        .clone();
    let start = response.windows(item.len()).position(|window| window == item).unwrap();
    for place in start..start + item.len() {
        let mut changed = response.clone();
        changed[place] ^= 1;
        assert!(check(&changed).is_err(), "byte {place}");
    }
}

#[test]
fn an_item_encoded_otherwise_is_refused() {
    let response = present();
    let length_in_one_byte = response.windows(3).position(|window| window == [0xd8, 24, 0x58]).unwrap();
    let longer =
        [&response[..length_in_one_byte + 2], &[0x59, 0], &response[length_in_one_byte + 3..]].concat();
    assert_eq!(check(&longer).unwrap_err(), MdocError::WrongDigest, "digests go over bytes as received");
}

#[test]
fn items_of_other_forms_are_refused() {
    for name in ["digestID", "random", "elementIdentifier", "elementValue"] {
        let without = refused(|response| change_item(&mut shown(response)[0], |fields| remove(fields, name)));
        assert_eq!(without, MdocError::Item, "{name}");
    }
    for (name, value) in [
        ("digestID", Value::Negative(0)),
        ("digestID", "1".into()),
        ("random", "text".into()),
        ("elementIdentifier", 1_u64.into()),
    ] {
        let other = refused(|response| {
            change_item(&mut shown(response)[0], |fields| *at(fields, name) = value.clone())
        });
        assert_eq!(other, MdocError::Item, "{name}");
    }
    let salt = |length| move |fields: &mut Value| *at(fields, "random") = vec![1; length].into();
    assert_eq!(refused(|response| change_item(&mut shown(response)[0], salt(15))), MdocError::Salt);
    let least = refused(|response| change_item(&mut shown(response)[0], salt(16)));
    assert_eq!(least, MdocError::WrongDigest, "long enough, and another");
    assert_eq!(refused(|response| shown(response)[0] = Value::Null), MdocError::Item);
    assert_eq!(refused(|response| shown(response)[0] = Value::tag(25, vec![0xa0])), MdocError::Item);
    let broken = refused(|response| shown(response)[0] = Value::embedded(vec![0xa1]));
    assert_eq!(broken, MdocError::Cbor(CborError::Malformed));
}

#[test]
fn repeated_items_are_refused() {
    let twice = refused(|response| {
        let item = shown(response)[0].clone();
        shown(response).push(item);
    });
    assert_eq!(twice, MdocError::RepeatedDigestId);
    let same_name = refused(|response| {
        let mut item = shown(response)[0].clone();
        change_item(&mut item, |fields| *at(fields, "digestID") = 77_u64.into());
        shown(response).push(item);
    });
    assert_eq!(same_name, MdocError::RepeatedElement);
    assert_eq!(refused(|response| shown(response).clear()), MdocError::Form);
}

#[test]
fn a_response_of_another_form_is_refused() {
    assert_eq!(check(&[0xff]).unwrap_err(), MdocError::Cbor(CborError::Malformed));
    assert_eq!(check(&[0xa0]).unwrap_err(), MdocError::Form);
    assert_eq!(check(&[0x80]).unwrap_err(), MdocError::Form);
    assert_eq!(check(&vec![0; MAX_MDOC + 1]).unwrap_err(), MdocError::Cbor(CborError::TooLarge));
    assert_eq!(refused(|response| *at(response, "version") = "1.1".into()), MdocError::Version);
    assert_eq!(refused(|response| *at(response, "version") = 1_u64.into()), MdocError::Form);
    assert_eq!(refused(|response| *at(response, "status") = 10_u64.into()), MdocError::Status(10));
    assert_eq!(refused(|response| remove(response, "status")), MdocError::Form);
    for name in ["docType", "issuerSigned", "deviceSigned"] {
        assert_eq!(refused(|response| remove(first(response), name)), MdocError::Form, "{name}");
    }
    assert_eq!(
        refused(|response| remove(at(first(response), "issuerSigned"), "issuerAuth")),
        MdocError::Form
    );
    assert_eq!(
        refused(|response| remove(at(first(response), "deviceSigned"), "nameSpaces")),
        MdocError::Form
    );
    let numbered = Value::map([(1_u64, Value::Array(vec![]))]);
    let by_number =
        refused(|response| *at(at(first(response), "issuerSigned"), "nameSpaces") = numbered.clone());
    assert_eq!(by_number, MdocError::Form);
}

#[test]
fn the_number_of_documents_is_held() {
    assert_eq!(refused(|response| remove(response, "documents")), MdocError::NoDocument);
    assert_eq!(refused(|response| items(at(response, "documents")).clear()), MdocError::NoDocument);
    assert_eq!(refused(|response| *at(response, "documents") = Value::Null), MdocError::Form);
    let with = |number: usize| {
        let mut response = taken_apart();
        let document = first(&mut response).clone();
        *items(at(&mut response, "documents")) = vec![document; number];
        DeviceResponse::parse(&response.encode())
    };
    assert_eq!(with(MAX_DOCUMENTS).unwrap().into_documents().len(), MAX_DOCUMENTS);
    assert_eq!(with(MAX_DOCUMENTS + 1).unwrap_err(), MdocError::TooManyDocuments);
    assert_eq!(with(0).unwrap_err(), MdocError::NoDocument);
    let two = with(2).unwrap().into_only_document().unwrap_err();
    assert_eq!(two, MdocError::TooManyDocuments);
}

#[test]
fn another_type_than_was_signed_is_refused() {
    let swapped = refused(|response| *at(first(response), "docType") = "org.example.other".into());
    assert_eq!(swapped, MdocError::DocType);
}

#[test]
fn an_answer_to_another_session_is_refused() {
    let response = present();
    let wrong = MdocError::DeviceAuth(CoseError::Signature);
    let uri = "https://verifier.example/answer";
    for other in [
        SessionTranscript::openid4vp("x509_hash:abd", "n-1", Some([7; 32]), uri),
        SessionTranscript::openid4vp("x509_hash:abc", "n-2", Some([7; 32]), uri),
        SessionTranscript::openid4vp("x509_hash:abc", "n-1", Some([8; 32]), uri),
        SessionTranscript::openid4vp("x509_hash:abc", "n-1", None, uri),
        SessionTranscript::openid4vp("x509_hash:abc", "n-1", Some([7; 32]), "https://other.example/answer"),
        SessionTranscript::openid4vp_dc_api("https://verifier.example", "n-1", Some([7; 32])),
    ] {
        assert_eq!(check_at(&response, &other, NOW).unwrap_err(), wrong);
    }
}

#[test]
fn an_answer_by_another_key_is_refused() {
    let stranger = SigningKey::generate(Algorithm::Es256, &mut FixedRng(6));
    let other = Issuance { device_key: stranger.public_key().clone(), ..issuance() };
    let other = Held::parse(&issue(&other)).unwrap();
    let response = other.present(&SHOWN, &transcript(), &DeviceProof::Signature(&stranger)).unwrap();
    let mut theirs = Value::from(&Item::parse(&response, MAX_MDOC).unwrap());
    let signed = at(first(&mut theirs), "deviceSigned").clone();
    let spliced = refused(|response| *at(first(response), "deviceSigned") = signed.clone());
    assert_eq!(spliced, MdocError::DeviceAuth(CoseError::Signature));
}

#[test]
fn device_authentication_of_other_forms_is_refused() {
    fn auth(response: &mut Value) -> &mut Value {
        at(at(first(response), "deviceSigned"), "deviceAuth")
    }
    assert_eq!(refused(|response| remove(auth(response), "deviceSignature")), MdocError::DeviceAuthForm);
    let both = refused(|response| {
        let signature = at(auth(response), "deviceSignature").clone();
        put(auth(response), "deviceMac", signature);
    });
    assert_eq!(both, MdocError::DeviceAuthForm);
    let missing = refused(|response| remove(at(first(response), "deviceSigned"), "deviceAuth"));
    assert_eq!(missing, MdocError::DeviceAuthForm);
    let set = |place: usize, value: Value| {
        refused(|response| items(at(auth(response), "deviceSignature"))[place] = value.clone())
    };
    assert_eq!(set(3, vec![1; 64].into()), MdocError::DeviceAuth(CoseError::Signature));
    assert_eq!(set(2, vec![1].into()), MdocError::DeviceAuth(CoseError::Payload));
    assert_eq!(set(0, vec![0xa1, 1, 5].into()), MdocError::DeviceAuth(CoseError::Algorithm));
    assert_eq!(
        set(0, vec![0xa1, 1, 0x27].into()),
        MdocError::DeviceAuth(CoseError::Algorithm),
        "not the key's"
    );
    let as_mac = refused(|response| {
        let signature = at(auth(response), "deviceSignature").clone();
        remove(auth(response), "deviceSignature");
        put(auth(response), "deviceMac", signature);
    });
    assert_eq!(as_mac, MdocError::DeviceAuth(CoseError::Algorithm));
}

#[test]
fn another_issuer_key_than_the_certificates_is_refused() {
    let (transcript, response) = (transcript(), present());
    let expected = ExpectedSession { transcript: &transcript, reader: None, now: NOW };
    let verify = |key: &SigningKey| {
        document(&response).unwrap().verify(key.public_key(), &expected, &RustCrypto).map(|_| ())
    };
    assert_eq!(verify(&issuer()), Ok(()));
    assert_eq!(verify(&device()), Err(MdocError::IssuerKey));
}

#[test]
fn elements_that_the_device_adds_without_leave_are_refused() {
    let added = Value::map([("org.example", Value::map([("extra", Value::Bool(true))]))]).encode();
    let namespaces = Value::embedded(added);
    let payload = device::authentication_bytes(&transcript(), MDL, &namespaces.encode());
    let proof = DeviceProof::Signature(&device()).make(&transcript(), &payload).unwrap();
    let forged = refused(|response| {
        let signed =
            Value::map([("nameSpaces", namespaces.clone()), ("deviceAuth", Value::map([proof.clone()]))]);
        *at(first(response), "deviceSigned") = signed;
    });
    assert_eq!(forged, MdocError::NotAuthorised);
    let unsigned = refused(|response| {
        *at(at(first(response), "deviceSigned"), "nameSpaces") = namespaces.clone();
    });
    assert_eq!(unsigned, MdocError::DeviceAuth(CoseError::Signature));
    for bad in [Value::Null, Value::embedded(vec![0x80]), Value::embedded(vec![0xa1, 0x61, 0x61, 0x80])] {
        let other = refused(|response| *at(at(first(response), "deviceSigned"), "nameSpaces") = bad.clone());
        assert_eq!(other, MdocError::Form);
    }
}
