//! Certificates of an organisation's own: an authority that the registry anchors, and leaves that sign.
//!
//! `init` makes both. The authority's key signs leaves only, so it can be taken off the machine once the
//! leaf is made; the registry knows the authority's certificate (DER), messages carry the leaf (`x5c`).

use std::path::Path;

use credential::time::UnixTime;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use zeroize::Zeroizing;

use crate::calendar::{DAY, Date};
use crate::pem;

/// How long an authority made here lasts.
pub const AUTHORITY_DAYS: u64 = 3650;
/// How long a leaf made here lasts.
pub const LEAF_DAYS: u64 = 825;

/// Why certificates could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A name cannot stand in a certificate, or a key cannot be used.
    #[error("certificate cannot be made")]
    Make(#[from] rcgen::Error),
    /// A file is not readable.
    #[error("certificate file is not readable")]
    Unreadable(#[source] std::io::Error),
    /// A file is not PEM.
    #[error("certificate file is not pem")]
    Pem(#[from] pem::PemError),
    /// The file holds no certificate.
    #[error("certificate file holds no certificate")]
    Empty,
}

/// Who a certificate is for.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The organisation's legal name.
    pub organization: &'a str,
    /// Two letters; `None` leaves it out.
    pub country: Option<&'a str>,
    /// The web address that the leaf is for: becomes a URI alternative name, and a DNS one where it has a host name.
    pub origin: &'a url::Url,
}

/// An authority and a leaf, as files hold them.
pub struct Made {
    /// The authority's certificate: the anchor that the registry knows.
    pub authority_pem: String,
    /// The authority's certificate, DER.
    pub authority_der: Vec<u8>,
    /// The authority's key, PKCS#8.
    pub authority_key_pem: Zeroizing<String>,
    /// The leaf's certificate.
    pub leaf_pem: String,
    /// The leaf's key, PKCS#8.
    pub leaf_key_pem: Zeroizing<String>,
}

/// Makes an authority and one leaf under it, both P-256. `role` names the leaf's job ("Credential signing").
pub fn make(subject: &Subject<'_>, role: &str, now: UnixTime) -> Result<Made, CertificateError> {
    let authority_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut authority =
        parameters(subject, &format!("{} Authority", subject.organization), now, AUTHORITY_DAYS);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_certificate = authority.self_signed(&authority_key)?;

    let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut leaf = parameters(subject, &format!("{} {role}", subject.organization), now, LEAF_DAYS);
    leaf.is_ca = IsCa::ExplicitNoCa;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    leaf.subject_alt_names = vec![SanType::URI(subject.origin.as_str().try_into()?)];
    match subject.origin.host() {
        Some(url::Host::Domain(name)) => leaf.subject_alt_names.push(SanType::DnsName(name.try_into()?)),
        Some(url::Host::Ipv4(address)) => leaf.subject_alt_names.push(SanType::IpAddress(address.into())),
        Some(url::Host::Ipv6(address)) => leaf.subject_alt_names.push(SanType::IpAddress(address.into())),
        None => {}
    }
    let leaf_certificate = leaf.signed_by(&leaf_key, &Issuer::from_params(&authority, &authority_key))?;

    Ok(Made {
        authority_pem: pem::encode("CERTIFICATE", authority_certificate.der()),
        authority_der: authority_certificate.der().to_vec(),
        authority_key_pem: key_pem(&authority_key),
        leaf_pem: pem::encode("CERTIFICATE", leaf_certificate.der()),
        leaf_key_pem: key_pem(&leaf_key),
    })
}

/// Every certificate of a PEM file, DER, in order.
pub fn read(path: &Path) -> Result<Vec<Vec<u8>>, CertificateError> {
    let text = std::fs::read_to_string(path).map_err(CertificateError::Unreadable)?;
    let certificates = pem::decode(&text, "CERTIFICATE")?;
    if certificates.is_empty() { Err(CertificateError::Empty) } else { Ok(certificates) }
}

/// The chain of a PEM file as the `x5c` header has it: the leaf first, base64 of DER. Callers hand it to
/// `credential::x509::Chain::from_x5c`.
pub fn read_x5c(path: &Path) -> Result<Vec<String>, CertificateError> {
    use base64::Engine as _;
    let certificates = read(path)?;
    Ok(certificates.iter().map(|der| base64::engine::general_purpose::STANDARD.encode(der)).collect())
}

fn parameters(subject: &Subject<'_>, common_name: &str, now: UnixTime, days: u64) -> CertificateParams {
    let mut name = DistinguishedName::new();
    if let Some(country) = subject.country {
        name.push(DnType::CountryName, country);
    }
    name.push(DnType::OrganizationName, subject.organization);
    // X.520 allows 64 characters.
    name.push(DnType::CommonName, common_name.chars().take(64).collect::<String>());
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name;
    // From midnight before, so that a clock that is a little slow accepts it.
    let (first, last) = (
        Date::of(UnixTime::from_secs(now.secs().saturating_sub(DAY / 24))),
        Date::of(UnixTime::from_secs(now.secs() + days * DAY)),
    );
    parameters.not_before = rcgen::date_time_ymd(i32::from(first.year), first.month, first.day);
    parameters.not_after = rcgen::date_time_ymd(i32::from(last.year), last.month, last.day);
    parameters
}

fn key_pem(key: &KeyPair) -> Zeroizing<String> {
    let der = Zeroizing::new(key.serialize_der());
    Zeroizing::new(pem::encode("PRIVATE KEY", &der))
}
