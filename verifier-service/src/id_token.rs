//! ID tokens and userinfo: signed, and encrypted where the relying party registered a key.
//!
//! Spec: OpenID Connect Core sections 2 and 5.3; nested JWE by RFC 7519 section 5.2.

use credential::jwe::{self, ContentEncryption};
use credential::jws;
use credential::key::Signer as _;
use serde_json::{Map, Value, json};
use service_kit::random::Random;

use crate::client::{Client, IdTokenAlgorithm, Tier};
use crate::service::Provider;
use crate::store::grants::Grant;

/// Seconds that an ID token is good for.
pub const LIFETIME: u64 = 300;

/// Why a token could not be made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The signer failed.
    #[error("token could not be signed")]
    Sign,
    /// The relying party's key is unusable.
    #[error("token could not be encrypted to the relying party")]
    Encrypt(#[source] jwe::JweError),
}

impl Provider {
    /// The ID token of a grant.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn id_token(&self, client: &Client, grant: &Grant, random: &Random) -> Result<String, TokenError> {
        let now = self.clock.now().secs();
        let mut claims = Map::new();
        // Encrypted, it can carry what userinfo carries; otherwise it says who and how, and no more.
        if client.encryption_key().is_some() {
            claims.extend(grant.claims.clone());
        }
        let own = json!({
            "iss": self.issuer(client.tier), "sub": grant.sub, "aud": client.client_id,
            "iat": now, "exp": now + LIFETIME, "auth_time": grant.auth_time, "acr": grant.acr, "amr": grant.amr,
        });
        claims.extend(own.as_object().cloned().unwrap_or_default());
        if let Some(nonce) = &grant.parameters.nonce {
            claims.insert("nonce".into(), nonce.as_str().into());
        }
        self.sign_for(client, &claims, random)
    }

    /// What userinfo answers: the subject and the claims, as a token where the relying party has a key.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn userinfo(&self, client: &Client, grant: &Grant, random: &Random) -> Result<UserInfo, TokenError> {
        let mut claims = grant.claims.clone();
        claims.insert("sub".into(), grant.sub.as_str().into());
        if client.tier == Tier::Plain || client.encryption_key().is_none() {
            return Ok(UserInfo::Json(Value::Object(claims)));
        }
        claims.insert("iss".into(), self.issuer(client.tier).into());
        claims.insert("aud".into(), client.client_id.as_str().into());
        self.sign_for(client, &claims, random).map(UserInfo::Token)
    }

    fn sign_for(
        &self,
        client: &Client,
        claims: &Map<String, Value>,
        random: &Random,
    ) -> Result<String, TokenError> {
        let mut header = Map::new();
        header.insert("typ".into(), "JWT".into());
        let token = match client.id_token_alg {
            IdTokenAlgorithm::Rs256 => self.rs256.sign_jwt(header, claims).map_err(|_| TokenError::Sign)?,
            IdTokenAlgorithm::Es256 => {
                header.insert("kid".into(), self.es256.public_key().thumbprint().into());
                jws::sign(header, claims, &self.es256).map_err(|_| TokenError::Sign)?
            }
        };
        let Some(key) = client.encryption_key() else { return Ok(token) };
        let mut header = Map::new();
        header.insert("cty".into(), "JWT".into());
        jwe::encrypt(key, ContentEncryption::A256Gcm, header, token.as_bytes(), &mut *random.rng())
            .map_err(TokenError::Encrypt)
    }
}

/// What userinfo answers.
#[derive(Clone, Debug, PartialEq)]
pub enum UserInfo {
    /// Claims in the clear.
    Json(Value),
    /// A nested token.
    Token(String),
}
