//! Each rule of the language.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::Choice;
use super::check::{CheckError, Shown};
use super::*;
use crate::testing::{members, path, person};

fn query(credential: Value) -> Result<Query, DcqlError> {
    Query::parse(&json!({"credentials": [credential]}))
}

fn pid(more: Value) -> Value {
    let mut credential = json!({"id": "pid", "format": "dc+sd-jwt", "meta": {"vct_values": ["pid"]}});
    for (name, value) in members(more) {
        credential[name] = value;
    }
    credential
}

/// For each way to answer with this card, what it discloses.
fn ways(query: &Query, claims: &Value) -> Vec<Vec<ClaimPath>> {
    let disclosed = query.credentials()[0].disclosed();
    answer(query, claims).unwrap()[0].ways.iter().map(|way| disclosed[*way].clone()).collect()
}

fn answer(query: &Query, claims: &Value) -> Result<Vec<Choice>, answer::Unanswerable> {
    let claims = members(claims.clone());
    let card =
        Candidate { id: "card", format: &Format::SdJwtVc, vct: "pid", claims: &claims, authorities: &[] };
    query.answer(&[card]).map(|answer| answer.choices.into_values().flatten().collect())
}

fn check(query: &Query, vct: &str, claims: &Value) -> Result<(), CheckError> {
    let claims = members(claims.clone());
    let shown = Shown { format: &Format::SdJwtVc, vct, claims: &claims };
    query.check(&BTreeMap::from([("pid".to_owned(), vec![shown])]))
}

#[test]
fn malformed_queries_are_refused() {
    let missing = |name| DcqlError::Message(MessageError::Missing(name));
    let kind = |name| DcqlError::Message(MessageError::Kind(name));
    let empty = |name| DcqlError::Message(MessageError::Empty(name));
    for (credential, error) in [
        (json!({"format": "dc+sd-jwt", "meta": {"vct_values": ["pid"]}}), missing("id")),
        (json!({"id": "pid", "meta": {"vct_values": ["pid"]}}), missing("format")),
        (json!({"id": "pid", "format": "dc+sd-jwt"}), missing("meta")),
        (json!({"id": "pid", "format": "dc+sd-jwt", "meta": {}}), missing("vct_values")),
        (json!({"id": "pid", "format": "mso_mdoc", "meta": {}}), missing("doctype_value")),
        (pid(json!({"id": "p d"})), DcqlError::Id),
        (pid(json!({"id": ""})), empty("id")),
        (pid(json!({"id": "x".repeat(MAX_ID + 1)})), DcqlError::Id),
        (pid(json!({"meta": {"vct_values": []}})), empty("vct_values")),
        (pid(json!({"meta": {"vct_values": [1]}})), kind("vct_values")),
        (pid(json!({"claims": []})), empty("claims")),
        (pid(json!({"claims": [{}]})), missing("path")),
        (pid(json!({"claims": [{"path": []}]})), DcqlError::Path),
        (pid(json!({"claims": [{"path": [-1]}]})), DcqlError::Path),
        (pid(json!({"claims": [{"path": [0]}]})), DcqlError::Path),
        (pid(json!({"claims": [{"path": [null]}]})), DcqlError::Path),
        (pid(json!({"claims": [{"path": ["a"], "values": []}]})), empty("values")),
        (pid(json!({"claims": [{"path": ["a"], "values": [1.5]}]})), DcqlError::Value),
        (pid(json!({"claims": [{"path": ["a"], "values": [{}]}]})), DcqlError::Value),
        (pid(json!({"claims": [{"path": ["a"], "values": [null]}]})), DcqlError::Value),
        (pid(json!({"claim_sets": [["a"]]})), DcqlError::ClaimSetsWithoutClaims),
        (pid(json!({"claims": [{"path": ["a"]}], "claim_sets": [["a"]]})), DcqlError::ClaimWithoutId),
        (pid(json!({"claims": [{"id": "a", "path": ["a"]}], "claim_sets": [["b"]]})), DcqlError::UnknownId),
        (pid(json!({"claims": [{"id": "a", "path": ["a"]}], "claim_sets": [[]]})), empty("claim_sets")),
        (pid(json!({"claims": [{"id": "a", "path": ["a"]}], "claim_sets": []})), empty("claim_sets")),
        (
            pid(json!({"claims": [{"id": "a", "path": ["a"]}, {"id": "a", "path": ["b"]}]})),
            DcqlError::RepeatedId,
        ),
        (pid(json!({"multiple": "yes"})), kind("multiple")),
        (pid(json!({"trusted_authorities": []})), empty("trusted_authorities")),
        (pid(json!({"trusted_authorities": [{"type": "aki"}]})), missing("values")),
    ] {
        assert_eq!(query(credential.clone()), Err(error), "{credential}");
    }
}

#[test]
fn malformed_sets_are_refused() {
    let parse =
        |sets: Value| Query::parse(&json!({"credentials": [pid(json!({}))], "credential_sets": sets}));
    assert_eq!(parse(json!([{"options": [["other"]]}])), Err(DcqlError::UnknownId));
    assert_eq!(parse(json!([{"options": [[]]}])), Err(MessageError::Empty("options").into()));
    assert_eq!(parse(json!([{"options": []}])), Err(MessageError::Empty("options").into()));
    assert_eq!(parse(json!([{}])), Err(MessageError::Missing("options").into()));
    assert_eq!(parse(json!([])), Err(MessageError::Empty("credential_sets").into()));
    assert_eq!(
        parse(json!([{"options": [["pid"]], "required": 1}])),
        Err(MessageError::Kind("required").into())
    );
}

#[test]
fn queries_out_of_bounds_are_refused() {
    let too_large = |name| Err(DcqlError::Message(MessageError::TooLarge(name)));
    assert_eq!(Query::parse(&json!({})), Err(MessageError::Missing("credentials").into()));
    assert_eq!(Query::parse(&json!([])), Err(MessageError::Kind("dcql_query").into()));
    let twice = json!({"credentials": [pid(json!({})), pid(json!({}))]});
    assert_eq!(Query::parse(&twice), Err(DcqlError::RepeatedId));
    let many = vec![pid(json!({})); MAX_CREDENTIALS + 1];
    assert_eq!(Query::parse(&json!({"credentials": many})), too_large("credentials"));
    let claims = vec![json!({"path": ["a"]}); MAX_CLAIMS + 1];
    assert_eq!(query(pid(json!({"claims": claims}))), too_large("claims"));
    assert_eq!(query(pid(json!({"x": "x".repeat(MAX_QUERY)}))), too_large("dcql_query"));
}

#[test]
fn a_path_into_an_mdoc_is_a_namespace_and_an_element() {
    for path in [json!(["ns"]), json!(["ns", "a", "b"]), json!(["ns", null]), json!(["ns", 0])] {
        let credential = json!({"id": "m", "format": "mso_mdoc", "meta": {"doctype_value": "d"},
            "claims": [{"path": path}]});
        assert_eq!(query(credential), Err(DcqlError::Path));
    }
}

#[test]
fn the_intent_to_retain_an_element_is_a_yes_or_a_no() {
    let of = |intent: Value| {
        query(json!({"id": "m", "format": "mso_mdoc", "meta": {"doctype_value": "d"},
            "claims": [{"path": ["ns", "a"], "intent_to_retain": intent}]}))
    };
    for intent in [json!(true), json!(false)] {
        assert!(of(intent).is_ok());
    }
    for intent in [json!("yes"), json!(1), json!(null)] {
        assert_eq!(of(intent), Err(MessageError::Kind("intent_to_retain").into()));
    }
}

#[test]
fn unknown_members_are_passed_over() {
    assert!(
        query(pid(json!({"purpose": "x", "claims": [{"path": ["a"], "intent_to_retain": true}]}))).is_ok()
    );
}

#[test]
fn what_is_asked_names_every_type_with_every_claim() {
    let query = query(pid(json!({
        "meta": {"vct_values": ["a", "b"]},
        "claims": [{"id": "x", "path": ["x"]}, {"id": "y", "path": ["y", "z"]}],
        "claim_sets": [["x"]],
    })))
    .unwrap();
    let asked = query.asked();
    assert_eq!(asked.len(), 4);
    assert!(asked.contains(&("b".to_owned(), path(&["y", "z"]))));
    assert_eq!(query.types().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn without_claims_nothing_is_disclosed() {
    assert_eq!(ways(&query(pid(json!({}))).unwrap(), &person()), [vec![]]);
}

#[test]
fn claims_without_sets_are_all_or_nothing() {
    let claims = |names: &[&str]| names.iter().map(|name| json!({"path": [name]})).collect::<Value>();
    let both = query(pid(json!({"claims": claims(&["given_name", "family_name"])}))).unwrap();
    assert_eq!(ways(&both, &person())[0].len(), 2);
    let one_missing = query(pid(json!({"claims": claims(&["given_name", "shoe_size"])}))).unwrap();
    assert_eq!(answer(&one_missing, &person()).unwrap_err().missing, ["pid"]);
}

#[test]
fn the_first_claim_set_that_can_be_met_is_preferred() {
    let query = query(pid(json!({
        "claims": [{"id": "a", "path": ["shoe_size"]}, {"id": "b", "path": ["given_name"]},
            {"id": "c", "path": ["family_name"]}],
        "claim_sets": [["a", "b"], ["b"], ["b", "c"]],
    })))
    .unwrap();
    let (given, family) = (path(&["given_name"]), path(&["family_name"]));
    assert_eq!(ways(&query, &person()), [vec![given.clone()], vec![given, family]]);
}

#[test]
fn a_claim_that_is_asked_twice_is_shown_once() {
    let query = query(pid(json!({"claims": [{"path": ["given_name"]}, {"path": ["given_name"]}]}))).unwrap();
    assert_eq!(ways(&query, &person())[0].len(), 1);
}

#[test]
fn values_are_matched_by_the_wallet_and_not_by_the_verifier() {
    let nationality = |value: &str| {
        query(pid(json!({"claims": [{"path": ["nationalities", null], "values": [value]}]}))).unwrap()
    };
    assert!(answer(&nationality("FR"), &person()).is_ok());
    assert!(answer(&nationality("DE"), &person()).is_err());
    assert_eq!(check(&nationality("DE"), "pid", &person()), Ok(()));
}

#[test]
fn values_of_another_kind_do_not_match() {
    let query = query(pid(json!({"claims": [{"path": ["age"], "values": ["18"]}]}))).unwrap();
    assert!(answer(&query, &json!({"age": 18})).is_err());
}

#[test]
fn a_step_of_the_wrong_kind_ends_the_search() {
    let query = query(pid(json!({"claims": [{"path": ["a", null, "b"]}]}))).unwrap();
    assert!(answer(&query, &json!({"a": [{"b": 1}, {}]})).is_ok());
    assert!(answer(&query, &json!({"a": [{"b": 1}, 2]})).is_err());
    assert!(answer(&query, &json!({"a": []})).is_err());
    assert!(answer(&query, &json!({"a": {"b": 1}})).is_err());
}

#[test]
fn an_index_is_exact_in_the_wallet_and_may_have_moved_up_at_the_verifier() {
    let query = query(pid(json!({"claims": [{"path": ["nationalities", 1]}]}))).unwrap();
    assert!(answer(&query, &json!({"nationalities": ["GB"]})).is_err());
    assert_eq!(check(&query, "pid", &json!({"nationalities": ["FR"]})), Ok(()));
    assert_eq!(check(&query, "pid", &json!({"nationalities": []})), Err(CheckError::Claims));
}

#[test]
fn an_element_that_the_rest_of_the_path_does_not_fit_is_not_the_one_that_is_meant() {
    let at = |index: u64| query(pid(json!({"claims": [{"path": ["lines", index, "city"]}]}))).unwrap();
    let city_first = json!({"lines": [{"city": "X"}, "2nd floor"]});
    let city_second = json!({"lines": ["2nd floor", {"city": "X"}]});
    let refused = Err(CheckError::Claims);
    assert_eq!(check(&at(0), "pid", &city_first), Ok(()));
    assert_eq!(check(&at(1), "pid", &city_first), Ok(()), "one before it was left out, say");
    assert_eq!(check(&at(1), "pid", &city_second), Ok(()));
    assert_eq!(check(&at(0), "pid", &city_second), refused, "elements move up and never down");
    assert_eq!(check(&at(1), "pid", &json!({"lines": ["a", 1]})), refused);
    assert_eq!(check(&at(1), "pid", &json!({"lines": [{}, {"town": "X"}]})), refused);
    assert_eq!(check(&at(0), "pid", &json!({"lines": {"city": "X"}})), refused);
    assert!(answer(&at(0), &city_first).is_ok());
    assert!(answer(&at(1), &city_first).is_err(), "the wallet reads the index as written");
    assert!(answer(&at(0), &city_second).is_err());
}

#[test]
fn within_one_element_the_strict_rule_stays() {
    let query = query(pid(json!({"claims": [{"path": ["a", 1, null, "b"]}]}))).unwrap();
    let check = |claims: Value| check(&query, "pid", &claims);
    assert_eq!(check(json!({"a": [[{"b": 1}, 2]]})), Err(CheckError::Claims));
    assert_eq!(check(json!({"a": [[{"b": 1}, 2], [{"b": 1}, {}]]})), Ok(()));
    assert_eq!(check(json!({"a": [["x"], "y", [{"b": 1}]]})), Err(CheckError::Claims));
}

#[test]
fn another_type_or_format_answers_nothing() {
    let query = query(pid(json!({}))).unwrap();
    let claims = members(person());
    for (format, vct) in [(Format::SdJwtVc, "other"), (Format::Mdoc, "pid")] {
        let card = Candidate { id: "card", format: &format, vct, claims: &claims, authorities: &[] };
        assert!(query.answer(&[card]).is_err());
    }
    assert_eq!(check(&query, "other", &person()), Err(CheckError::Type));
}

#[test]
fn an_unknown_format_can_be_asked_for_and_is_never_answered() {
    let other = json!({"id": "o", "format": "jwt_vc_json", "meta": {"type_values": [["x"]]}});
    let both =
        json!({"credentials": [pid(json!({})), other], "credential_sets": [{"options": [["o"], ["pid"]]}]});
    let found = answer(&Query::parse(&both).unwrap(), &person()).unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn nothing_is_shown_where_a_required_card_is_missing() {
    let mdl = json!({"id": "mdl", "format": "dc+sd-jwt", "meta": {"vct_values": ["mdl"]}});
    let parse = |sets: Option<Value>| {
        let mut query = json!({"credentials": [pid(json!({})), mdl]});
        if let Some(sets) = sets {
            query["credential_sets"] = sets;
        }
        Query::parse(&query).unwrap()
    };
    assert_eq!(answer(&parse(None), &person()).unwrap_err().missing, ["mdl"]);
    let both_required = json!([{"options": [["pid"]]}, {"options": [["mdl"]]}]);
    assert!(answer(&parse(Some(both_required)), &person()).is_err());
    let one_optional = json!([{"options": [["pid"]]}, {"options": [["mdl"]], "required": false}]);
    assert!(answer(&parse(Some(one_optional.clone())), &person()).is_ok());
    assert_eq!(check(&parse(None), "pid", &person()), Err(CheckError::Incomplete));
    assert_eq!(check(&parse(Some(one_optional)), "pid", &person()), Ok(()));
}

#[test]
fn named_authorities_must_vouch_for_the_issuer() {
    let of = |authorities: Value| query(pid(json!({"trusted_authorities": authorities}))).unwrap();
    let claims = members(person());
    let authorities = [Authority::of_key(&[1, 2, 3]), Authority::of_key(&[4])];
    let card = Candidate {
        id: "card",
        format: &Format::SdJwtVc,
        vct: "pid",
        claims: &claims,
        authorities: &authorities,
    };
    let named = of(json!([{"type": "aki", "values": ["AQIE", "AQID"]}]));
    assert!(named.names_authorities() && named.answer(&[card]).is_ok());
    assert!(answer(&named, &person()).is_err(), "a card that nobody vouches for");
    let one_of_two = of(json!([{"type": "openid_federation", "values": ["https://a.example"]},
        {"type": "aki", "values": ["BA"]}]));
    assert!(one_of_two.answer(&[card]).is_ok());
    for other in
        [json!([{"type": "aki", "values": ["AQIE"]}]), json!([{"type": "etsi_tl", "values": ["AQID"]}])]
    {
        assert!(of(other.clone()).answer(&[card]).is_err(), "{other}");
    }
    assert!(!query(pid(json!({}))).unwrap().names_authorities());
}

#[test]
fn an_answer_that_does_not_fit_is_refused() {
    let query = query(pid(json!({"claims": [{"path": ["given_name"]}]}))).unwrap();
    let claims = members(person());
    let shown = Shown { format: &Format::SdJwtVc, vct: "pid", claims: &claims };
    let check_all = |id: &str, all: Vec<Shown<'_>>| query.check(&BTreeMap::from([(id.to_owned(), all)]));
    assert_eq!(check_all("pid", vec![shown]), Ok(()));
    assert_eq!(check_all("other", vec![shown]), Err(CheckError::UnknownId));
    assert_eq!(check_all("pid", vec![shown, shown]), Err(CheckError::Count));
    assert_eq!(check_all("pid", vec![]), Err(CheckError::Count));
    assert_eq!(query.check(&BTreeMap::new()), Err(CheckError::Incomplete));
    assert_eq!(check(&query, "pid", &json!({"family_name": "x"})), Err(CheckError::Claims));
}
