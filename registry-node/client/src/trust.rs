//! Who is believed: the decisions of wallets, issuers and verifiers over proven entries.
//!
//! What cannot be resolved is refused, with its reason.

use core::time::Duration;

use credential::claim_path::{ClaimPath, PathElement};
use credential::did::SymbolonDid;
use credential::issuer::{IssuerReference, KeyReference};
use credential::key::{Algorithm, PublicKey, VerifySignature};
use credential::time::UnixTime;
use registry_proof::entry::{
    Entry, KeyMaterial, KeyState, Member, MemberKey, RegisteredClaims, Registration, Role, Standing, Texts,
};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::{MemberId, UseName, Vct};
use registry_proof::public_key::PublicKey as RegistryKey;
use registry_proof::time::Millis;
use url::Url;

use crate::facts::Facts;
use crate::registry::millis;

/// Why somebody is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The proof is older than its use allows.
    #[error("proof from the register is {} seconds old, more than is allowed", .0.as_secs())]
    Stale(Duration),
    /// The proof lies in the future.
    #[error("proof from the register lies in the future")]
    Ahead,
    /// The proof lacks an entry that is needed.
    #[error("proof from the register lacks an entry that is needed")]
    Incomplete,
    /// The signer leads to no member.
    #[error("signer is not in the register")]
    UnknownSigner,
    /// The member is suspended.
    #[error("organisation is suspended")]
    Suspended,
    /// The key is compromised, whatever date it signed under.
    #[error("signer's key is compromised")]
    KeyCompromised,
    /// The key is retired and no longer honoured.
    #[error("signer's key is retired")]
    KeyRetired,
    /// `iss` names somebody else than the signer.
    #[error("credential names another issuer than its signer")]
    WrongIssuer,
    /// The type is not in the register.
    #[error("credential type is not in the register")]
    UnknownType,
    /// The member may not issue this type, or not at that time.
    #[error("signer may not issue this credential type")]
    NotAccredited,
    /// The party in whose name is asked is not in the register.
    #[error("party that asks is not in the register")]
    UnknownRequester,
    /// It holds no such registration, or it was stopped.
    #[error("party that asks has no registration for this")]
    NotRegistered,
    /// The signer is neither the party nor one of its operators.
    #[error("signer may not ask in that party's name")]
    NotOperator,
    /// The answer would go to an address that is not the signer's.
    #[error("answer would go to an address that is not the signer's")]
    ForeignAddress,
    /// More is asked than is registered: the paths, for people.
    #[error("more is asked than is registered")]
    TooMuch(Vec<String>),
}

impl TrustError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Stale(_) => "proof_too_old",
            Self::Ahead => "proof_ahead",
            Self::Incomplete => "proof_incomplete",
            Self::UnknownSigner => "unknown_signer",
            Self::Suspended => "suspended",
            Self::KeyCompromised => "key_compromised",
            Self::KeyRetired => "key_retired",
            Self::WrongIssuer => "wrong_issuer",
            Self::UnknownType => "unknown_type",
            Self::NotAccredited => "not_accredited",
            Self::UnknownRequester => "unknown_requester",
            Self::NotRegistered => "not_registered",
            Self::NotOperator => "not_operator",
            Self::ForeignAddress => "foreign_address",
            Self::TooMuch(_) => "too_much",
        }
    }
}

/// A signer that leads to one member.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The member.
    pub member: MemberId,
    /// Its legal name by language.
    pub legal_name: Texts,
    /// Its web origins.
    pub origins: Vec<String>,
    /// Since when it is in the register.
    pub since: Millis,
    /// The key to verify with.
    pub key: PublicKey,
}

/// What a relying party asks, and how.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// In whose name.
    pub member: &'a MemberId,
    /// Under which registered use.
    pub use_name: &'a UseName,
    /// Where the answer goes; none where the person shows it to whoever asks.
    pub response_uri: Option<&'a Url>,
    /// What is asked for: type and path.
    pub claims: &'a [(String, ClaimPath)],
}

/// A relying party that may ask what it asks.
#[derive(Clone, Debug)]
pub struct Requester {
    /// Who asks.
    pub member: MemberId,
    /// Its legal name by language.
    pub legal_name: Texts,
    /// Its web origins.
    pub origins: Vec<String>,
    /// Since when it is in the register.
    pub since: Millis,
    /// Why, by language.
    pub purpose: Texts,
    /// For how many days it keeps what it learns.
    pub retention_days: u32,
    /// Through whom, where that is somebody else.
    pub operator: Option<Signer>,
    /// The key to verify the request with.
    pub key: PublicKey,
}

impl Facts {
    /// The one member that a signer leads to, by a key of `purpose` that is honoured now.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn signer(
        &self,
        reference: &KeyReference,
        purpose: Purpose,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Signer, TrustError> {
        let (member, entry, key) = match reference {
            KeyReference::X5c(chain) => {
                let leads = |der: &[u8]| chain.verify(&[der], now, backend).is_ok();
                let (member, entry) = self.owner(purpose, leads)?;
                (member, entry, chain.leaf_key().clone())
            }
            KeyReference::Kid(kid) => self.key_by_name(kid, purpose)?,
        };
        self.honoured(member, entry, key, now)
    }

    /// The one member with an anchor of `purpose` that a chain `leads` to.
    fn owner(
        &self,
        purpose: Purpose,
        leads: impl Fn(&[u8]) -> bool,
    ) -> Result<(&MemberId, &MemberKey), TrustError> {
        // One at a time, so that what one member registered cannot spoil another's.
        let mut found = self.anchors(purpose).filter(|(_, _, der)| leads(der));
        let (member, entry, _) = found.next().ok_or(TrustError::UnknownSigner)?;
        if found.any(|(other, ..)| other != member) {
            return Err(TrustError::UnknownSigner);
        }
        Ok((member, entry))
    }

    fn honoured(
        &self,
        member_id: &MemberId,
        entry: &MemberKey,
        key: PublicKey,
        now: UnixTime,
    ) -> Result<Signer, TrustError> {
        check_key_state(entry.state, now)?;
        let member = self.active(member_id, TrustError::UnknownSigner)?;
        Ok(Signer {
            member: member_id.clone(),
            legal_name: member.legal_name.clone(),
            origins: member.origins.clone(),
            since: member.since,
            key,
        })
    }

    /// The wallet provider that signed an attestation of a wallet or of its keys.
    ///
    /// # Errors
    /// [`TrustError`]; [`TrustError::NotAccredited`] where the signer gives out no wallets.
    pub fn wallet_provider(
        &self,
        reference: &KeyReference,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Signer, TrustError> {
        let signer = self.signer(reference, Purpose::Attestation, now, backend)?;
        let member = self.active(&signer.member, TrustError::UnknownSigner)?;
        if member.roles.contains(&Role::WalletProvider) { Ok(signer) } else { Err(TrustError::NotAccredited) }
    }

    /// The issuer of a credential of type `vct` that was issued at `issued_at`: in the register, accredited,
    /// and the one that the credential names.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn issuer(
        &self,
        reference: &IssuerReference,
        vct: &str,
        issued_at: Option<UnixTime>,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Signer, TrustError> {
        let signer = self.signer(&reference.key, Purpose::Issuer, now, backend)?;
        self.check_iss(reference.iss.as_deref(), &signer)?;
        self.may_issue(&signer.member, vct, issued_at, now)?;
        Ok(signer)
    }

    /// The issuer of a mobile document of type `doctype` that was signed at `signed`: as [`Self::issuer`], by a
    /// certificate that is one for signing documents ([`credential::x509::Chain::verify_document_signer`]). A key that signs other
    /// things signs no documents.
    ///
    /// # Errors
    /// [`TrustError`]; [`TrustError::UnknownSigner`] also for a certificate that is none for documents.
    pub fn document_issuer(
        &self,
        reference: &IssuerReference,
        doctype: &str,
        signed: Option<UnixTime>,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Signer, TrustError> {
        let KeyReference::X5c(chain) = &reference.key else { return Err(TrustError::UnknownSigner) };
        let leads = |der: &[u8]| chain.verify_document_signer(&[der], now, backend).is_ok();
        let (member, entry) = self.owner(Purpose::Issuer, leads)?;
        let signer = self.honoured(member, entry, chain.leaf_key().clone(), now)?;
        self.check_iss(reference.iss.as_deref(), &signer)?;
        self.may_issue(&signer.member, doctype, signed, now)?;
        Ok(signer)
    }

    /// Whether what `member` issued of type `vct` at `issued_at` is honoured now.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn may_issue(
        &self,
        member: &MemberId,
        vct: &str,
        issued_at: Option<UnixTime>,
        now: UnixTime,
    ) -> Result<(), TrustError> {
        if !self.active(member, TrustError::UnknownSigner)?.roles.contains(&Role::Issuer) {
            return Err(TrustError::NotAccredited);
        }
        let vct: Vct = vct.parse().map_err(|_| TrustError::UnknownType)?;
        let Some(Entry::Type(_)) = self.get(&Key::Type(vct.clone())) else {
            return Err(TrustError::UnknownType);
        };
        let Some(Entry::Accreditation(accreditation)) = self.get(&Key::Accreditation(member.clone(), vct))
        else {
            return Err(TrustError::NotAccredited);
        };
        let (now, issued) = (millis(now), millis(issued_at.unwrap_or(now)));
        let accredited = (accreditation.from..=accreditation.until).contains(&issued);
        if accredited && now >= accreditation.from && now <= accreditation.honoured_until {
            Ok(())
        } else {
            Err(TrustError::NotAccredited)
        }
    }

    /// Whether `reference` signs for `member`, as an issuer does its status lists.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn same_issuer(
        &self,
        reference: &KeyReference,
        member: &MemberId,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Signer, TrustError> {
        let signer = self.signer(reference, Purpose::Issuer, now, backend)?;
        if signer.member == *member { Ok(signer) } else { Err(TrustError::WrongIssuer) }
    }

    /// The party that asks, if it may ask that, through that signer, to that address.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn requester(
        &self,
        signer: &KeyReference,
        ask: &Ask<'_>,
        now: UnixTime,
        backend: &dyn VerifySignature,
    ) -> Result<Requester, TrustError> {
        let signer = self.signer(signer, Purpose::Request, now, backend)?;
        let party = self.active(ask.member, TrustError::UnknownRequester)?;
        let registration = self.registration(ask.member, ask.use_name)?;
        if !party.roles.contains(&Role::Verifier) {
            return Err(TrustError::NotRegistered);
        }
        self.check_operator(&signer, ask.member, registration)?;
        let is_own = |address: &Url| signer.origins.contains(&address.origin().ascii_serialization());
        if !ask.response_uri.is_none_or(is_own) {
            return Err(TrustError::ForeignAddress);
        }
        let beyond = self.beyond(ask.member, ask.use_name, ask.claims)?;
        if !beyond.is_empty() {
            return Err(TrustError::TooMuch(beyond.iter().map(|(_, path)| written(path)).collect()));
        }
        Ok(Requester {
            member: ask.member.clone(),
            legal_name: party.legal_name.clone(),
            origins: party.origins.clone(),
            since: party.since,
            purpose: registration.purpose.clone(),
            retention_days: registration.retention_days,
            key: signer.key.clone(),
            operator: (signer.member != *ask.member).then_some(signer),
        })
    }

    /// What of `asked` (type and path) lies outside a registration.
    ///
    /// # Errors
    /// [`TrustError::NotRegistered`].
    pub fn beyond(
        &self,
        member: &MemberId,
        use_name: &UseName,
        asked: &[(String, ClaimPath)],
    ) -> Result<Vec<(String, ClaimPath)>, TrustError> {
        let registered = &self.registration(member, use_name)?.claims;
        Ok(asked.iter().filter(|(vct, path)| !is_covered(registered, vct, path)).cloned().collect())
    }

    /// Those of `types` that a registration does not name. A card that is asked for without any of its claims
    /// must be registered too: that somebody has it says enough.
    ///
    /// # Errors
    /// [`TrustError::NotRegistered`].
    pub fn types_beyond<'t>(
        &self,
        member: &MemberId,
        use_name: &UseName,
        types: impl Iterator<Item = &'t str>,
    ) -> Result<Vec<String>, TrustError> {
        let registered = &self.registration(member, use_name)?.claims;
        let is_named = |vct: &&str| registered.iter().any(|claims| claims.vct.as_str() == *vct);
        Ok(types.filter(|vct| !is_named(vct)).map(str::to_owned).collect())
    }

    fn registration(&self, member: &MemberId, use_name: &UseName) -> Result<&Registration, TrustError> {
        match self.get(&Key::Registration(member.clone(), use_name.clone())) {
            Some(Entry::Registration(registration)) if registration.standing == Standing::Active => {
                Ok(registration)
            }
            _ => Err(TrustError::NotRegistered),
        }
    }

    fn anchors(&self, wanted: Purpose) -> impl Iterator<Item = (&MemberId, &MemberKey, &[u8])> {
        self.entries().filter_map(move |(key, entry)| match (key, entry) {
            (Key::MemberKey(member, purpose, _), Entry::MemberKey(found)) if *purpose == wanted => {
                match &found.material {
                    KeyMaterial::Anchor(der) => Some((member, found, der.0.as_slice())),
                    KeyMaterial::Key(_) => None,
                }
            }
            _ => None,
        })
    }

    fn key_by_name(
        &self,
        kid: &str,
        wanted: Purpose,
    ) -> Result<(&MemberId, &MemberKey, PublicKey), TrustError> {
        let (did, purpose, number) = SymbolonDid::parse_key_id(kid).map_err(|_| TrustError::UnknownSigner)?;
        let named: Purpose = purpose.parse().map_err(|_| TrustError::UnknownSigner)?;
        if did.network() != self.network().as_str() || named != wanted {
            return Err(TrustError::UnknownSigner);
        }
        let found = self.entries().find_map(|(key, entry)| match (key, entry) {
            (Key::MemberKey(member, purpose, n), Entry::MemberKey(found))
                if member.as_str() == did.member() && *purpose == wanted && u64::from(*n) == number =>
            {
                Some((member, found))
            }
            _ => None,
        });
        let (member, found) = found.ok_or(TrustError::UnknownSigner)?;
        let KeyMaterial::Key(key) = &found.material else { return Err(TrustError::UnknownSigner) };
        Ok((member, found, public_key(key)?))
    }

    fn active(&self, id: &MemberId, unknown: TrustError) -> Result<&Member, TrustError> {
        match self.get(&Key::Member(id.clone())) {
            Some(Entry::Member(member)) if member.standing == Standing::Active => Ok(member),
            Some(Entry::Member(_)) => Err(TrustError::Suspended),
            _ => Err(unknown),
        }
    }

    /// `iss`, where present, is the member's DID or an address under one of its origins.
    fn check_iss(&self, iss: Option<&str>, signer: &Signer) -> Result<(), TrustError> {
        let Some(iss) = iss else { return Ok(()) };
        let is_did = iss.parse::<SymbolonDid>().is_ok_and(|did| {
            did.network() == self.network().as_str() && did.member() == signer.member.as_str()
        });
        let is_origin = Url::parse(iss)
            .is_ok_and(|url| url.has_host() && signer.origins.contains(&url.origin().ascii_serialization()));
        if is_did || is_origin { Ok(()) } else { Err(TrustError::WrongIssuer) }
    }

    fn check_operator(
        &self,
        signer: &Signer,
        party: &MemberId,
        registration: &Registration,
    ) -> Result<(), TrustError> {
        if signer.member == *party {
            return Ok(());
        }
        let is_operator =
            self.active(&signer.member, TrustError::UnknownSigner)?.roles.contains(&Role::Operator);
        if is_operator && registration.operators.contains(&signer.member) {
            Ok(())
        } else {
            Err(TrustError::NotOperator)
        }
    }
}

fn check_key_state(state: KeyState, now: UnixTime) -> Result<(), TrustError> {
    match state {
        KeyState::Active => Ok(()),
        KeyState::Retired { honoured_until } if millis(now) <= honoured_until => Ok(()),
        KeyState::Retired { .. } => Err(TrustError::KeyRetired),
        KeyState::Compromised => Err(TrustError::KeyCompromised),
    }
}

fn is_covered(registered: &[RegisteredClaims], vct: &str, path: &ClaimPath) -> bool {
    registered
        .iter()
        .filter(|claims| claims.vct.as_str() == vct)
        .flat_map(|claims| &claims.paths)
        .any(|steps| registered_path(steps).is_some_and(|registered| registered.covers(path)))
}

/// A registered path as claims are asked for; none where it is too long to be one.
pub fn registered_path(steps: &[Option<String>]) -> Option<ClaimPath> {
    let step = |step: &Option<String>| step.clone().map_or(PathElement::All, PathElement::Name);
    ClaimPath::new(steps.iter().map(step).collect()).ok()
}

/// A path as people may read it.
pub fn written(path: &ClaimPath) -> String {
    let step = |step: &PathElement| match step {
        PathElement::Name(name) => name.clone(),
        PathElement::Index(index) => index.to_string(),
        PathElement::All => "*".to_owned(),
    };
    path.steps().iter().map(step).collect::<Vec<_>>().join(".")
}

/// A registry key as `credential` verifies with it.
///
/// # Errors
/// [`TrustError::UnknownSigner`] for a key that is no valid point.
pub fn public_key(key: &RegistryKey) -> Result<PublicKey, TrustError> {
    let algorithm = match key {
        RegistryKey::Ed25519(_) => Algorithm::EdDsa,
        RegistryKey::P256(_) => Algorithm::Es256,
    };
    PublicKey::from_bytes(algorithm, key.as_bytes()).map_err(|_| TrustError::UnknownSigner)
}
