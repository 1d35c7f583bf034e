//! SD-JWT VC: the credentials of the draft.

use core::time::Duration;

use credential::key::{PublicKey, RustCrypto};
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt_vc;
use credential::time::UnixTime;
use serde_json::Value;

use crate::{items, load, text};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

#[test]
fn the_credentials_of_the_draft_verify() {
    let Some(vectors) = load("sd-jwt-vc/vectors.json") else { return };
    for vector in items(&vectors) {
        let key = PublicKey::from_jwk(&vector["issuer_jwk"]).expect("an issuer key");
        let unverified = sd_jwt_vc::Unverified::parse(text(vector, "sd_jwt")).expect("it parses");
        let binding = &vector["kb_jwt"]["payload"];
        let verified = if binding.is_object() {
            let expected = ExpectedBinding {
                audience: text(binding, "aud"),
                nonce: text(binding, "nonce"),
                max_age: Duration::from_secs(10_000_000_000),
                now: NOW,
                transaction_data: &[],
            };
            unverified.verify(&key, &expected, &RustCrypto)
        } else {
            unverified.dangerous_verify_unbound(&key, NOW, &RustCrypto)
        };
        let verified = verified.unwrap_or_else(|error| panic!("{}: {error:?}", vector["name"]));
        assert_eq!(Value::Object(verified.claims().clone()), vector["reference_verified_payload"]);
    }
    assert_eq!(items(&vectors).len(), 10);
}
