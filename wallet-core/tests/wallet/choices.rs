//! What a person can choose, and that nothing else leaves.

use openid4vc::vp::dcql::Query;
use serde_json::{Value, json};
use wallet_core::view::{Choice, Consent};

use crate::now;
use crate::present::{good, provider};
use crate::register::{Register, VCT};
use crate::world::{Asking, Home, person};

const DEGREE: &str = "urn:example:degree:1";
const LIBRARY: &str = "urn:example:library:1";

/// A wallet with two identity cards, the second one married, and two degrees.
fn home(name: &str, asking: &Asking) -> Home {
    let home = Home::new(name, &Register::new(now()));
    home.keep("card-1", VCT, &person(), 1, &asking.issuer);
    let mut married = person();
    married["family_name"] = json!("Lindqvist");
    home.keep("card-2", VCT, &married, 1, &asking.issuer);
    home.keep("degree-1", DEGREE, &json!({"title": "BSc", "year": 2009}), 1, &asking.issuer);
    home.keep("degree-2", DEGREE, &json!({"title": "MSc", "year": 2011}), 1, &asking.issuer);
    home
}

/// The bank asks `query`, and may.
fn asks(query: Value) -> impl FnOnce(&mut Asking) {
    move |asking| {
        let identity: &[&str] = &["given_name", "family_name", "birthdate"];
        let types = [(VCT, identity), (DEGREE, &["title", "year"]), (LIBRARY, &["number"])];
        asking.register.add_registration_of("bank", "login", &types);
        asking.staple();
        asking.content.query = Query::parse(&query).unwrap();
    }
}

/// Identity, and in addition degrees, if the person likes.
fn identity_and_degrees() -> Value {
    json!({
        "credentials": [
            {"id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]},
                "claims": [{"id": "g", "path": ["given_name"]}, {"id": "f", "path": ["family_name"]},
                    {"id": "b", "path": ["birthdate"]}],
                "claim_sets": [["g", "f", "b"], ["g", "f"], ["g", "b"], ["g"]]},
            {"id": "degree", "format": "dc+sd-jwt", "meta": {"vct_values": [DEGREE]}, "multiple": true,
                "claims": [{"path": ["title"]}]},
            {"id": "library", "format": "dc+sd-jwt", "meta": {"vct_values": [LIBRARY]},
                "claims": [{"path": ["number"]}]},
        ],
        "credential_sets": [
            {"options": [["card"]]}, {"options": [["degree"]], "required": false},
            {"options": [["library"]], "required": false},
        ],
    })
}

fn names(consent: &Consent) -> Vec<(String, Vec<String>)> {
    let of = |card: &wallet_core::view::CardConsent| {
        let claims = card.shared.iter().map(|asked| asked.claim.name.pick("en").to_owned());
        (card.id.clone(), claims.collect())
    };
    consent.cards.iter().map(of).collect()
}

fn choice(value: Value) -> Choice {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn what_comes_along_with_what_is_asked_for_is_agreed_to_and_remembered() {
    let ask = |asking: &mut Asking| {
        asking.register.add_registration("bank", "login", &["nationalities", "given_name"]);
        asking.staple();
        let claims = json!([{"path": ["nationalities", 0]}, {"path": ["given_name"]}]);
        let card =
            json!({"id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]}, "claims": claims});
        asking.content.query = Query::parse(&json!({"credentials": [card]})).unwrap();
    };
    let (asking, server) = provider(ask, good()).await;
    let home = Home::new("comes-along", &Register::new(now()));
    let mut person = person();
    person["nationalities"] = json!(["XS", "IE"]);
    home.keep("card-1", VCT, &person, 1, &asking.issuer);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let card = &asked.consent().cards[0];
    let shared: Vec<_> =
        card.shared.iter().map(|asked| (asked.claim.name.pick("en"), &asked.claim.value)).collect();
    assert_eq!(shared, [("nationalities", &json!(["XS", "IE"])), ("given name", &json!("Maria"))]);
    assert_eq!(card.shared.iter().map(|asked| asked.unasked).collect::<Vec<_>>(), [true, false]);
    assert!(card.not_shared.iter().all(|name| name.pick("en") != "nationalities"));
    home.wallet.share(asked).await.unwrap();
    let shown = asking.open_all(&server.posted("/response")[0]).unwrap();
    assert_eq!(shown["card"][0]["nationalities"], json!(["XS", "IE"]), "the list is one claim of this card");
    let remembered = &home.wallet.history().unwrap()[0].shared;
    assert_eq!(
        remembered.iter().map(|name| name.pick("en")).collect::<Vec<_>>(),
        ["nationalities", "given name"]
    );
}

#[tokio::test]
async fn what_is_optional_is_off_until_it_is_chosen() {
    let (asking, server) = provider(asks(identity_and_degrees()), good()).await;
    let home = home("optional", &asking);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let consent = asked.consent();
    assert_eq!(names(consent), [("card-1".to_owned(), vec!["given name".to_owned()])]);
    assert_eq!(consent.choice.options, [Some(0), None, None]);
    let card = &consent.cards[0];
    assert!(card.shared[0].required && card.shared[0].switch.is_none());
    let optional: Vec<_> = card.optional.iter().map(|asked| asked.claim.name.pick("en")).collect();
    assert_eq!(optional, ["family name", "birthdate"]);
    let kept: Vec<_> = card.not_shared.iter().map(|name| name.pick("en")).collect();
    assert_eq!(kept, ["login identifier"]);
    assert_eq!((card.instead[0].id.as_str(), card.several), ("card-2", false));
    let needs: Vec<_> = consent.needs.iter().map(|need| (need.required, need.options.len())).collect();
    assert_eq!(needs, [(true, 1), (false, 1), (false, 0)], "there is no library card to give");
    home.wallet.share(asked).await.unwrap();
    let shown = asking.open_all(&server.posted("/response")[0]).unwrap();
    assert_eq!(shown.keys().collect::<Vec<_>>(), ["card"]);
    assert_eq!(shown["card"][0]["given_name"], "Maria");
    assert!(["family_name", "birthdate"].iter().all(|name| !shown["card"][0].contains_key(*name)));
}

#[tokio::test]
async fn what_is_chosen_is_shared_and_the_consent_says_so_before() {
    let (asking, server) = provider(asks(identity_and_degrees()), good()).await;
    let home = home("chosen", &asking);
    let mut asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let way = asked.consent().cards[0].optional[0].switch;
    let chosen = json!({"options": [0, 0, null], "cards": [
        {"query": "card", "card": "card-2", "way": way}, {"query": "degree", "card": "degree-2"},
        {"query": "degree", "card": "degree-1"}]});
    home.wallet.choose(&mut asked, &choice(chosen)).unwrap();
    let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let expected = [
        ("card-2".to_owned(), text(&["given name", "family name"])),
        ("degree-2".to_owned(), text(&["title"])),
        ("degree-1".to_owned(), text(&["title"])),
    ];
    assert_eq!(names(asked.consent()), expected);
    let turned_on = &asked.consent().cards[0].shared[1];
    assert!(!turned_on.required && turned_on.switch.is_some());
    home.wallet.share(asked).await.unwrap();
    let shown = asking.open_all(&server.posted("/response")[0]).unwrap();
    assert_eq!(shown["card"][0]["family_name"], "Lindqvist");
    assert!(!shown["card"][0].contains_key("birthdate"));
    let titles: Vec<_> = shown["degree"].iter().map(|claims| claims["title"].clone()).collect();
    assert_eq!(titles, ["MSc", "BSc"]);
    let line = &home.wallet.history().unwrap()[0];
    assert_eq!(line.shared.len(), 4, "the history says all of it");
}

#[tokio::test]
async fn a_choice_that_was_not_offered_changes_nothing() {
    let (asking, server) = provider(asks(identity_and_degrees()), good()).await;
    let home = home("not-offered", &asking);
    let mut asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    let before = asked.consent().clone();
    for bad in [
        json!({"options": [null, 0, null]}),
        json!({"options": [0, null, 0]}),
        json!({"options": [0, null, null], "cards": [{"query": "card", "card": "degree-1"}]}),
        json!({"options": [0, null, null], "cards": [{"query": "card", "card": "card-1", "way": 4}]}),
        json!({"options": [0, null, null], "cards": [
            {"query": "card", "card": "card-1"}, {"query": "card", "card": "card-2"}]}),
    ] {
        let error = home.wallet.choose(&mut asked, &choice(bad.clone())).unwrap_err();
        assert_eq!(error.code(), "choice_not_offered", "{bad}");
        assert_eq!(*asked.consent(), before, "{bad}");
    }
    home.wallet.share(asked).await.unwrap();
    assert_eq!(asking.open(&server.posted("/response")[0]).unwrap()["given_name"], "Maria");
}

#[tokio::test]
async fn where_everything_is_optional_nothing_leaves_unless_it_is_chosen() {
    let mut query = identity_and_degrees();
    query["credential_sets"][0]["required"] = false.into();
    let (asking, server) = provider(asks(query), good()).await;
    let home = home("all-optional", &asking);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    assert!(asked.consent().cards.is_empty());
    let before = home.digest();
    assert_eq!(home.wallet.share(asked).await.unwrap_err().code(), "nothing_chosen");
    assert_eq!(home.digest(), before);
    assert!(server.posted("/response").is_empty());
}

#[tokio::test]
async fn optional_parts_must_be_registered_as_well() {
    let ask = |asking: &mut Asking| {
        asks(identity_and_degrees())(asking);
        asking.register.add_registration("bank", "login", &["given_name", "family_name", "birthdate"]);
        asking.staple();
    };
    let (asking, _server) = provider(ask, good()).await;
    let home = home("optional-too-much", &asking);
    let error = home.wallet.look_at_request(&asking.link()).await.err().unwrap();
    let view = error.too_much().unwrap();
    assert_eq!(view.paths, ["title", "number", DEGREE, LIBRARY]);
    let claims: Vec<_> = view.claims.iter().map(|name| name.pick("en")).collect();
    assert_eq!(
        claims,
        ["title", "number", "Personal identity", LIBRARY],
        "by the name of the card, where one is held"
    );
}

#[tokio::test]
async fn one_card_answers_two_parts_by_one_copy() {
    let part = |id: &str, claim: &str| json!({"id": id, "format": "dc+sd-jwt", "meta": {"vct_values": [VCT]}, "claims": [{"path": [claim]}]});
    let query = json!({"credentials": [part("first", "given_name"), part("second", "birthdate")]});
    let (asking, server) = provider(asks(query), good()).await;
    let home = Home::new("two-parts", &Register::new(now()));
    home.keep("card-1", VCT, &person(), 2, &asking.issuer);
    let asked = home.wallet.look_at_request(&asking.link()).await.unwrap();
    home.wallet.share(asked).await.unwrap();
    let shown = asking.open_all(&server.posted("/response")[0]).unwrap();
    assert_eq!(
        (&shown["first"][0]["given_name"], &shown["second"][0]["birthdate"]),
        (&json!("Maria"), &json!("1987-04-12"))
    );
    assert!(!shown["first"][0].contains_key("birthdate"));
    assert_eq!(home.wallet.cards().unwrap()[0].unused_copies, 1);
}
