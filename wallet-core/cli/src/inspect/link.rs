//! Links: offers and requests.

use openid4vc::vci::offer::{self, CredentialOffer, OfferLink};
use openid4vc::vp::link::{AuthorizationLink, SCHEMES};
use serde_json::json;
use url::Url;

use super::Finding;
use super::kind::Material;
use crate::checks::in_words;

fn scheme(text: &str) -> String {
    Url::parse(text).map(|url| url.scheme().to_owned()).unwrap_or_default()
}

pub(super) fn is(material: &Material<'_>) -> bool {
    let scheme = scheme(material.text);
    let scheme = scheme.as_str();
    SCHEMES.contains(&scheme) || offer::SCHEMES.contains(&scheme) || matches!(scheme, "https" | "http")
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let (text, scheme) = (material.text, scheme(material.text));
    if SCHEMES.contains(&scheme.as_str()) {
        look_at_request(text)
    } else if offer::SCHEMES.contains(&scheme.as_str()) {
        look_at_link(text)
    } else {
        Finding::new("a web address", json!({ "url": text }))
    }
}

const OFFER: &str = "an offer of a card";

fn look_at_link(text: &str) -> Finding {
    match OfferLink::parse(text) {
        Ok(OfferLink::Offer(offer)) => Finding::new(OFFER, offer.to_json()),
        Ok(OfferLink::Address(address)) => {
            let says = json!({ "credential_offer_uri": address.as_str() });
            Finding::new("the address of an offer of a card", says)
        }
        Err(error) => Finding::broken(OFFER, &error),
    }
}

pub(super) fn is_offer(material: &Material<'_>) -> bool {
    ["credential_issuer", "credential_configuration_ids"].iter().all(|name| material.member(name).is_some())
}

pub(super) fn look_at_offer(material: &Material<'_>) -> Finding {
    let finding = Finding::new(OFFER, material.json.clone().unwrap_or_default());
    match CredentialOffer::parse(material.text.as_bytes()) {
        Ok(_) => finding,
        Err(error) => finding.but(in_words(&error)),
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
        Err(error) => Finding::broken("a request to show cards", &error),
    }
}
