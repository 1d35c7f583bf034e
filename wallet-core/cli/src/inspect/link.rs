//! Links: offers and requests.

use openid4vc::vci::offer::{self, CredentialOffer, OfferLink};
use openid4vc::vp::link::{AuthorizationLink, SCHEMES};
use serde_json::{Value, json};
use url::Url;

use super::{Finding, token::chain};

pub(super) fn look(text: &str) -> Option<Finding> {
    let url = Url::parse(text).ok()?;
    if SCHEMES.contains(&url.scheme()) {
        return Some(look_at_request(text));
    }
    if offer::SCHEMES.contains(&url.scheme()) {
        return Some(look_at_link(text));
    }
    let is_web = matches!(url.scheme(), "https" | "http");
    is_web.then(|| Finding::new("a web address", json!({ "url": text })))
}

const OFFER: &str = "an offer of a card";

fn look_at_link(text: &str) -> Finding {
    match OfferLink::parse(text) {
        Ok(OfferLink::Offer(offer)) => Finding::new(OFFER, offer.to_json()),
        Ok(OfferLink::Address(address)) => {
            let says = json!({ "credential_offer_uri": address.as_str() });
            Finding::new("the address of an offer of a card", says)
        }
        Err(error) => Finding::broken(OFFER, chain(&error)),
    }
}

pub(super) fn look_at_offer(offer: &Value) -> Finding {
    let finding = Finding::new(OFFER, offer.clone());
    match CredentialOffer::parse(offer.to_string().as_bytes()) {
        Ok(_) => finding,
        Err(error) => finding.but(chain(&error)),
    }
}

fn look_at_request(text: &str) -> Finding {
    match AuthorizationLink::parse(text) {
        Ok(link) => {
            let says = json!({
                "client_id": link.client_id.to_string(), "request_uri": link.request_uri.as_str(),
                "method": format!("{:?}", link.method).to_lowercase(),
            });
            Finding::new("a request to show cards", says)
        }
        Err(error) => Finding::broken("a request to show cards", chain(&error)),
    }
}
