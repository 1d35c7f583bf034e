//! SD-JWT VC: the credentials, the issuers' keys and the types of the draft, and the types of other projects.

use core::time::Duration;

use credential::issuer_metadata::{IssuerKeys, IssuerMetadataError};
use credential::key::{PublicKey, RustCrypto};
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt_vc;
use credential::time::UnixTime;
use credential::type_metadata::integrity::{Integrity, IntegrityError};
use credential::type_metadata::retrieve::{Progress, Retrieval};
use credential::type_metadata::{TypeMetadata, TypeMetadataError, TypeReference};
use serde_json::Value;

use crate::{items, load, load_bytes, text};

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

const DRAFTS: [&str; 2] =
    ["sd-jwt-vc/spec-examples-draft18.json", "sd-jwt-vc/spec-examples-draft19-editors-copy.json"];
const NL_WALLET: &str = "sd-jwt-vc/nl-wallet-type-metadata";

/// The examples of the draft under this caption.
fn example<'e>(examples: &'e Value, caption: &str) -> &'e str {
    let captioned =
        |example: &&Value| example["caption"].as_str().is_some_and(|text| text.ends_with(caption));
    let example = items(examples).iter().find(captioned).unwrap_or_else(|| panic!("no {caption}"));
    text(example, "text").trim()
}

fn reference(octets: &[u8]) -> TypeReference {
    let document: Value = serde_json::from_slice(octets).expect("json");
    TypeReference { vct: text(&document, "vct").into(), integrity: None }
}

/// The type that these documents make, each extending the next; the missing one where there are too few.
fn resolve(documents: &[Vec<u8>]) -> Result<Result<TypeMetadata, TypeReference>, TypeMetadataError> {
    let mut retrieval = Retrieval::new(reference(&documents[0]));
    for octets in documents {
        match retrieval.receive(octets)? {
            Progress::Wants(next) => retrieval = next,
            Progress::Complete(metadata) => return Ok(Ok(metadata)),
        }
    }
    Ok(Err(retrieval.wanted().clone()))
}

#[test]
fn the_wrapped_credentials_of_the_drafts_are_those_that_are_run() {
    let Some(vectors) = load("sd-jwt-vc/vectors.json") else { return };
    let tokens: Vec<String> = DRAFTS
        .iter()
        .filter_map(|file| load(file))
        .flat_map(|examples| items(&examples).to_vec())
        .map(|example| text(&example, "text").split_whitespace().collect::<String>())
        .filter(|text| text.starts_with("ey") && text.contains('~'))
        .collect();
    let run: Vec<&str> = items(&vectors).iter().map(|vector| text(vector, "sd_jwt")).collect();
    assert_eq!(tokens, run);
}

#[test]
fn the_published_keys_of_the_drafts_verify_their_credentials() {
    let Some(vectors) = load("sd-jwt-vc/vectors.json") else { return };
    for file in DRAFTS {
        let examples = load(file).expect("examples");
        let response = example(&examples, " a JSON Web Key Set");
        let body = &response[response.find('{').expect("json")..];
        // The example is of `https://example.com`, the credentials are of `https://example.com/issuer`.
        let body = body.replace(r#""https://example.com""#, r#""https://example.com/issuer""#);
        let mut outcomes = Vec::new();
        for vector in items(&vectors) {
            let token = sd_jwt_vc::Unverified::parse(text(vector, "sd_jwt")).expect("it parses");
            outcomes.push(match token.issuer_keys(body.as_bytes()) {
                Ok(IssuerKeys::Here(keys)) => token.issuer_key(&keys).and_then(|key| {
                    let verified = token.clone().dangerous_verify_unbound(key, NOW, &RustCrypto);
                    verified.map(drop).map_err(|error| panic!("{error}"))
                }),
                Ok(IssuerKeys::At(url)) => panic!("{url}"),
                Err(error) => Err(error),
            });
        }
        // One of each three without a `kid` could be of either key; two of each five are of another issuer.
        let of_one_draft = [
            Ok(()),
            Ok(()),
            Err(IssuerMetadataError::Ambiguous),
            Err(IssuerMetadataError::Issuer),
            Err(IssuerMetadataError::Issuer),
        ];
        assert_eq!(outcomes, [of_one_draft, of_one_draft].concat());
        let elsewhere = IssuerKeys::parse(
            example(&examples, "with a JSON Web Key Set URI").as_bytes(),
            "https://example.com",
        );
        let address = "https://jwt-vc-issuer.example.com/my_public_keys.jwks";
        assert!(matches!(elsewhere, Ok(IssuerKeys::At(url)) if url.as_str() == address));
    }
}

#[test]
fn the_types_of_the_drafts_are_read() {
    for examples in DRAFTS.iter().filter_map(|file| load(file)) {
        let octets = |caption: &str| example(&examples, caption).as_bytes().to_vec();
        let (base, child) = (octets("Base Type Metadata Document"), octets("Child Type Metadata Document"));
        let metadata = resolve(&[child, base]).expect("types").expect("whole");
        let effective: Value =
            serde_json::from_slice(&octets("Effective Claim Metadata for Child Type")).expect("json");
        let claims: Vec<Value> = metadata
            .claims()
            .iter()
            .map(|claim| {
                let [display] = claim.display() else { panic!("one language") };
                let (label, locale) = (&display.label, display.locale.as_str());
                serde_json::json!({"path": claim.path(), "display": [{"label": label, "locale": locale}]})
            })
            .collect();
        assert_eq!(effective["claims"], Value::Array(claims));
        let documents: Vec<&Value> = items(&examples)
            .iter()
            .filter(|e| e["caption"].as_str().is_some_and(|c| c.ends_with("Example Type Metadata Document")))
            .collect();
        assert_eq!(documents.len(), 2);
        for document in documents {
            let missing = resolve(&[text(document, "text").as_bytes().to_vec()])
                .expect("a type")
                .expect_err("one is missing");
            assert_eq!(missing.vct, "https://galaxy.example.com/galactic-education-credential/v2");
            assert!(missing.integrity.is_some());
        }
    }
}

#[test]
fn the_integrity_of_appendix_a_2_holds_over_its_octets_alone() {
    let Some(vector) = load("sd-jwt-vc/vct-integrity-vector.json") else { return };
    let octets = load_bytes("sd-jwt-vc/vct-integrity-type-metadata.json").expect("a document");
    let integrity = Some(Integrity::parse(text(&vector, "vct#integrity")).expect("integrity"));
    let reference = TypeReference { vct: text(&vector, "vct").into(), integrity };
    assert!(matches!(Retrieval::new(reference.clone()).receive(&octets), Ok(Progress::Wants(_))));
    let refused = Retrieval::new(reference).receive(octets.trim_ascii_end()).unwrap_err();
    assert_eq!(refused, TypeMetadataError::Integrity(IntegrityError::Mismatch));
}

#[test]
fn the_types_of_nl_wallet_are_read_with_all_that_they_extend() {
    let lines: [&[&str]; 14] = [
        &["credential_payload_sd_jwt_metadata"],
        &["degree-metadata"],
        &["example-metadata"],
        &["example-v2-metadata", "example-metadata"],
        &["example-v3-metadata", "example-v2-metadata", "example-metadata"],
        &["example_pid-address_1"],
        &["example_pid-address_nl_1", "example_pid-address_1"],
        &["example_pid_1"],
        &["example_pid_nl_1", "example_pid_1"],
        &["pid-metadata"],
        &["simple-embedded-metadata"],
        &["simple-remote-background-metadata"],
        &["simple-remote-metadata"],
        &["spec/sd_jwt_vc_spec_metadata"],
    ];
    let mut whole = 0;
    for line in lines {
        let load = |name: &&str| load_bytes(&format!("{NL_WALLET}/{name}.json"));
        let Some(documents) = line.iter().map(load).collect::<Option<Vec<_>>>() else { return };
        match resolve(&documents).unwrap_or_else(|error| panic!("{line:?}: {error}")) {
            Ok(metadata) => {
                assert_eq!(metadata.extended().len(), line.len() - 1);
                whole += 1;
            }
            // The draft's own example, which extends a type that nobody describes.
            Err(missing) => {
                assert_eq!(missing.vct, "https://galaxy.example.com/galactic-education-credential-0.9");
            }
        }
        if let [child, base, ..] = &documents[..] {
            let refused = resolve(&[child.clone(), base.trim_ascii_end().to_vec()]);
            let changed = base.trim_ascii_end() != base;
            assert_eq!(refused.is_err(), changed, "{line:?}");
        }
    }
    assert_eq!(whole, 13);
}

#[test]
fn the_pid_of_the_eudi_library_is_read() {
    let Some(octets) = load_bytes("sd-jwt/eudi-kt/pid_arf_v18.json") else { return };
    let metadata = resolve(&[octets]).expect("a type").expect("whole");
    assert_eq!(metadata.reference().vct, "urn:eudi:pid:1");
    let document = load("sd-jwt/eudi-kt/pid_arf_v18.json").expect("a document");
    assert_eq!(metadata.claims().len(), items(&document["claims"]).len());
}
