//! The link in an offer's QR code: the offer by value, so that a wallet needs nothing else to show it.
//!
//! Spec: OpenID4VCI 1.0 section 4.

use serde_json::json;

use crate::cards::Card;
use crate::service::Issuer;

/// How the wallet goes on.
#[derive(Clone, Copy)]
pub enum Grant<'a> {
    /// With this pre-authorised code and a code that travels another way.
    PreAuthorized {
        /// The pre-authorised code.
        code: &'a str,
    },
    /// By sign-in on the agency's page.
    SignIn {
        /// What ties the sign-in to this offer.
        issuer_state: &'a str,
    },
}

/// The link that offers one card.
pub fn offer_link(issuer: &Issuer, card: Card<'_>, grant: Grant<'_>) -> String {
    let grants = match grant {
        Grant::PreAuthorized { code } => json!({
            "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                "pre-authorized_code": code,
                "tx_code": { "input_mode": "numeric", "length": issuer.offers.code_digits },
            }
        }),
        Grant::SignIn { issuer_state } => json!({ "authorization_code": { "issuer_state": issuer_state } }),
    };
    let offer = json!({
        "credential_issuer": issuer.origin(),
        "credential_configuration_ids": [card.name()],
        "grants": grants,
    });
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("credential_offer", &offer.to_string())
        .finish();
    format!("openid-credential-offer://?{query}")
}
