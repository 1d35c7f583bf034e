//! Links: offers and requests.

use openid4vc::vp::link::{AuthorizationLink, SCHEMES};
use serde_json::{Value, json};
use url::Url;

use super::{Finding, token::chain};

const MAX_OFFER: usize = 64 * 1024;

pub(super) fn look(text: &str) -> Option<Finding> {
    let url = Url::parse(text).ok()?;
    if SCHEMES.contains(&url.scheme()) {
        return Some(look_at_request(text));
    }
    let value = |name: &str| url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    if let Some(offer) = value("credential_offer") {
        return Some(match credential::json::parse(offer.as_bytes(), MAX_OFFER) {
            Ok(offer) => look_at_offer(&offer),
            Err(error) => Finding::broken(OFFER, error),
        });
    }
    if let Some(address) = value("credential_offer_uri") {
        return Some(Finding::new("the address of an offer of a card", json!({ "credential_offer_uri": address })));
    }
    match url.scheme() {
        "openid-credential-offer" | "haip-vci" => Some(Finding::broken(OFFER, "it offers nothing")),
        "https" | "http" => Some(Finding::new("a web address", json!({ "url": text }))),
        _ => None,
    }
}

const OFFER: &str = "an offer of a card";

pub(super) fn look_at_offer(offer: &Value) -> Finding {
    Finding::new(OFFER, offer.clone())
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
