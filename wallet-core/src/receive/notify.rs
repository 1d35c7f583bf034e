//! Telling the issuer what became of its cards, where it wants to know.
//!
//! Spec: OpenID4VCI 1.0 section 11.

use openid4vc::vci::notification::{Event, Notification};

use super::authorize::Post;
use super::{Access, Offered};
use crate::wallet::Wallet;

impl Wallet {
    /// Tells the issuer. Whether it hears it changes nothing about the cards, so this may fail quietly.
    pub(super) async fn notify(&self, offered: &Offered, access: &Access, id: Option<&str>, event: Event) {
        let (Some(to), Some(id)) = (&offered.metadata.notification_endpoint, id) else { return };
        let text = Notification { notification_id: id.to_owned(), event }.to_json().to_string();
        let post =
            Post { to, media_type: "application/json", text, token: Some(&access.token), server: None };
        let _ = self.post_with_proof(&post, &*access.key.signer).await;
    }
}
