//! What a member says of itself: its names, its keys.

use registry_proof::canonical;
use registry_proof::entry::{Entry, KeyMaterial, KeyState, MAX_ANCHOR, Material, MemberKey, Role, Texts};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::MemberId;
use registry_proof::time::Millis;
use sha2::{Digest as _, Sha256};

use crate::reject::{ApplyError, Reject};
use crate::state::State;
use crate::texts::{check_origins, check_texts};

/// Keys of one purpose that a member can ever have.
const MAX_KEYS: u32 = 1_000;

pub(crate) fn edit_member(
    state: &mut State<'_>,
    me: &MemberId,
    legal_name: &Texts,
    origins: &[String],
) -> Result<(), ApplyError> {
    check_texts(legal_name)?;
    check_origins(origins)?;
    let mut member = state.member(me)?;
    member.legal_name = legal_name.clone();
    member.origins = origins.to_vec();
    state.put(Key::Member(me.clone()), Entry::Member(member));
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
    let owner = Key::Material(Sha256::digest(canonical::encode(material)).into());
    if state.get(&owner)?.is_some() {
        return Err(Reject::KeyTaken.into());
    }
    state.put(owner, Entry::Material(Material { member: member.clone(), purpose, number }));
    let key = MemberKey { material: material.clone(), state: KeyState::Active, since: now };
    state.put(place(number), Entry::MemberKey(key));
    Ok(())
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
    };
    let fits = match material {
        KeyMaterial::Key(_) => true,
        KeyMaterial::Anchor(der) => {
            matches!(purpose, Purpose::Issuer | Purpose::Request) && (1..=MAX_ANCHOR).contains(&der.0.len())
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
    state.put(Key::MemberKey(member.clone(), purpose, number), Entry::MemberKey(key));
    Ok(())
}
