//! JSON Web Encryption, in the one form that presentations and issued credentials travel in: ECDH-ES on
//! P-256, direct, with A128GCM or A256GCM.
//!
//! Composed from p256, SHA-256 and AES-GCM; `apu` and `apv` take part where they are present.
//!
//! Spec: RFC 7516, RFC 7518 sections 4.6 and 5.3.

use core::fmt;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use p256::elliptic_curve::Generate as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use rand_core::CryptoRng;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::encoding::{base64url, from_base64url};
use crate::json;

/// Bytes of a compact token, at most: an answer with several cards, each as large as a token may be in
/// practice.
pub const MAX_TOKEN: usize = 1 << 20;
/// Bytes of a decoded header, at most: one key and the two party infos.
pub const MAX_HEADER: usize = 4 * 1024;
const TAG: usize = 16;
const ALGORITHM: &str = "ECDH-ES";

/// Why a token cannot be made or opened. Nothing says at which step opening failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JweError {
    /// Longer than allowed.
    #[error("token is larger than allowed")]
    TooLarge,
    /// Not five parts of base64url, or its header is no acceptable JSON object.
    #[error("token is not an acceptable compact jwe")]
    Form,
    /// `alg` or `enc` is none of ours.
    #[error("encryption is not one that is allowed")]
    Algorithm,
    /// `crit` names something, and we understand no extension.
    #[error("token has critical extensions")]
    Critical,
    /// `zip`: what is compressed tells its length, and may be a bomb (RFC 8725 section 3.6).
    #[error("token is compressed")]
    Compressed,
    /// A key is not a usable P-256 key.
    #[error("encryption key is not usable")]
    Key,
    /// A public key came with its private part.
    #[error("public key carries its private part")]
    Private,
    /// `use`, `key_ops` or `alg` keep the key from agreeing on secrets by ECDH-ES.
    #[error("key is for another purpose")]
    Purpose,
    /// It does not open with this key.
    #[error("token does not decrypt")]
    Decrypt,
}

/// How the content is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentEncryption {
    /// AES-128 in GCM.
    A128Gcm,
    /// AES-256 in GCM.
    A256Gcm,
}

impl ContentEncryption {
    /// The JOSE name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The method of a JOSE `enc`.
    ///
    /// # Errors
    /// [`JweError::Algorithm`].
    pub fn from_name(name: &str) -> Result<Self, JweError> {
        match name {
            "A128GCM" => Ok(Self::A128Gcm),
            "A256GCM" => Ok(Self::A256Gcm),
            _ => Err(JweError::Algorithm),
        }
    }

    const fn key_len(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm => 32,
        }
    }

    fn seal(self, key: &[u8], iv: &[u8; 12], payload: Payload<'_, '_>) -> Result<Vec<u8>, JweError> {
        match self {
            Self::A128Gcm => {
                Aes128Gcm::new_from_slice(key).map_err(|_| JweError::Key)?.encrypt(iv.into(), payload)
            }
            Self::A256Gcm => {
                Aes256Gcm::new_from_slice(key).map_err(|_| JweError::Key)?.encrypt(iv.into(), payload)
            }
        }
        .map_err(|_| JweError::Key)
    }

    fn open(self, key: &[u8], iv: &[u8; 12], payload: Payload<'_, '_>) -> Result<Vec<u8>, JweError> {
        match self {
            Self::A128Gcm => {
                Aes128Gcm::new_from_slice(key).map_err(|_| JweError::Decrypt)?.decrypt(iv.into(), payload)
            }
            Self::A256Gcm => {
                Aes256Gcm::new_from_slice(key).map_err(|_| JweError::Decrypt)?.decrypt(iv.into(), payload)
            }
        }
        .map_err(|_| JweError::Decrypt)
    }
}

/// What a token held.
pub struct Plaintext {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The content.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plaintext({} bytes)", self.bytes.len())
    }
}

/// A P-256 key that opens tokens. Not `Clone`, wiped when dropped, silent in `Debug`.
pub struct DecryptionKey(p256::SecretKey);

impl DecryptionKey {
    /// A new key.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(p256::SecretKey::generate_from_rng(rng))
    }

    /// A key from its private JWK.
    ///
    /// # Errors
    /// [`JweError::Key`] and [`JweError::Purpose`].
    pub fn from_jwk(jwk: &Value) -> Result<Self, JweError> {
        let d = jwk.get("d").and_then(Value::as_str).ok_or(JweError::Key)?;
        let d = Zeroizing::new(from_base64url(d).map_err(|_| JweError::Key)?);
        if d.len() != 32 {
            return Err(JweError::Key);
        }
        let key = p256::SecretKey::from_slice(&d).map_err(|_| JweError::Key)?;
        if read_point(jwk)? != key.public_key() {
            return Err(JweError::Key);
        }
        check_purpose(jwk)?;
        Ok(Self(key))
    }

    /// The private JWK, for the one store that keeps it.
    pub fn dangerous_to_jwk(&self) -> Value {
        let mut jwk = write_public(&self.0.public_key());
        jwk["d"] = Value::String(base64url(Zeroizing::new(self.0.to_bytes().to_vec()).as_slice()));
        jwk
    }

    /// The public JWK under `kid`, with `use` and `alg`, as OpenID4VP section 8.3 wants it.
    pub fn public_jwk(&self, kid: &str) -> Value {
        let mut jwk = write_public(&self.0.public_key());
        jwk["kid"] = kid.into();
        jwk["use"] = "enc".into();
        jwk["alg"] = ALGORITHM.into();
        jwk
    }

    /// Opens a compact token.
    ///
    /// # Errors
    /// [`JweError`].
    pub fn decrypt(&self, token: &str) -> Result<Plaintext, JweError> {
        if token.len() > MAX_TOKEN {
            return Err(JweError::TooLarge);
        }
        let mut parts = token.split('.');
        let mut next = || parts.next().ok_or(JweError::Form);
        let (protected, key, iv, text, tag) = (next()?, next()?, next()?, next()?, next()?);
        if parts.next().is_some() {
            return Err(JweError::Form);
        }
        let decode = |part: &str| from_base64url(part).map_err(|_| JweError::Form);
        let header = json::parse_object(&decode(protected)?, MAX_HEADER).map_err(|_| JweError::Form)?;
        let enc = check_header(&header)?;
        if !key.is_empty() {
            return Err(JweError::Form);
        }
        let iv: [u8; 12] = decode(iv)?.try_into().map_err(|_| JweError::Form)?;
        let tag = decode(tag)?;
        if tag.len() != TAG {
            return Err(JweError::Form);
        }
        let sealed = [decode(text)?, tag].concat();
        let sender = read_public(header.get("epk").ok_or(JweError::Key)?)?;
        let key = derive_key(&self.0, &sender, enc, &header)?;
        let bytes = enc.open(&key, &iv, Payload { msg: &sealed, aad: protected.as_bytes() })?;
        Ok(Plaintext { header, bytes: Zeroizing::new(bytes) })
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptionKey(secret)")
    }
}

/// Encrypts `plaintext` to the JWK `recipient`, whose `kid` the header repeats; `extra` adds header members
/// (`cty`, `typ`).
///
/// # Errors
/// [`JweError::Key`], [`JweError::Private`] and [`JweError::Purpose`] where the recipient's key is unusable.
pub fn encrypt(
    recipient: &Value,
    enc: ContentEncryption,
    extra: Map<String, Value>,
    plaintext: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<String, JweError> {
    let public = read_public(recipient)?;
    check_purpose(recipient)?;
    let ephemeral = p256::SecretKey::generate_from_rng(rng);
    let mut header = extra;
    header.insert("alg".into(), ALGORITHM.into());
    header.insert("enc".into(), enc.name().into());
    header.insert("epk".into(), write_public(&ephemeral.public_key()));
    if let Some(kid) = recipient.get("kid") {
        header.insert("kid".into(), kid.clone());
    }
    let protected = base64url(serde_json::to_vec(&header).map_err(|_| JweError::Form)?);
    let key = derive_key(&ephemeral, &public, enc, &header)?;
    let mut iv = [0u8; 12];
    rng.fill_bytes(&mut iv);
    let sealed = enc.seal(&key, &iv, Payload { msg: plaintext, aad: protected.as_bytes() })?;
    let (text, tag) = sealed.split_at(sealed.len() - TAG);
    Ok(format!("{protected}..{}.{}.{}", base64url(iv), base64url(text), base64url(tag)))
}

fn check_header(header: &Map<String, Value>) -> Result<ContentEncryption, JweError> {
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    if header.contains_key("crit") {
        return Err(JweError::Critical);
    }
    if header.contains_key("zip") {
        return Err(JweError::Compressed);
    }
    if text("alg") != Some(ALGORITHM) {
        return Err(JweError::Algorithm);
    }
    ContentEncryption::from_name(text("enc").ok_or(JweError::Algorithm)?)
}

/// The Concat KDF of NIST SP 800-56A for one block of SHA-256 (RFC 7518 section 4.6.2).
fn derive_key(
    ours: &p256::SecretKey,
    theirs: &p256::PublicKey,
    enc: ContentEncryption,
    header: &Map<String, Value>,
) -> Result<Zeroizing<Vec<u8>>, JweError> {
    let party = |name: &str| match header.get(name) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => from_base64url(text).map_err(|_| JweError::Form),
        Some(_) => Err(JweError::Form),
    };
    let shared = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());
    let mut hash = Sha256::new();
    hash.update(1u32.to_be_bytes());
    hash.update(shared.raw_secret_bytes());
    for part in [enc.name().as_bytes(), &party("apu")?, &party("apv")?] {
        let length = u32::try_from(part.len()).map_err(|_| JweError::Form)?;
        hash.update(length.to_be_bytes());
        hash.update(part);
    }
    let bits = if enc.key_len() == 16 { 128u32 } else { 256 };
    hash.update(bits.to_be_bytes());
    Ok(Zeroizing::new(hash.finalize()[..enc.key_len()].to_vec()))
}

/// A key that says what it is for must be for ECDH-ES (RFC 7517 sections 4.2 to 4.4).
fn check_purpose(jwk: &Value) -> Result<(), JweError> {
    let derives = |operations: &Value| {
        let all = operations.as_array();
        all.is_some_and(|all| all.iter().any(|one| one == "deriveKey" || one == "deriveBits"))
    };
    let fits = jwk.get("use").is_none_or(|purpose| purpose == "enc")
        && jwk.get("alg").is_none_or(|alg| alg == ALGORITHM)
        && jwk.get("key_ops").is_none_or(derives);
    if fits { Ok(()) } else { Err(JweError::Purpose) }
}

fn read_public(jwk: &Value) -> Result<p256::PublicKey, JweError> {
    if jwk.get("d").is_some() { Err(JweError::Private) } else { read_point(jwk) }
}

fn read_point(jwk: &Value) -> Result<p256::PublicKey, JweError> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).ok_or(JweError::Key);
    if (text("kty")?, text("crv")?) != ("EC", "P-256") {
        return Err(JweError::Key);
    }
    let mut sec1 = vec![4u8];
    for name in ["x", "y"] {
        let coordinate = from_base64url(text(name)?).map_err(|_| JweError::Key)?;
        if coordinate.len() != 32 {
            return Err(JweError::Key);
        }
        sec1.extend(coordinate);
    }
    p256::PublicKey::from_sec1_bytes(&sec1).map_err(|_| JweError::Key)
}

fn write_public(key: &p256::PublicKey) -> Value {
    let point = key.to_sec1_point(false);
    let bytes = point.as_bytes();
    json!({"kty": "EC", "crv": "P-256", "x": base64url(&bytes[1..33]), "y": base64url(&bytes[33..65])})
}

#[cfg(test)]
mod tests;
