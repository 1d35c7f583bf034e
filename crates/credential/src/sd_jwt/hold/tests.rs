//! From issuer to holder to verifier, for any profile: every hash, every kind of disclosure.

use core::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::encoding::base64url;
use crate::jws::JwsError;
use crate::key::{RustCrypto, SigningKey};
use crate::sd_jwt::binding::ExpectedBinding;
use crate::sd_jwt::disclosure::HashAlgorithm;
use crate::sd_jwt::issue::{Issuance, IssueError, VALIDITY_CLAIMS};
use crate::sd_jwt::{MAX_DISCLOSURES, MAX_SD_JWT, Policy};
use crate::testing::{FixedRng, NOW, holder, issuer, members, signed};

const TYPE: &str = "example+sd-jwt";
const BINDING: Binding<'_> = Binding { audience: "v", nonce: "n", issued_at: NOW, transaction_data: &[] };

fn issuance(claims: Value, paths: &[Value]) -> Issuance {
    Issuance {
        header: members(json!({"typ": TYPE})),
        claims: members(claims),
        disclosable: paths.iter().map(path).collect(),
        decoys: 2,
        algorithm: HashAlgorithm::Sha256,
    }
}

fn path(steps: &Value) -> ClaimPath {
    serde_json::from_value(steps.clone()).unwrap()
}

fn issue(issuance: Issuance) -> Result<String, IssueError> {
    issuance.issue(&issuer(), &mut FixedRng(1))
}

fn held(text: &str) -> Held {
    Held::new(Unverified::parse(text).unwrap(), &[]).unwrap()
}

fn card() -> Issuance {
    let claims = json!({
        "cnf": {"jwk": holder().public_key().to_jwk()},
        "name": "Ada",
        "address": {"street": "Elm", "parts": [{"floor": 1, "door": 2}, {"floor": 3}]},
        "list": [[1, 2], [3]],
    });
    let paths = [
        json!(["name"]),
        json!(["address"]),
        json!(["address", "street"]),
        json!(["address", "parts", null, "floor"]),
        json!(["address", "parts", 0]),
        json!(["list", 0]),
        json!(["list", null, null]),
    ];
    issuance(claims, &paths)
}

fn verify(text: &str, binding: Option<&ExpectedBinding<'_>>) -> Result<Value, SdJwtError> {
    let policy = Policy {
        typ: Some(TYPE),
        never_disclosable: &VALIDITY_CLAIMS,
        required: &["cnf"],
        binding,
        now: NOW,
    };
    let verified = Unverified::parse(text)?.verify(issuer().public_key(), &policy, &RustCrypto)?;
    let mut claims = verified.claims().clone();
    claims.remove("cnf");
    Ok(Value::Object(claims))
}

fn shown(paths: &[Value]) -> Value {
    shown_of(card(), paths)
}

fn shown_of(issued: Issuance, paths: &[Value]) -> Value {
    let paths: Vec<ClaimPath> = paths.iter().map(path).collect();
    verify(&held(&issue(issued).unwrap()).show(&paths).unwrap(), None).unwrap()
}

fn seen(issued: Issuance, disclose: &[Value]) -> Vec<Value> {
    let disclose: Vec<ClaimPath> = disclose.iter().map(path).collect();
    let seen = held(&issue(issued).unwrap()).seen(&disclose);
    seen.iter().map(|path| json!(path)).filter(|path| path[0] != "cnf").collect()
}

#[test]
fn what_is_seen_is_what_is_shown_with_what_comes_along() {
    assert_eq!(seen(card(), &[]), Vec::<Value>::new());
    assert_eq!(seen(card(), &[json!(["name"])]), [json!(["name"])]);
    assert_eq!(seen(card(), &[json!(["address", "street"])]), [json!(["address", "street"])]);
    let part = [json!(["address", "parts", 0])];
    assert_eq!(seen(card(), &part), part);
    let door = [json!(["address", "parts", 0, "door"])];
    assert_eq!(seen(card(), &door), door, "the floor beside it is a disclosure of its own");
    assert_eq!(seen(card(), &[json!(["list", null])]), [json!(["list"])]);
    let all = [json!(["name"]), json!(["address"]), json!(["list"])];
    let mut whole = seen(card(), &all);
    whole.sort_by_key(Value::to_string);
    assert_eq!(whole, [json!(["address"]), json!(["list"]), json!(["name"])]);
}

#[test]
fn what_is_no_disclosure_of_its_own_comes_along_unasked() {
    let claims = json!({"cnf": {"jwk": holder().public_key().to_jwk()}, "nationalities": ["XS", "IE"],
        "address": {"town": "Elm", "country": "XS"}, "birth": {"year": 1990, "town": "Oak"}});
    let issued = || {
        issuance(claims.clone(), &[json!(["nationalities"]), json!(["address"]), json!(["birth", "year"])])
    };
    assert_eq!(seen(issued(), &[]), [json!(["birth", "town"])]);
    assert_eq!(
        seen(issued(), &[json!(["nationalities", 0])]),
        [json!(["birth", "town"]), json!(["nationalities"])]
    );
    assert_eq!(seen(issued(), &[json!(["address", "town"])]), [json!(["address"]), json!(["birth", "town"])]);
}

#[test]
fn disclosures_inside_disclosures_and_arrays_are_shown_one_by_one() {
    assert_eq!(shown(&[]), json!({"list": [[]]}));
    assert_eq!(shown(&[json!(["name"])]), json!({"name": "Ada", "list": [[]]}));
    let street = json!({"address": {"street": "Elm", "parts": [{}]}, "list": [[]]});
    assert_eq!(shown(&[json!(["address", "street"])]), street);
    let floor = json!({"address": {"parts": [{"floor": 1, "door": 2}, {}]}, "list": [[]]});
    assert_eq!(shown(&[json!(["address", "parts", 0])]), floor);
    assert_eq!(shown(&[json!(["list", 0, 1])]), json!({"list": [[2], []]}));
    assert_eq!(shown(&[json!(["list", null])]), json!({"list": [[1, 2], [3]]}));
}

/// Elements of which some lack what others have.
fn uneven() -> Issuance {
    let claims = json!({
        "cnf": {"jwk": holder().public_key().to_jwk()},
        "degrees": [{"type": "MSc", "honours": "x"}, {"type": "BSc", "grade": "4"}],
        "rows": [[1, 2, 3], [4]],
    });
    issuance(claims, &[json!(["degrees", null]), json!(["rows", null])])
}

#[test]
fn an_element_without_what_is_asked_of_it_is_not_shown() {
    let honours = [json!(["degrees", null, "honours"])];
    let first = json!({"degrees": [{"type": "MSc", "honours": "x"}], "rows": []});
    assert_eq!(shown_of(uneven(), &honours), first);
    assert_eq!(seen(uneven(), &honours), [json!(["degrees", 0])]);
    let third = [json!(["rows", null, 2])];
    assert_eq!(shown_of(uneven(), &third), json!({"degrees": [], "rows": [[1, 2, 3]]}));
    assert_eq!(seen(uneven(), &third), [json!(["rows", 0])]);
    let of_each = [json!(["degrees", null, "grade"]), json!(["rows", null, 0])];
    let second = json!({"degrees": [{"type": "BSc", "grade": "4"}], "rows": [[1, 2, 3], [4]]});
    assert_eq!(shown_of(uneven(), &of_each), second);
}

#[test]
fn what_is_asked_whole_is_shown_whole() {
    let all = json!([{"type": "MSc", "honours": "x"}, {"type": "BSc", "grade": "4"}]);
    for whole in [json!(["degrees"]), json!(["degrees", null]), json!(["degrees", null, "type"])] {
        assert_eq!(shown_of(uneven(), std::slice::from_ref(&whole))["degrees"], all, "{whole}");
    }
}

#[test]
fn an_element_inside_an_element_without_what_is_asked_of_it_is_not_shown() {
    let claims = json!({
        "cnf": {"jwk": holder().public_key().to_jwk()},
        "a": [{"b": [{"c": 1}, {"d": 2}]}, {"b": [{"d": 3}]}, {"e": 4}],
    });
    let paths = [json!(["a", null]), json!(["a", null, "b", null]), json!(["a", null, "b", null, "c"])];
    let issued = || issuance(claims.clone(), &paths);
    let only = json!({"a": [{"b": [{"c": 1}]}]});
    assert_eq!(shown_of(issued(), &[json!(["a", null, "b", null, "c"])]), only);
    let both = json!({"a": [{"b": [{"d": 2}]}, {"b": [{"d": 3}]}]});
    assert_eq!(shown_of(issued(), &[json!(["a", null, "b", null, "d"])]), both);
}

#[test]
fn all_of_it_is_the_claims_that_were_issued() {
    let issuance = card();
    let held = held(&issue(issuance.clone()).unwrap());
    assert_eq!(*held.claims(), issuance.claims);
    held.verify_issued(issuer().public_key(), Some(TYPE), NOW, &RustCrypto).unwrap();
}

#[test]
fn every_hash_goes_from_issuer_to_verifier() {
    for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
        let held = held(&issue(Issuance { algorithm, ..card() }).unwrap());
        let text = held.present(&[path(&json!(["name"]))], &BINDING, &holder()).unwrap();
        let max_age = Duration::from_secs(1);
        let expected =
            ExpectedBinding { audience: "v", nonce: "n", max_age, now: NOW, transaction_data: &[] };
        assert_eq!(verify(&text, Some(&expected)).unwrap()["name"], "Ada");
        let payload = Unverified::parse(&text).unwrap().dangerous_payload().clone();
        assert_eq!(payload["_sd_alg"], algorithm.name());
        let length = base64url(vec![0; algorithm.length()]).len();
        let digests = payload["_sd"].as_array().unwrap();
        assert!(digests.iter().all(|digest| digest.as_str().unwrap().len() == length), "decoys too");
    }
}

#[test]
fn decoys_stand_only_beside_digests() {
    let plain = issue(issuance(json!({"a": 1}), &[])).unwrap();
    assert!(!Unverified::parse(&plain).unwrap().dangerous_payload().contains_key("_sd"));
    let concealed = issue(issuance(json!({"a": 1}), &[json!(["a"])])).unwrap();
    let payload = Unverified::parse(&concealed).unwrap().dangerous_payload().clone();
    assert_eq!(payload["_sd"].as_array().unwrap().len(), 3);
}

#[test]
fn reserved_names_are_not_issued() {
    for claims in [
        json!({"_sd": []}),
        json!({"_sd_alg": "sha-256"}),
        json!({"a": [{"...": "x"}]}),
        json!({"a": {"b": {"_sd": 1}}}),
    ] {
        assert_eq!(issue(issuance(claims, &[])), Err(IssueError::ReservedName));
    }
}

#[test]
fn claims_that_say_whether_a_token_holds_are_not_concealed() {
    for name in VALIDITY_CLAIMS {
        let claims = json!({ name: {"a": 1} });
        for steps in [json!([name]), json!([name, "a"])] {
            assert_eq!(issue(issuance(claims.clone(), &[steps])), Err(IssueError::NotDisclosable), "{name}");
        }
    }
}

#[test]
fn paths_to_nothing_are_not_issued() {
    for steps in [json!(["b"]), json!(["a", "b"]), json!(["a", 0]), json!([null]), json!([0])] {
        assert_eq!(issue(issuance(json!({"a": 1}), &[steps])), Err(IssueError::NoSuchClaim));
    }
}

#[test]
fn what_no_reader_would_take_is_not_issued() {
    let many = vec![0; MAX_DISCLOSURES + 1];
    assert_eq!(
        issue(issuance(json!({"a": many}), &[json!(["a", null])])),
        Err(IssueError::TooManyDisclosures)
    );
    let long = "x".repeat(MAX_SD_JWT);
    assert_eq!(issue(issuance(json!({"a": long}), &[json!(["a"])])), Err(IssueError::TooLarge));
}

#[test]
fn a_key_binding_has_no_place_at_issuance() {
    let text = held(&issue(card()).unwrap()).present(&[], &BINDING, &holder()).unwrap();
    let refused = Held::new(Unverified::parse(&text).unwrap(), &[]).unwrap_err();
    assert_eq!(refused, SdJwtError::Binding(BindingError::Unexpected));
}

#[test]
fn what_is_malformed_is_not_held() {
    let text = signed(json!({"typ": TYPE}), json!({"a": {"_sd": 1}}), &issuer()) + "~";
    assert_eq!(Held::new(Unverified::parse(&text).unwrap(), &[]).unwrap_err(), SdJwtError::DigestForm);
    let text = signed(json!({"typ": TYPE}), json!({"exp": {"_sd": []}}), &issuer()) + "~";
    let held = Held::new(Unverified::parse(&text).unwrap(), &VALIDITY_CLAIMS);
    assert_eq!(held.unwrap_err(), SdJwtError::NotDisclosable);
}

#[test]
fn what_another_signed_is_not_kept() {
    let text = signed(json!({"typ": TYPE}), json!({"exp": NOW.secs() + 1}), &issuer()) + "~";
    let check = |key: &PublicKey, typ: &str, now: UnixTime| {
        held(&text).verify_issued(key, Some(typ), now, &RustCrypto)
    };
    let (issuer, holder) = (issuer(), holder());
    assert_eq!(check(issuer.public_key(), TYPE, NOW), Ok(()));
    assert_eq!(check(holder.public_key(), TYPE, NOW), Err(SdJwtError::Jws(JwsError::Algorithm)));
    assert_eq!(check(issuer.public_key(), "other", NOW), Err(SdJwtError::Jws(JwsError::Type)));
    assert_eq!(check(issuer.public_key(), TYPE, NOW.plus(Duration::from_secs(1))), Err(SdJwtError::Expired));
}

#[test]
fn only_the_holder_presents_and_only_what_there_is() {
    let held = held(&issue(card()).unwrap());
    assert_eq!(held.present(&[], &BINDING, &issuer()), Err(PresentError::WrongKey));
    for steps in [json!(["nothing"]), json!(["address", "country"]), json!(["list", 2]), json!([0])] {
        assert_eq!(held.show(&[path(&steps)]), Err(PresentError::NoSuchClaim));
    }
}

#[test]
fn a_token_bound_to_no_key_is_shown_but_not_presented() {
    let held = held(&issue(issuance(json!({"a": 1}), &[])).unwrap());
    assert!(held.show(&[path(&json!(["a"]))]).is_ok());
    assert_eq!(held.present(&[], &BINDING, &holder()), Err(PresentError::WrongKey));
}

/// A key whose home says no.
struct Refusing(SigningKey);

impl Signer for Refusing {
    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, SignError> {
        Err(SignError)
    }
}

#[test]
fn a_signer_that_refuses_issues_and_presents_nothing() {
    let refused = card().issue(&Refusing(issuer()), &mut FixedRng(1));
    assert_eq!(refused, Err(IssueError::Sign(SignError)));
    let held = held(&issue(card()).unwrap());
    assert_eq!(held.present(&[], &BINDING, &Refusing(holder())), Err(PresentError::Sign(SignError)));
}
