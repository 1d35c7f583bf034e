//! Certificates of an organisation's own: an authority that the registry anchors, and leaves that sign.
//!
//! `init` makes both. The authority's key signs leaves only, so it can be taken off the machine once the
//! leaf is made; the registry knows the authority's certificate (DER), messages carry the leaf (`x5c`).

use std::path::Path;

use credential::time::UnixTime;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use zeroize::Zeroizing;

use crate::calendar::{DAY, Date};
use crate::pem;

/// `id-ce-extKeyUsage`.
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
/// A sequence of one purpose, `id-mdl-kp-mdlDS` (1.0.18013.5.1.2), in DER.
const DOCUMENT_SIGNER: &[u8] = &[0x30, 0x09, 0x06, 0x07, 0x28, 0x81, 0x8c, 0x5d, 0x05, 0x01, 0x02];

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

/// A certificate and its key, as files hold them.
pub struct Leaf {
    /// The certificate.
    pub pem: String,
    /// The key, PKCS#8.
    pub key_pem: Zeroizing<String>,
}

/// An authority that signs leaves and nothing else: the anchor that the registry knows.
pub struct Authority {
    /// Its certificate.
    pub pem: String,
    /// Its certificate, DER.
    pub der: Vec<u8>,
    /// Its key, PKCS#8.
    pub key_pem: Zeroizing<String>,
    parameters: CertificateParams,
    key: KeyPair,
}

impl Authority {
    /// Makes an authority with a P-256 key.
    ///
    /// # Errors
    /// [`CertificateError::Make`].
    pub fn make(subject: &Subject<'_>, now: UnixTime) -> Result<Self, CertificateError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut parameters =
            parameters(subject, &format!("{} Authority", subject.organization), now, AUTHORITY_DAYS);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = parameters.self_signed(&key)?;
        Ok(Self {
            pem: pem::encode("CERTIFICATE", certificate.der()),
            der: certificate.der().to_vec(),
            key_pem: key_pem(&key),
            parameters,
            key,
        })
    }

    /// Makes a leaf for tokens and requests. `role` names its job ("Credential signing").
    ///
    /// # Errors
    /// [`CertificateError::Make`].
    pub fn leaf(&self, subject: &Subject<'_>, role: &str, now: UnixTime) -> Result<Leaf, CertificateError> {
        let mut leaf = leaf_parameters(subject, role, now)?;
        leaf.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        match subject.origin.host() {
            Some(url::Host::Domain(name)) => {
                leaf.subject_alt_names.push(SanType::DnsName(name.try_into()?));
            }
            Some(url::Host::Ipv4(address)) => leaf.subject_alt_names.push(SanType::IpAddress(address.into())),
            Some(url::Host::Ipv6(address)) => leaf.subject_alt_names.push(SanType::IpAddress(address.into())),
            None => {}
        }
        self.sign(&leaf)
    }

    /// Makes the leaf that signs mobile documents, and nothing else: its one purpose is critical (ISO/IEC 18013-5
    /// annex B.1.4). The subject needs a country.
    ///
    /// # Errors
    /// [`CertificateError::Make`].
    pub fn document_signer(&self, subject: &Subject<'_>, now: UnixTime) -> Result<Leaf, CertificateError> {
        let mut leaf = leaf_parameters(subject, "Document Signing", now)?;
        let mut purpose = CustomExtension::from_oid_content(EXTENDED_KEY_USAGE, DOCUMENT_SIGNER.to_vec());
        purpose.set_criticality(true);
        leaf.custom_extensions = vec![purpose];
        self.sign(&leaf)
    }

    fn sign(&self, leaf: &CertificateParams) -> Result<Leaf, CertificateError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = leaf.signed_by(&key, &Issuer::from_params(&self.parameters, &self.key))?;
        Ok(Leaf { pem: pem::encode("CERTIFICATE", certificate.der()), key_pem: key_pem(&key) })
    }
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

fn leaf_parameters(
    subject: &Subject<'_>,
    role: &str,
    now: UnixTime,
) -> Result<CertificateParams, CertificateError> {
    let mut leaf = parameters(subject, &format!("{} {role}", subject.organization), now, LEAF_DAYS);
    leaf.is_ca = IsCa::ExplicitNoCa;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.use_authority_key_identifier_extension = true;
    leaf.subject_alt_names = vec![SanType::URI(subject.origin.as_str().try_into()?)];
    Ok(leaf)
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
