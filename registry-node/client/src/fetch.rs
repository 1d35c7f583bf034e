//! HTTP to nodes, with caps on time and size.

use core::time::Duration;

use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use url::Url;

use crate::registry::ClientError;

const CONNECT: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(10);
/// A node waits 15 seconds for a transaction to be provable.
const SUBMIT: Duration = Duration::from_secs(25);
/// Bytes of an answer to a transaction, at most.
const MAX_ANSWER: usize = 512 * 1024;

/// An HTTP client for nodes.
#[derive(Clone, Debug)]
pub(crate) struct Fetch(Client);

/// What a node says of a transaction.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) state: State,
    #[serde(default)]
    pub(crate) height: u64,
    pub(crate) proof: Option<registry_proof::bundle::ProofBundle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Applied,
    Waiting,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

impl Fetch {
    pub(crate) fn new() -> Result<Self, ClientError> {
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| ClientError::Http)?;
        Ok(Self(client))
    }

    /// CBOR from `path`.
    pub(crate) async fn get(&self, node: &Url, path: &str, max: usize) -> Result<Vec<u8>, ClientError> {
        let request = self.0.get(join(node, path)?).header("accept", "application/cbor").timeout(READ);
        let response = request.send().await.map_err(|_| ClientError::Unreachable)?;
        success(response, max).await
    }

    /// CBOR for some keys.
    pub(crate) async fn proofs(
        &self,
        node: &Url,
        keys: &[registry_proof::key::Key],
        max: usize,
    ) -> Result<Vec<u8>, ClientError> {
        let request = self
            .0
            .post(join(node, "/v1/proofs")?)
            .header("accept", "application/cbor")
            .timeout(READ)
            .json(keys);
        let response = request.send().await.map_err(|_| ClientError::Unreachable)?;
        success(response, max).await
    }

    pub(crate) async fn submit(&self, node: &Url, transaction: Vec<u8>) -> Result<Answer, ClientError> {
        let request = self
            .0
            .post(join(node, "/v1/transactions")?)
            .header("content-type", "application/cbor")
            .timeout(SUBMIT)
            .body(transaction);
        let response = request.send().await.map_err(|_| ClientError::Unreachable)?;
        let status = response.status();
        let body = read(response, MAX_ANSWER).await?;
        match status {
            StatusCode::UNPROCESSABLE_ENTITY => {
                let Refusal { code } = serde_json::from_slice(&body).map_err(|_| ClientError::Answer)?;
                Err(ClientError::Rejected(code))
            }
            status if status.is_success() => serde_json::from_slice(&body).map_err(|_| ClientError::Answer),
            _ => Err(ClientError::Unreachable),
        }
    }
}

fn join(node: &Url, path: &str) -> Result<Url, ClientError> {
    node.join(path).map_err(|_| ClientError::Http)
}

async fn success(response: Response, max: usize) -> Result<Vec<u8>, ClientError> {
    if !response.status().is_success() {
        return Err(ClientError::Unreachable);
    }
    read(response, max).await
}

async fn read(mut response: Response, max: usize) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| ClientError::Unreachable)? {
        if body.len() + chunk.len() > max {
            return Err(ClientError::Answer);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
