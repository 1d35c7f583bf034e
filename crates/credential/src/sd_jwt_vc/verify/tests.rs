//! Credentials whose issuer is named by certificates.

use core::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use serde_json::json;

use super::*;
use crate::issuer::{KeyReference, ReferenceError};
use crate::jws::JwsError;
use crate::key::{Algorithm, RustCrypto, Signer as _, SigningKey};
use crate::sd_jwt::SdJwtError;
use crate::sd_jwt_vc::{Issuance, IssueError};
use crate::testing::{FixedRng, NOW, holder, issuer, signed};
use crate::x509::{Chain, X509Error};

fn authority() -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut FixedRng(3000))
}

fn params(name: &str, is_ca: IsCa, usage: KeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = is_ca;
    params.key_usages = vec![usage];
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2028, 1, 1);
    params
}

/// A chain for the key of `leaf`, and the anchor that it leads to.
fn chain(leaf: &SigningKey) -> (Chain, Vec<u8>) {
    let pair = |key: &SigningKey| KeyPair::from_pem(&key.to_pkcs8_pem().unwrap()).unwrap();
    let root = params("root", IsCa::Ca(BasicConstraints::Unconstrained), KeyUsagePurpose::KeyCertSign);
    let anchor = root.self_signed(&pair(&authority())).unwrap().der().to_vec();
    let by = Issuer::from_params(&root, pair(&authority()));
    let leaf_params = params("leaf", IsCa::ExplicitNoCa, KeyUsagePurpose::DigitalSignature);
    let der = leaf_params.signed_by(&pair(leaf), &by).unwrap().der().to_vec();
    (Chain::from_ders(&[der]).unwrap(), anchor)
}

fn issue(key: &KeyReference, signer: &SigningKey) -> Result<String, IssueError> {
    let issuance = Issuance {
        issuer: None,
        vct: "urn:x".into(),
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
        not_before: None,
        holder: holder().public_key().clone(),
        status: None,
        claims: Map::new(),
        disclosable: Vec::new(),
        decoys: 0,
    };
    issuance.issue(key, signer, &mut FixedRng(1))
}

#[test]
fn a_credential_verifies_with_the_key_of_its_certificate() {
    let (chain, anchor) = chain(&issuer());
    let text = issue(&KeyReference::X5c(chain.clone()), &issuer()).unwrap();
    let token = Unverified::parse(&text).unwrap();
    let reference = token.issuer().unwrap();
    assert_eq!((&reference.iss, &reference.key), (&None, &KeyReference::X5c(chain.clone())));
    assert_eq!(token.header().x5c(), Some(chain.to_x5c()));
    assert_eq!(chain.verify(&[&anchor], NOW, &RustCrypto), Ok(0));
    assert!(token.dangerous_verify_unbound(chain.leaf_key(), NOW, &RustCrypto).is_ok());
}

#[test]
fn a_certificate_of_another_key_does_not_help() {
    let (chain, _) = chain(&authority());
    let text = issue(&KeyReference::X5c(chain.clone()), &issuer()).unwrap();
    let token = Unverified::parse(&text).unwrap();
    let refused = token.dangerous_verify_unbound(chain.leaf_key(), NOW, &RustCrypto).unwrap_err();
    assert_eq!(refused, VerifyError::SdJwt(SdJwtError::Jws(JwsError::Signature)));
}

#[test]
fn certificates_that_are_none_name_no_issuer() {
    let named = |header: Value| {
        let text = signed(header, json!({"vct": "urn:x"}), &issuer()) + "~";
        Unverified::parse(&text).unwrap().issuer().unwrap_err()
    };
    for (x5c, error) in [
        (json!([]), X509Error::ChainLength),
        (json!(vec!["AAAA"; 5]), X509Error::ChainLength),
        (json!(["AAAA"]), X509Error::Malformed),
        (json!(["not base64"]), X509Error::Malformed),
    ] {
        let chain = VerifyError::Issuer(ReferenceError::Chain(error));
        assert_eq!(named(json!({"typ": TYPE, "x5c": x5c, "kid": "k"})), chain);
    }
    for x5c in [json!("AAAA"), json!([1]), json!(null)] {
        let refused = named(json!({"typ": TYPE, "x5c": x5c, "kid": "k"}));
        assert_eq!(refused, VerifyError::Issuer(ReferenceError::Key), "the kid does not stand in");
    }
}
