//! Signatures by aws-lc: the back end of the services, several times faster than the portable one.
//!
//! ES256 is done here. EdDSA goes to the portable code, whose strict rule refuses what other rules let
//! pass. RS256 is for the plain tier of the OpenID provider alone, where old clients know nothing else.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use credential::key::{Algorithm, PublicKey, RustCrypto, SignError, SignatureError, Signer, VerifySignature};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::pem;
use crate::secret::Secret;

/// Why a signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is not one PKCS#8 PEM block.
    #[error("key is not one pkcs8 pem block")]
    Pem,
    /// The key is of another kind, or damaged.
    #[error("key is of another kind or damaged")]
    Rejected,
    /// The library could not make a key.
    #[error("key could not be made")]
    Make,
}

/// Verifies with aws-lc.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;

impl VerifySignature for AwsLc {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        match key.algorithm() {
            Algorithm::Es256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.to_bytes())
                .verify(message, signature)
                .map_err(|_| SignatureError),
            Algorithm::EdDsa => RustCrypto.verify(key, message, signature),
        }
    }
}

/// A P-256 key that signs ES256 with aws-lc.
pub struct Es256Signer {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl Es256Signer {
    /// Reads a PKCS#8 PEM key.
    pub fn from_pkcs8_pem(text: &Secret) -> Result<Self, KeyError> {
        let der = one_key(text)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der)
            .map_err(|_| KeyError::Rejected)?;
        let public = PublicKey::from_bytes(Algorithm::Es256, pair.public_key().as_ref())
            .map_err(|_| KeyError::Rejected)?;
        Ok(Self { pair, public })
    }
}

impl Signer for Es256Signer {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| SignError)?;
        Ok(signature.as_ref().to_vec())
    }
}

impl core::fmt::Debug for Es256Signer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Es256Signer(redacted)")
    }
}

/// An RSA key that signs RS256 (RFC 7518 section 3.3).
pub struct Rs256Signer {
    pair: RsaKeyPair,
    key_id: String,
}

impl Rs256Signer {
    /// Makes a 2048-bit key and gives it as PKCS#8 PEM.
    pub fn make_pkcs8_pem() -> Result<Zeroizing<String>, KeyError> {
        let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Make)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Make)?;
        Ok(Zeroizing::new(pem::encode("PRIVATE KEY", der.as_ref())))
    }

    /// Reads a PKCS#8 PEM key of 2048 bits or more.
    pub fn from_pkcs8_pem(text: &Secret) -> Result<Self, KeyError> {
        let der = one_key(text)?;
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|_| KeyError::Rejected)?;
        if pair.public_modulus_len() < 256 {
            return Err(KeyError::Rejected);
        }
        // RFC 7638: the members of the thumbprint in lexicographic order, without white space.
        let thumbprint =
            format!("{{\"e\":\"{}\",\"kty\":\"RSA\",\"n\":\"{}\"}}", exponent(&pair), modulus(&pair));
        let key_id = URL_SAFE_NO_PAD.encode(Sha256::digest(thumbprint.as_bytes()));
        Ok(Self { pair, key_id })
    }

    /// The public key with `kid` (its thumbprint), `alg` and `use`, for a JWKS.
    pub fn public_jwk(&self) -> Value {
        json!({
            "kty": "RSA", "n": modulus(&self.pair), "e": exponent(&self.pair),
            "kid": self.key_id, "alg": "RS256", "use": "sig",
        })
    }

    /// The thumbprint that names the key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Signs a JWT; `alg` and `kid` are set here.
    pub fn sign_jwt(
        &self,
        mut header: Map<String, Value>,
        claims: &Map<String, Value>,
    ) -> Result<String, SignError> {
        header.insert("alg".to_owned(), json!("RS256"));
        header.insert("kid".to_owned(), json!(self.key_id));
        let header = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_string(claims).map_err(|_| SignError)?);
        let mut token = format!("{header}.{payload}");
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| SignError)?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(token)
    }
}

impl core::fmt::Debug for Rs256Signer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Rs256Signer(redacted)")
    }
}

fn modulus(pair: &RsaKeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key().modulus().big_endian_without_leading_zero())
}

fn exponent(pair: &RsaKeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key().exponent().big_endian_without_leading_zero())
}

fn one_key(text: &Secret) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut keys = pem::decode(text.expose(), "PRIVATE KEY").map_err(|_| KeyError::Pem)?;
    match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => Ok(Zeroizing::new(key)),
        _ => Err(KeyError::Pem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use credential::key::SigningKey;

    #[test]
    fn both_back_ends_agree_on_es256() {
        let portable = SigningKey::generate(Algorithm::Es256, &mut *Random::system().rng());
        let pem = Secret::new(portable.to_pkcs8_pem().unwrap().to_string());
        let fast = Es256Signer::from_pkcs8_pem(&pem).unwrap();
        assert!(fast.public_key() == portable.public_key());

        let signature = fast.sign(b"message").unwrap();
        RustCrypto.verify(portable.public_key(), b"message", &signature).unwrap();
        let signature = portable.sign(b"message").unwrap();
        AwsLc.verify(portable.public_key(), b"message", &signature).unwrap();
        assert!(AwsLc.verify(portable.public_key(), b"massage", &signature).is_err());
        assert!(AwsLc.verify(portable.public_key(), b"message", &signature[..63]).is_err());
    }

    #[test]
    fn eddsa_is_verified_by_the_strict_rule() {
        let key = SigningKey::generate(Algorithm::EdDsa, &mut *Random::system().rng());
        let signature = key.sign(b"message").unwrap();
        AwsLc.verify(key.public_key(), b"message", &signature).unwrap();
        assert!(AwsLc.verify(key.public_key(), b"other", &signature).is_err());
    }

    #[test]
    fn a_key_of_another_kind_is_refused() {
        let rsa = Secret::new(Rs256Signer::make_pkcs8_pem().unwrap().to_string());
        assert!(Es256Signer::from_pkcs8_pem(&rsa).is_err());
        assert!(Es256Signer::from_pkcs8_pem(&Secret::new("nonsense".to_owned())).is_err());
    }

    #[test]
    fn an_rs256_token_verifies_under_its_public_key() {
        let signer =
            Rs256Signer::from_pkcs8_pem(&Secret::new(Rs256Signer::make_pkcs8_pem().unwrap().to_string()))
                .unwrap();
        let token = signer.sign_jwt(Map::new(), &Map::new()).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let key = UnparsedPublicKey::new(
            &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256,
            signer.pair.public_key().as_ref(),
        );
        key.verify(message.as_bytes(), &signature).unwrap();
        assert_eq!(signer.public_jwk()["kid"], signer.key_id());
    }
}
