//! Documents, and lines of them: what is read, what is taken over, and everything that is refused.

use serde_json::{Value, json};

use super::claim::{Disclosure, MAX_SVG_ID};
use super::display::{Color, ColorScheme, Location, MAX_DATA_URI, Orientation};
use super::retrieve::{Progress, Retrieval};
use super::*;
use crate::encoding::base64;
use crate::sd_jwt::disclosure::HashAlgorithm;

fn reference(vct: &str) -> TypeReference {
    TypeReference { vct: vct.into(), integrity: None }
}

fn receive(retrieval: Retrieval, document: &Value) -> Result<Progress, TypeMetadataError> {
    retrieval.receive(document.to_string().as_bytes())
}

/// The type that these documents make, each extending the next.
fn resolve(documents: &[Value]) -> Result<TypeMetadata, TypeMetadataError> {
    let mut retrieval = Retrieval::new(reference(documents[0]["vct"].as_str().unwrap_or_default()));
    for document in documents {
        match receive(retrieval, document)? {
            Progress::Wants(next) => retrieval = next,
            Progress::Complete(metadata) => return Ok(metadata),
        }
    }
    panic!("a document is missing");
}

/// Why a document with this member is refused.
fn refused(name: &str, value: Value) -> TypeMetadataError {
    let mut document = json!({"vct": "urn:a"});
    document[name] = value;
    resolve(&[document]).unwrap_err()
}

fn claim_refused(name: &str, value: Value) -> TypeMetadataError {
    let mut claim = json!({"path": ["a"]});
    claim[name] = value;
    refused("claims", json!([claim]))
}

fn rendering_refused(rendering: Value) -> TypeMetadataError {
    refused("display", json!([{"locale": "en", "name": "A", "rendering": rendering}]))
}

fn sri(octets: &[u8]) -> String {
    format!("sha256-{}", base64(HashAlgorithm::Sha256.hash(octets)))
}

#[test]
fn a_document_is_read() {
    let metadata = resolve(&[json!({
        "vct": "urn:a",
        "name": "developers",
        "description": "what it is",
        "unknown": {"ignored": true},
        "display": [{
            "locale": "de-CH-1996",
            "name": "Ausweis",
            "rendering": {
                "simple": {
                    "logo": {"uri": "https://a.example/logo.png", "uri#integrity": sri(b"logo"), "alt_text": "Wappen"},
                    "background_image": {"uri": "data:image/png;base64,AAAA"},
                    "background_color": "#12107c",
                    "text_color": "#FFF",
                },
                "svg_templates": [
                    {"uri": "https://a.example/1.svg", "properties": {"orientation": "portrait", "x": 1}},
                    {"uri": "https://a.example/2.svg", "properties": {"color_scheme": "dark"}},
                ],
            },
        }],
        "claims": [
            {"path": ["a", null, 0], "sd": "always", "mandatory": true, "svg_id": "a_0",
             "display": [{"locale": "en", "label": "A", "description": "the first"}]},
            {"path": ["b"]},
        ],
    })])
    .unwrap();
    assert_eq!((metadata.name(), metadata.description()), (Some("developers"), Some("what it is")));
    let [display] = metadata.display() else { panic!("one language") };
    assert_eq!((display.locale.as_str(), display.name.as_str()), ("de-CH-1996", "Ausweis"));
    let simple = display.simple.as_ref().unwrap();
    let logo = simple.logo.as_ref().unwrap();
    assert!(matches!(logo.location(), Location::At(url) if url.as_str() == "https://a.example/logo.png"));
    assert_eq!(logo.check(b"logo"), Ok(()));
    assert_eq!(logo.check(b"other"), Err(IntegrityError::Mismatch));
    assert_eq!(simple.logo_text.as_deref(), Some("Wappen"));
    let background = simple.background_image.as_ref().unwrap();
    assert_eq!(*background.location(), Location::Here("data:image/png;base64,AAAA".into()));
    assert_eq!(background.check(b"anything"), Ok(()));
    assert_eq!(simple.background_color, Some(Color([0x12, 0x10, 0x7c])));
    assert_eq!(simple.text_color, Some(Color([255; 3])));
    let [first, second] = &display.svg_templates[..] else { panic!("two templates") };
    assert_eq!(first.orientation, Some(Orientation::Portrait));
    assert_eq!(second.color_scheme, Some(ColorScheme::Dark));
    let [first, second] = metadata.claims() else { panic!("two claims") };
    assert_eq!(
        (first.is_mandatory(), first.disclosure(), first.svg_id()),
        (true, Disclosure::Always, Some("a_0"))
    );
    assert_eq!(first.display()[0].label, "A");
    assert_eq!(
        (second.is_mandatory(), second.disclosure(), second.svg_id()),
        (false, Disclosure::Allowed, None)
    );
}

#[test]
fn colours_in_another_notation_are_passed_over() {
    for color in ["red", "rgb(1,2,3)", "#12", "#12345", "#gggggg", "#", "#12107c;x"] {
        let rendering = json!({"simple": {"text_color": color}});
        let display = json!([{"locale": "en", "name": "A", "rendering": rendering}]);
        let metadata = resolve(&[json!({"vct": "urn:a", "display": display})]).unwrap();
        assert_eq!(metadata.display()[0].simple.as_ref().unwrap().text_color, None, "{color}");
    }
}

#[test]
fn what_is_no_json_object_or_too_large_is_refused() {
    let refused = |octets: &[u8]| Retrieval::new(reference("urn:a")).receive(octets).unwrap_err();
    assert_eq!(refused(b"[]"), TypeMetadataError::Json(JsonError::NotAnObject));
    assert_eq!(refused(br#"{"vct":"urn:a","vct":"urn:a"}"#), TypeMetadataError::Json(JsonError::Malformed));
    assert_eq!(refused(&vec![b' '; MAX_DOCUMENT + 1]), TypeMetadataError::Json(JsonError::TooLarge));
}

#[test]
fn a_document_of_another_type_is_refused() {
    for vct in [json!("urn:b"), json!("URN:A"), json!("urn:a/")] {
        let refused = receive(Retrieval::new(reference("urn:a")), &json!({ "vct": vct })).unwrap_err();
        assert_eq!(refused, TypeMetadataError::OtherType);
    }
    let unnamed = receive(Retrieval::new(reference("urn:a")), &json!({})).unwrap_err();
    assert_eq!(unnamed, TypeMetadataError::OtherType);
}

#[test]
fn the_octets_are_held_to_their_integrity_before_anything_is_read() {
    let octets = br#"{"vct": "urn:a"}"#;
    let integrity = Some(Integrity::parse(&sri(octets)).unwrap());
    let retrieval = || Retrieval::new(TypeReference { vct: "urn:a".into(), integrity: integrity.clone() });
    assert!(retrieval().receive(octets).is_ok());
    for other in [&br#"{"vct":"urn:a"}"#[..], b"no json"] {
        let refused = retrieval().receive(other).unwrap_err();
        assert_eq!(refused, TypeMetadataError::Integrity(IntegrityError::Mismatch));
    }
    let unknown = Some(Integrity::parse("md5-AAAA").unwrap());
    let retrieval = Retrieval::new(TypeReference { vct: "urn:a".into(), integrity: unknown });
    let refused = retrieval.receive(octets).unwrap_err();
    assert_eq!(refused, TypeMetadataError::Integrity(IntegrityError::Unsupported));
}

#[test]
fn members_of_the_wrong_kind_are_refused() {
    for (name, value) in [
        ("vct", json!(1)),
        ("name", json!(1)),
        ("description", json!(null)),
        ("extends", json!(["urn:b"])),
        ("extends", json!("")),
        ("extends#integrity", json!(sri(b""))),
        ("display", json!({})),
        ("display", json!([1])),
        ("display", json!([{"locale": "en"}])),
        ("display", json!([{"name": "A"}])),
        ("display", json!([{"locale": "en", "name": "A", "rendering": []}])),
        ("claims", json!(null)),
        ("claims", json!(["a"])),
        ("claims", json!([{}])),
    ] {
        assert_eq!(refused(name, value.clone()), TypeMetadataError::Member, "{name} {value}");
    }
    for (name, value) in [
        ("mandatory", json!("true")),
        ("sd", json!("sometimes")),
        ("sd", json!(true)),
        ("svg_id", json!(1)),
        ("display", json!([{"locale": "en"}])),
        ("display", json!([{"label": "A"}])),
    ] {
        assert_eq!(claim_refused(name, value.clone()), TypeMetadataError::Member, "{name} {value}");
    }
    for rendering in [
        json!({"simple": 1}),
        json!({"simple": {"logo": {}}}),
        json!({"svg_templates": {}}),
        json!({"svg_templates": [{}]}),
    ] {
        assert_eq!(rendering_refused(rendering), TypeMetadataError::Member);
    }
}

#[test]
fn malformed_integrity_in_a_document_is_refused() {
    let malformed = TypeMetadataError::Integrity(IntegrityError::Malformed);
    for value in [json!(1), json!("sha256")] {
        assert_eq!(refused("extends#integrity", value.clone()), malformed);
        let logo = json!({"uri": "https://a.example/", "uri#integrity": value});
        assert_eq!(rendering_refused(json!({"simple": {"logo": logo}})), malformed);
    }
}

#[test]
fn counts_and_lengths_are_capped() {
    let claims: Vec<Value> = (0..=MAX_CLAIMS).map(|index| json!({"path": [index.to_string()]})).collect();
    assert!(resolve(&[json!({"vct": "urn:a", "claims": claims[1..]})]).is_ok());
    assert_eq!(refused("claims", json!(claims)), TypeMetadataError::TooMany);
    let languages = vec![json!({"locale": "en", "name": "A", "label": "A"}); MAX_VARIANTS + 1];
    assert_eq!(refused("display", json!(languages)), TypeMetadataError::TooMany);
    assert_eq!(claim_refused("display", json!(languages)), TypeMetadataError::TooMany);
    let templates = vec![json!({"uri": "https://a.example/"}); MAX_VARIANTS + 1];
    assert_eq!(rendering_refused(json!({"svg_templates": templates})), TypeMetadataError::TooMany);
    assert!(resolve(&[json!({"vct": "urn:a", "display": languages[1..]})]).is_ok());
    assert!(resolve(&[json!({"vct": "urn:a", "name": "x".repeat(MAX_TEXT)})]).is_ok());
    let long = "x".repeat(MAX_TEXT + 1);
    assert_eq!(refused("name", json!(long)), TypeMetadataError::TooLong);
    assert_eq!(refused("display", json!([{"locale": "en", "name": long}])), TypeMetadataError::TooLong);
}

#[test]
fn what_is_no_language_tag_is_refused() {
    for tag in ["", "e n", "en_US", "en-", "-en", "en--US", "abcdefghi", "<b>", &("a-".repeat(32) + "a")] {
        let display = json!([{"locale": tag, "name": "A", "label": "A"}]);
        assert_eq!(refused("display", display.clone()), TypeMetadataError::Locale, "{tag}");
        assert_eq!(claim_refused("display", display), TypeMetadataError::Locale, "{tag}");
    }
}

#[test]
fn resources_that_may_not_be_fetched_or_shown_are_refused() {
    let refused = |uri: &str| rendering_refused(json!({"simple": {"logo": {"uri": uri}}}));
    assert_eq!(refused("http://a.example/"), TypeMetadataError::Address(FetchUrlError::Scheme));
    assert_eq!(refused("https://127.0.0.1/"), TypeMetadataError::Address(FetchUrlError::Number));
    assert_eq!(refused("javascript:alert(1)"), TypeMetadataError::Address(FetchUrlError::Scheme));
    for uri in [
        "data:text/html,<script>",
        "data:,x",
        "data:",
        &format!("data:image/png,{}", "a".repeat(MAX_DATA_URI)),
    ] {
        assert_eq!(refused(uri), TypeMetadataError::Resource);
    }
    let template = rendering_refused(json!({"svg_templates": [{"uri": "https://localhost/"}]}));
    assert_eq!(template, TypeMetadataError::Address(FetchUrlError::Internal));
}

#[test]
fn templates_that_cannot_be_told_apart_are_refused() {
    let template = |properties: Value| json!({"uri": "https://a.example/", "properties": properties});
    let plain = json!({"uri": "https://a.example/"});
    let two = json!({"svg_templates": [plain, template(json!({"contrast": "high"}))]});
    assert_eq!(rendering_refused(two), TypeMetadataError::Template);
    for properties in
        [json!({}), json!({"contrast": "low"}), json!({"orientation": "up"}), json!({"color_scheme": "red"})]
    {
        let one = json!({"svg_templates": [template(properties)]});
        assert_eq!(rendering_refused(one), TypeMetadataError::Template);
    }
}

#[test]
fn malformed_and_repeated_paths_are_refused() {
    for path in [
        json!([]),
        json!("a"),
        json!([-1]),
        json!([1.5]),
        json!([true]),
        json!([["a"]]),
        json!(vec!["a"; 33]),
    ] {
        assert_eq!(refused("claims", json!([{ "path": path }])), TypeMetadataError::Path);
    }
    assert_eq!(refused("claims", json!([{"path": ["a"]}, {"path": ["a"]}])), TypeMetadataError::RepeatedPath);
}

#[test]
fn malformed_and_repeated_svg_ids_are_refused() {
    for id in ["", "1a", "a-b", "a b", "ä", "{{a}}", &"a".repeat(MAX_SVG_ID + 1)] {
        assert_eq!(claim_refused("svg_id", json!(id)), TypeMetadataError::SvgId, "{id}");
    }
    for id in ["_", "A1_b", &"a".repeat(MAX_SVG_ID)] {
        let claims = json!([{"path": ["a"], "svg_id": id}]);
        assert!(resolve(&[json!({"vct": "urn:a", "claims": claims})]).is_ok(), "{id}");
    }
    let claim = |name: &str, id: &str| json!({"path": [name], "svg_id": id});
    let twice = json!([claim("a", "x"), claim("b", "x")]);
    assert_eq!(refused("claims", twice), TypeMetadataError::RepeatedSvgId);
    let base = json!({"vct": "urn:b", "claims": [claim("b", "x")]});
    let child = json!({"vct": "urn:a", "extends": "urn:b", "claims": [claim("a", "x")]});
    assert_eq!(resolve(&[child, base]), Err(TypeMetadataError::RepeatedSvgId));
}

#[test]
fn a_type_takes_over_what_it_does_not_say_itself() {
    let label = |text: &str| json!([{"locale": "en", "label": text}]);
    let base = json!({
        "vct": "urn:c", "name": "base", "display": [{"locale": "en", "name": "Base"}],
        "claims": [
            {"path": ["a"], "sd": "always", "mandatory": true, "display": label("A"), "svg_id": "a"},
            {"path": ["b"], "display": label("B")},
        ],
    });
    let middle = json!({"vct": "urn:b", "extends": "urn:c", "claims": [{"path": ["b"], "sd": "never", "mandatory": true}]});
    let child = json!({"vct": "urn:a", "extends": "urn:b", "claims": [{"path": ["a"], "display": label("Z")}, {"path": ["c"]}]});
    let metadata = resolve(&[child, middle, base]).unwrap();
    assert_eq!((metadata.reference(), metadata.name()), (&reference("urn:a"), None));
    assert_eq!(metadata.extended(), ["urn:b", "urn:c"]);
    assert_eq!(metadata.display()[0].name, "Base");
    let [a, b, c] = metadata.claims() else { panic!("three claims") };
    assert_eq!(
        (a.display()[0].label.as_str(), a.disclosure(), a.is_mandatory(), a.svg_id()),
        ("Z", Disclosure::Always, true, Some("a"))
    );
    assert_eq!(
        (b.display()[0].label.as_str(), b.disclosure(), b.is_mandatory()),
        ("B", Disclosure::Never, true)
    );
    assert_eq!(c.disclosure(), Disclosure::Allowed);
}

#[test]
fn a_type_shows_itself_where_it_says_how() {
    let display = |name: &str| json!([{"locale": "en", "name": name}]);
    let base = json!({"vct": "urn:b", "display": display("Base")});
    let child = json!({"vct": "urn:a", "extends": "urn:b", "display": display("Child")});
    assert_eq!(resolve(&[child, base.clone()]).unwrap().display()[0].name, "Child");
    let silent = json!({"vct": "urn:a", "extends": "urn:b", "display": []});
    assert!(resolve(&[silent, base]).unwrap().display().is_empty());
}

/// What comes of a claim of the child over the same claim of the base.
fn over(base: Value, child: Value) -> Result<(Disclosure, bool), TypeMetadataError> {
    let document = |vct: &str, mut claim: Value| {
        claim["path"] = json!(["a"]);
        json!({"vct": vct, "claims": [claim]})
    };
    let mut child = document("urn:a", child);
    child["extends"] = "urn:b".into();
    let metadata = resolve(&[child, document("urn:b", base)])?;
    Ok((metadata.claims()[0].disclosure(), metadata.claims()[0].is_mandatory()))
}

#[test]
fn a_type_does_not_change_what_it_extends_on_disclosure() {
    for fixed in ["always", "never"] {
        let refused = |child: &str| over(json!({ "sd": fixed }), json!({ "sd": child })).unwrap_err();
        let other = if fixed == "always" { "never" } else { "always" };
        assert_eq!(refused("allowed"), TypeMetadataError::Disclosure);
        assert_eq!(refused(other), TypeMetadataError::Disclosure);
        assert!(over(json!({ "sd": fixed }), json!({ "sd": fixed })).is_ok());
        assert!(over(json!({"sd": "allowed"}), json!({ "sd": fixed })).is_ok());
        assert!(over(json!({}), json!({ "sd": fixed })).is_ok());
    }
    assert_eq!(over(json!({"sd": "always"}), json!({})), Ok((Disclosure::Always, false)));
}

#[test]
fn a_type_does_not_drop_what_it_extends_makes_mandatory() {
    let refused = over(json!({"mandatory": true}), json!({"mandatory": false}));
    assert_eq!(refused, Err(TypeMetadataError::Mandatory));
    assert_eq!(over(json!({"mandatory": true}), json!({})), Ok((Disclosure::Allowed, true)));
    assert_eq!(
        over(json!({"mandatory": false}), json!({"mandatory": true})),
        Ok((Disclosure::Allowed, true))
    );
}

#[test]
fn a_rule_of_a_type_far_above_cannot_be_weakened_either() {
    let top = json!({"vct": "urn:c", "claims": [{"path": ["a"], "sd": "always"}]});
    let middle = json!({"vct": "urn:b", "extends": "urn:c"});
    let child = json!({"vct": "urn:a", "extends": "urn:b", "claims": [{"path": ["a"], "sd": "never"}]});
    assert_eq!(resolve(&[child, middle, top]), Err(TypeMetadataError::Disclosure));
}

#[test]
fn a_type_that_extends_itself_is_refused() {
    let own = json!({"vct": "urn:a", "extends": "urn:a"});
    assert_eq!(resolve(&[own]), Err(TypeMetadataError::Cycle));
    let line = [
        json!({"vct": "urn:a", "extends": "urn:b"}),
        json!({"vct": "urn:b", "extends": "urn:c"}),
        json!({"vct": "urn:c", "extends": "urn:b"}),
    ];
    assert_eq!(resolve(&line), Err(TypeMetadataError::Cycle));
}

#[test]
fn a_long_line_of_types_is_refused() {
    let line = |length: usize| -> Vec<Value> {
        let link =
            |index: usize| json!({"vct": format!("urn:{index}"), "extends": format!("urn:{}", index + 1)});
        (0..length - 1).map(link).chain([json!({"vct": format!("urn:{}", length - 1)})]).collect()
    };
    assert!(resolve(&line(MAX_EXTENDS)).is_ok());
    assert_eq!(resolve(&line(MAX_EXTENDS + 1)), Err(TypeMetadataError::TooDeep));
}

#[test]
fn a_document_is_asked_for_by_name_address_and_integrity() {
    let integrity = sri(b"base");
    let child = json!({"vct": "https://a.example/t", "extends": "https://b.example/t", "extends#integrity": integrity});
    let retrieval = Retrieval::new(reference("https://a.example/t"));
    assert_eq!(retrieval.wanted().url().unwrap().as_str(), "https://a.example/t");
    let Ok(Progress::Wants(next)) = receive(retrieval, &child) else { panic!("one is missing") };
    assert_eq!(next.wanted().vct, "https://b.example/t");
    assert_eq!(next.wanted().integrity, Some(Integrity::parse(&integrity).unwrap()));
    assert_eq!(
        receive(next, &json!({"vct": "https://b.example/t"})).unwrap_err(),
        TypeMetadataError::Integrity(IntegrityError::Mismatch)
    );
    assert_eq!(reference("urn:a").url(), Err(FetchUrlError::Scheme));
    assert_eq!(reference("https://10.0.0.1/t").url(), Err(FetchUrlError::Number));
}
