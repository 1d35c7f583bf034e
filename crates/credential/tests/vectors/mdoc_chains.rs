//! Certificates under mobile documents, which isomdl keeps.

use credential::cbor::Item;
use credential::cose::CertificatePlace;
use credential::cose::sign1::Sign1;
use credential::key::{Algorithm, RustCrypto};
use credential::x509::{Chain, X509Error};

use crate::mdoc::{at, der};
use crate::{load_bytes, load_text};

const MAX: usize = 1 << 16;

#[test]
fn the_chains_of_isomdl_are_judged() {
    let folder = "mdoc-iso18013-5/isomdl/presentation";
    let pem = |name: &str| load_text(&format!("{folder}/{name}.pem")).map(|pem| der(&pem));
    let Some(root) = pem("isomdl_iaca_root_cert") else { return };
    let judge = |names: &[&str], now: &str| {
        let ders: Vec<_> = names.iter().map(|name| pem(name).expect("a certificate")).collect();
        Chain::from_ders(&ders)?.verify_document_signer(&[&root], at(now), &RustCrypto)
    };
    let outlives = judge(&["isomdl_iaca_signer"], "2024-01-01");
    assert_eq!(
        outlives,
        Err(X509Error::Nesting),
        "all else holds: it is valid three weeks longer than its root"
    );
    assert_eq!(judge(&["isomdl_iaca_signer"], "2024-12-01"), Err(X509Error::Validity));
    let incorrect = judge(&["isomdl_incorrect_iaca_signer"], "2024-01-01");
    assert_eq!(incorrect, Err(X509Error::LeafIsAuthority), "it is an authority");
    let deeper = judge(&["isomdl_iaca_leaf_signer", "isomdl_iaca_intermediate"], "2024-01-01");
    assert_eq!(deeper, Err(X509Error::LeafIsAuthority), "it is an authority");
    assert_eq!(judge(&["reader_auth"], "2024-01-01"), Err(X509Error::NoAnchor));
    for name in ["owf_multipaz_ds_p384", "owf_multipaz_iaca_p384"] {
        assert_eq!(judge(&[name], "2026-01-01"), Err(X509Error::Algorithm), "{name}: ES384 is none of ours");
    }
}

#[test]
fn the_certificates_of_isomdl_are_read_if_they_are_on_our_curve() {
    let pem = |name: &str| load_text(&format!("mdoc-iso18013-5/isomdl/{name}")).map(|pem| der(&pem));
    let Some(p256) = pem("issuance/256-cert.pem") else { return };
    assert_eq!(load_bytes("mdoc-iso18013-5/isomdl/issuance/256-cert.der").as_ref(), Some(&p256));
    let read = |name: &str| Chain::from_ders(&[pem(name).expect("a certificate")]).map(|_| ());
    for name in ["issuance/256-cert.pem", "issuance/issuer-cert.pem", "vical/aamva_ca_intermediate.crt"] {
        assert_eq!(read(name), Ok(()), "{name}");
    }
    for name in ["issuance/384-cert.pem", "issuance/521-cert.pem"] {
        assert_eq!(
            read(name),
            Err(X509Error::Malformed),
            "{name}: its signature is longer than those of our curve"
        );
    }
}

/// A list of authorities by AAMVA: as a message only, since we take no list of that kind yet.
#[test]
fn the_signature_of_a_vical_holds() {
    let Some(bytes) = load_bytes("mdoc-iso18013-5/isomdl/vical/aamva-vical-2025-11-18-1763491092481.cbor")
    else {
        return;
    };
    let item = Item::parse(&bytes, MAX).expect("cbor");
    let message = Sign1::read(&item, &[Algorithm::Es256]).expect("a message");
    let chain = message.headers().chain(CertificatePlace::Unprotected).expect("a chain");
    assert_eq!(message.verify(chain.leaf_key(), &[], &RustCrypto).map(<[u8]>::len), Ok(18429));
    let root = load_text("mdoc-iso18013-5/isomdl/vical/aamva_ca_root.crt").expect("a certificate");
    assert_eq!(chain.ders().last().map(<[u8]>::to_vec), Some(der(&root)), "it carries its own anchor");
}
