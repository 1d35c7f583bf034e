//! Mobile documents: asked for by a relying party's own system, believed where everything holds, and by no other way.

mod holder;

use core::time::Duration;

use credential::status_list::Status;
use registry_proof::entry::Role;
use serde_json::{Value, json};

use crate::register::VCT;
use crate::systems::{asked, query, refused, told};
use crate::wallet::{encrypted, post};
use crate::world::{World, refusal};
use holder::{Holder, Made, Office, Wrong};

pub(crate) const LICENCE: &str = "org.iso.18013.5.1.mDL";
pub(crate) const NAMESPACE: &str = "org.iso.18013.5.1";

/// A provider whose bank may ask for some of the identity card and of a driving licence.
async fn world(name: &str) -> (World, Office) {
    let world = World::new(name).await;
    let office = Office::new(world.now());
    {
        let mut register = world.node.register();
        register.add_document_anchor("interior", office.anchor.clone());
        register.accredit_for("interior", LICENCE);
        let elements = ["family_name", "age_over_18"].map(|name| vec![NAMESPACE, name]);
        let card = vec![vec!["given_name"], vec!["family_name"]];
        register.register_use_of("bank", &[(VCT, card), (LICENCE, elements.to_vec())]);
    }
    world.let_facts_age();
    (world, office)
}

fn part(id: &str, elements: &[&str]) -> Value {
    let claims: Vec<Value> = elements.iter().map(|name| json!({ "path": [NAMESPACE, name] })).collect();
    json!({ "id": id, "format": "mso_mdoc", "meta": { "doctype_value": LICENCE }, "claims": claims })
}

fn wants(parts: &[Value]) -> Value {
    json!({ "registration": "login", "dcql_query": { "credentials": parts } })
}

fn licence() -> Value {
    wants(&[part("licence", &["family_name", "age_over_18"])])
}

/// What the provider says to an answer, made by `answer` for its request: nothing of it may be believed.
async fn refuses(world: &World, answer: impl AsyncFnOnce(&World, &str) -> reqwest::Response) -> String {
    let (link, id) = asked(world, licence()).await;
    let before = world.digest().await;
    let (status, code) = refusal(answer(world, &link).await).await;
    assert_eq!(status, 400, "{code}");
    assert_eq!(world.digest().await, before);
    let told = told(world, &id).await;
    assert_eq!((&told["state"], &told["reason"]), (&json!("refused"), &json!(code)));
    assert_eq!((&told["claims"], &told["cards"]), (&Value::Null, &Value::Null));
    code
}

/// As [`refuses`], of a wallet that does something wrong with a good document.
async fn refuses_wrong(world: &World, holder: &Holder, wrong: Wrong) -> String {
    refuses(world, async |world, link| holder.answer(world, link, wrong).await).await
}

/// As [`refuses`], of a document that is shown as it should be.
async fn refuses_document(world: &World, office: &Office, made: Made<'_>) -> String {
    refuses_wrong(world, &office.issue(made), Wrong::Nothing).await
}

#[tokio::test]
async fn what_was_asked_of_a_document_is_read_and_nothing_else() {
    let (world, office) = world("documents").await;
    let (link, id) = asked(&world, licence()).await;
    let holder = office.issue(Made::good(&world));
    assert_eq!(holder.answer(&world, &link, Wrong::Everything).await.status(), 200);
    let told = told(&world, &id).await;
    let elements = json!({ NAMESPACE: { "family_name": "Okafor", "age_over_18": true } });
    assert_eq!((&told["state"], &told["reason"]), (&json!("shown"), &Value::Null));
    assert_eq!(told["cards"], json!({ "licence": [elements] }), "the portrait came and is told to nobody");
}

#[tokio::test]
async fn a_document_counts_once() {
    let (world, office) = world("documents-once").await;
    let (link, _) = asked(&world, licence()).await;
    let holder = office.issue(Made::good(&world));
    let request = world.wallet().fetch(&world, &link).await;
    let form = holder.form(&request, Wrong::Nothing);
    assert_eq!(post(&world, &request, form.clone()).await.status(), 200);
    let before = world.digest().await;
    assert_eq!(post(&world, &request, form).await.status(), 410);
    assert_eq!(world.digest().await, before);
}

#[tokio::test]
async fn a_document_for_another_session_is_refused() {
    let (world, office) = world("documents-session").await;
    for wrong in [
        Wrong::Nonce("n".repeat(43)),
        Wrong::Client("x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned()),
        Wrong::Address("https://other.example/answer".to_owned()),
        Wrong::OtherKey,
        Wrong::NoKey,
        Wrong::OlderHandover,
    ] {
        let name = format!("{wrong:?}");
        let code = refuses_wrong(&world, &office.issue(Made::good(&world)), wrong).await;
        assert_eq!(code, "presentation_refused", "{name}");
    }
}

#[tokio::test]
async fn a_document_shown_to_one_request_is_nothing_to_another() {
    let (world, office) = world("documents-relayed").await;
    let (link, _) = asked(&world, licence()).await;
    let holder = office.issue(Made::good(&world));
    let first = world.wallet().fetch(&world, &link).await;
    let shown = holder.present(first.content(), &Wrong::Nothing);
    let code = refuses(&world, async |world, link| {
        let request = world.wallet().fetch(world, link).await;
        post(world, &request, holder::form_of(&request, &json!({ "licence": [shown] }))).await
    });
    assert_eq!(code.await, "presentation_refused");
}

#[tokio::test]
async fn a_document_that_its_device_did_not_sign_is_refused() {
    let (world, office) = world("documents-device").await;
    for wrong in [
        Wrong::Unsigned,
        Wrong::WithoutDeviceAuth,
        Wrong::Mac,
        Wrong::SignedBy(Box::new(office.issue(Made::good(&world)))),
        Wrong::AddsElement,
    ] {
        let name = format!("{wrong:?}");
        let code = refuses_wrong(&world, &office.issue(Made::good(&world)), wrong).await;
        assert_eq!(code, "presentation_refused", "{name}");
    }
}

#[tokio::test]
async fn a_document_that_was_changed_is_refused() {
    let (world, office) = world("documents-changed").await;
    let other = || Box::new(office.issue(Made::good(&world)));
    for wrong in [
        Wrong::ChangedElement,
        Wrong::ChangedSignature,
        Wrong::ItemOf(other()),
        Wrong::IssuerSignatureOf(other()),
        Wrong::SaysToBe("org.example.other"),
    ] {
        let name = format!("{wrong:?}");
        let code = refuses_wrong(&world, &office.issue(Made::good(&world)), wrong).await;
        assert_eq!(code, "presentation_refused", "{name}");
    }
}

#[tokio::test]
async fn a_document_of_another_type_is_refused_though_its_issuer_may_issue_it() {
    let (world, office) = world("documents-type").await;
    world.node.register().accredit_for("interior", "org.example.library");
    world.let_facts_age();
    let library = Made { doctype: "org.example.library", ..Made::good(&world) };
    assert_eq!(refuses_document(&world, &office, library).await, "presentation_refused");
}

#[tokio::test]
async fn a_document_without_what_was_asked_for_is_refused() {
    let (world, office) = world("documents-less").await;
    let holder = office.issue(Made::good(&world));
    assert_eq!(refuses_wrong(&world, &holder, Wrong::Conceals).await, "presentation_refused");
}

#[tokio::test]
async fn a_document_under_an_authority_that_is_not_in_the_register_is_refused() {
    let (world, _) = world("documents-foreign").await;
    let foreign = Office::new(world.now());
    assert_eq!(refuses_document(&world, &foreign, Made::good(&world)).await, "unknown_signer");
}

#[tokio::test]
async fn a_document_by_a_certificate_that_signs_other_things_is_refused() {
    let (world, mut office) = world("documents-purpose").await;
    office.sign_with_the_certificate_of_cards(world.now());
    assert_eq!(refuses_document(&world, &office, Made::good(&world)).await, "unknown_signer");
}

#[tokio::test]
async fn a_document_by_a_member_that_may_not_issue_it_is_refused() {
    let (world, _) = world("documents-unaccredited").await;
    let stranger = Office::new(world.now());
    world.node.register().add_document_anchor("stranger", stranger.anchor.clone());
    world.let_facts_age();
    assert_eq!(refuses_document(&world, &stranger, Made::good(&world)).await, "not_accredited");
    let relying_party = Office::new(world.now());
    world.node.register().add_member("shop", Role::Verifier, "https://shop.example");
    world.node.register().add_document_anchor("shop", relying_party.anchor.clone());
    world.node.register().accredit_for("shop", LICENCE);
    world.let_facts_age();
    assert_eq!(refuses_document(&world, &relying_party, Made::good(&world)).await, "not_accredited");
}

#[tokio::test]
async fn a_document_by_a_suspended_member_is_refused() {
    let (world, office) = world("documents-suspended").await;
    world.node.register().suspend("interior");
    world.let_facts_age();
    assert_eq!(refuses_document(&world, &office, Made::good(&world)).await, "suspended");
}

#[tokio::test]
async fn a_document_is_good_for_its_time_only() {
    let (world, office) = world("documents-dates").await;
    let (now, hour) = (world.now(), Duration::from_secs(3600));
    let over = Made { from: now.minus(hour), until: now.minus(Duration::from_secs(1)), ..Made::good(&world) };
    assert_eq!(refuses_document(&world, &office, over).await, "card_expired");
    let early = Made { from: now.plus(Duration::from_secs(120)), ..Made::good(&world) };
    assert_eq!(refuses_document(&world, &office, early).await, "presentation_refused");
}

#[tokio::test]
async fn a_revoked_document_is_refused_from_the_moment_it_is_published() {
    let (world, office) = world("documents-revoked").await;
    for (status, code) in [
        (Status::Invalid, "revoked"),
        (Status::Suspended, "suspended"),
        (Status::from_number(3), "status_unknown"),
    ] {
        world.set_status(status);
        assert_eq!(refuses_document(&world, &office, Made::good(&world)).await, code);
    }
    world.set_status(Status::Valid);
    let (link, _) = asked(&world, licence()).await;
    let holder = office.issue(Made::good(&world));
    assert_eq!(holder.answer(&world, &link, Wrong::Nothing).await.status(), 200);
}

#[tokio::test]
async fn a_document_whose_status_cannot_be_known_is_refused() {
    let (world, office) = world("documents-status").await;
    let foreign = Made { status: Some((world.node.list("2"), 7)), ..Made::good(&world) };
    assert_eq!(refuses_document(&world, &office, foreign).await, "status_not_anchored");
    let beyond = Made { status: Some((world.node.list("1"), 1 << 40)), ..Made::good(&world) };
    assert_eq!(refuses_document(&world, &office, beyond).await, "status_untrue");
    world.set_status(Status::Valid);
    world.node.register().lists_answer = false;
    assert_eq!(refuses_document(&world, &office, Made::good(&world)).await, "status_unreachable");
}

#[tokio::test]
async fn what_is_no_document_is_refused() {
    let (world, office) = world("documents-none").await;
    let holder = office.issue(Made::good(&world));
    let card = async |world: &World, link: &str| world.wallet().answer(world, link).await;
    assert_eq!(refuses(&world, card).await, "presentation_refused");
    for wrong in [Wrong::Text(String::new()), Wrong::Text("AAAA".to_owned()), Wrong::Text("?".to_owned())] {
        assert_eq!(refuses_wrong(&world, &holder, wrong).await, "presentation_refused");
    }
    let (link, _) =
        asked(&world, json!({ "registration": "login", "dcql_query": query(&["given_name"]) })).await;
    let request = world.wallet().fetch(&world, &link).await;
    let shown = json!({ "identity": [holder.present(request.content(), &Wrong::Nothing)] });
    let answer = post(&world, &request, holder::form_of(&request, &shown)).await;
    assert_eq!(refusal(answer).await, (400, "presentation_refused".to_owned()));
}

#[tokio::test]
async fn several_documents_in_one_presentation_or_unasked_are_refused() {
    let (world, office) = world("documents-several").await;
    let holder = office.issue(Made::good(&world));
    assert_eq!(refuses_wrong(&world, &holder, Wrong::Doubled).await, "presentation_refused");
    let code = refuses(&world, async |world, link| {
        let request = world.wallet().fetch(world, link).await;
        let one = holder.present(request.content(), &Wrong::Nothing);
        let two = office.issue(Made::good(world)).present(request.content(), &Wrong::Nothing);
        post(world, &request, holder::form_of(&request, &json!({ "licence": [one, two] }))).await
    });
    assert_eq!(code.await, "presentation_refused");
}

#[tokio::test]
async fn a_card_and_documents_are_believed_together_or_not_at_all() {
    let (world, office) = world("documents-together").await;
    let card = query(&["given_name"])["credentials"][0].clone();
    let all = wants(&[card, part("licence", &["family_name"]), part("age", &["age_over_18"])]);
    let holder = office.issue(Made::good(&world));
    let answer = async |wrong: [Wrong; 2]| {
        let (link, id) = asked(&world, all.clone()).await;
        let wallet = world.wallet();
        let request = wallet.fetch(&world, &link).await;
        let [licence, age] = wrong;
        let shown = json!({
            "identity": [wallet.show(&world, request.content(), "identity")],
            "licence": [holder.present(request.content(), &licence)],
            "age": [holder.present(request.content(), &age)],
        });
        let status = post(&world, &request, holder::form_of(&request, &shown)).await.status();
        (status.as_u16(), told(&world, &id).await)
    };
    let (status, told) = answer([Wrong::Nothing, Wrong::Nothing]).await;
    assert_eq!((status, &told["state"]), (200, &json!("shown")));
    assert_eq!(told["cards"]["identity"], json!([{ "given_name": "Maria" }]));
    assert_eq!(told["cards"]["licence"], json!([{ NAMESPACE: { "family_name": "Okafor" } }]));
    assert_eq!(told["cards"]["age"], json!([{ NAMESPACE: { "age_over_18": true } }]));
    for wrong in [[Wrong::Unsigned, Wrong::Nothing], [Wrong::Nothing, Wrong::ChangedElement]] {
        let (status, told) = answer(wrong).await;
        assert_eq!((status, &told["state"], &told["cards"]), (400, &json!("refused"), &Value::Null));
    }
}

#[tokio::test]
async fn an_answer_that_leaves_a_document_out_is_refused() {
    let (world, office) = world("documents-left-out").await;
    let (link, _) =
        asked(&world, wants(&[part("one", &["family_name"]), part("two", &["family_name"])])).await;
    let request = world.wallet().fetch(&world, &link).await;
    let shown = office.issue(Made::good(&world)).present(request.content(), &Wrong::Nothing);
    let answer = encrypted(
        request.content(),
        &json!({ "vp_token": { "one": [shown] }, "state": request.content().state }).to_string(),
    );
    assert_eq!(refusal(post(&world, &request, answer).await).await, (400, "presentation_refused".to_owned()));
}

#[tokio::test]
async fn a_system_asks_for_no_more_of_a_document_than_is_registered() {
    let (world, _) = world("documents-too-much").await;
    let portrait = wants(&[part("licence", &["portrait"])]);
    assert_eq!(refused(&world, portrait).await, (400, "too_much".to_owned()));
    let mut other = wants(&[part("licence", &[])]);
    other["dcql_query"]["credentials"][0] = json!({
        "id": "licence", "format": "mso_mdoc", "meta": { "doctype_value": "org.example.disability" },
    });
    assert_eq!(refused(&world, other).await, (400, "too_much".to_owned()));
    let mut payment = licence();
    payment["transaction_data"] = json!([{ "type": "urn:symbolon:transaction:payment:1",
        "credential_ids": ["licence"], "amount": "1", "currency": "EUR", "payee": "Corner Bakery" }]);
    assert_eq!(
        refused(&world, payment).await,
        (400, "transaction_data".to_owned()),
        "a document confirms nothing"
    );
}
