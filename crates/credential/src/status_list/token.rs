//! The signed form of a list (section 5.1), and its checks (section 8.3).

use core::time::Duration;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::issuer::{IssuerReference, KeyReference};
use crate::jws::{self, JwsError};
use crate::key::{PublicKey, Signer, VerifySignature};
use crate::status_list::aggregation::read_address;
use crate::status_list::{
    Claims, StatusList, StatusListError, TYPE, TokenClaims, UnverifiedToken, VerifiedToken,
};
use crate::time::UnixTime;

impl StatusList {
    /// Signs the list.
    ///
    /// # Errors
    /// [`StatusListError::Sign`].
    pub fn to_token(
        &self,
        claims: &TokenClaims<'_>,
        key: &KeyReference,
        signer: &dyn Signer,
    ) -> Result<String, StatusListError> {
        let mut header = Map::new();
        header.insert("typ".into(), TYPE.into());
        key.write_to(&mut header);
        let mut payload = Map::new();
        payload.insert("sub".into(), claims.uri.into());
        payload.insert("iat".into(), claims.issued_at.secs().into());
        if let Some(end) = claims.expires_at {
            payload.insert("exp".into(), end.secs().into());
        }
        if let Some(ttl) = claims.ttl {
            payload.insert("ttl".into(), ttl.as_secs().into());
        }
        payload.insert("status_list".into(), json!({"bits": self.bits, "lst": self.to_compressed()}));
        jws::sign(header, &payload, signer).map_err(StatusListError::Sign)
    }
}

impl UnverifiedToken {
    /// Reads a token.
    ///
    /// # Errors
    /// [`StatusListError::Jws`].
    pub fn parse(token: &str) -> Result<Self, StatusListError> {
        let jws = jws::Unverified::parse(token).map_err(StatusListError::Jws)?;
        Ok(Self { jws, sha256: Sha256::digest(token).into() })
    }

    /// Who says to have signed it.
    ///
    /// # Errors
    /// [`StatusListError::Issuer`] where the token names nobody that can be looked up.
    pub fn issuer(&self) -> Result<IssuerReference, StatusListError> {
        let claims = self.jws.dangerous_claims().map_err(StatusListError::Jws)?;
        IssuerReference::new(self.jws.header(), &claims).map_err(StatusListError::Issuer)
    }

    /// SHA-256 of the token's bytes, as the registry anchors it.
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Checks the token as that of the list at `uri`.
    ///
    /// # Errors
    /// [`StatusListError`].
    pub fn verify(
        self,
        issuer_key: &PublicKey,
        uri: &str,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<VerifiedToken, StatusListError> {
        if self.jws.header().typ() != Some(TYPE) {
            return Err(StatusListError::Jws(JwsError::Type));
        }
        self.jws.header().check_content(None).map_err(StatusListError::Jws)?;
        let token = self.jws.verify_any_type(issuer_key, backend).map_err(StatusListError::Jws)?;
        let claims = read_claims(token.claims())?;
        claims.check(uri, now)?;
        let (list, aggregation_uri) = read_list(token.claims())?;
        Ok(VerifiedToken::new(list, &claims, aggregation_uri))
    }
}

impl VerifiedToken {
    /// The list.
    pub const fn list(&self) -> &StatusList {
        &self.list
    }

    /// `iat`.
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// `exp`.
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.expires_at
    }

    /// `ttl`.
    pub const fn ttl(&self) -> Option<Duration> {
        self.ttl
    }

    /// `aggregation_uri`: where the issuer names all its lists.
    pub fn aggregation_uri(&self) -> Option<&str> {
        self.aggregation_uri.as_deref()
    }
}

fn read_claims(claims: &Map<String, Value>) -> Result<Claims<'_>, StatusListError> {
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => UnixTime::from_claim(value).map(Some).ok_or(StatusListError::Claims),
    };
    let read_ttl = |ttl: &Value| {
        let seconds = ttl.as_u64().filter(|ttl| *ttl > 0).ok_or(StatusListError::Claims)?;
        Ok(Duration::from_secs(seconds))
    };
    Ok(Claims {
        subject: claims.get("sub").and_then(Value::as_str).ok_or(StatusListError::Claims)?,
        issued_at: time("iat")?.ok_or(StatusListError::Claims)?,
        not_before: time("nbf")?,
        expires_at: time("exp")?,
        ttl: claims.get("ttl").map(read_ttl).transpose()?,
    })
}

/// The list, and where its issuer names all of them.
fn read_list(claims: &Map<String, Value>) -> Result<(StatusList, Option<String>), StatusListError> {
    let list = claims.get("status_list").and_then(Value::as_object).ok_or(StatusListError::Claims)?;
    let bits = list.get("bits").and_then(Value::as_u64).ok_or(StatusListError::Claims)?;
    let text = list.get("lst").and_then(Value::as_str).ok_or(StatusListError::Claims)?;
    let bits = u8::try_from(bits).map_err(|_| StatusListError::Bits)?;
    Ok((StatusList::from_compressed(bits, text)?, read_address(list)?))
}
