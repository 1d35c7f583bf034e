//! The issuer's half.

use std::collections::BTreeMap;

use rand_core::CryptoRng;

use crate::cbor::value::Value;
use crate::cose::NewHeaders;
use crate::cose::sign1;
use crate::key::{PublicKey, SignError, Signer};
use crate::mdoc::elements::Elements;
use crate::mdoc::item::IssuerSignedItem;
use crate::mdoc::security_object::{DigestAlgorithm, SecurityObject, ValidityInfo};
use crate::sd_jwt_vc::StatusReference;
use crate::x509::Chain;

/// Bytes of a new salt.
const SALT: usize = 32;

/// A document about to be issued.
#[derive(Clone, Debug)]
pub struct Issuance {
    /// The document type.
    pub doc_type: String,
    /// The elements about the person.
    pub elements: Elements,
    /// How they are digested.
    pub digest_algorithm: DigestAlgorithm,
    /// When it is signed and valid.
    pub validity: ValidityInfo,
    /// The key that the device will answer with.
    pub device_key: PublicKey,
    /// Where the status is kept.
    pub status: Option<StatusReference>,
}

/// Why a document cannot be issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// Validity is out of order, ends beyond the year 9999, or is signed outside that of the certificate.
    #[error("validity cannot be that of a document")]
    Validity,
    /// The signer is not the key of the certificate.
    #[error("signer is not that of the certificate")]
    WrongKey,
    /// The signer failed.
    #[error("document could not be signed")]
    Sign(#[source] SignError),
}

impl Issuance {
    /// Signs the document: `IssuerSigned`, with every item.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issue(
        &self,
        chain: &Chain,
        signer: &dyn Signer,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, IssueError> {
        if signer.public_key() != chain.leaf_key() {
            return Err(IssueError::WrongKey);
        }
        if !self.validity.is_in_order() || !chain.leaf_is_valid_at(self.validity.signed) {
            return Err(IssueError::Validity);
        }
        let items = self.make_items(rng);
        let payload = self.security_object(&items).encode().ok_or(IssueError::Validity)?;
        let headers = NewHeaders { chain: Some(chain), ..NewHeaders::default() };
        let auth = sign1::sign(&headers, &payload, signer).map_err(IssueError::Sign)?;
        Ok(Value::map([("nameSpaces", write_items(&items)), ("issuerAuth", auth)]).encode())
    }

    /// Items with new salts, under digest ids that say nothing about their order.
    fn make_items(&self, rng: &mut dyn CryptoRng) -> BTreeMap<&str, Vec<IssuerSignedItem>> {
        let mut all = BTreeMap::new();
        for (namespace, elements) in self.elements.namespaces() {
            let ids = shuffled(elements.len(), rng);
            let items = elements.iter().zip(ids).map(|((name, value), id)| {
                let mut salt = [0; SALT];
                rng.fill_bytes(&mut salt);
                IssuerSignedItem::make(id, name, &salt, value.clone())
            });
            all.insert(namespace, items.collect());
        }
        all
    }

    fn security_object(&self, items: &BTreeMap<&str, Vec<IssuerSignedItem>>) -> SecurityObject {
        let digest = |item: &IssuerSignedItem| (item.digest_id, self.digest_algorithm.digest(&item.raw));
        let digests = items
            .iter()
            .map(|(namespace, items)| ((*namespace).to_owned(), items.iter().map(digest).collect()));
        SecurityObject {
            doc_type: self.doc_type.clone(),
            digest_algorithm: self.digest_algorithm,
            digests: digests.collect(),
            device_key: self.device_key.clone(),
            authorizations: Default::default(),
            validity: self.validity,
            status: self.status.clone(),
        }
    }
}

fn write_items(items: &BTreeMap<&str, Vec<IssuerSignedItem>>) -> Value {
    let encoded = |items: &[IssuerSignedItem]| {
        Value::Array(items.iter().map(|item| Value::Encoded(item.raw.clone())).collect())
    };
    Value::map(items.iter().map(|(namespace, items)| (*namespace, encoded(items))))
}

/// The numbers below `count` in a random order.
fn shuffled(count: usize, rng: &mut dyn CryptoRng) -> Vec<u64> {
    let mut ids: Vec<u64> = (0..count as u64).collect();
    ids.sort_by_cached_key(|_| rng.next_u64());
    ids
}
