//! Getting a card again, from where it came.

use std::sync::Arc;
use std::time::Duration;

use registry_proof::entry::{Entry, Role, Standing};
use registry_proof::key::Key;
use serde_json::json;
use url::Url;
use wallet_core::held::CardFormat;
use wallet_core::receive::{Offered, ReceiveError};
use wallet_core::store::cards::{About, Card, Source};
use wallet_core::view::{CardView, Needs, Texts};

use crate::issuer::{Issuer, start};
use crate::now;
use crate::register::VCT;
use crate::server::Server;
use crate::world::Home;

/// A card as it comes back from a backup: what it is and where it came from, without copies.
fn restored(issuer: &Issuer) -> Card {
    Card {
        id: "restored".to_owned(),
        format: CardFormat::SdJwtVc,
        vct: VCT.to_owned(),
        issuer: "interior".to_owned(),
        received_at: now().minus(Duration::from_secs(86_400)),
        about: About { title: Texts::one("Personal identity"), ..About::default() },
        source: Some(Source { issuer: issuer.origin.clone(), configuration: "pid".to_owned() }),
    }
}

type Change = fn(&mut Issuer);
type Changed = fn(Card) -> Card;

async fn with(name: &str, change: Change, card: Changed) -> (Home, Arc<Issuer>, Server) {
    let (issuer, server) = start(change).await;
    let home = Home::new(name, &issuer.register);
    home.wallet.store().keep_card(&card(restored(&issuer)), &[]).unwrap();
    (home, issuer, server)
}

/// Signs in as a browser would.
async fn sign_in(home: &Home, server: &Server, offered: &Offered) -> Result<Vec<CardView>, ReceiveError> {
    let sign_in = home.wallet.begin_sign_in(offered, "http://127.0.0.1:9/back").await?;
    let pushed = server.posted("/par").pop().unwrap();
    let asked = Url::parse(&format!("http://x/?{pushed}")).unwrap();
    let value = |name: &str| {
        asked.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    };
    assert_eq!((value("scope").as_deref(), value("issuer_state")), (Some("pid"), None));
    let mut back = Url::parse("http://127.0.0.1:9/back").unwrap();
    let (state, origin) = (value("state").unwrap(), server.origin.clone());
    back.query_pairs_mut().extend_pairs([("code", "c"), ("state", &state), ("iss", &origin)]);
    home.wallet.end_sign_in(offered, sign_in, back.as_str()).await
}

#[tokio::test]
async fn a_card_from_a_backup_is_had_again_by_signing_in() {
    let (home, issuer, server) = with("again", |_| (), |card| card).await;
    let offered = home.wallet.get_again("restored").await.unwrap();
    assert_eq!((offered.view().issuer.member.as_str(), &offered.view().needs), ("interior", &Needs::SignIn));
    let cards = sign_in(&home, &server, &offered).await.unwrap();
    let card = &cards[0];
    assert_eq!((cards.len(), card.id.as_str(), card.copies, card.unused_copies), (1, "restored", 3, 3));
    assert!(card.renews_itself, "and from now on it renews itself");
    assert_eq!(home.wallet.cards().unwrap().len(), 1, "it is the same card, not another");
    assert_eq!(home.wallet.renew_card("restored").await.unwrap().len(), 1);
    assert_eq!(issuer.mood().told.len(), 2);
}

#[tokio::test]
async fn a_card_that_has_run_out_is_had_again_with_its_copies_replaced() {
    let (home, _issuer, server) = with("again-old", |_| (), |card| card).await;
    let offered = home.wallet.get_again("restored").await.unwrap();
    sign_in(&home, &server, &offered).await.unwrap();
    let old = home.wallet.store().copies_of("restored").unwrap();
    let offered = home.wallet.get_again("restored").await.unwrap();
    sign_in(&home, &server, &offered).await.unwrap();
    let new = home.wallet.store().copies_of("restored").unwrap();
    assert!(new.len() == 3 && new.iter().all(|copy| !old.contains(copy)));
    assert_eq!(home.wallet.store().renewals().unwrap().len(), 1, "the old renewal is forgotten");
}

#[tokio::test]
async fn where_a_card_came_from_must_be_known_and_still_be_the_same_office() {
    let cases: [(&str, Change, Changed); 8] = [
        ("source_unknown", |_| (), |card| Card { source: None, ..card }),
        ("other_card", |_| (), |card| Card { issuer: "other".to_owned(), ..card }),
        ("other_card", |_| (), |card| Card { vct: "urn:another:1".to_owned(), ..card }),
        (
            "unknown_card",
            |_| (),
            |card| {
                let source =
                    card.source.clone().map(|source| Source { configuration: "x".to_owned(), ..source });
                Card { source, ..card }
            },
        ),
        (
            "address_refused",
            |_| (),
            |card| {
                let source =
                    Source { issuer: "http://interior.example".to_owned(), configuration: "pid".to_owned() };
                Card { source: Some(source), ..card }
            },
        ),
        (
            "suspended",
            |issuer| {
                let place = Key::Member("interior".parse().unwrap());
                let Some(Entry::Member(member)) = issuer.register.entries.get_mut(&place) else {
                    panic!("none")
                };
                member.standing = Standing::Suspended;
                issuer.staple();
            },
            |card| card,
        ),
        (
            "unknown_signer",
            |issuer| {
                issuer.register.add_member("interior", Role::Issuer, "https://interior.example");
                issuer.staple();
            },
            |card| card,
        ),
        (
            "unsupported_card",
            |issuer| {
                issuer.metadata["credential_configurations_supported"]["pid"]["format"] = json!("mso_mdoc");
            },
            |card| card,
        ),
    ];
    for (number, (code, change, card)) in cases.into_iter().enumerate() {
        let (home, _issuer, server) = with(&format!("again-refused-{number}"), change, card).await;
        let before = home.digest();
        let refused = home.wallet.get_again("restored").await.err().unwrap_or_else(|| panic!("{code}"));
        assert_eq!(refused.code(), code, "{number}");
        assert_eq!(home.digest(), before);
        assert!(server.posted("/par").is_empty(), "nothing was asked of who is not proven");
    }
}

#[tokio::test]
async fn a_sign_in_of_another_is_no_sign_in() {
    let (home, _issuer, server) = with("again-other", |_| (), |card| card).await;
    let offered = home.wallet.get_again("restored").await.unwrap();
    let before = home.digest();
    for (state, iss) in [("another", server.origin.as_str()), ("", "https://evil.example")] {
        let sign_in = home.wallet.begin_sign_in(&offered, "http://127.0.0.1:9/back").await.unwrap();
        let back = format!("http://127.0.0.1:9/back?code=c&state={state}&iss={iss}");
        home.wallet.end_sign_in(&offered, sign_in, &back).await.unwrap_err();
    }
    assert_eq!(home.digest(), before);
    assert!(server.posted("/token").is_empty());
}
