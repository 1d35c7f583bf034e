//! Relying parties: one JSON file each, read when it is needed, so that adding one needs no restart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use credential::key::{Algorithm, PublicKey};
use openid4vc::web_url::WebUrl;
use registry_proof::name::{MemberId, UseName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::language::Language;
use url::Url;

/// Bytes of a relying party's file, at most.
const MAX_FILE: usize = 64 * 1024;
/// Keys of a relying party, at most.
const MAX_KEYS: usize = 16;

/// Why a relying party's description is refused.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file.
    #[error("relying party's file could not be read or written")]
    File(#[from] std::io::Error),
    /// Not JSON of its shape.
    #[error("relying party's file is malformed")]
    Malformed(#[source] serde_json::Error),
    /// An identifier that cannot name a file.
    #[error("client identifier must be of lower-case letters, digits, dots and hyphens")]
    Id,
    /// A redirect address that is neither https nor loopback, or has a user or a fragment.
    #[error("redirect address must be https, or http on loopback, without user or fragment")]
    Redirect,
    /// What does not fit its tier.
    #[error(
        "strict tier needs private_key_jwt, its keys and ES256; client_secret_basic needs a secret's SHA-256"
    )]
    Authentication,
    /// Its tokens could not be encrypted.
    #[error("key with use enc must be of P-256")]
    Encryption,
    /// A private key, which is nobody's but the relying party's.
    #[error("keys must be public")]
    Private,
    /// A known relying party is not replaced.
    #[error("relying party is known already")]
    Exists,
}

/// What kind of OpenID a relying party speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// OpenID Connect, at `/`.
    Plain,
    /// FAPI 2.0, at `/fapi`.
    Strict,
}

/// How a relying party says who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// A secret (RFC 6749 section 2.3.1).
    ClientSecretBasic,
    /// A signed assertion (RFC 7523).
    PrivateKeyJwt,
}

/// How its ID tokens are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdTokenAlgorithm {
    /// RSA, which every library knows; plain tier only.
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// P-256.
    #[serde(rename = "ES256")]
    Es256,
}

/// A relying party.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its identifier.
    pub client_id: String,
    /// Its name by language.
    pub name: BTreeMap<String, String>,
    /// Its tier.
    pub tier: Tier,
    /// Where it is answered; compared exactly.
    pub redirect_uris: Vec<Url>,
    /// Where a browser may go after a logout.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<Url>,
    /// How it says who it is.
    pub auth: Authentication,
    /// SHA-256 of its secret, hexadecimal.
    #[serde(default)]
    pub secret_sha256: Option<String>,
    /// Its public keys, each with `use` and `kid`.
    #[serde(default)]
    pub jwks: Option<Value>,
    /// The member that holds the registration.
    pub member: MemberId,
    /// Which of its uses.
    #[serde(rename = "use")]
    pub use_name: UseName,
    /// Scopes that it may ask for.
    pub scopes: BTreeSet<String>,
    /// Whether it takes part in single sign-on.
    #[serde(default)]
    pub sso: bool,
    /// How its ID tokens are signed.
    #[serde(default)]
    pub id_token_alg: IdTokenAlgorithm,
    /// Whether it takes logins by a QR code on another device.
    #[serde(default = "yes")]
    pub cross_device: bool,
}

const fn yes() -> bool {
    true
}

impl Client {
    /// Its name in the reader's language.
    pub fn name_in(&self, language: Language) -> &str {
        let name = self.name.get(language.key()).or_else(|| self.name.get("en"));
        name.map_or(self.client_id.as_str(), String::as_str)
    }

    /// The key that signs as `kid`; without a name, the only one for signatures.
    pub fn signing_key(&self, kid: Option<&str>) -> Option<PublicKey> {
        let candidates: Vec<&Value> = self.keys().filter(|key| key["use"] != "enc").collect();
        let found = match kid {
            Some(kid) => candidates.into_iter().find(|key| key["kid"] == kid)?,
            None if candidates.len() == 1 => candidates.first().copied()?,
            None => return None,
        };
        public_key(found)
    }

    /// The key that its tokens are encrypted to, where it registered one.
    pub fn encryption_key(&self) -> Option<&Value> {
        self.keys().find(|key| key["use"] == "enc")
    }

    fn keys(&self) -> impl Iterator<Item = &Value> {
        self.jwks.iter().filter_map(|jwks| jwks["keys"].as_array()).flatten().take(MAX_KEYS)
    }

    fn check(&self) -> Result<(), ClientError> {
        if !is_id(&self.client_id) {
            return Err(ClientError::Id);
        }
        let mut all = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris);
        if self.redirect_uris.is_empty() || !all.all(is_redirect) {
            return Err(ClientError::Redirect);
        }
        self.check_keys()?;
        let can = match self.auth {
            Authentication::ClientSecretBasic => {
                let digest = self.secret_sha256.as_deref().and_then(|text| hex::decode(text).ok());
                self.tier == Tier::Plain && digest.is_some_and(|digest| digest.len() == 32)
            }
            Authentication::PrivateKeyJwt => {
                self.keys().any(|key| key["use"] != "enc" && public_key(key).is_some())
            }
        };
        let fits = self.tier == Tier::Plain || self.id_token_alg == IdTokenAlgorithm::Es256;
        if can && fits { Ok(()) } else { Err(ClientError::Authentication) }
    }

    /// A key of a kind that we do not know is passed over, as RFC 7517 section 5 asks.
    fn check_keys(&self) -> Result<(), ClientError> {
        if self.keys().any(|key| key.get("d").is_some() || key.get("k").is_some()) {
            return Err(ClientError::Private);
        }
        let usable = |key: &Value| public_key(key).is_some_and(|key| key.algorithm() == Algorithm::Es256);
        if self.encryption_key().is_none_or(usable) { Ok(()) } else { Err(ClientError::Encryption) }
    }
}

/// `use`, `kid` and `alg` chose the key; what is left is the key itself.
fn public_key(jwk: &Value) -> Option<PublicKey> {
    let mut key = jwk.clone();
    for name in ["use", "kid", "alg", "key_ops"] {
        key.as_object_mut()?.remove(name);
    }
    PublicKey::from_jwk(&key).ok()
}

/// The folder of relying parties.
#[derive(Clone, Debug)]
pub struct Clients(PathBuf);

impl Clients {
    /// In this folder.
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The relying party of this name; none where it is unknown or its file is unusable.
    pub fn find(&self, client_id: &str) -> Option<Client> {
        if !is_id(client_id) {
            return None;
        }
        match read(&self.0.join(format!("{client_id}.json"))) {
            Ok(client) if client.client_id == client_id => Some(client),
            Ok(_) => None,
            Err(ClientError::File(error)) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    client_id,
                    "relying party is left out"
                );
                None
            }
        }
    }

    /// Adds the relying party that `file` describes.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn add(&self, file: &Path) -> Result<Client, ClientError> {
        let client = read(file)?;
        std::fs::create_dir_all(&self.0)?;
        let place = self.0.join(format!("{}.json", client.client_id));
        if place.exists() {
            return Err(ClientError::Exists);
        }
        let text = serde_json::to_vec_pretty(&client).map_err(ClientError::Malformed)?;
        // A reader never sees half a file.
        let draft = self.0.join(format!("{}.new", client.client_id));
        std::fs::write(&draft, text)?;
        std::fs::rename(&draft, &place)?;
        Ok(client)
    }
}

fn read(file: &Path) -> Result<Client, ClientError> {
    let bytes = std::fs::read(file)?;
    if bytes.len() > MAX_FILE {
        return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge).into());
    }
    let client: Client = serde_json::from_slice(&bytes).map_err(ClientError::Malformed)?;
    client.check()?;
    Ok(client)
}

fn is_id(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    (1..=80).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('.')
}

fn is_redirect(url: &Url) -> bool {
    WebUrl::parse(url.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use credential::key::{Algorithm, Signer as _, SigningKey};
    use serde_json::json;
    use service_kit::random::Random;

    use super::*;

    fn key(name: &str, purpose: &str) -> Value {
        let key = SigningKey::generate(Algorithm::Es256, &mut *Random::system().rng());
        let mut jwk = key.public_key().to_jwk();
        (jwk["kid"], jwk["use"]) = (name.into(), purpose.into());
        jwk
    }

    fn check(change: impl FnOnce(&mut Value)) -> Result<(), ClientError> {
        let mut description = json!({
            "client_id": "bank", "name": { "en": "The bank" }, "tier": "strict",
            "redirect_uris": ["https://bank.example/callback"], "auth": "private_key_jwt",
            "jwks": { "keys": [key("s", "sig"), key("e", "enc")] }, "member": "bank", "use": "login",
            "scopes": ["openid"], "id_token_alg": "ES256",
        });
        change(&mut description);
        serde_json::from_value::<Client>(description).map_err(ClientError::Malformed)?.check()
    }

    #[test]
    fn a_strict_relying_party_with_its_keys_is_accepted() {
        check(|_| {}).unwrap();
    }

    #[test]
    fn keys_that_no_signature_can_be_checked_with_are_refused() {
        let refused = |keys: Value| {
            let outcome = check(|client| client["jwks"]["keys"] = keys);
            assert!(matches!(outcome, Err(ClientError::Authentication)), "{outcome:?}");
        };
        refused(json!([]));
        refused(json!([key("e", "enc")]));
        refused(json!([{ "kid": "s", "use": "sig", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }]));
    }

    #[test]
    fn a_key_that_nothing_can_be_encrypted_to_is_refused() {
        let outcome = check(|client| client["jwks"]["keys"][1]["x"] = "AA".into());
        assert!(matches!(outcome, Err(ClientError::Encryption)), "{outcome:?}");
    }

    #[test]
    fn a_private_key_is_refused() {
        for place in [0, 1] {
            let outcome = check(|client| client["jwks"]["keys"][place]["d"] = "AA".into());
            assert!(matches!(outcome, Err(ClientError::Private)), "{outcome:?}");
        }
    }

    #[test]
    fn a_key_of_a_kind_that_we_do_not_know_is_passed_over() {
        let rsa = json!({ "kid": "r", "use": "sig", "kty": "RSA", "n": "AQAB", "e": "AQAB" });
        check(|client| client["jwks"]["keys"].as_array_mut().unwrap().push(rsa)).unwrap();
    }

    #[test]
    fn redirect_addresses_are_https_or_loopback_without_user_or_fragment() {
        for address in [
            "http://bank.example/callback",
            "http://127.0.0.1.example/",
            "https://user@bank.example/",
            "https://bank.example/#x",
            "javascript:alert(1)",
            "bank:callback",
        ] {
            let outcome = check(|client| client["redirect_uris"] = json!([address]));
            assert!(matches!(outcome, Err(ClientError::Redirect)), "{address}: {outcome:?}");
        }
        check(|client| client["redirect_uris"] = json!(["http://127.0.0.1:7400/callback"])).unwrap();
    }

    #[test]
    fn a_secret_is_for_the_plain_tier_and_is_a_whole_digest() {
        let secret = |tier: &str, digest: String| {
            check(|client| {
                client["auth"] = "client_secret_basic".into();
                (client["tier"], client["secret_sha256"]) = (tier.into(), digest.into());
            })
        };
        secret("plain", "0".repeat(64)).unwrap();
        for (tier, digest) in
            [("strict", "0".repeat(64)), ("plain", "0".repeat(62)), ("plain", String::new())]
        {
            assert!(matches!(secret(tier, digest), Err(ClientError::Authentication)));
        }
    }
}
