//! JWS and JWE.

use credential::jwe::DecryptionKey;
use credential::jws::{JwsError, Unverified};
use credential::key::{PublicKey, RustCrypto};
use credential::x509::Chain;
use serde_json::Value;

use crate::{items, load, text};

#[test]
fn the_encrypted_response_of_openid4vp_opens() {
    let Some(vectors) = load("openid4vp/verified-vectors-1_0.json") else { return };
    let vector = &vectors["jwe_direct_post_jwt"];
    let key = DecryptionKey::from_jwk(&vector["private_jwk"]).expect("a private key");
    let plaintext = key.decrypt(text(vector, "jwe")).expect("it opens");
    assert_eq!(*plaintext.bytes, text(vector, "plaintext").as_bytes());
    assert_eq!(plaintext.header, *vector["protected"].as_object().expect("a header"));
}

#[test]
fn the_dpop_proofs_of_rfc_9449_hold_under_their_own_key() {
    let Some(vectors) = load("dpop-rfc9449/vectors.json") else { return };
    let (proofs, others): (Vec<&Value>, Vec<&Value>) =
        items(&vectors["vectors"]).iter().partition(|vector| vector["header"]["typ"] == "dpop+jwt");
    assert_eq!((proofs.len(), others.len()), (3, 1));
    let access_token = Unverified::parse(text(others[0], "jwt")).expect("a token");
    let key = PublicKey::from_jwk(&proofs[0]["header"]["jwk"]).expect("of ours");
    assert_eq!(access_token.verify(&key, "dpop+jwt", &RustCrypto).err(), Some(JwsError::Type));
    for vector in proofs {
        let token = Unverified::parse(text(vector, "jwt")).expect("a token");
        let key = PublicKey::from_jwk(token.header().jwk().expect("a key")).expect("of ours");
        assert_eq!(key.thumbprint(), text(vector, "jkt"));
        let verified = token.verify(&key, "dpop+jwt", &RustCrypto).expect("it verifies");
        assert_eq!(verified.claims(), vector["payload"].as_object().expect("claims"));
    }
}

#[test]
fn the_tokens_of_openid4vci_hold_under_their_own_key() {
    let Some(vectors) = load("openid4vci/verified-vectors-1_0.json") else { return };
    let proof = Unverified::parse(text(&vectors["jwt_key_proof"], "jwt")).expect("a token");
    let key = PublicKey::from_jwk(proof.header().jwk().expect("a key")).expect("of ours");
    assert!(proof.verify(&key, "openid4vci-proof+jwt", &RustCrypto).is_ok());
    let metadata = Unverified::parse(text(&vectors["signed_issuer_metadata"], "jwt")).expect("a token");
    let chain = Chain::from_x5c(&metadata.header().x5c().expect("certificates")).expect("a chain");
    assert!(metadata.verify(chain.leaf_key(), "openidvci-issuer-metadata+jwt", &RustCrypto).is_ok());
}
