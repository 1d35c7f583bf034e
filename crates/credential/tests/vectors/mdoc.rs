//! Mobile documents: annex D of ISO 18013-5, and what other implementations issued and presented.

use credential::cbor::value::Value as Cbor;
use credential::cbor::{CborError, Item};
use credential::cose::sign1::Sign1;
use credential::cose::{CertificatePlace, CoseError};
use credential::encoding::{from_base64, from_base64url};
use credential::key::{Algorithm, PublicKey, RustCrypto, Signer as _, SigningKey};
use credential::mdoc::MdocError;
use credential::mdoc::device::AgreementKey;
use credential::mdoc::hold::Held;
use credential::mdoc::transcript::SessionTranscript;
use credential::mdoc::verify::{DeviceResponse, ExpectedSession, Unverified, Verified};
use credential::time::UnixTime;
use credential::x509::{Chain, X509Error};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{hex, load, load_text, text};

const MAX: usize = 1 << 20;

pub(crate) fn at(text: &str) -> UnixTime {
    let days = |year: u64, month: u64, day: u64| {
        let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468
    };
    let parts: Vec<u64> = text.split('-').map(|part| part.parse().expect("a number")).collect();
    UnixTime::from_secs(days(parts[0], parts[1], parts[2]) * 86_400)
}

fn constant(file: &str, name: &str) -> Option<Vec<u8>> {
    let vectors = load(&format!("mdoc-iso18013-5/{file}.json"))?;
    let text = text(&vectors, name).to_owned();
    let is_hex = text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    Some(if is_hex { hex(&text) } else { from_base64url(&text).expect("base64url") })
}

fn annex_d(name: &str) -> Option<Vec<u8>> {
    constant("multipaz/TestVectors", &format!("ISO_18013_5_ANNEX_D_{name}"))
}

pub(crate) fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    from_base64(lines.collect::<String>()).expect("base64")
}

fn certificate(file: &str, name: &str) -> Vec<u8> {
    let vectors = load(&format!("mdoc-iso18013-5/mdoc-ts/{file}.json")).expect("vectors");
    der(text(&vectors, name))
}

fn only_document(response: &[u8]) -> Unverified {
    let response = DeviceResponse::parse(response).expect("a response");
    response.into_only_document().expect("one document")
}

/// The document under the key of its own certificate; whose that is, the chain tests say.
fn check(
    document: Unverified,
    transcript: &SessionTranscript,
    reader: Option<&AgreementKey>,
    now: UnixTime,
) -> Result<Verified, MdocError> {
    let key = document.chain().leaf_key().clone();
    document.verify(&key, &ExpectedSession { transcript, reader, now }, &RustCrypto)
}

/// The transcript in `SessionTranscriptBytes`.
fn unwrap_transcript(bytes: &[u8]) -> SessionTranscript {
    let inner = Item::parse(bytes, MAX).expect("cbor").embedded().expect("an item within").to_vec();
    SessionTranscript::from_bytes(inner).expect("a transcript")
}

#[test]
fn annex_d_verifies_whole_in_its_time() {
    let Some(response) = annex_d("DEVICE_RESPONSE") else { return };
    let transcript = unwrap_transcript(&annex_d("SESSION_TRANSCRIPT_BYTES").expect("a transcript"));
    let reader = annex_d("EPHEMERAL_READER_KEY_D").expect("a key");
    let reader = AgreementKey::from_secret_bytes(&reader).expect("a key");
    let verify = |now: &str, reader| check(only_document(&response), &transcript, reader, at(now));
    let verified = verify("2021-01-01", Some(&reader)).expect("it verifies");
    assert_eq!(verified.doc_type(), "org.iso.18013.5.1.mDL");
    let element = |name: &str| verified.elements().get("org.iso.18013.5.1", name);
    assert_eq!(element("family_name"), Some(&Cbor::from("Doe")));
    assert_eq!(element("document_number"), Some(&Cbor::from("123456789")));
    assert_eq!(element("issue_date"), Some(&Cbor::tag(1004, "2019-10-20")));
    let portrait = annex_d("DEVICE_RESPONSE_PORTRAIT_DATA").expect("a portrait");
    assert_eq!(element("portrait"), Some(&Cbor::from(portrait)));
    assert_eq!(verified.elements().iter().count(), 6);
    assert_eq!(verified.device_elements().iter().count(), 0);
    let device =
        SigningKey::from_secret_bytes(Algorithm::Es256, &annex_d("STATIC_DEVICE_KEY_D").expect("a key"));
    assert_eq!(Some(verified.device_key()), device.as_ref().ok().map(|key| key.public_key()));

    assert_eq!(verify("2021-01-01", None).unwrap_err(), MdocError::UnexpectedMac);
    assert_eq!(verify("2021-10-02", Some(&reader)).unwrap_err(), MdocError::Expired);
    assert_eq!(verify("2020-09-30", Some(&reader)).unwrap_err(), MdocError::NotYetValid);
    let device_side = annex_d("EPHEMERAL_DEVICE_KEY_D").expect("a key");
    let other = AgreementKey::from_secret_bytes(&device_side).expect("a key");
    let refused = verify("2021-01-01", Some(&other)).unwrap_err();
    assert_eq!(refused, MdocError::DeviceAuth(CoseError::Mac));
    let copy = constant("mdoc-ts/models_device-response.test", "encodedDeviceResponse");
    assert_eq!(copy.as_ref(), Some(&response), "mdoc-ts holds the same bytes");
}

#[test]
fn annex_d_changed_anywhere_is_refused() {
    let Some(response) = annex_d("DEVICE_RESPONSE") else { return };
    let transcript = unwrap_transcript(&annex_d("SESSION_TRANSCRIPT_BYTES").expect("a transcript"));
    let reader = annex_d("EPHEMERAL_READER_KEY_D").expect("a key");
    let reader = AgreementKey::from_secret_bytes(&reader).expect("a key");
    let key = only_document(&response).chain().leaf_key().clone();
    let expected = ExpectedSession { transcript: &transcript, reader: Some(&reader), now: at("2021-01-01") };
    let whole = only_document(&response);
    assert!(whole.clone().verify(&key, &expected, &RustCrypto).is_ok());
    let (mut certificate_changed, mut left_out) = (0, 0);
    for place in 0..response.len() {
        let mut changed = response.clone();
        changed[place] ^= 1;
        let document = DeviceResponse::parse(&changed).and_then(DeviceResponse::into_only_document);
        let Ok(document) = document else { continue };
        if document.chain() != whole.chain() {
            let anchored = document.chain().verify(&[], expected.now, &RustCrypto);
            assert!(anchored.is_err(), "byte {place}: the chain is for the caller to check");
            certificate_changed += 1;
        } else if let Ok(verified) = document.verify(&key, &expected, &RustCrypto) {
            assert_eq!(verified.elements().iter().count(), 0, "byte {place}: all left out, as a holder may");
            left_out += 1;
        }
    }
    assert!((1..499).contains(&certificate_changed), "{certificate_changed}");
    assert_eq!(left_out, "nameSpaces".len());
}

/// The handover of OpenID4VP drafts before 23, which ISO 18013-7:2024 took over. We make none.
fn draft_18(client_id: &str, response_uri: &str, nonce: &str, mdoc_nonce: &str) -> SessionTranscript {
    let hash = |first: &str| {
        let bytes = Cbor::Array(vec![first.into(), mdoc_nonce.into()]).encode();
        Cbor::from(Sha256::digest(bytes).as_slice())
    };
    of_handover(vec![hash(client_id), hash(response_uri), nonce.into()])
}

/// The handover of OpenID4VP draft 24 for the Digital Credentials API. We make none.
fn dc_api_draft_24(origin: &str, client_id: &str, nonce: &str) -> SessionTranscript {
    let info = Cbor::Array(vec![origin.into(), client_id.into(), nonce.into()]).encode();
    of_handover(vec!["OpenID4VPDCAPIHandover".into(), Sha256::digest(info).as_slice().into()])
}

fn of_handover(handover: Vec<Cbor>) -> SessionTranscript {
    let transcript = Cbor::Array(vec![Cbor::Null, Cbor::Null, handover.into()]);
    SessionTranscript::from_bytes(transcript.encode()).expect("a transcript")
}

#[test]
fn the_response_of_animo_verifies_with_its_chain_and_handover() {
    let Some(response) = constant("mdoc-ts/examples_animo-mdoc-05_deviceResponse", "base64url.decode") else {
        return;
    };
    let session = load("mdoc-iso18013-5/mdoc-ts/examples_animo-mdoc-05_verify.test.json").expect("vectors");
    let thumbprint = hex(text(&session, "Buffer.from")).try_into().expect("32 bytes");
    let transcript = |nonce: &str| {
        SessionTranscript::openid4vp(
            "x509_san_dns:playground.animo.id",
            nonce,
            Some(thumbprint),
            text(&session, "responseUri"),
        )
    };
    let (nonce, now) = ("LMGPB6k--THpBUSkEBvLxmdMIi3Ee1fjHXXUUzBVa04", at("2026-01-12"));
    let document = only_document(&response);
    let anchor = certificate("examples_animo-mdoc-05_issuerCertificate", "X509Certificate@17");
    let chain = document.chain().clone();
    assert_eq!(chain.verify_document_signer(&[&anchor], now, &RustCrypto), Ok(0));
    let other =
        der(text(&load("mdoc-iso18013-5/mdoc-ts/config.json").expect("vectors"), "ISSUER_CERTIFICATE"));
    assert_eq!(chain.verify_document_signer(&[&other], now, &RustCrypto), Err(X509Error::NoAnchor));
    let verified = check(document.clone(), &transcript(nonce), None, now).expect("it verifies");
    assert_eq!(verified.elements().iter().count(), 2);
    let refused = check(document, &transcript("another nonce"), None, now).unwrap_err();
    assert_eq!(refused, MdocError::DeviceAuth(CoseError::Signature));
}

#[test]
fn the_responses_of_older_drafts_verify_with_their_own_handovers() {
    let response =
        |file: &str, name: &str| constant(&format!("mdoc-ts/examples_{file}_deviceResponse"), name);
    let Some(france) = response("france", "hex.decode") else { return };
    let transcript = draft_18("example.com", "https://example.com/12345/response", "abcdefgh1234567890", "");
    let verified = check(only_document(&france), &transcript, None, at("2021-09-25")).expect("france");
    assert_eq!(verified.elements().iter().count(), 6);

    let google = response("google", "base64url.decode").expect("a response");
    let origin = "https://ellis-occurrence-ac-smoking.trycloudflare.com";
    let nonce = "UwQek7MemM55VM2Lc7UPPsdsxa-vejebSUo75B_G7vk";
    let transcript = dc_api_draft_24(origin, &format!("web-origin:{origin}"), nonce);
    let verified = check(only_document(&google), &transcript, None, at("2025-02-20")).expect("google");
    assert_eq!(verified.elements().iter().count(), 2);

    let refused = check(only_document(&france), &transcript, None, at("2021-09-25")).unwrap_err();
    assert_eq!(refused, MdocError::DeviceAuth(CoseError::Signature), "another session");
}

struct P256Point(Vec<u8>);

impl rcgen::PublicKeyData for P256Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

/// A certificate for the key in `der`, by a key of ours.
fn with_another_certificate(der: &[u8]) -> Vec<u8> {
    const P256_KEY: &[u8] = &[0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let place = der.windows(P256_KEY.len()).position(|window| window == P256_KEY).expect("a key");
    let key = P256Point(der[place + 26..place + 91].to_vec());
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    params.not_before = rcgen::date_time_ymd(2025, 1, 1);
    let ours = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
    params.signed_by(&key, &rcgen::Issuer::from_params(&params, ours)).expect("signed").der().to_vec()
}

#[test]
fn the_response_of_ubique_verifies_but_for_its_certificate() {
    let Some(response) = constant("mdoc-ts/examples_ubique_deviceResponse", "base64url.decode") else {
        return;
    };
    let refused = DeviceResponse::parse(&response).map(|_| ()).unwrap_err();
    let chain = MdocError::IssuerAuth(CoseError::Chain(X509Error::Malformed));
    assert_eq!(refused, chain, "a serial number of 32 bytes (RFC 5280 section 4.1.2.2 allows 20)");
    let theirs = certificate("examples_ubique_issuerCertificate", "X509Certificate");
    let (old, new) =
        (Cbor::from(theirs.as_slice()).encode(), Cbor::from(with_another_certificate(&theirs)).encode());
    let place = response.windows(old.len()).position(|window| window == old).expect("their certificate");
    let response = [&response[..place], &new, &response[place + old.len()..]].concat();
    let uri = "http://localhost:4000/api/presentation_request/dc8999df-d6ea-4c84-9985-37a8b81a82ec/callback";
    let transcript = draft_18("Cq1anPb8vZU5j5C0d7hcsbuJLBpIawUJIDQRi2Ebwb4", uri, "abcdefg", "123456");
    let verified = check(only_document(&response), &transcript, None, at("2025-02-01")).expect("it verifies");
    assert_eq!(verified.elements().iter().count(), 1);
}

#[test]
fn documents_that_others_issued_hold_in_their_time() {
    let Some(bdr) = constant("mdoc-ts/examples_bdr_issuerSigned", "base64url.decode") else { return };
    let verify = |bytes: &[u8], now: &str| {
        let held = Held::parse(bytes)?;
        held.verify_issued(held.chain().leaf_key(), at(now), &RustCrypto)
            .map(|()| held.elements().iter().count())
    };
    assert_eq!(verify(&bdr, "2025-03-01"), Ok(18));
    assert_eq!(verify(&bdr, "2026-02-05"), Err(MdocError::Expired));
    let isomdl = |name: &str| {
        hex(load_text(&format!("mdoc-iso18013-5/isomdl/definitions/{name}.cbor")).expect("a file").trim())
    };
    assert_eq!(verify(&isomdl("issuer_signed"), "2021-01-01"), Ok(6));
    let stripped = verify(&isomdl("issuer_signed_dehydrated"), "2021-01-01");
    assert_eq!(stripped, Err(MdocError::WrongDigest), "its values are null");
}

#[test]
fn documents_that_others_made_against_the_rules_are_refused() {
    let parse = |bytes: &[u8]| DeviceResponse::parse(bytes).map(|_| ()).unwrap_err();
    let Some(issued) = load("mdoc-iso18013-5/mdoc-ts/issuing_issuance.test.json") else { return };
    for name in ["toStrictEqual", "toStrictEqual@43", "toStrictEqual@83", "toStrictEqual@87"] {
        let bytes = constant("mdoc-ts/issuing_issuance.test", name).expect("a document");
        let refused = Held::parse(&bytes).map(|_| ()).unwrap_err();
        assert_eq!(refused, MdocError::RepeatedDigestId, "{name}: made with a random source that repeats");
    }
    assert_eq!(issued.as_object().map(|issued| issued.len()), Some(4));
    let mut conformance = 0;
    for (name, expected) in
        [("mdoc", Ok(1)), ("mdoc-mac", Ok(1)), ("mdoc-animo", Err(MdocError::Cbor(CborError::Simple)))]
    {
        let file = format!("oidf-conformance-suite/src/test/resources/ParseVpTokenAsMdoc/{name}.txt");
        let bytes = from_base64url(load_text(&file).expect("a response").trim()).expect("base64url");
        let documents = DeviceResponse::parse(&bytes).map(|response| response.into_documents().len());
        assert_eq!(documents, expected, "{name}: a payload that is left out is null, not undefined");
        conformance += 1;
    }
    assert_eq!(conformance, 3);
    let no_certificate =
        constant("multipaz/DeviceResponseParserTest", "deviceResponseBytes").expect("a response");
    assert_eq!(parse(&no_certificate), MdocError::IssuerAuth(CoseError::Header), "x5chain is an empty array");
    let synthetic = load_text("mdoc-iso18013-5/isomdl/definitions/device_response.cbor").expect("a response");
    assert_eq!(parse(&hex(synthetic.trim())), MdocError::Salt, "made to be parsed only");
}

/// The transcripts of these are not known, so that they hold up to the device's answer and no further.
#[test]
fn responses_to_unknown_sessions_hold_as_far_as_their_issuers_go() {
    let oidf = "oidf-conformance-suite/src/test/resources/ParseVpTokenAsMdoc";
    let file = |name: &str| load_text(name).map(|text| from_base64url(text.trim()).expect("base64url"));
    let Some(pid) = file("openid4vp/eudi-fixtures/example/mso_mdoc_pid-deviceresponse.txt") else { return };
    let (mac, plain) = (file(&format!("{oidf}/mdoc-mac.txt")), file(&format!("{oidf}/mdoc.txt")));
    let pymdoccbor = constant("pymdoccbor/test_01_mdoc_parser", "ISSUED_MDOC");
    let transcript = SessionTranscript::openid4vp("a", "b", None, "c");
    let reader = AgreementKey::from_secret_bytes(&[1; 32]).expect("a key");
    let judge = |response: &[u8], now: &str| {
        check(only_document(response), &transcript, Some(&reader), at(now)).unwrap_err()
    };
    let wrong_session = MdocError::DeviceAuth(CoseError::Signature);
    assert_eq!(judge(&mac.expect("a response"), "2025-02-01"), MdocError::DeviceAuth(CoseError::Mac));
    assert_eq!(judge(&plain.expect("a response"), "2025-02-09"), wrong_session);
    assert_eq!(judge(&pymdoccbor.expect("a response"), "2021-01-01"), MdocError::DeviceAuth(CoseError::Mac));
    let refused = DeviceResponse::parse(&pid).map(|_| ()).unwrap_err();
    assert_eq!(refused, MdocError::DeviceAuth(CoseError::Header), "an empty array of certificates");
}

#[test]
fn the_faulty_signature_of_pymdoccbor_is_refused() {
    let file = "pymdoccbor/test_01_mdoc_parser";
    let Some(response) = constant(file, "ISSUED_MDOC") else { return };
    let good = constant(file, "signature_bytes").expect("a signature");
    let bad = constant(file, "fault_signature_bytes").expect("a signature");
    let place = response.windows(64).position(|window| window == good).expect("its signature");
    let changed = [&response[..place], &bad, &response[place + 64..]].concat();
    let transcript = SessionTranscript::openid4vp("a", "b", None, "c");
    let refused = check(only_document(&changed), &transcript, None, at("2021-01-01")).unwrap_err();
    assert_eq!(refused, MdocError::IssuerAuth(CoseError::Signature));
    let unchanged = check(only_document(&response), &transcript, None, at("2021-01-01")).unwrap_err();
    assert_eq!(unchanged, MdocError::UnexpectedMac, "the good one holds, and the rest is another matter");
}

#[test]
fn the_certificates_that_others_keep_are_those_in_their_documents() {
    let Some(france) = constant("mdoc-ts/examples_france_deviceResponse", "hex.decode") else { return };
    let google = constant("mdoc-ts/examples_google_deviceResponse", "base64url.decode").expect("a response");
    let bdr = constant("mdoc-ts/examples_bdr_issuerSigned", "base64url.decode").expect("a document");
    let leaf = |chain: &Chain| chain.ders().next().map(<[u8]>::to_vec);
    let kept = |file: &str| Some(certificate(file, "X509Certificate"));
    let of_annex_d = annex_d("DS_CERT");
    assert_eq!(leaf(only_document(&france).chain()), kept("examples_france_issuerCertificate"));
    assert_eq!(kept("examples_france_issuerCertificate"), of_annex_d);
    assert_eq!(kept("examples_google_rootCertificate"), of_annex_d, "it is no root of the other");
    assert_eq!(leaf(only_document(&google).chain()), kept("examples_google_signingCertificate"));
    assert_eq!(leaf(Held::parse(&bdr).expect("a document").chain()), kept("examples_bdr_issuerCertificate"));
}

#[test]
fn the_session_of_isomdl_is_that_of_annex_d() {
    let part = |name: &str| {
        let digits = load_text(&format!("mdoc-iso18013-5/isomdl/definitions/session/{name}.cbor"))?;
        Some(hex(digits.trim()))
    };
    let Some(transcript) = part("session_transcript") else { return };
    assert_eq!(Some(transcript), annex_d("SESSION_TRANSCRIPT_BYTES"));
    assert_eq!(part("session_establishment"), annex_d("SESSION_ESTABLISHMENT"));
}

/// Whatever a constant is a part of, it is CBOR; those that are shortest come out again as they went in.
#[test]
fn every_cbor_constant_of_annex_d_and_of_mdoc_ts_is_read() {
    let mut read = 0;
    for (file, names) in [
        ("mdoc-ts/models_device-auth.test", &["cbor"][..]),
        ("mdoc-ts/models_device-engagement.test", &["cbor"]),
        ("mdoc-ts/models_device-key-info.test", &["cbor"]),
        ("mdoc-ts/models_device-mac.test", &["cbor"]),
        ("mdoc-ts/models_device-request.test", &["cbor"]),
        ("mdoc-ts/models_device-retrieval-method.test", &["cbor"]),
        ("mdoc-ts/models_e-device-key.test", &["cbor"]),
        ("mdoc-ts/models_issuer-auth.test", &["cbor"]),
        ("mdoc-ts/models_mobile-security-object.test", &["cbor"]),
        ("mdoc-ts/models_oid4vp-handover-info.test", &["cbor"]),
        ("mdoc-ts/models_oid4vp-handover.test", &["cbor"]),
        ("mdoc-ts/models_reader-auth.test", &["cbor"]),
        ("mdoc-ts/models_reader-authentication.test", &["cbor"]),
        ("mdoc-ts/models_security.test", &["cbor"]),
        ("mdoc-ts/models_session-transcript.test", &["cbor", "toEqual", "toEqual@51", "toEqual@67"]),
        ("mdoc-ts/models_validity-info.test", &["cbor"]),
        ("mdoc-ts/models_value-digests.test", &["cbor"]),
        ("mdoc-ts/verification_verify-device-request.test", &["DEVICE_REQUEST_CBOR"]),
        ("multipaz/DeviceResponseParserTest", &["sessionTranscriptBytes"]),
    ] {
        for name in names {
            let Some(bytes) = constant(file, name) else { return };
            let item = Item::parse(&bytes, MAX).unwrap_or_else(|error| panic!("{file} {name}: {error}"));
            assert_eq!(item.raw(), bytes);
            read += 1;
        }
    }
    for name in [
        "DEVICE_ENGAGEMENT",
        "E_DEVICE_KEY_BYTES",
        "DEVICE_RESPONSE",
        "SESSION_TRANSCRIPT_BYTES",
        "DEVICE_REQUEST",
        "ITEMS_REQUEST",
        "READER_AUTH",
        "SESSION_ESTABLISHMENT",
        "SESSION_DATA",
    ] {
        let bytes = annex_d(name).expect("a constant");
        assert_eq!(Item::parse(&bytes, MAX).map(|item| item.raw().len()), Ok(bytes.len()), "{name}");
        read += 1;
    }
    assert_eq!(read, 31);
}

#[test]
fn the_reader_authentication_of_annex_d_holds() {
    let Some(auth) = annex_d("READER_AUTH") else { return };
    let payload = constant("mdoc-ts/models_reader-authentication.test", "cbor").expect("a payload");
    let item = Item::parse(&auth, MAX).expect("cbor");
    let message = Sign1::read(&item, &[Algorithm::Es256]).expect("a message");
    let chain = message.headers().chain(CertificatePlace::Unprotected).expect("a chain");
    assert_eq!(chain.ders().next(), annex_d("READER_CERT").as_deref());
    assert_eq!(message.verify_detached(chain.leaf_key(), &payload, &RustCrypto), Ok(()));
    let other = message.verify_detached(chain.leaf_key(), b"other", &RustCrypto);
    assert_eq!(other, Err(CoseError::Signature));
}

#[test]
fn the_device_keys_of_annex_d_are_read() {
    let Some(key) = constant("mdoc-ts/models_e-device-key.test", "cbor") else { return };
    let key = PublicKey::from_cose_key(&Item::parse(&key, MAX).expect("cbor")).expect("a key");
    let secret = annex_d("EPHEMERAL_DEVICE_KEY_D").expect("a key");
    let secret = AgreementKey::from_secret_bytes(&secret).expect("a key");
    assert_eq!(secret.public_key(), key);
}

#[test]
fn the_handovers_are_those_of_openid4vp() {
    let Some(vectors) = load("openid4vp/verified-vectors-1_0.json") else { return };
    let thumbprint = |vector: &Value| hex(text(vector, "jwk_thumbprint_hex")).try_into().expect("32 bytes");
    let info = |vector: &Value, place: usize| vector["info"][place].as_str().expect("a text").to_owned();
    let vector = &vectors["handover_redirect"];
    let redirect = SessionTranscript::openid4vp(
        &info(vector, 0),
        &info(vector, 1),
        Some(thumbprint(vector)),
        &info(vector, 3),
    );
    assert_eq!(redirect.as_bytes(), hex(text(vector, "session_transcript_cbor_hex")));
    let copies = load("mdoc-iso18013-5/mdoc-ts/models_session-transcript.test.json").expect("vectors");
    assert_eq!(redirect.as_bytes(), hex(text(&copies, "toEqual@67")));
    let vector = &vectors["handover_dc_api"];
    let dc_api =
        SessionTranscript::openid4vp_dc_api(&info(vector, 0), &info(vector, 1), Some(thumbprint(vector)));
    assert_eq!(dc_api.as_bytes(), hex(text(vector, "session_transcript_cbor_hex")));
    assert_eq!(dc_api.as_bytes(), hex(text(&copies, "toEqual")));
}
