//! One card's life in memory: offered, proven for, issued encrypted, asked for, shown, believed.

use credential::claim_path::ClaimPath;
use credential::issuer::KeyReference;
use credential::jwe::{ContentEncryption, DecryptionKey};
use credential::key::{PublicKey, RustCrypto, Signer as _, SigningKey};
use credential::sd_jwt_vc::{Held, Issuance, every_claim};
use credential::time::UnixTime;
use serde_json::{Value, json};

use crate::oauth::dpop;
use crate::oauth::token::{Grant, TokenRequest, TokenResponse, TokenType};
use crate::testing::{
    CLIENT, FixedRng, NOW, VCT, decryption_key, issuer, key, members, path, person, request, verifier,
    verifier_key,
};
use crate::vci::encryption::Recipient;
use crate::vci::metadata::IssuerMetadata;
use crate::vci::nonce::NonceResponse;
use crate::vci::offer::{CredentialOffer, OfferLink, PreAuthorizedCodeGrant, TxCode};
use crate::vci::proof;
use crate::vci::request::{CredentialRequest, Wanted};
use crate::vci::response::CredentialResponse;
use crate::vp::dcql::{Candidate, Format};
use crate::vp::present::{Chosen, HeldCard};
use crate::vp::request::{UnverifiedRequest, WalletContext};
use crate::vp::response::{Answer, Posted};
use crate::vp::verify::{ClaimedIssuer, Expected};
use crate::web_url::WebUrl;

const ISSUER: &str = "https://issuer.example";

fn issuers_key() -> DecryptionKey {
    DecryptionKey::generate(&mut FixedRng(6000))
}

fn metadata() -> IssuerMetadata {
    let document = json!({
        "credential_issuer": ISSUER,
        "credential_endpoint": "https://issuer.example/credential",
        "nonce_endpoint": "https://issuer.example/nonce",
        "batch_credential_issuance": {"batch_size": 2},
        "credential_request_encryption": {"jwks": {"keys": [issuers_key().public_jwk("request")]},
            "enc_values_supported": ["A256GCM"], "encryption_required": true},
        "credential_configurations_supported": {"pid": {"format": "dc+sd-jwt", "vct": VCT,
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}}}},
    });
    IssuerMetadata::parse(document.to_string().as_bytes(), ISSUER).unwrap()
}

fn issue(holder: &PublicKey, seed: u64) -> String {
    let claims = members(person());
    let issuance = Issuance {
        issuer: Some(ISSUER.into()),
        vct: VCT.into(),
        issued_at: NOW,
        expires_at: UnixTime::from_secs(NOW.secs() + 86_400),
        not_before: None,
        holder: holder.clone(),
        status: None,
        disclosable: every_claim(&claims),
        claims,
        decoys: 2,
    };
    issuance.issue(&KeyReference::Kid("issuer-0".into()), &issuer(), &mut FixedRng(seed)).unwrap()
}

fn link() -> String {
    let grant = PreAuthorizedCodeGrant {
        code: "code".into(),
        tx_code: Some(TxCode::default()),
        authorization_server: None,
    };
    let offer = CredentialOffer {
        credential_issuer: WebUrl::parse(ISSUER).unwrap(),
        configuration_ids: vec!["pid".into()],
        authorization_code: None,
        pre_authorized_code: Some(grant),
    };
    OfferLink::Offer(Box::new(offer)).to_string()
}

/// The wallet takes the offer up; the issuer's side of each exchange stands right below it.
fn receive(keys: &[SigningKey]) -> Vec<Held> {
    let OfferLink::Offer(offer) = OfferLink::parse(&link()).unwrap() else { panic!("no offer") };
    let metadata = metadata();
    let grant = offer.pre_authorized_code.unwrap();
    let form = TokenRequest {
        grant: Grant::PreAuthorizedCode { code: grant.code, tx_code: Some("1234".into()) },
        client_id: None,
        client_assertion: None,
    };
    let asked = TokenRequest::parse(&form.to_form()).unwrap();
    assert!(matches!(asked.grant, Grant::PreAuthorizedCode { tx_code: Some(_), .. }));
    let token = TokenResponse {
        access_token: "token".into(),
        token_type: TokenType::Dpop,
        expires_in: Some(60),
        refresh_token: None,
        id_token: None,
        credential_identifiers: Vec::new(),
    };
    let token = TokenResponse::parse(token.to_json().to_string().as_bytes()).unwrap();

    let target = dpop::Target {
        method: "POST",
        url: metadata.credential_endpoint.as_str(),
        access_token: Some(&token.access_token),
        nonce: None,
    };
    let dpop_proof = dpop::make(&target, &key(20), NOW, &mut FixedRng(8)).unwrap();
    assert!(dpop::verify(&dpop_proof, &target, NOW, &RustCrypto).is_ok());

    let nonce = NonceResponse { c_nonce: "fresh".into() }.to_json().to_string();
    let nonce = NonceResponse::parse(nonce.as_bytes()).unwrap().c_nonce;
    let prove = |key: &SigningKey| proof::make(ISSUER, &nonce, None, key, NOW).unwrap();
    let answer_key = DecryptionKey::generate(&mut FixedRng(9000));
    let wanted = CredentialRequest {
        wanted: Wanted::Configuration("pid".into()),
        proofs: keys.iter().map(prove).collect(),
        response_encryption: Some(Recipient::for_key(&answer_key, "answer", ContentEncryption::A256Gcm)),
    };
    let encryption = metadata.request_encryption.unwrap();
    let recipient = Recipient { jwk: encryption.key.unwrap(), enc: encryption.content_encryptions[0] };
    let body = recipient.seal(&wanted.to_json(), &mut FixedRng(10)).unwrap();

    let body = answer(&body, metadata.batch_size);
    let CredentialResponse::Issued { credentials, .. } =
        CredentialResponse::parse_encrypted(&body, &answer_key).unwrap()
    else {
        panic!("deferred")
    };
    credentials.iter().map(|text| Held::parse(text).unwrap()).collect()
}

/// The issuer's credential endpoint.
fn answer(body: &str, max_batch: usize) -> String {
    let request = CredentialRequest::parse_encrypted(body, &issuers_key()).unwrap();
    let expected = proof::Expected { issuer: ISSUER, client_id: None, max_batch, now: NOW };
    let proven = expected.verify(&request.proofs, &RustCrypto).unwrap();
    assert_eq!(proven.nonce, "fresh");
    let credentials = proven.keys.iter().zip(100..).map(|(key, seed)| issue(key, seed)).collect();
    let response = CredentialResponse::Issued { credentials, notification_id: None };
    request.response_encryption.unwrap().seal(&response.to_json(), &mut FixedRng(11)).unwrap()
}

fn show(card: &Held, signer: &SigningKey) -> String {
    let text = request().sign(&verifier_key(), &verifier()).unwrap();
    let unverified = UnverifiedRequest::parse(&text, &CLIENT.parse().unwrap()).unwrap();
    assert_eq!(unverified.dangerous_content().verifier_info, request().verifier_info);
    let context = WalletContext { wallet_nonce: None, now: NOW };
    let asked = unverified.verify(verifier().public_key(), &context, &RustCrypto).unwrap();
    let candidate = Candidate {
        id: "card",
        format: &Format::SdJwtVc,
        vct: card.vct(),
        claims: card.claims(),
        authorities: &[],
    };
    let found = asked.content().query.answer(&[candidate]).unwrap();
    let way = found.choices["pid"][0].ways[0];
    let disclose: &[ClaimPath] = &asked.content().query.credentials()[0].disclosed()[way];
    let response = asked
        .present(&[Chosen { query: "pid", card: HeldCard::SdJwtVc(card), disclose, signer }], NOW)
        .unwrap();
    Answer::Shown(response).to_form(&asked, &mut FixedRng(12)).unwrap()
}

fn believe(body: &str) -> Value {
    let content = request();
    let Answer::Shown(response) = Posted::parse(body).unwrap().open(&content, &decryption_key()).unwrap()
    else {
        panic!("refused")
    };
    let trust = |claimed: &ClaimedIssuer<'_>| match claimed.reference.iss.as_deref() {
        Some(ISSUER) if claimed.vct == VCT && claimed.issued_at == Some(NOW) => {
            Ok(issuer().public_key().clone())
        }
        _ => Err("untrusted"),
    };
    let mut presented = Expected::of(&content, CLIENT, NOW).verify(&response, trust, &RustCrypto).unwrap();
    presented.remove("pid").unwrap()[0].claims().clone().into()
}

#[test]
fn a_card_is_issued_and_shown() {
    let keys = [key(30), key(31)];
    let cards = receive(&keys);
    assert_eq!(cards.len(), 2);
    for (card, key) in cards.iter().zip(&keys) {
        card.verify_issued(issuer().public_key(), NOW, &RustCrypto).unwrap();
        let claims = believe(&show(card, key));
        assert_eq!(claims["given_name"], "Ada");
        assert_eq!(claims["address"], json!({"locality": "London"}));
        assert!(claims.get("family_name").is_none());
    }
}

#[test]
fn what_is_shown_is_what_was_asked() {
    let asked: Vec<ClaimPath> = request().query.asked().into_iter().map(|(_, path)| path).collect();
    assert_eq!(asked, [path(&["given_name"]), path(&["address", "locality"])]);
}
