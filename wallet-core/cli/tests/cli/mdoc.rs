//! Mobile documents: annex D of ISO 18013-5, and what other implementations issued and presented.

use credential::encoding::base64url;
use serde_json::{Value, json};

use crate::{Folder, failing, hex, inspected, outcome, refused, refused_by_rule, run, vector_bytes, vectors};

const JANUARY_2021: &str = "1609459200";
const JANUARY_2026: &str = "1768176000";
const MARCH_2025: &str = "1740787200";
const FEBRUARY_2026: &str = "1770249600";

/// A text among the vectors.
fn constant(file: &str, name: &str) -> Option<String> {
    Some(vectors(&format!("mdoc-iso18013-5/{file}.json"))?[name].as_str().unwrap().to_owned())
}

fn annex_d(name: &str) -> Option<String> {
    constant("multipaz/TestVectors", &format!("ISO_18013_5_ANNEX_D_{name}"))
}

/// A file of the text of a vector.
fn text_of(file: &str) -> Option<String> {
    Some(String::from_utf8(vector_bytes(file)?).unwrap().trim().to_owned())
}

/// The response of annex D, with all that its verification needs in files.
struct AnnexD {
    folder: Folder,
    response: Vec<u8>,
    key: String,
    transcript: String,
    reader: String,
}

impl AnnexD {
    fn new(name: &str) -> Option<Self> {
        let response = hex(&annex_d("DEVICE_RESPONSE")?);
        let folder = Folder::new(name);
        let certificate = folder.file("ds.der", hex(&annex_d("DS_CERT")?));
        let key = folder.file("issuer.jwk", inspected(&certificate)["says"]["key"].to_string());
        let transcript = folder.file("transcript.cbor", hex(&annex_d("SESSION_TRANSCRIPT_BYTES")?));
        let coordinate = |name: &str| base64url(hex(&annex_d(name).unwrap()));
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "d": coordinate("EPHEMERAL_READER_KEY_D"),
            "x": coordinate("EPHEMERAL_READER_KEY_X"), "y": coordinate("EPHEMERAL_READER_KEY_Y"),
        });
        let reader = folder.file("reader.jwk", jwk.to_string());
        Some(Self { folder, response, key, transcript, reader })
    }

    fn verify(&self, response: &[u8], at: &str, more: &[&str]) -> (i32, Value) {
        let response = self.folder.file("response.cbor", response);
        let arguments = ["verify", &response, "--profile", "mdoc", "--issuer-jwk", &self.key, "--at", at];
        run(&[&arguments[..], more].concat())
    }

    fn in_session(&self, response: &[u8], at: &str) -> (i32, Value) {
        self.verify(response, at, &["--transcript", &self.transcript, "--reader-jwk", &self.reader])
    }
}

#[test]
fn annex_d_verifies_whole_in_its_time() {
    let Some(annex) = AnnexD::new("mdoc-annex-d") else { return };
    let (code, document) = annex.in_session(&annex.response, JANUARY_2021);
    assert_eq!((code, &document["doctype"]), (0, &json!("org.iso.18013.5.1.mDL")), "{document}");
    let elements = &document["namespaces"]["org.iso.18013.5.1"];
    assert_eq!((&elements["family_name"], &elements["issue_date"]), (&json!("Doe"), &json!("2019-10-20")));
    assert_eq!(elements["driving_privileges"][0]["vehicle_category_code"], "A");
    assert_eq!(document["valid_until"], "2021-10-01T13:30:02Z");
    let device = hex(&annex_d("STATIC_DEVICE_KEY_X").unwrap());
    assert_eq!(document["device_key"]["x"], base64url(device));
}

#[test]
fn annex_d_in_another_time_or_session_is_refused() {
    let Some(annex) = AnnexD::new("mdoc-annex-d-refused") else { return };
    let whole = &annex.response;
    let expired = annex.in_session(whole, "1633132800");
    assert_eq!(expired.1["specification"], "ISO/IEC 18013-5 section 9.3.1", "and not that of a JWT");
    assert_eq!(refused_by_rule(expired), "expired");
    assert_eq!(refused_by_rule(annex.in_session(whole, "1601424000")), "not_yet_valid");
    let named = ["--aud", "a", "--nonce", "b", "--response-uri", "https://c.example/"];
    let with_key = [&named[..], &["--reader-jwk", &annex.reader]].concat();
    assert_eq!(refused_by_rule(annex.verify(whole, JANUARY_2021, &with_key)), "device_auth_invalid_mac");
    assert_eq!(refused_by_rule(annex.verify(whole, JANUARY_2021, &named)), "device_mac_unexpected");
    let (code, refusal) = annex.verify(whole, JANUARY_2021, &[]);
    assert_eq!((code, &refusal["code"]), (2, &json!("session_missing")));
}

#[test]
fn annex_d_changed_fails_by_the_check_of_what_was_changed() {
    let Some(annex) = AnnexD::new("mdoc-annex-d-changed") else { return };
    let changed = |at: usize| {
        let mut bytes = annex.response.clone();
        bytes[at] ^= 1;
        annex.in_session(&bytes, JANUARY_2021)
    };
    let place = |part: &[u8]| annex.response.windows(part.len()).position(|window| window == part).unwrap();
    let in_name = changed(place(b"Doe"));
    assert_eq!(failing(&in_name.1), ["mdoc_digest_mismatch"]);
    assert_eq!((outcome(&in_name.1, "signature"), outcome(&in_name.1, "digests")), ("holds", "fails"));
    assert_eq!(in_name.1["specification"], "ISO/IEC 18013-5 section 9.3.1");
    assert_eq!(refused_by_rule(in_name), "mdoc_digest_mismatch");
    let in_mac = changed(place(b"deviceMac") + 40);
    assert_eq!(failing(&in_mac.1), ["device_auth_invalid_mac"]);
    let in_type = changed(place(b"gdocType") + 12);
    assert_eq!(failing(&in_type.1), ["mdoc_wrong_type", "device_auth_invalid_mac"]);
    assert_eq!(refused_by_rule(in_type), "mdoc_wrong_type");
}

/// The response of annex D with its document twice: other protocols than OpenID4VP allow that.
#[test]
fn a_response_with_several_documents_is_looked_at_one_by_one() {
    let Some(annex) = AnnexD::new("mdoc-several") else { return };
    let place = |part: &[u8]| annex.response.windows(part.len()).position(|window| window == part).unwrap();
    let (begin, end) = (place(b"documents") + 10, place(b"fstatus"));
    let (before, document, after) =
        (&annex.response[..begin - 1], &annex.response[begin..end], &annex.response[end..]);
    let twice = [before, &[0x82], document, document, after].concat();
    let found = inspected(&annex.folder.file("twice.cbor", &twice));
    assert_eq!(found["says"]["documents"].as_array().unwrap().len(), 2);
    let signatures = found["checks"].as_array().unwrap().iter().filter(|check| check["check"] == "signature");
    assert_eq!(signatures.map(|check| &check["document"]).collect::<Vec<_>>(), [1, 2]);
    let refusal = annex.in_session(&twice, JANUARY_2021);
    assert_eq!(failing(&refusal.1), ["mdoc_too_many_documents"]);
    assert_eq!(refused_by_rule(refusal), "mdoc_too_many_documents");
}

#[test]
fn another_issuers_key_is_told_from_that_of_the_certificate() {
    let Some(annex) = AnnexD::new("mdoc-other-key") else { return };
    let key = json!({
        "kty": "EC", "crv": "P-256", "x": base64url(hex(&annex_d("STATIC_DEVICE_KEY_X").unwrap())),
        "y": base64url(hex(&annex_d("STATIC_DEVICE_KEY_Y").unwrap())),
    });
    let annex = AnnexD { key: annex.folder.file("other.jwk", key.to_string()), ..annex };
    let refusal = annex.in_session(&annex.response, JANUARY_2021);
    assert_eq!(failing(&refusal.1), ["mdoc_wrong_issuer_key", "invalid_signature"]);
    assert_eq!(refused_by_rule(refusal), "mdoc_wrong_issuer_key");
}

/// The response of Animo to a request of OpenID4VP 1.0, with its authority's certificate.
struct Animo {
    folder: Folder,
    response: String,
    anchor: String,
    response_uri: String,
    thumbprint: String,
}

const CLIENT: &str = "x509_san_dns:playground.animo.id";
const NONCE: &str = "LMGPB6k--THpBUSkEBvLxmdMIi3Ee1fjHXXUUzBVa04";

impl Animo {
    fn new(name: &str) -> Option<Self> {
        let folder = Folder::new(name);
        let session = vectors("mdoc-iso18013-5/mdoc-ts/examples_animo-mdoc-05_verify.test.json")?;
        let certificate = constant("mdoc-ts/examples_animo-mdoc-05_issuerCertificate", "X509Certificate@17");
        Some(Self {
            response: constant("mdoc-ts/examples_animo-mdoc-05_deviceResponse", "base64url.decode")?,
            anchor: folder.file("anchor.pem", certificate?),
            response_uri: session["responseUri"].as_str()?.to_owned(),
            thumbprint: base64url(hex(session["Buffer.from"].as_str()?)),
            folder,
        })
    }

    fn verify(&self, anchor: &str, nonce: &str, at: &str) -> (i32, Value) {
        run(&[
            "verify",
            &self.response,
            "--profile",
            "mdoc",
            "--anchor",
            anchor,
            "--aud",
            CLIENT,
            "--nonce",
            nonce,
            "--response-uri",
            &self.response_uri,
            "--jwk-thumbprint",
            &self.thumbprint,
            "--at",
            at,
        ])
    }
}

#[test]
fn a_response_to_openid4vp_verifies_under_its_authority() {
    let Some(animo) = Animo::new("mdoc-animo") else { return };
    let (code, document) = animo.verify(&animo.anchor, NONCE, JANUARY_2026);
    assert_eq!((code, &document["doctype"]), (0, &json!("eu.europa.ec.eudi.pid.1")), "{document}");
    let elements = document["namespaces"]["eu.europa.ec.eudi.pid.1"].as_object().unwrap();
    assert_eq!(elements.len(), 2);
}

#[test]
fn a_response_to_another_request_or_of_another_authority_is_refused() {
    let Some(animo) = Animo::new("mdoc-animo-refused") else { return };
    let other_nonce = animo.verify(&animo.anchor, "another", JANUARY_2026);
    assert_eq!(failing(&other_nonce.1), ["device_auth_invalid_signature"]);
    assert_eq!(refused_by_rule(other_nonce), "device_auth_invalid_signature");
    let other = constant("mdoc-ts/config", "ISSUER_CERTIFICATE").unwrap();
    let other = animo.verify(&animo.folder.file("other.pem", other), NONCE, JANUARY_2026);
    assert_eq!(failing(&other.1), ["certificate_untrusted"]);
    assert_eq!(refused_by_rule(other), "certificate_untrusted");
    let late = animo.verify(&animo.anchor, NONCE, "1999999999");
    assert_eq!(refused(late.clone()), "certificate_outside_validity");
    assert!(failing(&late.1).contains(&"certificate_outside_validity".to_owned()));
    let broken = animo.verify(&animo.folder.file("broken.pem", "nonsense"), NONCE, JANUARY_2026);
    assert_eq!((broken.0, &broken.1["code"]), (2, &json!("anchor_unreadable")));
}

#[test]
fn a_session_is_named_in_one_way_and_by_its_right_parts() {
    let Some(animo) = Animo::new("mdoc-usage") else { return };
    let verify = ["verify", &animo.response, "--profile", "mdoc", "--anchor", &animo.anchor];
    let exit = |more: &[&str]| crate::wallet().args(verify).args(more).output().unwrap().status.code();
    let uri = ["--response-uri", "https://a.example/"];
    assert_eq!(exit(&uri), Some(2), "without client and nonce");
    assert_eq!(exit(&[&uri[..], &["--origin", "https://a.example", "--nonce", "n"]].concat()), Some(2));
    let thumbprint = ["--aud", "a", "--nonce", "n", "--jwk-thumbprint", "AAAA"];
    assert_eq!(exit(&[&uri[..], &thumbprint].concat()), Some(2), "too short");
    let dc_api = run(&[
        &verify[..],
        &["--origin", "https://a.example", "--nonce", "n", "--at", JANUARY_2026],
    ]
    .concat());
    assert_eq!(refused_by_rule(dc_api), "device_auth_invalid_signature");
    let sd_jwt = ["verify", "x", "--issuer-jwk", "absent", "--origin", "https://a.example", "--nonce", "n"];
    assert_eq!(run(&sd_jwt).1["code"], "session_unexpected");
}

#[test]
fn anchors_and_registers_are_for_the_kinds_that_know_them() {
    let Some(animo) = Animo::new("mdoc-trust") else { return };
    let at_register = ["--registry", "http://127.0.0.1:1", "--checkpoint", "absent"];
    let mdoc = ["verify", &animo.response, "--profile", "mdoc"];
    let absent = run(&[&mdoc[..], &at_register].concat());
    assert_eq!((absent.0, &absent.1["code"]), (2, &json!("checkpoint_unreadable")));
    for profile in ["sd-jwt", "sd-jwt-vc", "vcdm"] {
        let by_anchor = run(&["verify", "x", "--profile", profile, "--anchor", &animo.anchor]);
        assert_eq!((by_anchor.0, &by_anchor.1["code"]), (2, &json!("trust_unusable")), "{profile}");
    }
}

/// What an issuer sent, under the key of its own certificate.
fn issued(folder: &Folder, document: &str, at: &str, more: &[&str]) -> (i32, Value) {
    let certificate = constant("mdoc-ts/examples_bdr_issuerCertificate", "X509Certificate").unwrap();
    let certificate = folder.file("bdr.pem", certificate);
    let key = folder.file("bdr.jwk", inspected(&certificate)["says"]["key"].to_string());
    let document = folder.file("issued.txt", document);
    let arguments = ["verify", &document, "--profile", "mdoc", "--issuer-jwk", &key, "--at", at];
    run(&[&arguments[..], more].concat())
}

#[test]
fn a_document_as_it_was_issued_verifies_without_a_session() {
    let Some(bdr) = constant("mdoc-ts/examples_bdr_issuerSigned", "base64url.decode") else { return };
    let folder = Folder::new("mdoc-issued");
    let (code, document) = issued(&folder, &bdr, MARCH_2025, &[]);
    assert_eq!(code, 0, "{document}");
    let namespaces = document["namespaces"].as_object().unwrap();
    let elements = namespaces.values().map(|elements| elements.as_object().unwrap().len());
    assert_eq!(elements.sum::<usize>(), 18);
    assert_eq!(refused_by_rule(issued(&folder, &bdr, FEBRUARY_2026, &[])), "expired");
    let shown = issued(&folder, &bdr, MARCH_2025, &["--require-key-binding"]);
    assert_eq!(refused_by_rule(shown), "device_auth_malformed", "nobody shows it");
}

/// Documents that others made against the rules, each by the rule that it breaks.
#[test]
fn bad_documents_of_others_name_the_rule_that_they_break() {
    let oidf = "oidf-conformance-suite/src/test/resources/ParseVpTokenAsMdoc/mdoc-animo.txt";
    let Some(undefined_payload) = text_of(oidf) else { return };
    let isomdl = |name: &str| text_of(&format!("mdoc-iso18013-5/isomdl/definitions/{name}.cbor")).unwrap();
    let of = |file: &str, name: &str| constant(file, name).unwrap();
    let eudi = text_of("openid4vp/eudi-fixtures/example/mso_mdoc_pid-deviceresponse.txt").unwrap();
    let bad = [
        (undefined_payload, "device_response", "cbor_unknown_simple_value"),
        (isomdl("device_response"), "device_response", "mdoc_salt_too_short"),
        (
            of("multipaz/DeviceResponseParserTest", "deviceResponseBytes"),
            "device_response",
            "cose_header_malformed",
        ),
        (eudi, "device_response", "device_auth_refused"),
        (
            of("mdoc-ts/examples_ubique_deviceResponse", "base64url.decode"),
            "device_response",
            "certificate_malformed",
        ),
        (of("mdoc-ts/issuing_issuance.test", "toStrictEqual"), "mdoc", "mdoc_digest_id_repeated"),
    ];
    let folder = Folder::new("mdoc-bad");
    for (document, kind, code) in bad {
        let found = inspected(&folder.file("bad.txt", document));
        assert_eq!((&found["kind"], failing(&found)), (&json!(kind), vec![code.to_owned()]), "{code}");
    }
    let stripped = inspected(&folder.file("dehydrated.txt", isomdl("issuer_signed_dehydrated")));
    assert_eq!(stripped["kind"], "mdoc");
    assert!(failing(&stripped).contains(&"mdoc_digest_mismatch".to_owned()), "its values are null");
}

#[test]
fn the_faulty_signature_of_pymdoccbor_is_told_from_its_good_one() {
    let file = "pymdoccbor/test_01_mdoc_parser";
    let Some(response) = constant(file, "ISSUED_MDOC") else { return };
    let (good, bad) =
        (constant(file, "signature_bytes").unwrap(), constant(file, "fault_signature_bytes").unwrap());
    let folder = Folder::new("mdoc-pymdoccbor");
    assert_eq!(outcome(&inspected(&folder.file("good.txt", &response)), "signature"), "holds");
    let faulty = inspected(&folder.file("bad.txt", response.replace(&good, &bad)));
    assert!(failing(&faulty).contains(&"invalid_signature".to_owned()));
    assert_eq!(outcome(&faulty, "digests"), "holds");
}

#[test]
fn a_document_is_read_in_each_of_its_forms() {
    let Some(digits) = annex_d("DEVICE_RESPONSE") else { return };
    let folder = Folder::new("mdoc-forms");
    let bytes = hex(&digits);
    let forms = [
        folder.file("raw.cbor", &bytes),
        folder.file("hex.txt", &digits),
        folder.file("upper.txt", digits.to_uppercase() + "\n"),
        base64url(&bytes),
    ];
    for form in forms {
        let found = inspected(&form);
        assert_eq!(found["kind"], "device_response");
        let document = &found["says"]["documents"][0];
        assert_eq!(document["namespaces"]["org.iso.18013.5.1"]["family_name"], "Doe");
        assert_eq!(document["device_key"]["kty"], "EC");
        assert_eq!(failing(&found), ["expired"]);
        assert_eq!(outcome(&found, "certificates"), "not_checked");
        assert_eq!(outcome(&found, "device's answer to the session"), "not_checked");
        assert_eq!(found["signer"]["by"], "x5c");
    }
    let cut = inspected(&folder.file("cut.cbor", &bytes[..bytes.len() - 1]));
    assert_eq!((&cut["kind"], failing(&cut)), (&json!("device_response"), vec!["cbor_malformed".to_owned()]));
    let longer = inspected(&folder.file("longer.cbor", [&bytes[..], &[0]].concat()));
    assert_eq!(failing(&longer), ["cbor_trailing_bytes"]);
    let huge = inspected(&folder.file("huge.cbor", [&bytes[..], &vec![0; 1 << 20]].concat()));
    assert_eq!(failing(&huge), ["cbor_too_large"]);
}

#[test]
fn keys_and_messages_in_cbor_are_read() {
    let Some(key) = constant("mdoc-ts/models_e-device-key.test", "cbor") else { return };
    let found = inspected(&key);
    assert_eq!((&found["kind"], failing(&found)), (&json!("cose_key"), Vec::<String>::new()));
    assert_eq!(found["says"]["jwk"]["crv"], "P-256");
    let private = key.replacen("a4", "a5", 1) + "2341aa";
    assert_eq!(failing(&inspected(&private)), ["key_private"]);
    let other = constant("mdoc-ts/models_device-engagement.test", "cbor").unwrap();
    assert_eq!(inspected(&other)["kind"], "cbor");
}
