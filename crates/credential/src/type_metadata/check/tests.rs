//! Credentials that keep and break the rules of their type, whole and in part.

use core::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::claim_path::ClaimPath;
use crate::issuer::KeyReference;
use crate::key::{RustCrypto, Signer as _};
use crate::sd_jwt::binding::{Binding, ExpectedBinding};
use crate::sd_jwt_vc::{Issuance, Unverified};
use crate::testing::{FixedRng, NOW, holder, issuer, members};
use crate::type_metadata::integrity::Integrity;
use crate::type_metadata::retrieve::{Progress, Retrieval};

const VCT: &str = "urn:a";
const BINDING: Binding<'_> = Binding { audience: "v", nonce: "n", issued_at: NOW, transaction_data: &[] };

fn metadata(claims: Value) -> TypeMetadata {
    let reference = TypeReference { vct: VCT.into(), integrity: None };
    let document = json!({"vct": VCT, "claims": claims}).to_string();
    match Retrieval::new(reference).receive(document.as_bytes()) {
        Ok(Progress::Complete(metadata)) => metadata,
        other => panic!("{other:?}"),
    }
}

fn path(steps: &Value) -> ClaimPath {
    serde_json::from_value(steps.clone()).unwrap()
}

/// A credential of these claims, decoys among them, of which these paths are disclosable.
fn held(claims: Value, disclosable: &[Value]) -> Held {
    let issuance = Issuance {
        issuer: None,
        vct: VCT.into(),
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
        not_before: None,
        holder: holder().public_key().clone(),
        status: None,
        claims: members(claims),
        disclosable: disclosable.iter().map(path).collect(),
        decoys: 1,
    };
    let issuance = Issuance { issuer: Some("https://issuer.example".into()), ..issuance };
    let key = KeyReference::Kid("k".into());
    Held::parse(&issuance.issue(&key, &issuer(), &mut FixedRng(1)).unwrap()).unwrap()
}

fn shown(held: &Held, disclose: &[Value]) -> Verified {
    let paths: Vec<ClaimPath> = disclose.iter().map(path).collect();
    let text = held.present(&paths, &BINDING, &holder()).unwrap();
    let max_age = Duration::from_secs(1);
    let expected = ExpectedBinding { audience: "v", nonce: "n", max_age, now: NOW, transaction_data: &[] };
    Unverified::parse(&text).unwrap().verify(issuer().public_key(), &expected, &RustCrypto).unwrap()
}

/// The outcome for all of a credential, then for what is left when nothing is disclosed.
fn outcome(rule: Value, held: &Held) -> [Result<(), TypeRuleError>; 2] {
    let metadata = metadata(json!([rule]));
    [metadata.check_held(held), metadata.check_shown(&shown(held, &[]))]
}

#[test]
fn a_credential_of_another_type_or_document_is_refused() {
    let integrity = |text: &str| Some(Integrity::parse(text).unwrap());
    let plain = held(json!({}), &[]);
    let pinned = held(json!({"vct#integrity": "sha256-vJKakJAQkDYkIhGrT1M3nxRuSj9udH0l1PXB06QHto8="}), &[]);
    let mut metadata = metadata(json!([]));
    assert_eq!(metadata.check_held(&plain), Ok(()));
    assert_eq!(metadata.check_held(&pinned), Err(TypeRuleError::OtherIntegrity));
    assert_eq!(metadata.check_shown(&shown(&pinned, &[])), Err(TypeRuleError::OtherIntegrity));
    metadata.reference.integrity = integrity("sha256-ilOUJsTultOwLfz7QUcFALaRa3BP/jelX1ds04kB9yU=");
    assert_eq!(metadata.check_held(&plain), Ok(()), "a registry may know more than the credential says");
    assert_eq!(metadata.check_held(&pinned), Err(TypeRuleError::OtherIntegrity));
    metadata.reference.integrity = integrity("sha256-vJKakJAQkDYkIhGrT1M3nxRuSj9udH0l1PXB06QHto8=");
    assert_eq!(metadata.check_held(&pinned), Ok(()));
    metadata.reference.vct = "urn:b".into();
    assert_eq!(metadata.check_held(&plain), Err(TypeRuleError::OtherType));
    assert_eq!(metadata.check_shown(&shown(&plain, &[])), Err(TypeRuleError::OtherType));
}

#[test]
fn a_mandatory_claim_that_was_not_issued_is_missed() {
    let rule = json!({"path": ["a"], "mandatory": true});
    assert_eq!(outcome(rule.clone(), &held(json!({"a": 1}), &[])), [Ok(()); 2]);
    assert_eq!(outcome(rule.clone(), &held(json!({"a": 1}), &[json!(["a"])])), [Ok(()); 2]);
    assert_eq!(outcome(rule.clone(), &held(json!({}), &[])), [Err(TypeRuleError::Missing); 2]);
    let elsewhere = held(json!({"b": {"a": 1}}), &[]);
    assert_eq!(outcome(rule, &elsewhere), [Err(TypeRuleError::Missing); 2]);
}

#[test]
fn what_was_not_shown_is_no_evidence_that_it_was_not_issued() {
    let rule = json!({"path": ["a"], "mandatory": true});
    let other_hidden = held(json!({"b": 1}), &[json!(["b"])]);
    assert_eq!(outcome(rule, &other_hidden), [Err(TypeRuleError::Missing), Ok(())]);
    let deep = json!({"path": ["a", "b"], "mandatory": true});
    let hidden_parent = held(json!({"a": {"b": 1}}), &[json!(["a"])]);
    assert_eq!(outcome(deep.clone(), &hidden_parent), [Ok(()), Ok(())]);
    let open_parent = held(json!({"a": {}, "c": 1}), &[json!(["c"])]);
    assert_eq!(outcome(deep, &open_parent), [Err(TypeRuleError::Missing); 2]);
    let element = json!({"path": ["a", 0, "b"], "mandatory": true});
    let hidden_element = held(json!({"a": [{"b": 1}]}), &[json!(["a", 0])]);
    assert_eq!(outcome(element.clone(), &hidden_element), [Ok(()); 2]);
    let hidden_empty = held(json!({"a": [{}]}), &[json!(["a", 0])]);
    assert_eq!(outcome(element, &hidden_empty), [Err(TypeRuleError::Missing), Ok(())]);
}

#[test]
fn a_mandatory_element_counts_whether_shown_or_not() {
    let rule = |index: Value| json!({"path": ["a", index], "mandatory": true});
    let credential = held(json!({"a": [1, 2]}), &[json!(["a", 0])]);
    assert_eq!(outcome(rule(json!(0)), &credential), [Ok(()); 2]);
    assert_eq!(outcome(rule(json!(1)), &credential), [Ok(()); 2]);
    assert_eq!(outcome(rule(json!(2)), &credential), [Err(TypeRuleError::Missing); 2]);
    let empty = held(json!({"a": []}), &[]);
    assert_eq!(outcome(rule(json!(null)), &empty), [Err(TypeRuleError::Missing); 2]);
}

#[test]
fn a_claim_that_must_be_disclosable_by_itself_is() {
    let rule = json!({"path": ["a", "b"], "sd": "always"});
    let claims = json!({"a": {"b": 1}});
    let refused = [Err(TypeRuleError::NotDisclosable); 2];
    assert_eq!(outcome(rule.clone(), &held(claims.clone(), &[json!(["a", "b"])])), [Ok(()); 2]);
    assert_eq!(outcome(rule.clone(), &held(claims.clone(), &[])), refused);
    let parent_only = held(claims, &[json!(["a"])]);
    assert_eq!(metadata(json!([rule])).check_held(&parent_only), Err(TypeRuleError::NotDisclosable));
}

#[test]
fn a_claim_that_must_not_be_disclosable_by_itself_is_not() {
    let rule = json!({"path": ["a", "b"], "sd": "never"});
    let claims = json!({"a": {"b": 1}});
    assert_eq!(outcome(rule.clone(), &held(claims.clone(), &[])), [Ok(()); 2]);
    assert_eq!(outcome(rule.clone(), &held(claims.clone(), &[json!(["a"])])), [Ok(()); 2]);
    let concealed = held(claims, &[json!(["a", "b"])]);
    let metadata = metadata(json!([rule]));
    assert_eq!(metadata.check_held(&concealed), Err(TypeRuleError::Disclosable));
    let all = shown(&concealed, &[json!(["a"])]);
    assert_eq!(metadata.check_shown(&all), Err(TypeRuleError::Disclosable));
    assert_eq!(metadata.check_shown(&shown(&concealed, &[])), Ok(()), "nobody can tell");
}

#[test]
fn every_element_is_held_to_a_rule_where_it_was_issued() {
    let always = |index: Value| json!({"path": ["a", index], "sd": "always"});
    let credential = held(json!({"a": [1, 2, 3]}), &[json!(["a", 0]), json!(["a", 1])]);
    let refused = [Err(TypeRuleError::NotDisclosable); 2];
    assert_eq!(outcome(always(json!(1)), &credential), [Ok(()); 2]);
    assert_eq!(outcome(always(json!(2)), &credential), refused);
    assert_eq!(outcome(always(json!(null)), &credential), refused);
    let never = json!({"path": ["a", 0], "sd": "never"});
    assert_eq!(outcome(never, &credential), [Err(TypeRuleError::Disclosable); 2]);
    let all = held(json!({"a": [1, 2]}), &[json!(["a", null])]);
    assert_eq!(outcome(always(json!(null)), &all), [Ok(()); 2]);
}

#[test]
fn a_path_into_the_wrong_kind_is_refused() {
    for steps in [
        json!(["a", 0]),
        json!(["a", null]),
        json!(["b", "x"]),
        json!(["c", "x"]),
        json!(["c", 0]),
        json!([0]),
    ] {
        let credential = held(json!({"a": {"x": 1}, "b": [1], "c": 1}), &[]);
        assert_eq!(outcome(json!({ "path": steps }), &credential), [Err(TypeRuleError::WrongKind); 2]);
    }
    let mixed = held(json!({"a": [{"x": 1}, 2]}), &[]);
    assert_eq!(outcome(json!({"path": ["a", null, "x"]}), &mixed), [Err(TypeRuleError::WrongKind); 2]);
}

#[test]
fn a_path_that_selects_nothing_breaks_no_other_rule() {
    let credential = held(json!({"a": [{"x": 1}, {}]}), &[]);
    for steps in
        [json!(["b"]), json!(["b", "c"]), json!(["a", 5]), json!(["a", 5, "x"]), json!(["a", null, "y"])]
    {
        for sd in ["always", "never"] {
            assert_eq!(outcome(json!({"path": steps, "sd": sd}), &credential), [Ok(()); 2]);
        }
    }
    let every = json!({"path": ["a", null, "x"], "mandatory": true});
    assert_eq!(outcome(every, &credential), [Ok(()); 2]);
}
