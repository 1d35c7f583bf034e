//! What a member says of itself: its names, its keys.

use registry_proof::entry::{
    Entry, KeyMaterial, KeyState, MAX_ANCHOR, Material, MemberKey, OriginOwner, Role,
};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::MemberId;
use registry_proof::time::Millis;

use crate::material::material_hash;
use crate::reject::{ApplyError, Reject};
use crate::state::State;

/// Keys of one purpose that a member can ever have.
const MAX_KEYS: u32 = 256;

/// A member's name and origins are what others believe of it: it can only say less by itself.
pub(crate) fn give_up_origin(state: &mut State<'_>, me: &MemberId, origin: &str) -> Result<(), ApplyError> {
    let mut member = state.member(me)?;
    let before = member.origins.len();
    member.origins.retain(|known| known != origin);
    if member.origins.len() == before {
        return Err(Reject::Missing.into());
    }
    Ok(state.put(Key::Member(me.clone()), Entry::Member(member))?)
}

/// Makes origins a member's, unless one is another's that still uses it.
pub(crate) fn claim_origins(
    state: &mut State<'_>,
    id: &MemberId,
    origins: &[String],
) -> Result<(), ApplyError> {
    for origin in origins {
        let key = Key::origin(origin);
        if let Some(Entry::Origin(OriginOwner { member })) = state.get(&key)?
            && member != *id
            && state.member(&member)?.origins.contains(origin)
        {
            return Err(Reject::OriginTaken.into());
        }
        state.put(key, Entry::Origin(OriginOwner { member: id.clone() }))?;
    }
    Ok(())
}

/// Adds a member's next key of a purpose; the key must be nobody's yet.
pub(crate) fn add(
    state: &mut State<'_>,
    now: Millis,
    member: &MemberId,
    purpose: Purpose,
    number: u32,
    material: &KeyMaterial,
) -> Result<(), ApplyError> {
    check_fits(state, member, purpose, material)?;
    let place = |number| Key::MemberKey(member.clone(), purpose, number);
    let follows = number == 0 || state.get(&place(number - 1))?.is_some();
    if number >= MAX_KEYS || !follows || state.get(&place(number))?.is_some() {
        return Err(Reject::Sequence.into());
    }
    let owner = Key::Material(material_hash(material)?);
    if state.get(&owner)?.is_some() {
        return Err(Reject::KeyTaken.into());
    }
    state.put(owner, Entry::Material(Material { member: member.clone(), purpose, number }))?;
    let key = MemberKey { material: material.clone(), state: KeyState::Active, since: now };
    Ok(state.put(place(number), Entry::MemberKey(key))?)
}

fn check_fits(
    state: &State<'_>,
    member: &MemberId,
    purpose: Purpose,
    material: &KeyMaterial,
) -> Result<(), ApplyError> {
    let roles = state.member(member)?.roles;
    let may = match purpose {
        Purpose::Transaction => true,
        Purpose::Issuer => roles.contains(&Role::Issuer),
        Purpose::Request | Purpose::Receipt => {
            roles.contains(&Role::Verifier) || roles.contains(&Role::Operator)
        }
        Purpose::Attestation => roles.contains(&Role::WalletProvider),
    };
    let fits = match material {
        KeyMaterial::Key(_) => true,
        KeyMaterial::Anchor(der) => {
            let certified = matches!(purpose, Purpose::Issuer | Purpose::Request | Purpose::Attestation);
            certified && (1..=MAX_ANCHOR).contains(&der.0.len())
        }
    };
    match (may, fits) {
        (false, _) => Err(Reject::Role.into()),
        (_, false) => Err(Reject::Content.into()),
        _ => Ok(()),
    }
}

/// Retires a key or marks it compromised; there is no way back.
pub(crate) fn set_state(
    state: &mut State<'_>,
    member: &MemberId,
    purpose: Purpose,
    number: u32,
    to: KeyState,
) -> Result<(), ApplyError> {
    let mut key = state.member_key(member, purpose, number)?;
    let allowed = match (key.state, to) {
        (_, KeyState::Active) | (KeyState::Compromised, _) => false,
        (KeyState::Active, _) | (KeyState::Retired { .. }, KeyState::Compromised) => true,
        (KeyState::Retired { honoured_until: before }, KeyState::Retired { honoured_until: after }) => {
            after < before
        }
    };
    if !allowed {
        return Err(Reject::KeyState.into());
    }
    key.state = to;
    Ok(state.put(Key::MemberKey(member.clone(), purpose, number), Entry::MemberKey(key))?)
}
