//! Certificate chains: DER after DER, the last of them as the anchor too.

use credential::encoding::from_base64;
use credential::key::Algorithm;
use credential::x509::{Anchor, Chain, MAX_CHAIN};

use super::{Believing, NOW, public};
use crate::seeds::Seeds;

pub(crate) fn read(data: &[u8]) -> bool {
    let ders = split(data);
    let Ok(chain) = Chain::from_ders(&ders) else { return false };
    assert!(ders.len() <= MAX_CHAIN, "longer than allowed");
    assert_eq!(Chain::from_x5c(&chain.to_x5c()).as_ref(), Ok(&chain), "it reads another way");
    assert!(chain.verify(&[], NOW, &Believing).is_err(), "trusted without an anchor");
    let Some((anchor, below)) = ders.split_last() else { return false };
    assert!(chain.verify(&[anchor], NOW, &Believing).is_err(), "its own anchor is in it");
    let _ = Anchor::check(anchor, NOW, &Believing);
    Chain::from_ders(below).is_ok_and(|below| below.verify(&[anchor], NOW, &Believing).is_ok())
}

/// The sequences, by their two bytes of length; the last takes what is left.
fn split(mut data: &[u8]) -> Vec<Vec<u8>> {
    let mut ders = Vec::new();
    while let [0x30, 0x82, high, low, ..] = data {
        let length = 4 + usize::from(u16::from_be_bytes([*high, *low]));
        let Some((der, rest)) = data.split_at_checked(length) else { break };
        ders.push(der.to_vec());
        data = rest;
    }
    if !data.is_empty() {
        ders.push(data.to_vec());
    }
    ders
}

pub(crate) fn seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let is_der = |text: &str| text.starts_with("MII") && text.len() < 4096;
    let alone: Vec<Vec<u8>> = seeds.texts(is_der).iter().filter_map(|text| from_base64(text).ok()).collect();
    let chains = seeds.values(|value| value.get("x5c").is_some_and(serde_json::Value::is_array));
    let joined = chains.iter().filter_map(|text| {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let texts = value["x5c"].as_array()?.iter().filter_map(|text| from_base64(text.as_str()?).ok());
        Some(texts.collect::<Vec<_>>().concat())
    });
    let pairs = alone.windows(2).map(<[Vec<u8>]>::concat);
    joined.chain(pairs).chain(alone.iter().cloned()).chain([example()]).collect()
}

/// A leaf and its authority, as far as both must go for their signatures to be looked at.
fn example() -> Vec<u8> {
    let (leaf, authority) = ("leaf".repeat(12), "authority".repeat(6));
    [certificate(&leaf, &authority, &MAY_SIGN_DATA), certificate(&authority, &authority, &IS_AUTHORITY)]
        .concat()
}

/// A leaf with the key of every entry point.
pub(crate) fn leaf() -> Vec<u8> {
    certificate("leaf", "authority", &MAY_SIGN_DATA)
}

const ECDSA_WITH_SHA256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const P256_KEY: [u8; 19] =
    [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const COMMON_NAME: [u8; 5] = [6, 3, 0x55, 4, 3];
const MAY_SIGN_DATA: [u8; 13] = [0x30, 11, 6, 3, 0x55, 0x1d, 15, 4, 4, 3, 2, 7, 0x80];
const IS_AUTHORITY: [u8; 17] = [0x30, 15, 6, 3, 0x55, 0x1d, 19, 1, 1, 0xff, 4, 5, 0x30, 3, 1, 1, 0xff];

fn certificate(subject: &str, issuer: &str, extension: &[u8]) -> Vec<u8> {
    let name = |text: &str| {
        let pair = [&COMMON_NAME[..], &tlv(0x0c, text.as_bytes())].concat();
        tlv(0x30, &tlv(0x31, &tlv(0x30, &pair)))
    };
    let algorithm = tlv(0x30, &ECDSA_WITH_SHA256);
    let validity = [tlv(0x17, b"200101000000Z"), tlv(0x17, b"490101000000Z")].concat();
    let point = [&[0][..], &public(Algorithm::Es256).to_bytes()].concat();
    let key = [tlv(0x30, &P256_KEY), tlv(3, &point)].concat();
    let body = [
        tlv(0xa0, &[2, 1, 2]),
        vec![2, 1, 1],
        algorithm.clone(),
        name(issuer),
        tlv(0x30, &validity),
        name(subject),
        tlv(0x30, &key),
        tlv(0xa3, &tlv(0x30, extension)),
    ];
    let signature = tlv(3, &[0, 0x30, 6, 2, 1, 1, 2, 1, 1]);
    tlv(0x30, &[tlv(0x30, &body.concat()), algorithm, signature].concat())
}

/// One element of DER.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length = match (high, low) {
        (0, 0..=127) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, content].concat()
}
