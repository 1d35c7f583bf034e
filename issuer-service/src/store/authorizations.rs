//! Authorisation requests: pushed by a wallet, signed in to on the agency's page, redeemed for a token.

use core::time::Duration;

use credential::time::UnixTime;
use rusqlite::{OptionalExtension as _, params};
use subtle::ConstantTimeEq as _;

use super::Store;
use super::offers::{Flow, OpenOffer, RedeemError};
use super::renewals::end_family;
use super::tokens::NewToken;
use crate::digest;

/// How long the person has to sign in, from the moment when the page was opened.
const SIGN_IN: Duration = Duration::from_secs(900);
/// How long the wallet has to redeem its code.
const CODE: Duration = Duration::from_secs(60);

/// A request as the wallet pushed it.
#[derive(Debug)]
pub struct NewAuthorization {
    /// The last part of the request URI.
    pub id: String,
    /// The wallet's client id.
    pub client_id: String,
    /// Where the browser goes back to.
    pub redirect_uri: String,
    /// The wallet's own state.
    pub state: Option<String>,
    /// PKCE, S256.
    pub code_challenge: String,
    /// Thumbprint of the key that the request is bound to, if it is.
    pub dpop_jkt: Option<String>,
    /// What is asked for.
    pub credential_type: String,
    /// The state from an offer, if one started this.
    pub issuer_state: Option<String>,
    /// Until when a browser can open it.
    pub expires_at: UnixTime,
}

/// A request that waits for its person.
#[derive(Debug)]
pub struct Waiting {
    /// Where the browser goes back to.
    pub redirect_uri: String,
    /// The wallet's own state.
    pub state: Option<String>,
    /// What is asked for.
    pub credential_type: String,
}

/// Why a request cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizationError {
    /// There is no such request, or it is over.
    #[error("request is not known or over")]
    Unknown,
    /// It was opened in another browser.
    #[error("request belongs to another browser")]
    OtherBrowser,
    /// The number or the code is wrong.
    #[error("number or code is wrong")]
    Refused(#[source] RedeemError),
    /// The redemption does not fit the request.
    #[error("code does not fit the request")]
    Mismatch,
    /// The proof of possession was used before.
    #[error("proof was used before")]
    Replay,
    /// The database failed.
    #[error("database failed")]
    Database(#[from] rusqlite::Error),
}

/// What a person fills in, and in which browser.
#[derive(Debug)]
pub struct SignIn {
    /// The last part of the request URI.
    pub request: String,
    /// The browser's cookie.
    pub browser: String,
    /// The person's number.
    pub person: String,
    /// The code from the counter.
    pub typed: String,
}

/// A waiting request with what binds it.
struct Bound {
    waiting: Waiting,
    client_id: String,
    browser: Option<[u8; 32]>,
    grant: Option<[u8; 32]>,
}

/// What a wallet shows to redeem a code.
#[derive(Debug)]
pub struct Redemption {
    /// The code.
    pub code: String,
    /// The wallet's client id.
    pub client_id: String,
    /// The redirect URI, which must be the request's.
    pub redirect_uri: String,
    /// The challenge that the verifier hashes to.
    pub code_challenge: String,
}

impl Store {
    /// Keeps a pushed request.
    pub async fn push_authorization(&self, request: NewAuthorization) -> Result<(), rusqlite::Error> {
        self.database
            .write(move |tx| {
                tx.prepare_cached(
                    "INSERT INTO authorization (id, client_id, redirect_uri, state, code_challenge, dpop_jkt, type, \
                     offer_digest, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    request.id,
                    request.client_id,
                    request.redirect_uri,
                    request.state,
                    request.code_challenge,
                    request.dpop_jkt,
                    request.credential_type,
                    request.issuer_state.as_deref().map(digest::of_token),
                    request.expires_at.secs(),
                ])?;
                Ok(())
            })
            .await
    }

    /// Opens a request in a browser. The first browser that opens it is the only one.
    pub async fn open_authorization(
        &self,
        id: &str,
        client_id: &str,
        browser: &str,
        now: UnixTime,
    ) -> Result<Waiting, AuthorizationError> {
        let (id, client_id, browser) = (id.to_owned(), client_id.to_owned(), digest::of_token(browser));
        self.database
            .write(move |tx| {
                let found = find_waiting(tx, &id, now)?.filter(|found| found.client_id == client_id);
                let Bound { waiting, browser: bound, .. } = found.ok_or(AuthorizationError::Unknown)?;
                match bound {
                    Some(bound) if bound.ct_eq(&browser).into() => Ok(waiting),
                    Some(_) => Err(AuthorizationError::OtherBrowser),
                    None => {
                        tx.execute(
                            "UPDATE authorization SET browser_digest = ?2, expires_at = ?3 WHERE id = ?1",
                            params![id, browser, now.plus(SIGN_IN).secs()],
                        )?;
                        Ok(waiting)
                    }
                }
            })
            .await
    }

    /// Signs a person in to a request, in the browser that opened it, and notes the code that the wallet gets.
    pub async fn sign_in(
        &self,
        sign_in: SignIn,
        wrong_codes: u32,
        code: &str,
        now: UnixTime,
    ) -> Result<Waiting, AuthorizationError> {
        let (browser, code) = (digest::of_token(&sign_in.browser), digest::of_token(code));
        let digests = self.digests.clone();
        self.database
            .write(move |tx| {
                let SignIn { request, person, typed, .. } = &sign_in;
                let Some(found) = find_waiting(tx, request, now)? else {
                    return Ok(Err(AuthorizationError::Unknown));
                };
                if !found.browser.is_some_and(|bound| bound.ct_eq(&browser).into()) {
                    return Ok(Err(AuthorizationError::OtherBrowser));
                }
                let offer = match found.grant {
                    Some(grant) => OpenOffer::find(tx, &grant, Flow::SignIn)?,
                    None => OpenOffer::find_by_person(tx, person, &found.waiting.credential_type)?,
                };
                let Some(offer) = offer else {
                    return Ok(Err(AuthorizationError::Refused(RedeemError::Unknown)));
                };
                if !offer.is_for(tx, person, &found.waiting.credential_type)? {
                    return Ok(Err(AuthorizationError::Refused(RedeemError::Unknown)));
                }
                let typed = digests.of_code(&offer.id, typed);
                if let Err(refusal) = offer.take_up(tx, Some(typed), wrong_codes, now)? {
                    return Ok(Err(AuthorizationError::Refused(refusal)));
                }
                tx.execute(
                    "UPDATE authorization SET code_digest = ?2, offer = ?3, expires_at = ?4 WHERE id = ?1",
                    params![request, code, offer.id, now.plus(CODE).secs()],
                )?;
                Ok(Ok(found.waiting))
            })
            .await
            .map_err(AuthorizationError::Database)
            .and_then(core::convert::identity)
    }

    /// Redeems a code for an access token, once. A second attempt withdraws the token that the first got.
    pub async fn redeem_code(
        &self,
        redemption: Redemption,
        token: NewToken,
        now: UnixTime,
    ) -> Result<(), AuthorizationError> {
        let code = digest::of_token(&redemption.code);
        self.database
            .write(move |tx| {
                let found = tx
                    .prepare_cached(
                        "SELECT id, client_id, redirect_uri, code_challenge, dpop_jkt, offer, redeemed FROM authorization \
                         WHERE code_digest = ?1 AND expires_at > ?2",
                    )?
                    .query_row(params![code, now.secs()], |row| {
                        let expected: [String; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
                        let (id, jkt, offer): (String, Option<String>, String) = (row.get(0)?, row.get(4)?, row.get(5)?);
                        Ok((id, expected, jkt, offer, row.get::<_, bool>(6)?))
                    })
                    .optional()?;
                let Some((id, expected, jkt, offer, redeemed)) = found else {
                    return Ok(Err(AuthorizationError::Unknown));
                };
                if !token.use_proof(tx)? {
                    return Ok(Err(AuthorizationError::Replay));
                }
                let shown = [redemption.client_id, redemption.redirect_uri, redemption.code_challenge];
                if expected != shown || jkt.is_some_and(|jkt| jkt != token.dpop_jkt) {
                    return Ok(Err(AuthorizationError::Mismatch));
                }
                if redeemed {
                    // RFC 6749 section 4.1.2: a code used twice withdraws what it gave.
                    end_family(tx, &offer)?;
                    return Ok(Err(AuthorizationError::Unknown));
                }
                tx.execute("UPDATE authorization SET redeemed = 1 WHERE id = ?1", [&id])?;
                token.insert_first(tx, &offer)?;
                Ok(Ok(()))
            })
            .await
            .map_err(AuthorizationError::Database)
            .and_then(core::convert::identity)
    }
}

fn find_waiting(
    connection: &rusqlite::Connection,
    id: &str,
    now: UnixTime,
) -> Result<Option<Bound>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT redirect_uri, state, type, client_id, browser_digest, offer_digest FROM authorization \
             WHERE id = ?1 AND code_digest IS NULL AND expires_at > ?2",
        )?
        .query_row(params![id, now.secs()], |row| {
            let waiting =
                Waiting { redirect_uri: row.get(0)?, state: row.get(1)?, credential_type: row.get(2)? };
            Ok(Bound { waiting, client_id: row.get(3)?, browser: row.get(4)?, grant: row.get(5)? })
        })
        .optional()
}
