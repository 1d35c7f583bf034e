//! The card that every figure is about: twelve claims that can be left out, four of them shown.

use core::time::Duration;

use credential::claim_path::{ClaimPath, PathElement};
use credential::issuer::KeyReference;
use credential::key::{Algorithm, PublicKey, Signer, SigningKey};
use credential::sd_jwt::binding::{Binding, ExpectedBinding};
use credential::sd_jwt_vc::{Held, Issuance, StatusReference};
use credential::time::UnixTime;
use credential::x509::Chain;
use serde_json::{Map, Value, json};
use service_kit::certificates::{Authority, Subject};
use service_kit::random::Random;
use service_kit::secret::Secret;
use service_kit::signature::Es256Signer;

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
pub(crate) const NONCE: &str = "n-0S6_WzA2MjbmB2cVg4dQxL";
pub(crate) const AUDIENCE: &str = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";

/// What a verifier expects of the holder.
pub(crate) const EXPECTED: ExpectedBinding<'static> = ExpectedBinding {
    audience: AUDIENCE,
    nonce: NONCE,
    max_age: Duration::from_secs(300),
    now: NOW,
    transaction_data: &[],
};

/// Issuer and holder.
pub(crate) struct Card {
    pub(crate) issuer: Box<dyn Signer>,
    pub(crate) reference: KeyReference,
    /// The issuer's anchor, DER.
    pub(crate) anchor: Vec<u8>,
    pub(crate) holder: SigningKey,
    pub(crate) status: Option<StatusReference>,
}

impl Card {
    /// An issuer and a holder that sign with `algorithm`. ES256 brings certificates (`x5c`), EdDSA a `kid`.
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let rng = &mut *Random::system().rng();
        let holder = SigningKey::generate(algorithm, rng);
        let status = Some(StatusReference { uri: "https://issuer.example/status/3".into(), index: 48_213 });
        if algorithm == Algorithm::EdDsa {
            let issuer = Box::new(SigningKey::generate(algorithm, rng));
            let reference = KeyReference::Kid("did:symbolon:demo:interior#issuer-0".into());
            return Self { issuer, reference, anchor: Vec::new(), holder, status };
        }
        let origin = "https://issuer.example".parse().expect("an address");
        let subject =
            Subject { organization: "Ministry of the Interior", country: Some("XS"), origin: &origin };
        let authority = Authority::make(&subject, NOW).expect("an authority");
        let leaf = authority.leaf(&subject, "Credential signing", NOW).expect("a leaf");
        let key = Secret::new(leaf.key_pem.to_string());
        let issuer = Box::new(Es256Signer::from_pkcs8_pem(&key).expect("a key"));
        let leaf = service_kit::pem::decode(&leaf.pem, "CERTIFICATE").expect("pem");
        let reference = KeyReference::X5c(Chain::from_ders(&leaf).expect("a chain"));
        Self { issuer, reference, anchor: authority.der, holder, status }
    }

    pub(crate) fn issuer_key(&self) -> &PublicKey {
        self.issuer.public_key()
    }

    pub(crate) fn issuance(&self) -> Issuance {
        Issuance {
            issuer: Some("https://issuer.example".into()),
            vct: "urn:eudi:pid:xs:1".into(),
            issued_at: NOW,
            expires_at: NOW.plus(Duration::from_secs(90 * 86_400)),
            not_before: None,
            holder: self.holder.public_key().clone(),
            status: self.status.clone(),
            disclosable: disclosable(),
            claims: claims(),
            decoys: 0,
        }
    }

    pub(crate) fn issue(&self) -> String {
        let rng = &mut *Random::system().rng();
        self.issuance().issue(&self.reference, &*self.issuer, rng).expect("issued")
    }

    /// A presentation of four claims.
    pub(crate) fn present(&self) -> String {
        let binding = Binding { audience: AUDIENCE, nonce: NONCE, issued_at: NOW, transaction_data: &[] };
        let shown = ["given_name", "family_name", "birth_date"].map(ClaimPath::name);
        let locality = path(&["address", "locality"]);
        let held = Held::parse(&self.issue()).expect("held");
        held.present(&[&shown[..], &[locality]].concat(), &binding, &self.holder).expect("presented")
    }
}

fn claims() -> Map<String, Value> {
    let claims = json!({
        "given_name": "Erika", "family_name": "Mustermann", "birth_date": "1984-01-26", "sex": 2,
        "personal_administrative_number": "XS-8401-26-0042", "email": "erika@mustermann.example",
        "nationalities": ["XS", "YZ"],
        "address": {
            "street_address": "Heidestrasse 17", "locality": "Koeln", "postal_code": "51147", "country": "XS",
        },
    });
    claims.as_object().cloned().expect("an object")
}

/// Six claims at the top, four in the address, two array elements.
fn disclosable() -> Vec<ClaimPath> {
    let top = ["given_name", "family_name", "birth_date", "sex", "personal_administrative_number", "email"];
    let address = ["street_address", "locality", "postal_code", "country"];
    let nationality = |index| {
        ClaimPath::new(vec![PathElement::Name("nationalities".into()), PathElement::Index(index)])
            .expect("a path")
    };
    let nested = address.map(|name| path(&["address", name]));
    top.map(ClaimPath::name).into_iter().chain(nested).chain([nationality(0), nationality(1)]).collect()
}

fn path(names: &[&str]) -> ClaimPath {
    let steps = names.iter().map(|name| PathElement::Name((*name).into())).collect();
    ClaimPath::new(steps).expect("a path")
}
