//! Decentralised identifiers: one that leads to a key leads to the same key when it is written again.

use credential::did::{SymbolonDid, did_jwk, did_key, resolve};
use credential::key::Algorithm;

use super::{public, text};
use crate::seeds::{Seeds, bytes};

pub(crate) fn read(data: &[u8]) -> bool {
    let text = text(data);
    if let Ok(key) = resolve(text) {
        for did in [did_key(&key), did_jwk(&key)] {
            assert!(resolve(&did).is_ok_and(|again| again == key), "another key");
        }
    }
    let names_key = SymbolonDid::parse_key_id(text).is_ok();
    if let Ok(did) = text.parse::<SymbolonDid>() {
        assert_eq!(did.to_string(), text, "it is written another way");
    }
    names_key || resolve(text).is_ok()
}

pub(crate) fn seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let own = [Algorithm::Es256, Algorithm::EdDsa]
        .into_iter()
        .flat_map(|algorithm| [did_key(&public(algorithm)), did_jwk(&public(algorithm))])
        .chain(["did:symbolon:demo:interior".to_owned(), "did:symbolon:demo:interior#issuer-0".to_owned()]);
    bytes(seeds.texts(|text| text.starts_with("did:")).into_iter().chain(own))
}
