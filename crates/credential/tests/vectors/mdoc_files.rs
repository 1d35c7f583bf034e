//! Every file of `mdoc-iso18013-5`: run by a test, or listed here with the reason why not.

use std::collections::BTreeSet;
use std::path::Path;

use crate::folder;

/// What the tests in `mdoc.rs`, `mdoc_chains.rs` and `cose.rs` read.
const RUN: [&str; 52] = [
    "isomdl/definitions/cose/mac0/secret_key",
    "isomdl/definitions/cose/mac0/serialized.cbor",
    "isomdl/definitions/cose/sign1/secret_key",
    "isomdl/definitions/cose/sign1/serialized.cbor",
    "isomdl/definitions/cose_key/ec_p256.cbor",
    "isomdl/definitions/device_response.cbor",
    "isomdl/definitions/issuer_signed.cbor",
    "isomdl/definitions/issuer_signed_dehydrated.cbor",
    "isomdl/definitions/session/session_establishment.cbor",
    "isomdl/definitions/session/session_transcript.cbor",
    "isomdl/issuance/256-cert.der",
    "isomdl/issuance/256-cert.pem",
    "isomdl/issuance/384-cert.pem",
    "isomdl/issuance/521-cert.pem",
    "isomdl/issuance/issuer-cert.pem",
    "isomdl/presentation/isomdl_iaca_intermediate.pem",
    "isomdl/presentation/isomdl_iaca_leaf_signer.pem",
    "isomdl/presentation/isomdl_iaca_root_cert.pem",
    "isomdl/presentation/isomdl_iaca_signer.pem",
    "isomdl/presentation/isomdl_incorrect_iaca_signer.pem",
    "isomdl/presentation/owf_multipaz_ds_p384.pem",
    "isomdl/presentation/owf_multipaz_iaca_p384.pem",
    "isomdl/presentation/reader_auth.pem",
    "isomdl/vical/aamva-vical-2025-11-18-1763491092481.cbor",
    "isomdl/vical/aamva_ca_intermediate.crt",
    "isomdl/vical/aamva_ca_root.crt",
    "mdoc-ts/config.json",
    "mdoc-ts/examples_animo-mdoc-05_deviceResponse.json",
    "mdoc-ts/examples_animo-mdoc-05_issuerCertificate.json",
    "mdoc-ts/examples_animo-mdoc-05_verify.test.json",
    "mdoc-ts/examples_bdr_issuerCertificate.json",
    "mdoc-ts/examples_bdr_issuerSigned.json",
    "mdoc-ts/examples_france_deviceResponse.json",
    "mdoc-ts/examples_france_issuerCertificate.json",
    "mdoc-ts/examples_google_deviceResponse.json",
    "mdoc-ts/examples_google_rootCertificate.json",
    "mdoc-ts/examples_google_signingCertificate.json",
    "mdoc-ts/examples_ubique_deviceResponse.json",
    "mdoc-ts/examples_ubique_issuerCertificate.json",
    "mdoc-ts/examples_ubique_verify.test.json",
    "mdoc-ts/issuing_issuance.test.json",
    "mdoc-ts/models_device-response.test.json",
    "mdoc-ts/models_e-device-key.test.json",
    "mdoc-ts/models_issuer-auth.test.json",
    "mdoc-ts/models_oid4vp-handover.test.json",
    "mdoc-ts/models_oid4vp-handover-info.test.json",
    "mdoc-ts/models_reader-auth.test.json",
    "mdoc-ts/models_reader-authentication.test.json",
    "mdoc-ts/models_session-transcript.test.json",
    "multipaz/DeviceResponseParserTest.json",
    "multipaz/TestVectors.json",
    "pymdoccbor/test_01_mdoc_parser.json",
];

/// Parts of annex D that its whole response holds too, or that belong to proximity: read as CBOR.
const READ: [&str; 10] = [
    "mdoc-ts/models_device-auth.test.json",
    "mdoc-ts/models_device-engagement.test.json",
    "mdoc-ts/models_device-key-info.test.json",
    "mdoc-ts/models_device-mac.test.json",
    "mdoc-ts/models_device-request.test.json",
    "mdoc-ts/models_device-retrieval-method.test.json",
    "mdoc-ts/models_mobile-security-object.test.json",
    "mdoc-ts/models_security.test.json",
    "mdoc-ts/models_validity-info.test.json",
    "mdoc-ts/models_value-digests.test.json",
];

const NOT_RUN: [(&str, &str); 17] = [
    ("SOURCE.txt", "says where the files come from"),
    ("isomdl/SOURCE.txt", "says where the files come from"),
    (
        "isomdl/definitions/namespaced_data.cbor",
        "elements before they are issued, in that library's own form",
    ),
    ("isomdl/definitions/session/e_device_key.cbor", "session encryption, which belongs to proximity"),
    ("isomdl/definitions/session/reader_session_key.cbor", "session encryption, which belongs to proximity"),
    ("isomdl/definitions/session/shared_secret.cbor", "session encryption, which belongs to proximity"),
    ("isomdl/issuance/256-key.pem", "a private key that signed nothing here"),
    ("isomdl/issuance/384-key.pem", "a private key that signed nothing here"),
    ("isomdl/issuance/521-key.pem", "a private key that signed nothing here"),
    ("isomdl/issuance/device_key.b64", "a private key that signed nothing here"),
    ("isomdl/issuance/issuer-key.pem", "a private key that signed nothing here"),
    ("isomdl/presentation/reader_key.pem", "a private key that signed nothing here"),
    ("isomdl/stringified-mdl.txt", "a document in that library's own storage"),
    ("mdoc-ts/context.json", "a random number of that library's tests"),
    ("mdoc-ts/models_status.test.json", "the title of a test"),
    ("mdoc-ts/verification_verify.test.json", "titles and error texts of tests"),
    ("pymdoccbor/pkey.json", "the docstring of a function"),
];

fn files(folder: &Path, below: &Path, all: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, below, all);
        } else {
            let name = path.strip_prefix(below).expect("below").to_str().expect("a name");
            all.insert(name.to_owned());
        }
    }
}

#[test]
fn every_file_is_run_or_says_why_not() {
    let Some(folder) = folder() else { return };
    let folder = folder.join("mdoc-iso18013-5");
    let mut there = BTreeSet::new();
    files(&folder, &folder, &mut there);
    // The same bytes as a device request in `TestVectors.json`, which is read as CBOR.
    let request = "mdoc-ts/verification_verify-device-request.test.json";
    let listed = RUN.iter().chain(&READ).copied().chain(NOT_RUN.map(|(name, _)| name)).chain([request]);
    let listed: Vec<String> = listed.map(str::to_owned).collect();
    assert_eq!(listed.len(), there.len(), "none twice");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), there);
}
