//! `/feedback`: people report over-asking, logins that were not theirs, and anything else, to the agency that
//! registers who may ask; `/api/feedback` shows it to the agency.
//!
//! Anybody may write, without saying who they are, so everything is capped, and nothing of it is logged.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use credential::jws;
use registry_proof::receipts::TYPE;
use serde::Deserialize;
use serde_json::json;
use service_kit::problem::Problem;

use super::api::{self, Caller};
use crate::service::Issuer;
use crate::store::feedback::Kind;

/// Bytes of a report, at most: a receipt, and a text of which every character is escaped.
pub const MAX_BODY: usize = 48 * 1024;
/// Characters of its text, at most.
const MAX_TEXT: usize = 2_000;
/// Bytes of a receipt, at most: as wallets take them.
const MAX_RECEIPT: usize = 16 * 1024;

/// A report.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    kind: Kind,
    #[serde(default)]
    text: String,
    receipt: Option<String>,
}

/// From where on reports are listed.
#[derive(Deserialize)]
pub struct From {
    before: Option<u64>,
}

/// Takes a report.
pub async fn send(
    State(issuer): State<Issuer>,
    api::Json(sent): api::Json<Sent>,
) -> Result<Response, Problem> {
    sent.check()?;
    let Sent { kind, text, receipt } = sent;
    let kept = issuer.store.keep_report(kind, text, receipt, issuer.clock.now()).await;
    if !kept.map_err(|error| Problem::internal(&error))? {
        return Err(Problem::unavailable("feedback_full", "too many reports wait; try again another day"));
    }
    issuer.metrics.count("feedback_total", &[("kind", kind.name())]);
    Ok((StatusCode::CREATED, Json(json!({ "taken": true }))).into_response())
}

/// Lists reports, the newest first.
pub async fn list(
    State(issuer): State<Issuer>,
    caller: Caller,
    Query(from): Query<From>,
) -> Result<Response, Problem> {
    caller.may_read_feedback()?;
    // The database's numbers are signed.
    let before = from.before.unwrap_or(u64::MAX).min(i64::MAX.unsigned_abs());
    let found = issuer.store.reports(before).await.map_err(|error| Problem::internal(&error))?;
    Ok(Json(json!({ "feedback": found })).into_response())
}

impl Sent {
    fn check(&self) -> Result<(), Problem> {
        let refuse = |code, detail| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail));
        if self.text.chars().count() > MAX_TEXT {
            return refuse("text_too_long", "a report has at most 2,000 characters");
        }
        if self.text.trim().is_empty() && self.receipt.is_none() {
            return refuse("nothing_said", "a report has a text, or a receipt that it is about");
        }
        if self.receipt.as_deref().is_some_and(|receipt| !is_receipt(receipt)) {
            return refuse("receipt_malformed", "this is not a receipt");
        }
        Ok(())
    }
}

/// Whether this has the form of a receipt. Whose it is, and whether it holds, is for whoever reads the report.
fn is_receipt(text: &str) -> bool {
    text.len() <= MAX_RECEIPT
        && jws::Unverified::parse(text).is_ok_and(|token| token.header().typ() == Some(TYPE))
}
