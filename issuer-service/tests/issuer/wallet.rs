//! The wallet itself takes what this issuer gives: both formats, and only where its provider vouches for it, if the
//! agency wants that.

use std::path::PathBuf;
use std::sync::Arc;

use credential::key::PublicKey;
use credential::time::UnixTime;
use registry_proof::entry::{Entry, KeyState, Standing};
use registry_proof::key::{Key, Purpose};
use serde_json::{Value, json};
use service_kit::clock::{Clock, Hand};
use service_kit::random::Random as SystemRandom;
use wallet_core::keys::FileKeyStore;
use wallet_core::provider::{Attested, Provider as Maker};
use wallet_core::random::Random;
use wallet_core::unlock::Pin;
use wallet_core::view::{CardState, CardView};
use wallet_core::wallet::{Ports, Setup, Wallet};

use crate::attested::Provider;
use crate::node::Node;
use crate::world::{Offer, World};

const DOCTYPE: &str = "eu.europa.ec.eudi.pid.1";
const REQUIRED: &[(&str, &str)] = &[("required = false", "required = true")];

/// A person's wallet, in a folder that is gone when the test is over.
struct Home {
    wallet: Wallet,
    folder: PathBuf,
}

struct Time(Hand);

impl wallet_core::clock::Clock for Time {
    fn now(&self) -> UnixTime {
        Clock::by_hand(&self.0).now()
    }
}

impl Home {
    fn new(name: &str, node: &Node, maker: Option<Maker>) -> Self {
        let folder = std::env::temp_dir().join(format!("wallet-of-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let random = Random::from_source(|| SystemRandom::system().rng());
        let keys = FileKeyStore::create(&folder.join("device.key"), random.clone()).unwrap();
        let ports = Ports { keys: Arc::new(keys), clock: Arc::new(Time(node.hand.clone())), random };
        let nodes = vec![node.origin.parse().unwrap()];
        let setup = Setup { checkpoint: node.register().checkpoint(), nodes };
        let pin = Pin::new("135790".to_owned()).unwrap();
        let wallet = Wallet::init(&folder, &pin, &setup, ports).unwrap();
        let wallet = match maker {
            Some(maker) => wallet.vouched_for(maker),
            None => wallet,
        };
        Self { wallet, folder }
    }

    /// Takes an offer up; the stable code where nothing came of it.
    async fn receive(&self, offer: &Offer) -> Result<Vec<CardView>, String> {
        let code = |error: &wallet_core::receive::ReceiveError| error.code().to_owned();
        let offered = self.wallet.look_at_offer(&offer.link).await.map_err(|error| code(&error))?;
        self.wallet.receive(&offered, Some(&offer.code)).await.map_err(|error| code(&error))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What becomes of the wish for attested keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Attested,
    NotAttested,
    OthersAttested,
    OverAnotherNonce,
}

/// What a wallet has from its provider.
fn maker(provider: Provider, keys: Keys) -> Maker {
    let (attestation, instance) = (provider.attestation(), copy(&provider.instance));
    let provider = Arc::new(provider);
    let attest = move |asked: Vec<PublicKey>, nonce: String| -> Attested {
        let jwks = match keys {
            Keys::OthersAttested => [crate::world::new_key()].iter().map(public_jwk).collect(),
            _ => asked.iter().map(PublicKey::to_jwk).collect::<Vec<Value>>(),
        };
        let nonce = if keys == Keys::OverAnotherNonce { "another".to_owned() } else { nonce };
        let text = (keys != Keys::NotAttested).then(|| provider.jwks(&jwks, &json!({ "nonce": nonce })));
        Box::pin(core::future::ready(text))
    };
    Maker { attestation, instance: Arc::new(instance), attest_keys: Arc::new(attest) }
}

fn copy(key: &credential::key::SigningKey) -> credential::key::SigningKey {
    credential::key::SigningKey::from_jwk(&key.dangerous_to_jwk()).unwrap()
}

fn public_jwk(key: &credential::key::SigningKey) -> Value {
    use credential::key::Signer as _;
    key.public_key().to_jwk()
}

async fn document(world: &World) -> Offer {
    world.offer_with(json!({ "type": DOCTYPE })).await
}

/// The state of an offer, as the agency sees it.
async fn state(world: &World, offer: &Offer) -> String {
    let found = world.api_get(&format!("/api/offers/{}", offer.id)).await;
    found["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_wallet_receives_the_card_and_the_document_and_sees_each_revoked() {
    let node = Node::start().await;
    let world = World::registered("wallet-both", &node, &[]).await;
    let home = Home::new("both", &node, None);
    let document = document(&world).await;
    let [card, licence] = [
        home.receive(&world.offer().await).await.unwrap().remove(0),
        home.receive(&document).await.unwrap().remove(0),
    ];
    assert_eq!((card.vct.as_str(), card.copies), ("urn:eudi:pid:xs:1", 4));
    assert_eq!((licence.vct.as_str(), licence.copies), (DOCTYPE, 4));
    assert_eq!((licence.title.pick("en"), licence.title.pick("zh")), ("Identity document", "身份证件"));
    assert!(!licence.has_code, "a document is shown to who asks for it, and as no code");
    let details = home.wallet.card(&licence.id).unwrap();
    let said = |name: &str| details.claims.iter().find(|claim| claim.name.pick("en") == name).unwrap();
    assert_eq!(said("Family name").value, json!("Lindqvist"));
    assert_eq!(said("Date of birth").value, json!("1987-04-12"));

    let found = world.api_get(&format!("/api/offers/{}", document.id)).await;
    let revoke = format!("/api/credentials/{}/revoke", found["credential"].as_str().unwrap());
    world.hand.advance(1);
    let revoked: Value = world.api(&revoke, json!({})).await.json().await.unwrap();
    assert_eq!(revoked["published"], true, "{revoked}");
    let cards = home.wallet.refresh_states().await.unwrap();
    let state = |id: &str| cards.iter().find(|card| card.id == id).unwrap().state;
    assert_eq!((state(&card.id), state(&licence.id)), (CardState::Ready, CardState::Revoked));
}

#[tokio::test]
async fn a_document_renews_itself_as_a_card_does() {
    let node = Node::start().await;
    let world = World::registered("wallet-renews", &node, &[]).await;
    let home = Home::new("renews", &node, None);
    let licence = home.receive(&document(&world).await).await.unwrap().remove(0);
    assert!(licence.renews_itself);
    node.hand.advance(20 * 86_400);
    world.publish().await;
    let renewed = home.wallet.renew_card(&licence.id).await.unwrap().remove(0);
    assert_eq!((renewed.id, renewed.copies), (licence.id, 4));
    assert!(renewed.valid_until > licence.valid_until);
}

#[tokio::test]
async fn an_office_that_may_not_issue_documents_gives_none_to_wallets() {
    let node = Node::start().await;
    let world = World::registered("wallet-unaccredited", &node, &[]).await;
    let home = Home::new("unaccredited", &node, None);
    let offer = document(&world).await;
    let place = Key::Accreditation("interior".parse().unwrap(), DOCTYPE.parse().unwrap());
    node.register().entries.remove(&place).unwrap();
    node.hand.advance(3);
    assert_eq!(home.receive(&offer).await.unwrap_err(), "not_accredited");
    assert!(home.wallet.cards().unwrap().is_empty());
    assert_eq!(state(&world, &offer).await, "open", "found out before the offer was used up");
}

#[tokio::test]
async fn an_agency_that_wants_attestations_gives_its_cards_to_a_wallet_whose_provider_attests() {
    let node = Node::start().await;
    let provider = Provider::new();
    provider.enrol(&mut node.register());
    let world = World::registered("wallet-attested", &node, REQUIRED).await;
    let home = Home::new("attested", &node, Some(maker(provider, Keys::Attested)));
    let card = home.receive(&world.offer().await).await.unwrap().remove(0);
    let licence = home.receive(&document(&world).await).await.unwrap().remove(0);
    assert_eq!((card.copies, licence.copies), (4, 4));
}

#[tokio::test]
async fn it_gives_none_to_a_wallet_that_nobody_vouches_for() {
    let node = Node::start().await;
    let provider = Provider::new();
    provider.enrol(&mut node.register());
    let world = World::registered("wallet-unattested", &node, REQUIRED).await;
    let stranger = Provider::new();
    for (name, home) in [
        ("no provider", Home::new("no-provider", &node, None)),
        ("a stranger", Home::new("stranger", &node, Some(maker(stranger, Keys::Attested)))),
    ] {
        for offer in [world.offer().await, document(&world).await] {
            let refused = home.receive(&offer).await.unwrap_err();
            assert!(!refused.is_empty(), "{name}");
            assert_eq!(state(&world, &offer).await, "open", "{name}: {refused}");
        }
        assert!(home.wallet.cards().unwrap().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn it_gives_none_to_a_wallet_whose_keys_nobody_vouches_for() {
    let node = Node::start().await;
    let provider = Provider::new();
    provider.enrol(&mut node.register());
    let world = World::registered("wallet-keys", &node, REQUIRED).await;
    for (number, keys) in
        [Keys::NotAttested, Keys::OthersAttested, Keys::OverAnotherNonce].into_iter().enumerate()
    {
        let same = Provider { key: copy(&provider.key), ..Provider::new() };
        let home = Home::new(&format!("keys-{number}"), &node, Some(maker(same, keys)));
        for offer in [world.offer().await, document(&world).await] {
            home.receive(&offer).await.unwrap_err();
            let found = world.api_get(&format!("/api/offers/{}", offer.id)).await;
            assert_eq!(found["credential"], Value::Null, "{number}");
        }
        assert!(home.wallet.cards().unwrap().is_empty(), "{number}");
    }
}

#[tokio::test]
async fn it_gives_none_to_a_wallet_whose_provider_the_register_stands_behind_no_longer() {
    let changes: [fn(&Node); 2] = [
        |node| {
            let place = Key::Member("maker".parse().unwrap());
            let mut register = node.register();
            let Some(Entry::Member(member)) = register.entries.get_mut(&place) else { panic!("none") };
            member.standing = Standing::Suspended;
        },
        |node| {
            let place = Key::MemberKey("maker".parse().unwrap(), Purpose::Attestation, 0);
            let mut register = node.register();
            let Some(Entry::MemberKey(key)) = register.entries.get_mut(&place) else { panic!("none") };
            key.state = KeyState::Compromised;
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let node = Node::start().await;
        let provider = Provider::new();
        provider.enrol(&mut node.register());
        let world = World::registered(&format!("wallet-maker-{number}"), &node, REQUIRED).await;
        let home = Home::new(&format!("maker-{number}"), &node, Some(maker(provider, Keys::Attested)));
        home.receive(&world.offer().await).await.unwrap();
        change(&node);
        node.hand.advance(3);
        let offer = document(&world).await;
        home.receive(&offer).await.unwrap_err();
        assert_eq!(home.wallet.cards().unwrap().len(), 1, "{number}");
        assert_eq!(state(&world, &offer).await, "open", "{number}");
    }
}
