//! Certificate chains: PEM, DER, or the array of an `x5c` header.

use credential::encoding::{base64, from_base64};
use credential::key::RustCrypto;
use credential::x509::{Anchor, Chain, X509Error};
use serde_json::{Value, json};

use super::Finding;
use super::kind::Material;
use crate::checks::Check;
use crate::ports;
use crate::signer::describe;

const PEM: &str = "-----BEGIN CERTIFICATE-----";

pub(super) fn is(material: &Material<'_>) -> bool {
    material.text.starts_with(PEM) || is_x5c(material) || is_der(material.bytes)
}

fn is_x5c(material: &Material<'_>) -> bool {
    let texts = material.json.as_ref().and_then(Value::as_array);
    texts.is_some_and(|texts| texts.iter().all(Value::is_string) && !texts.is_empty())
}

/// A sequence whose length, in two bytes, is that of all that follows.
fn is_der(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, 0x82, high, low, rest @ ..] => rest.len() == usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    }
}

pub(super) fn look(material: &Material<'_>) -> Finding {
    let texts = texts(material);
    let chain = Chain::from_x5c(&texts);
    let form = Check::of("form", &chain, X509Error::code);
    let Ok(chain) = chain else { return Finding::new("certificates", Value::Null).with_checks(vec![form]) };
    let says = json!({ "certificates": describe(&chain), "key": chain.leaf_key().to_jwk() });
    let anchor = ders(&texts).first().map(|der| Anchor::check(der, ports::now(), &RustCrypto));
    if let (1, Some(Ok(_))) = (texts.len(), anchor) {
        let checks = vec![form, Check::holds("authority that signed itself")];
        return Finding::new("the certificate of an authority (a trust anchor)", says).with_checks(checks);
    }
    let what = if texts.len() == 1 { "a certificate" } else { "a certificate chain" };
    Finding::new(what, says).with_checks([form].into_iter().chain(links(&texts)).collect())
}

/// Each certificate signed by the next. Whether the last one is to be trusted, only an anchor can tell.
fn links(texts: &[String]) -> Vec<Check> {
    const NAME: &str = "certificates, each signed by the next";
    const ANCHOR: &str = "trusted anchor";
    let untold = Check::not_checked(ANCHOR, "an anchor decides that, and none is named here");
    let (last, below) = match texts.split_last() {
        Some((last, below)) if !below.is_empty() => (from_base64(last).unwrap_or_default(), below),
        _ => (Vec::new(), texts),
    };
    let anchors: &[&[u8]] = if last.is_empty() { &[] } else { &[&last] };
    let verified = Chain::from_x5c(below).and_then(|chain| chain.verify(anchors, ports::now(), &RustCrypto));
    match verified {
        Err(X509Error::NoAnchor) if last.is_empty() => vec![Check::holds("leaf"), untold],
        verified => vec![Check::of(NAME, &verified, X509Error::code), untold],
    }
}

fn ders(texts: &[String]) -> Vec<Vec<u8>> {
    texts.iter().filter_map(|text| from_base64(text).ok()).collect()
}

/// The certificates as base64 of DER.
fn texts(material: &Material<'_>) -> Vec<String> {
    if let Some(texts) = material.json.as_ref().and_then(Value::as_array) {
        return texts.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    if !material.text.starts_with(PEM) {
        return vec![base64(material.bytes)];
    }
    let block = |rest: &str| -> String {
        rest.split("-----END").next().unwrap_or_default().split_whitespace().collect()
    };
    material.text.split(PEM).skip(1).map(block).collect()
}
