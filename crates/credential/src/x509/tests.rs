use core::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

use super::*;
use crate::key::{Algorithm, RustCrypto, SignatureError, Signer as _, SigningKey};
use crate::testing::{FixedRng, NOW, hex, vectors};

fn key(seed: u64) -> SigningKey {
    SigningKey::generate(Algorithm::Es256, &mut FixedRng(seed * 1000))
}

fn pair(seed: u64) -> KeyPair {
    KeyPair::from_pem(&key(seed).to_pkcs8_pem().unwrap()).unwrap()
}

fn params(name: &str, is_ca: IsCa, usage: KeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = is_ca;
    params.key_usages = vec![usage];
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2028, 1, 1);
    params
}

fn authority(name: &str) -> CertificateParams {
    params(name, IsCa::Ca(BasicConstraints::Unconstrained), KeyUsagePurpose::KeyCertSign)
}

fn leaf() -> CertificateParams {
    params("leaf", IsCa::ExplicitNoCa, KeyUsagePurpose::DigitalSignature)
}

fn root(params: &CertificateParams) -> Vec<u8> {
    params.self_signed(&pair(1)).unwrap().der().to_vec()
}

/// `params` for key `seed`, signed by `issuer` with key `by`.
fn signed(params: &CertificateParams, seed: u64, issuer: &CertificateParams, by: u64) -> Vec<u8> {
    params.signed_by(&pair(seed), &Issuer::from_params(issuer, pair(by))).unwrap().der().to_vec()
}

fn check(chain: &[Vec<u8>], anchors: &[&[u8]]) -> Result<usize, X509Error> {
    Chain::from_ders(chain)?.verify(anchors, NOW, &RustCrypto)
}

/// A leaf straight under a root, each changed before it is signed.
fn check_changed(
    change_root: impl Fn(&mut CertificateParams),
    change_leaf: impl Fn(&mut CertificateParams),
) -> Result<usize, X509Error> {
    let (mut root_params, mut leaf_params) = (authority("root"), leaf());
    change_root(&mut root_params);
    change_leaf(&mut leaf_params);
    check(&[signed(&leaf_params, 2, &root_params, 1)], &[&root(&root_params)])
}

#[test]
fn a_leaf_leads_to_its_anchor_among_others() {
    let root_params = authority("root");
    let chain = [signed(&leaf(), 2, &root_params, 1)];
    let other = authority("other").self_signed(&pair(9)).unwrap().der().to_vec();
    assert_eq!(check(&chain, &[&other, &root(&root_params)]), Ok(1));
    let chain = Chain::from_ders(&chain).unwrap();
    assert_eq!(chain.leaf_key(), key(2).public_key());
    assert_eq!(Chain::from_x5c(&chain.to_x5c()).as_ref(), Ok(&chain));
}

#[test]
fn a_chain_over_an_intermediate_leads_to_its_anchor() {
    let (root_params, middle) = (authority("root"), authority("middle"));
    let chain = [signed(&leaf(), 3, &middle, 2), signed(&middle, 2, &root_params, 1)];
    assert_eq!(check(&chain, &[&root(&root_params)]), Ok(0));
    let reversed: Vec<_> = chain.iter().rev().cloned().collect();
    assert_eq!(check(&reversed, &[&root(&root_params)]), Err(X509Error::LeafIsAuthority));
    assert_eq!(check(&chain[..1], &[&root(&root_params)]), Err(X509Error::NoAnchor));
}

#[test]
fn without_an_anchor_nothing_is_believed() {
    let root_params = authority("root");
    let chain = [signed(&leaf(), 2, &root_params, 1)];
    assert_eq!(check(&chain, &[]), Err(X509Error::NoAnchor));
    let namesake = authority("root").self_signed(&pair(9)).unwrap().der().to_vec();
    assert_eq!(check(&chain, &[&namesake]), Err(X509Error::NoAnchor), "same name, other key");
    let renamed = authority("other name").self_signed(&pair(1)).unwrap().der().to_vec();
    assert_eq!(check(&chain, &[&renamed]), Err(X509Error::NoAnchor), "same key, other name");
    assert_eq!(check(&chain, &[b"not der"]), Err(X509Error::NoAnchor));
}

#[test]
fn an_expired_anchor_does_not_hide_its_successor() {
    let (mut old, new) = (authority("root"), authority("root"));
    old.not_after = date_time_ymd(2026, 2, 1);
    let chain = [signed(&leaf(), 2, &new, 1)];
    assert_eq!(check(&chain, &[&root(&old)]), Err(X509Error::Validity));
    assert_eq!(check(&chain, &[&root(&old), &root(&new)]), Ok(1));
}

#[test]
fn an_anchor_in_the_chain_is_refused() {
    let root_params = authority("root");
    let anchor = root(&root_params);
    let chain = [signed(&leaf(), 2, &root_params, 1), anchor.clone()];
    assert_eq!(check(&chain, &[&anchor]), Err(X509Error::AnchorIncluded));
}

#[test]
fn certificates_outside_their_validity_are_refused() {
    let late = |params: &mut CertificateParams| params.not_before = date_time_ymd(2027, 6, 1);
    let early = |params: &mut CertificateParams| params.not_after = date_time_ymd(2026, 6, 1);
    assert_eq!(check_changed(|_| (), late), Err(X509Error::Validity));
    assert_eq!(check_changed(|_| (), early), Err(X509Error::Validity));
    assert_eq!(check_changed(late, |_| ()), Err(X509Error::Validity));
    assert_eq!(check_changed(early, |_| ()), Err(X509Error::Validity));
}

#[test]
fn a_certificate_is_valid_from_its_first_to_its_last_second() {
    let root_params = authority("root");
    let chain = Chain::from_ders(&[signed(&leaf(), 2, &root_params, 1)]).unwrap();
    let at = |secs| chain.verify(&[&root(&root_params)], UnixTime::from_secs(secs), &RustCrypto);
    let (first, last) = (1_767_225_600, 1_830_297_600);
    for (second, expected) in [
        (first - 1, Err(X509Error::Validity)),
        (first, Ok(0)),
        (last, Ok(0)),
        (last + 1, Err(X509Error::Validity)),
    ] {
        assert_eq!(at(second), expected, "{second}");
    }
}

#[test]
fn a_leaf_may_have_a_key_of_either_kind_and_critical_names_and_is_known_by_its_hash() {
    let root_params = authority("root");
    let mut leaf = leaf();
    leaf.custom_extensions = vec![extension(&[2, 5, 29, 17], true)];
    let pair = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let der =
        leaf.signed_by(&pair, &Issuer::from_params(&root_params, self::pair(1))).unwrap().der().to_vec();
    let chain = Chain::from_ders(std::slice::from_ref(&der)).unwrap();
    assert_eq!(chain.leaf_key().algorithm(), Algorithm::EdDsa);
    assert_eq!(chain.leaf_sha256(), <[u8; 32]>::from(Sha256::digest(&der)));
}

#[test]
fn only_an_authority_may_sign_certificates() {
    let no_ca = |params: &mut CertificateParams| params.is_ca = IsCa::ExplicitNoCa;
    let silent = |params: &mut CertificateParams| params.is_ca = IsCa::NoCa;
    let no_sign = |params: &mut CertificateParams| params.key_usages = vec![KeyUsagePurpose::CrlSign];
    assert_eq!(check_changed(no_ca, |_| ()), Err(X509Error::NotAnAuthority));
    assert_eq!(check_changed(silent, |_| ()), Err(X509Error::NotAnAuthority));
    assert_eq!(check_changed(no_sign, |_| ()), Err(X509Error::AuthorityUsage));
}

#[test]
fn a_leaf_may_not_sign_certificates_for_another_leaf() {
    let root_params = authority("root");
    let first = params("first", IsCa::ExplicitNoCa, KeyUsagePurpose::DigitalSignature);
    let chain = [signed(&leaf(), 3, &first, 2), signed(&first, 2, &root_params, 1)];
    assert_eq!(check(&chain, &[&root(&root_params)]), Err(X509Error::NotAnAuthority));
}

#[test]
fn path_lengths_are_kept() {
    let constrained = |depth| IsCa::Ca(BasicConstraints::Constrained(depth));
    let (mut root_params, middle) = (authority("root"), authority("middle"));
    let chain = |root_params: &CertificateParams| {
        [signed(&leaf(), 3, &middle, 2), signed(&middle, 2, root_params, 1)]
    };
    root_params.is_ca = constrained(1);
    assert_eq!(check(&chain(&root_params), &[&root(&root_params)]), Ok(0));
    root_params.is_ca = constrained(0);
    assert_eq!(check(&chain(&root_params), &[&root(&root_params)]), Err(X509Error::PathLength));
    assert_eq!(check_changed(|params| params.is_ca = constrained(0), |_| ()), Ok(0));
}

#[test]
fn a_leaf_that_may_not_sign_data_is_refused() {
    let ca = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let other_use = |params: &mut CertificateParams| params.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    assert_eq!(check_changed(|_| (), ca), Err(X509Error::LeafIsAuthority));
    assert_eq!(check_changed(|_| (), other_use), Err(X509Error::LeafUsage));
    let alone = leaf().self_signed(&pair(1)).unwrap().der().to_vec();
    assert_eq!(check(&[alone], &[]), Err(X509Error::LeafIsOwnIssuer));
}

#[test]
fn unknown_critical_extensions_are_refused_and_others_passed_over() {
    let with = |critical: bool| {
        move |params: &mut CertificateParams| {
            let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
            extension.set_criticality(critical);
            params.custom_extensions = vec![extension];
        }
    };
    assert_eq!(check_changed(|_| (), with(false)), Ok(0));
    assert_eq!(check_changed(|_| (), with(true)), Err(X509Error::CriticalExtension));
}

fn extension(oid: &[u64], critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(oid, vec![0x30, 0]);
    extension.set_criticality(critical);
    extension
}

#[test]
fn a_chain_names_the_keys_above_each_of_its_certificates() {
    let (root_params, mut middle, mut end) = (authority("root"), authority("middle"), leaf());
    middle.use_authority_key_identifier_extension = true;
    end.use_authority_key_identifier_extension = true;
    let chain = [signed(&end, 3, &middle, 2), signed(&middle, 2, &root_params, 1)];
    let chain = Chain::from_ders(&chain).unwrap();
    let expected = [middle.key_identifier(&pair(2)), root_params.key_identifier(&pair(1))];
    assert_eq!(chain.authority_keys().collect::<Vec<_>>(), expected);
    let silent = Chain::from_ders(&[signed(&leaf(), 2, &root_params, 1)]).unwrap();
    assert_eq!(silent.authority_keys().count(), 0);
}

#[test]
fn a_name_of_the_key_above_that_cannot_be_read_is_none_and_one_that_is_critical_is_refused() {
    const AKI: [u64; 4] = [2, 5, 29, 35];
    let of = |critical| {
        let mut end = leaf();
        end.custom_extensions = vec![extension(&AKI, critical)];
        Chain::from_ders(&[signed(&end, 2, &authority("root"), 1)])
    };
    assert_eq!(of(false).unwrap().authority_keys().count(), 0);
    assert_eq!(of(true).unwrap_err(), X509Error::CriticalExtension);
}

#[test]
fn constraints_that_are_not_checked_are_never_passed_over() {
    for oid in [[2, 5, 29, 30], [2, 5, 29, 36], [2, 5, 29, 54]] {
        for critical in [true, false] {
            let with = |params: &mut CertificateParams| {
                params.custom_extensions = vec![extension(&oid, critical)];
            };
            assert_eq!(check_changed(|_| (), with), Err(X509Error::Constrained), "{oid:?} {critical}");
        }
    }
}

#[test]
fn an_extension_that_stands_twice_is_refused() {
    let twice = |params: &mut CertificateParams| {
        params.custom_extensions = vec![extension(&[1, 3, 6, 1, 4, 1, 99999, 1], false); 2];
    };
    assert_eq!(check_changed(|_| (), twice), Err(X509Error::RepeatedExtension));
}

#[test]
fn every_link_of_a_chain_needs_its_name_and_its_signature() {
    let (root_params, middle) = (authority("root"), authority("middle"));
    let above = signed(&middle, 2, &root_params, 1);
    let anchor = root(&root_params);
    let renamed = signed(&leaf(), 3, &authority("other"), 2);
    assert_eq!(check(&[renamed, above.clone()], &[&anchor]), Err(X509Error::Name));
    let forged = signed(&leaf(), 3, &middle, 9);
    assert_eq!(check(&[forged, above.clone()], &[&anchor]), Err(X509Error::Signature));
    let early = |name: &str| {
        let mut params = authority(name);
        params.not_after = date_time_ymd(2026, 6, 1);
        params
    };
    let expired = signed(&early("middle"), 2, &root_params, 1);
    assert_eq!(check(&[signed(&leaf(), 3, &middle, 2), expired], &[&anchor]), Err(X509Error::Validity));
    let mut nameless = authority("x");
    nameless.distinguished_name = rcgen::DistinguishedName::new();
    let under_nobody = [signed(&leaf(), 3, &nameless, 2), signed(&nameless, 2, &root_params, 1)];
    assert_eq!(check(&under_nobody, &[&anchor]), Err(X509Error::Name));
}

#[test]
fn a_chain_of_four_is_read_and_its_depth_kept() {
    let names = ["root", "a", "b", "c"].map(authority);
    let chain = [
        signed(&leaf(), 5, &names[3], 4),
        signed(&names[3], 4, &names[2], 3),
        signed(&names[2], 3, &names[1], 2),
        signed(&names[1], 2, &names[0], 1),
    ];
    assert_eq!(check(&chain, &[&root(&names[0])]), Ok(0));
    for (depth, outcome) in [(3, Ok(0)), (2, Err(X509Error::PathLength))] {
        let mut shallow = authority("root");
        shallow.is_ca = IsCa::Ca(BasicConstraints::Constrained(depth));
        assert_eq!(check(&chain, &[&root(&shallow)]), outcome, "{depth}");
    }
}

/// Verifies signatures, and counts them.
#[derive(Default)]
struct Counting(AtomicUsize);

impl VerifySignature for Counting {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        RustCrypto.verify(key, message, signature)
    }
}

#[test]
fn a_chain_under_no_anchor_costs_none_of_its_own_signatures() {
    let (root_params, a, b) = (authority("root"), authority("a"), authority("b"));
    let chain = [signed(&leaf(), 4, &b, 3), signed(&b, 3, &a, 2), signed(&a, 2, &root_params, 1)];
    let chain = Chain::from_ders(&chain).unwrap();
    let anchor = |name: &str, seed: u64| authority(name).self_signed(&pair(seed)).unwrap().der().to_vec();
    let (real, namesake, stranger) = (anchor("root", 1), anchor("root", 9), anchor("other", 9));
    for (anchors, outcome, signatures) in [
        (vec![stranger.as_slice(); 5], Err(X509Error::NoAnchor), 0),
        (vec![namesake.as_slice()], Err(X509Error::NoAnchor), 1),
        (vec![stranger.as_slice(), real.as_slice()], Ok(1), 3),
    ] {
        let counting = Counting::default();
        assert_eq!(chain.verify(&anchors, NOW, &counting), outcome);
        assert_eq!(counting.0.into_inner(), signatures, "{outcome:?}");
    }
}

#[test]
fn a_changed_certificate_is_refused() {
    let root_params = authority("root");
    let good = signed(&leaf(), 2, &root_params, 1);
    let anchor = root(&root_params);
    for place in (0..good.len()).step_by(7) {
        let mut changed = good.clone();
        changed[place] ^= 1;
        assert!(check(&[changed], &[&anchor]).is_err(), "byte {place}");
    }
}

#[test]
fn sizes_and_lengths_are_capped() {
    let der = root(&authority("root"));
    assert_eq!(Chain::from_ders(&[]), Err(X509Error::ChainLength));
    assert_eq!(Chain::from_x5c(&[]), Err(X509Error::ChainLength));
    assert_eq!(Chain::from_ders(&vec![der.clone(); MAX_CHAIN + 1]), Err(X509Error::ChainLength));
    assert_eq!(Chain::from_x5c(&vec![base64(&der); MAX_CHAIN + 1]), Err(X509Error::ChainLength));
    assert_eq!(
        Chain::from_x5c(&vec!["?".into(); MAX_CHAIN + 1]),
        Err(X509Error::ChainLength),
        "never decoded"
    );
    assert!(Chain::from_ders(&vec![der.clone(); MAX_CHAIN]).is_ok());
    assert!(Chain::from_x5c(&vec![base64(&der); MAX_CHAIN]).is_ok());
    assert_eq!(Chain::from_ders(&[vec![0x30; 8192]]), Err(X509Error::Malformed), "as large as allowed");
    assert_eq!(Chain::from_x5c(&["?".repeat(MAX_CERTIFICATE * 2)]), Err(X509Error::Malformed));
    assert_eq!(Chain::from_ders(&[vec![0x30; MAX_CERTIFICATE + 1]]), Err(X509Error::TooLarge));
    assert_eq!(
        Chain::from_ders(&[[der.clone(), vec![0]].concat()]),
        Err(X509Error::Malformed),
        "trailing data"
    );
    let url_encoded = crate::encoding::base64url(&der);
    assert_eq!(Chain::from_x5c(&[url_encoded]), Err(X509Error::Malformed));
    assert_eq!(Chain::from_x5c(&["A".repeat(MAX_CERTIFICATE * 2 + 1)]), Err(X509Error::TooLarge));
}

#[test]
fn keys_and_algorithms_of_others_are_refused() {
    let foreign = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let der = authority("root").self_signed(&foreign).unwrap().der().to_vec();
    assert_eq!(Chain::from_ders(&[der]), Err(X509Error::Algorithm));
    let issuer_params = authority("root");
    let issuer = Issuer::from_params(&issuer_params, pair(1));
    let der = leaf().signed_by(&foreign, &issuer).unwrap().der().to_vec();
    assert_eq!(Chain::from_ders(&[der]), Err(X509Error::Key(KeyError::Type)));
}

#[test]
fn a_certificate_with_two_algorithms_is_refused() {
    const ES256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    let mut der = root(&authority("root"));
    let places: Vec<usize> =
        (0..der.len() - ES256.len()).filter(|at| der[*at..].starts_with(&ES256)).collect();
    assert_eq!(places.len(), 2);
    der[places[1] + 9] = 3;
    assert_eq!(Chain::from_ders(&[der]), Err(X509Error::Malformed));
}

/// A P-256 key that signs as if by Ed25519.
struct Mislabelled(SigningKey, Vec<u8>);

impl rcgen::PublicKeyData for Mislabelled {
    fn der_bytes(&self) -> &[u8] {
        &self.1
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl rcgen::SigningKey for Mislabelled {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.0.sign(message).unwrap())
    }
}

#[test]
fn a_signature_under_the_name_of_another_algorithm_is_refused() {
    let root_params = authority("root");
    let signer = Mislabelled(key(1), key(1).public_key().to_bytes());
    let issuer = Issuer::from_params(&root_params, signer);
    let der = leaf().signed_by(&pair(2), &issuer).unwrap().der().to_vec();
    assert_eq!(check(&[der], &[&root(&root_params)]), Err(X509Error::NoAnchor));
}

#[test]
fn an_anchor_is_an_authority_that_signed_itself() {
    let good = root(&authority("root"));
    assert_eq!(Anchor::check(&good, NOW, &RustCrypto).unwrap().der(), good);
    let not_ca = leaf().self_signed(&pair(1)).unwrap().der().to_vec();
    assert_eq!(Anchor::check(&not_ca, NOW, &RustCrypto).unwrap_err(), X509Error::NotAnAuthority);
    let under_another = signed(&authority("middle"), 2, &authority("root"), 1);
    assert_eq!(Anchor::check(&under_another, NOW, &RustCrypto).unwrap_err(), X509Error::Name);
    let namesake = signed(&authority("root"), 2, &authority("root"), 1);
    assert_eq!(Anchor::check(&namesake, NOW, &RustCrypto).unwrap_err(), X509Error::Signature);
    let late = UnixTime::from_secs(4_000_000_000);
    assert_eq!(Anchor::check(&good, late, &RustCrypto).unwrap_err(), X509Error::Validity);
}

#[test]
fn signatures_in_der_are_judged_as_wycheproof_says() {
    let Some(vectors) = vectors("wycheproof/ecdsa_secp256r1_sha256_test.json") else { return };
    let (mut accepted, mut refused) = (0, 0);
    for group in vectors["testGroups"].as_array().unwrap() {
        let key = hex(group["publicKey"]["uncompressed"].as_str().unwrap());
        let key = PublicKey::from_bytes(Algorithm::Es256, &key).unwrap();
        for test in group["tests"].as_array().unwrap() {
            let bytes = |name: &str| hex(test[name].as_str().unwrap());
            let signature = certificate::fixed_signature(Algorithm::Es256, &bytes("sig"));
            let holds = signature.is_ok_and(|fixed| RustCrypto.verify(&key, &bytes("msg"), &fixed).is_ok());
            assert_eq!(holds, test["result"] == "valid", "{} {}", test["tcId"], test["comment"]);
            if holds { accepted += 1 } else { refused += 1 }
        }
    }
    assert_eq!((accepted, refused), (174, 310));
}

const DOCUMENT_SIGNER: [u64; 6] = [1, 0, 18013, 5, 1, 2];

fn country(params: &mut CertificateParams, name: &str) {
    let common_name = params.distinguished_name.get(&DnType::CommonName).cloned().unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.distinguished_name.push(DnType::CountryName, name);
}

/// A document signer under its authority, each changed before it is signed.
fn check_document_signer(
    change_authority: impl Fn(&mut CertificateParams),
    change_signer: impl Fn(&mut CertificateParams),
) -> Result<usize, X509Error> {
    let (mut authority, mut signer) = (authority("iaca"), leaf());
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    signer.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNER.to_vec())];
    country(&mut authority, "NL");
    country(&mut signer, "NL");
    change_authority(&mut authority);
    change_signer(&mut signer);
    let chain = Chain::from_ders(&[signed(&signer, 2, &authority, 1)])?;
    chain.verify_document_signer(&[&root(&authority)], NOW, &RustCrypto)
}

#[test]
fn a_document_signer_leads_to_its_authority() {
    assert_eq!(check_document_signer(|_| (), |_| ()), Ok(0));
    let far = check_document_signer(|_| (), |params| params.not_after = date_time_ymd(2026, 2, 1));
    assert_eq!(far, Err(X509Error::Validity), "the rules of every chain hold too");
}

#[test]
fn a_document_signer_stands_directly_under_an_authority_for_leaves() {
    let constrained = |depth| IsCa::Ca(BasicConstraints::Constrained(depth));
    let deeper = |params: &mut CertificateParams| params.is_ca = constrained(1);
    let unlimited = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    assert_eq!(check_document_signer(deeper, |_| ()), Err(X509Error::NotDirect));
    assert_eq!(check_document_signer(unlimited, |_| ()), Err(X509Error::NotDirect));
    let (mut root_params, middle) = (authority("root"), authority("middle"));
    root_params.is_ca = constrained(1);
    let chain = [signed(&leaf(), 3, &middle, 2), signed(&middle, 2, &root_params, 1)];
    let chain = Chain::from_ders(&chain).unwrap();
    let checked = chain.verify_document_signer(&[&root(&root_params)], NOW, &RustCrypto);
    assert_eq!(checked, Err(X509Error::NotDirect));
}

#[test]
fn a_document_signer_without_its_usages_is_refused() {
    let no_usage = |params: &mut CertificateParams| params.key_usages = Vec::new();
    assert_eq!(check_document_signer(no_usage, |_| ()), Err(X509Error::KeyUsage));
    assert_eq!(check_document_signer(|_| (), no_usage), Err(X509Error::KeyUsage));
    let no_purpose = |params: &mut CertificateParams| params.extended_key_usages = Vec::new();
    assert_eq!(check_document_signer(|_| (), no_purpose), Err(X509Error::ExtendedKeyUsage));
    let for_readers = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::Other(vec![1, 0, 18013, 5, 1, 6])];
    };
    assert_eq!(check_document_signer(|_| (), for_readers), Err(X509Error::ExtendedKeyUsage));
    let for_anything = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::Any];
    };
    assert_eq!(check_document_signer(|_| (), for_anything), Err(X509Error::ExtendedKeyUsage));
}

#[test]
fn a_document_signer_of_another_country_is_refused() {
    let other = |params: &mut CertificateParams| country(params, "BE");
    let none = |params: &mut CertificateParams| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, if params.is_ca == IsCa::ExplicitNoCa { "a" } else { "b" });
    };
    assert_eq!(check_document_signer(|_| (), other), Err(X509Error::Country));
    assert_eq!(check_document_signer(none, none), Err(X509Error::Country));
}

#[test]
fn a_document_signer_that_outlives_its_authority_is_refused() {
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(2025, 12, 31);
    let late = |params: &mut CertificateParams| params.not_after = date_time_ymd(2028, 1, 2);
    assert_eq!(check_document_signer(|_| (), early), Err(X509Error::Nesting));
    assert_eq!(check_document_signer(|_| (), late), Err(X509Error::Nesting));
}
