//! What stewards, registrars and issuers publish: types, accreditations, registrations, anchors.

use registry_proof::entry::{
    Accreditation, CredentialType, Entry, MAX_LIST, MAX_TEXT, Member, ReceiptsRoot, Registration, Role,
    Standing, StatusAnchor,
};
use registry_proof::key::{Key, MAX_PERIOD};
use registry_proof::name::{MemberId, NetworkId, UseName, Vct};
use registry_proof::time::Millis;
use registry_proof::transaction::Register;

use crate::apply::{need, signing_key};
use crate::reject::{ApplyError, Reject};
use crate::state::State;
use crate::texts::{check_texts, is_plain, is_under};

/// Steps of a claim's path, at most.
const MAX_PATH: usize = 16;
/// Status lists of one issuer, at most: readers fetch the register whole.
const MAX_STATUS_LISTS: u32 = 512;
/// Roots over receipts of one member, at most: one a day for a century, and some.
const MAX_RECEIPTS: u32 = 40_000;
/// Uses of one relying party, at most.
const MAX_REGISTRATIONS: u32 = 128;
/// Types of one steward, at most.
const MAX_TYPES: u32 = 128;
/// Accreditations by one steward, at most.
const MAX_ACCREDITATIONS: u32 = 1_024;

pub(crate) fn publish_type(
    state: &mut State<'_>,
    me: &MemberId,
    vct: &Vct,
    metadata_sha256: [u8; 32],
    version: u32,
) -> Result<(), ApplyError> {
    let key = Key::Type(vct.clone());
    let last = match state.get(&key)? {
        Some(Entry::Type(known)) if known.steward != *me => return Err(Reject::NotOwner.into()),
        Some(Entry::Type(known)) => known.version,
        _ => 0,
    };
    if last.checked_add(1) != Some(version) {
        return Err(Reject::Sequence.into());
    }
    if last == 0 {
        state.count(me, MAX_TYPES, |tally| &mut tally.types)?;
    }
    Ok(state.put(key, Entry::Type(CredentialType { metadata_sha256, steward: me.clone(), version }))?)
}

pub(crate) fn accredit(
    state: &mut State<'_>,
    me: &MemberId,
    member: &MemberId,
    vct: &Vct,
    from: Millis,
    until: Millis,
    honoured_until: Millis,
) -> Result<(), ApplyError> {
    match state.get(&Key::Type(vct.clone()))? {
        Some(Entry::Type(known)) if known.steward == *me => {}
        Some(_) => return Err(Reject::NotOwner.into()),
        None => return Err(Reject::Missing.into()),
    }
    need(&state.member(member)?, Role::Issuer)?;
    if from > until || until > honoured_until {
        return Err(Reject::Content.into());
    }
    let key = Key::Accreditation(member.clone(), vct.clone());
    if state.get(&key)?.is_none() {
        state.count(me, MAX_ACCREDITATIONS, |tally| &mut tally.accreditations)?;
    }
    Ok(state.put(key, Entry::Accreditation(Accreditation { from, until, honoured_until }))?)
}

pub(crate) fn register(
    state: &mut State<'_>,
    now: Millis,
    network: &NetworkId,
    register: &Register,
) -> Result<(), ApplyError> {
    let party = state.member(&register.member)?;
    if party.standing != Standing::Active {
        return Err(Reject::Suspended.into());
    }
    need(&party, Role::Verifier)?;
    check_registration(state, register)?;
    let key = signing_key(state, &register.member, register.consent.key)?;
    key.verify(&register.consent_bytes(network), &register.consent.signature).map_err(|_| Reject::Consent)?;
    let place = Key::Registration(register.member.clone(), register.use_name.clone());
    let last = match state.get(&place)? {
        Some(Entry::Registration(known)) => known.version,
        _ => 0,
    };
    if last.checked_add(1) != Some(register.version) {
        return Err(Reject::Sequence.into());
    }
    if last == 0 {
        state.count(&register.member, MAX_REGISTRATIONS, |tally| &mut tally.registrations)?;
    }
    let registration = Registration {
        purpose: register.purpose.clone(),
        claims: register.claims.clone(),
        retention_days: register.retention_days,
        operators: register.operators.clone(),
        standing: Standing::Active,
        since: now,
        version: register.version,
    };
    Ok(state.put(place, Entry::Registration(registration))?)
}

fn check_registration(state: &State<'_>, register: &Register) -> Result<(), ApplyError> {
    check_texts(&register.purpose)?;
    let fits = |length: usize| (1..=MAX_LIST).contains(&length);
    if !fits(register.claims.len()) || register.operators.len() > MAX_LIST {
        return Err(Reject::Content.into());
    }
    for claims in &register.claims {
        let is_step = |step: &Option<String>| step.as_ref().is_none_or(|name| is_plain(name, MAX_TEXT));
        let is_path =
            |path: &Vec<Option<String>>| (1..=MAX_PATH).contains(&path.len()) && path.iter().all(is_step);
        if !fits(claims.paths.len()) || !claims.paths.iter().all(is_path) {
            return Err(Reject::Content.into());
        }
        if state.get(&Key::Type(claims.vct.clone()))?.is_none() {
            return Err(Reject::Missing.into());
        }
    }
    for operator in &register.operators {
        need(&state.member(operator)?, Role::Operator)?;
    }
    Ok(())
}

pub(crate) fn stop_use(
    state: &mut State<'_>,
    me: &MemberId,
    actor: &Member,
    member: &MemberId,
    use_name: &UseName,
) -> Result<(), ApplyError> {
    if me != member {
        need(actor, Role::Registrar)?;
    }
    let key = Key::Registration(member.clone(), use_name.clone());
    match state.get(&key)? {
        Some(Entry::Registration(known)) => {
            let stopped = Registration { standing: Standing::Suspended, ..known };
            Ok(state.put(key, Entry::Registration(stopped))?)
        }
        _ => Err(Reject::Missing.into()),
    }
}

#[expect(clippy::too_many_arguments, reason = "the fields of one action")]
pub(crate) fn anchor_status(
    state: &mut State<'_>,
    now: Millis,
    me: &MemberId,
    actor: &Member,
    uri: &str,
    media_type: &str,
    sequence: u64,
    token_sha256: [u8; 32],
) -> Result<(), ApplyError> {
    if !actor.origins.iter().any(|origin| is_under(uri, origin)) {
        return Err(Reject::Origin.into());
    }
    let key = Key::status(uri, media_type);
    if key.to_string().parse::<Key>().is_err() {
        return Err(Reject::Content.into());
    }
    match state.get(&key)? {
        Some(Entry::Status(known)) if known.issuer != *me => return Err(Reject::NotOwner.into()),
        Some(Entry::Status(known)) if known.sequence >= sequence => return Err(Reject::Sequence.into()),
        Some(_) => {}
        None => state.count(me, MAX_STATUS_LISTS, |tally| &mut tally.status_lists)?,
    }
    Ok(state.put(key, Entry::Status(StatusAnchor { issuer: me.clone(), sequence, token_sha256, at: now }))?)
}

pub(crate) fn anchor_receipts(
    state: &mut State<'_>,
    now: Millis,
    me: &MemberId,
    period: &str,
    root: [u8; 32],
) -> Result<(), ApplyError> {
    let key = Key::Receipts(me.clone(), period.to_owned());
    if period.len() > MAX_PERIOD || key.to_string().parse::<Key>().is_err() {
        return Err(Reject::Content.into());
    }
    if state.get(&key)?.is_some() {
        return Err(Reject::Exists.into());
    }
    state.count(me, MAX_RECEIPTS, |tally| &mut tally.receipts)?;
    Ok(state.put(key, Entry::Receipts(ReceiptsRoot { root, at: now }))?)
}
