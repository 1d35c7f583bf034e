//! Mobile documents: shown for one session, and believed in that one only.

use credential::encoding::{base64url, from_base64url};
use credential::mdoc::device::DeviceProof;

use super::*;
use crate::testing::{DOC_TYPE, document};
use crate::vp::request::AnswerTo;

fn ask(element: &str) -> RequestContent {
    let query = json!({"credentials": [{"id": "id", "format": "mso_mdoc", "meta": {"doctype_value": DOC_TYPE},
        "claims": [{"path": [DOC_TYPE, element]}]}]});
    RequestContent { query: Query::parse(&query).unwrap(), ..request() }
}

fn show(content: &RequestContent, holder: &SigningKey) -> Result<Response, PresentError> {
    let (document, disclose) = (document(holder), [path(&[DOC_TYPE, "given_name"])]);
    let card = HeldCard::Mdoc(&document);
    wallet_reads(content).present(&[Chosen { query: "id", card, disclose: &disclose, signer: holder }], NOW)
}

fn decide(content: &RequestContent, response: &Response) -> Result<Presented, VerifyError<Distrust>> {
    decide_at(content, response, NOW)
}

fn decide_at(
    content: &RequestContent,
    response: &Response,
    now: UnixTime,
) -> Result<Presented, VerifyError<Distrust>> {
    let trust = |claimed: &ClaimedIssuer<'_>| {
        assert_eq!((claimed.vct, claimed.issued_at), (DOC_TYPE, Some(NOW)));
        Ok(verifier().public_key().clone())
    };
    let client_id = content.client_id.to_string();
    let verified = Expected::of(content, &client_id, now).verify(response, trust, &RustCrypto)?;
    Ok(verified.into_values().flatten().next().unwrap())
}

fn code(content: &RequestContent, response: &Response) -> &'static str {
    decide(content, response).unwrap_err().code()
}

#[test]
fn a_document_is_shown_and_believed() {
    let content = ask("given_name");
    let presented = decide(&content, &show(&content, &holder()).unwrap()).unwrap();
    assert_eq!(presented.claims()[DOC_TYPE], json!({"given_name": "Ada"}), "and nothing else of it");
    assert_eq!(presented.vct(), DOC_TYPE);
    assert_eq!(presented.expires_at(), Some(UnixTime::from_secs(NOW.secs() + 86_400)));
}

#[test]
fn a_document_for_another_session_is_refused() {
    let content = ask("given_name");
    let response = show(&content, &holder()).unwrap();
    let mut nonce = ask("given_name");
    nonce.nonce = "another-nonce-another-nonce".into();
    let mut address = ask("given_name");
    address.answer_to = AnswerTo::Address(WebUrl::parse("https://login.example/answer/2").unwrap());
    let mut key = ask("given_name");
    let other = credential::jwe::DecryptionKey::generate(&mut FixedRng(99));
    key.client_metadata = crate::vp::request::ClientMetadata::for_key(&other, "enc-1");
    let mut client = ask("given_name");
    client.client_id = "decentralized_identifier:did:symbolon:demo:bank".parse().unwrap();
    for other in [nonce, address, key, client] {
        assert_eq!(code(&other, &response), "device_auth_invalid_signature");
    }
}

#[test]
fn a_document_by_another_device_or_out_of_its_time_is_refused() {
    let content = ask("given_name");
    let (document, thief) = (document(&holder()), key(8));
    let disclose = [path(&[DOC_TYPE, "given_name"])];
    let card = HeldCard::Mdoc(&document);
    let stolen = Chosen { query: "id", card, disclose: &disclose, signer: &thief };
    assert_eq!(wallet_reads(&content).present(&[stolen], NOW).unwrap_err().code(), "presentation_failed");
    let response = show(&content, &holder()).unwrap();
    let late = UnixTime::from_secs(NOW.secs() + 86_401);
    assert_eq!(decide_at(&content, &response, late).unwrap_err().code(), "expired");
}

#[test]
fn a_document_of_an_issuer_that_is_not_trusted_is_refused() {
    let content = ask("given_name");
    let response = show(&content, &holder()).unwrap();
    let client_id = content.client_id.to_string();
    let expected = Expected::of(&content, &client_id, NOW);
    let refused = expected.verify(&response, |_| Err(Distrust), &RustCrypto).unwrap_err();
    assert_eq!(refused, VerifyError::Issuer(Distrust));
    let other = |_: &ClaimedIssuer<'_>| Ok::<_, Distrust>(key(9).public_key().clone());
    assert_eq!(expected.verify(&response, other, &RustCrypto).unwrap_err().code(), "mdoc_wrong_issuer_key");
}

#[test]
fn a_document_that_was_changed_or_is_none_is_refused() {
    let content = ask("given_name");
    let response = show(&content, &holder()).unwrap();
    let with = |text: String| Response {
        vp_token: BTreeMap::from([("id".to_owned(), vec![text])]),
        register_proof: None,
    };
    let bytes = from_base64url(&response.vp_token["id"][0]).unwrap();
    let place = bytes.windows(3).position(|window| window == b"Ada").unwrap();
    let mut changed = bytes.clone();
    changed[place] ^= 1;
    assert_eq!(code(&content, &with(base64url(changed))), "mdoc_digest_mismatch");
    for none in ["", "?", "AAAA", "eyJ.a.b~"] {
        assert!(decide(&content, &with(none.to_owned())).is_err(), "{none}");
    }
    assert_eq!(code(&content, &with("A".repeat(2 << 20))), "mdoc_malformed");
}

#[test]
fn a_document_with_less_or_of_another_type_or_format_is_refused() {
    let content = ask("given_name");
    let response = show(&content, &holder()).unwrap();
    assert_eq!(code(&ask("family_name"), &response), "answer_lacks_claims");
    let mut other = ask("given_name");
    let query =
        json!({"credentials": [{"id": "id", "format": "mso_mdoc", "meta": {"doctype_value": "other"}}]});
    other.query = Query::parse(&query).unwrap();
    assert_eq!(code(&other, &response), "answer_of_another_type");
    assert_eq!(show(&other, &holder()).unwrap_err(), PresentError::Type);
    let sd_jwt = Response {
        vp_token: BTreeMap::from([("pid".to_owned(), response.vp_token["id"].clone())]),
        register_proof: None,
    };
    assert!(decide(&request(), &sd_jwt).is_err());
}

#[test]
fn a_wallet_shows_no_element_that_was_not_asked_for() {
    let refused = show(&ask("family_name"), &holder()).unwrap_err();
    assert_eq!(refused, PresentError::TooMuch);
}

#[test]
fn a_document_that_the_verifier_cannot_check_is_not_shown() {
    let mut content = ask("given_name");
    content.client_metadata.mdoc = None;
    assert_eq!(show(&content, &holder()).unwrap_err(), PresentError::Algorithm);
}

#[test]
fn two_documents_in_one_presentation_are_refused() {
    use credential::cbor::Item;
    use credential::cbor::value::Value;
    let content = ask("given_name");
    let (document, session) = (document(&holder()), content.session());
    let holder = holder();
    let one =
        document.present(&[(DOC_TYPE, "given_name")], &session, &DeviceProof::Signature(&holder)).unwrap();
    let mut response = Value::from(&Item::parse(&one, 1 << 20).unwrap());
    let Value::Map(members) = &mut response else { panic!("no map") };
    for (name, member) in members {
        if let (Value::Text(name), Value::Array(documents)) = (name, member) {
            assert_eq!(name, "documents");
            documents.push(documents[0].clone());
        }
    }
    let text = base64url(response.encode());
    let response =
        Response { vp_token: BTreeMap::from([("id".to_owned(), vec![text])]), register_proof: None };
    assert_eq!(code(&content, &response), "mdoc_too_many_documents");
}
