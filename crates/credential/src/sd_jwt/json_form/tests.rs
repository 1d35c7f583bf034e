//! Both JSON forms become the compact one, and what could be read in two ways is refused.

use serde_json::{Value, json};

use super::*;
use crate::encoding::base64url;
use crate::sd_jwt::Unverified;
use crate::testing::{holder, issuer, signed};

const FIRST: &str = "WyJzIiwiYSIsMV0";
const SECOND: &str = "WyJzIiwiYiIsMV0";

fn jws() -> String {
    signed(json!({"typ": "example+sd-jwt"}), json!({}), &issuer())
}

fn binding() -> String {
    signed(json!({"typ": "kb+jwt"}), json!({}), &holder())
}

/// The members of one signature, with this unprotected header.
fn signature(header: Value) -> Value {
    let jws = jws();
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let (protected, _) = signed.split_once('.').unwrap();
    json!({"protected": protected, "signature": signature, "header": header})
}

fn flattened(header: Value) -> Value {
    let mut form = signature(header);
    form["payload"] = jws().split('.').nth(1).into();
    form
}

fn general(signatures: Value) -> Value {
    json!({"payload": jws().split('.').nth(1), "signatures": signatures})
}

fn read(form: &Value) -> Result<String, SdJwtError> {
    Unverified::parse_json(form.to_string().as_bytes()).map(|token| token.text().to_owned())
}

fn refused(form: &Value) -> JsonFormError {
    match read(form) {
        Err(SdJwtError::JsonForm(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_forms_become_the_compact_one() {
    let header = json!({"disclosures": [FIRST, SECOND], "kb_jwt": binding(), "kid": "other"});
    let compact = format!("{}~{FIRST}~{SECOND}~{}", jws(), binding());
    assert_eq!(read(&flattened(header.clone())), Ok(compact.clone()));
    let others =
        json!([signature(header), signature(json!({"kid": "x"})), {"protected": "e30", "signature": "AA"}]);
    assert_eq!(read(&general(others)), Ok(compact));
}

#[test]
fn a_form_without_a_header_has_no_disclosures() {
    let mut form = flattened(json!({}));
    assert_eq!(read(&form), Ok(jws() + "~"));
    form.as_object_mut().unwrap().remove("header");
    assert_eq!(read(&form), Ok(jws() + "~"));
}

#[test]
fn what_is_no_json_object_is_refused() {
    let refused = |bytes: &[u8]| Unverified::parse_json(bytes).unwrap_err();
    for (bytes, error) in [
        (&b"["[..], JsonError::Malformed),
        (b"[]", JsonError::NotAnObject),
        (br#"{"payload":"a","payload":"b"}"#, JsonError::Malformed),
    ] {
        assert_eq!(refused(bytes), SdJwtError::JsonForm(JsonFormError::Json(error)));
    }
    assert_eq!(refused(&vec![b' '; MAX_SD_JWT + 1]), SdJwtError::TooLarge);
}

#[test]
fn missing_and_strange_members_are_refused() {
    for name in ["payload", "protected", "signature"] {
        let mut form = flattened(json!({}));
        form[name] = json!(1);
        assert_eq!(refused(&form), JsonFormError::Members, "{name}");
        form.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&form), JsonFormError::Members, "{name}");
    }
    for header in
        [json!([]), json!({"disclosures": "a"}), json!({"disclosures": [1]}), json!({"kb_jwt": null})]
    {
        assert_eq!(refused(&flattened(header)), JsonFormError::Members);
    }
    for signatures in [json!({}), json!("a"), json!([1]), json!([signature(json!({})), 1])] {
        assert_eq!(refused(&general(signatures)), JsonFormError::Members);
    }
}

#[test]
fn a_mix_of_both_forms_is_refused() {
    for name in ["protected", "header", "signature"] {
        let mut form = general(json!([signature(json!({}))]));
        form[name] = flattened(json!({}))[name].clone();
        assert_eq!(refused(&form), JsonFormError::Members, "{name}");
    }
}

#[test]
fn no_and_too_many_signatures_are_refused() {
    assert_eq!(refused(&general(json!([]))), JsonFormError::Signatures);
    let many = |count: usize| general(vec![signature(json!({})); count].into());
    assert_eq!(read(&many(MAX_SIGNATURES)), Ok(jws() + "~"));
    assert_eq!(refused(&many(MAX_SIGNATURES + 1)), JsonFormError::Signatures);
}

#[test]
fn disclosures_with_a_later_signature_are_refused() {
    for misplaced in
        [json!({"disclosures": [FIRST]}), json!({"disclosures": []}), json!({"kb_jwt": binding()})]
    {
        let form = general(json!([signature(json!({})), signature(misplaced)]));
        assert_eq!(refused(&form), JsonFormError::Misplaced);
    }
}

#[test]
fn disclosures_outside_of_the_header_are_refused() {
    for (name, value) in [("disclosures", json!([FIRST])), ("kb_jwt", json!(binding()))] {
        let mut flat = flattened(json!({}));
        flat[name] = value.clone();
        assert_eq!(refused(&flat), JsonFormError::Misplaced);
        let mut beside = general(json!([signature(json!({}))]));
        beside[name] = value.clone();
        assert_eq!(refused(&beside), JsonFormError::Misplaced);
        for index in [0, 1] {
            let mut form = general(json!([signature(json!({})), signature(json!({}))]));
            form["signatures"][index][name] = value.clone();
            assert_eq!(refused(&form), JsonFormError::Misplaced, "{index}");
        }
    }
}

#[test]
fn a_part_that_would_make_two_is_refused() {
    for disclosure in ["", "a~b", "a.b", "a=", "a b"] {
        assert_eq!(refused(&flattened(json!({"disclosures": [disclosure]}))), JsonFormError::Part);
    }
    for binding in ["", "a.b~c", "a..b"] {
        assert_eq!(refused(&flattened(json!({"kb_jwt": binding}))), JsonFormError::Part);
    }
    for name in ["payload", "protected", "signature"] {
        for part in ["", "a.b", "a~b"] {
            let mut form = flattened(json!({}));
            form[name] = part.into();
            assert_eq!(refused(&form), JsonFormError::Part, "{name}");
        }
    }
}

#[test]
fn a_parameter_in_both_headers_is_refused() {
    for header in [json!({"typ": "example+sd-jwt"}), json!({"alg": "none"})] {
        assert_eq!(refused(&flattened(header)), JsonFormError::RepeatedParameter);
    }
}

#[test]
fn a_critical_extension_outside_the_signature_is_refused() {
    let form = flattened(json!({"crit": ["x"], "x": 1}));
    assert_eq!(read(&form), Err(SdJwtError::Jws(JwsError::Critical)));
}

#[test]
fn an_algorithm_outside_the_signature_does_not_count() {
    let mut form = flattened(json!({"alg": "ES256"}));
    form["protected"] = base64url("{}").into();
    assert_eq!(read(&form), Err(SdJwtError::Jws(JwsError::Algorithm)));
}

#[test]
fn the_number_of_disclosures_is_capped() {
    let compact = |count: usize| {
        let form = flattened(json!({"disclosures": vec![FIRST; count]}));
        to_compact(form.to_string().as_bytes())
    };
    assert!(compact(MAX_DISCLOSURES).is_ok());
    assert_eq!(compact(MAX_DISCLOSURES + 1), Err(SdJwtError::TooManyDisclosures));
}
