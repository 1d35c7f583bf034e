//! Governance: proposals, votes, and what more than two thirds of the governors can do. Nobody can do it
//! alone, from the first block on. What widens trust waits out a delay; what narrows it does not.

use std::collections::BTreeSet;

use registry_proof::entry::{
    Entry, KeyMaterial, KeyState, Member, Network, Outcome, Parameters, Proposal, Role, Standing,
};
use registry_proof::key::{Key, Purpose};
use registry_proof::name::MemberId;
use registry_proof::time::Millis;
use registry_proof::transaction::Change;

use crate::keys;
use crate::reject::{ApplyError, Reject};
use crate::state::State;
use crate::texts::{check_origins, check_texts};

/// Governors, at least: with fewer, one of them could decide alone or stop everything alone.
pub(crate) const MIN_GOVERNORS: usize = 3;
/// Milliseconds that any parameter may be, at most: ten years.
const MAX_PARAMETER_MS: u64 = 10 * 366 * 24 * 3_600_000;

pub(crate) fn propose(
    state: &mut State<'_>,
    now: Millis,
    me: &MemberId,
    change: &Change,
) -> Result<(), ApplyError> {
    let mut network = state.network()?;
    need_governor(&network, me)?;
    check_change(change)?;
    let number = network.next_proposal;
    network.next_proposal = number.checked_add(1).ok_or(Reject::Sequence)?;
    state.put(Key::Network, Entry::Network(network))?;
    let proposal = Proposal {
        by: me.clone(),
        change: change.clone(),
        approvals: BTreeSet::from([me.clone()]),
        refusals: BTreeSet::new(),
        opened: now,
        outcome: Outcome::Open,
    };
    settle(state, now, number, proposal)
}

pub(crate) fn vote(
    state: &mut State<'_>,
    now: Millis,
    me: &MemberId,
    number: u64,
    approve: bool,
) -> Result<(), ApplyError> {
    let network = state.network()?;
    need_governor(&network, me)?;
    let mut proposal = find(state, number)?;
    if !takes_votes(&network.parameters, &proposal, now) {
        return Err(Reject::Closed.into());
    }
    let (to, from) = match approve {
        true => (&mut proposal.approvals, &mut proposal.refusals),
        false => (&mut proposal.refusals, &mut proposal.approvals),
    };
    from.remove(me);
    to.insert(me.clone());
    settle(state, now, number, proposal)
}

pub(crate) fn enact(state: &mut State<'_>, now: Millis, number: u64) -> Result<(), ApplyError> {
    let network = state.network()?;
    let Parameters { proposal_delay_ms: delay, proposal_life_ms: life, .. } = network.parameters;
    let mut proposal = find(state, number)?;
    match proposal.outcome {
        Outcome::Passed { at } if now > at.plus(delay).plus(life) => Err(Reject::Closed.into()),
        Outcome::Passed { at } if now >= at.plus(delay) && is_approved(&network, &proposal) => {
            proposal.outcome = Outcome::Enacted;
            carry_out(state, now, &proposal.change)?;
            Ok(state.put(Key::Proposal(number), Entry::Proposal(proposal))?)
        }
        Outcome::Open | Outcome::Passed { .. } => Err(Reject::Waiting.into()),
        Outcome::Enacted | Outcome::Refused => Err(Reject::Closed.into()),
    }
}

/// While it is open; and while it waits out its delay, which is there for second thoughts.
fn takes_votes(parameters: &Parameters, proposal: &Proposal, now: Millis) -> bool {
    match proposal.outcome {
        Outcome::Open => now <= proposal.opened.plus(parameters.proposal_life_ms),
        Outcome::Passed { .. } => true,
        Outcome::Enacted | Outcome::Refused => false,
    }
}

/// Whether more than two thirds of today's governors are for it.
fn is_approved(network: &Network, proposal: &Proposal) -> bool {
    proposal.approvals.intersection(&network.governors).count() * 3 > network.governors.len() * 2
}

/// Whether so many of today's governors are against it that it cannot pass.
fn is_refused(network: &Network, proposal: &Proposal) -> bool {
    let against = proposal.refusals.intersection(&network.governors).count();
    (network.governors.len() - against) * 3 <= network.governors.len() * 2
}

/// Counts the votes of today's governors.
fn settle(state: &mut State<'_>, now: Millis, number: u64, mut proposal: Proposal) -> Result<(), ApplyError> {
    let network = state.network()?;
    let passed = matches!(proposal.outcome, Outcome::Passed { .. });
    let is_approved = is_approved(&network, &proposal);
    if is_approved && !passed {
        let waits = network.parameters.proposal_delay_ms > 0 && widens(state, &proposal.change)?;
        if waits {
            proposal.outcome = Outcome::Passed { at: now };
        } else {
            proposal.outcome = Outcome::Enacted;
            carry_out(state, now, &proposal.change)?;
        }
    } else if is_refused(&network, &proposal) {
        proposal.outcome = Outcome::Refused;
    } else if !is_approved {
        proposal.outcome = Outcome::Open;
    }
    Ok(state.put(Key::Proposal(number), Entry::Proposal(proposal))?)
}

fn widens(state: &State<'_>, change: &Change) -> Result<bool, ApplyError> {
    Ok(match change {
        Change::AdmitMember { .. }
        | Change::SetIdentity { .. }
        | Change::ReplaceTransactionKey { .. }
        | Change::SetParameters { .. } => true,
        Change::SetRoles { id, roles } => !roles.is_subset(&state.member(id)?.roles),
        Change::SetStanding { standing, .. } => *standing == Standing::Active,
        Change::CompromiseKey { .. } => false,
    })
}

fn carry_out(state: &mut State<'_>, now: Millis, change: &Change) -> Result<(), ApplyError> {
    match change {
        Change::AdmitMember { id, legal_name, origins, roles, transaction_key } => {
            if state.get(&Key::Member(id.clone()))?.is_some() {
                return Err(Reject::Exists.into());
            }
            let member = Member {
                legal_name: legal_name.clone(),
                origins: origins.clone(),
                roles: roles.clone(),
                standing: Standing::Active,
                since: now,
            };
            keys::claim_origins(state, id, origins)?;
            put_member(state, id, member)?;
            keys::add(state, now, id, Purpose::Transaction, 0, &KeyMaterial::Key(transaction_key.clone()))
        }
        Change::SetIdentity { id, legal_name, origins } => {
            let known = state.member(id)?;
            keys::claim_origins(state, id, origins)?;
            put_member(
                state,
                id,
                Member { legal_name: legal_name.clone(), origins: origins.clone(), ..known },
            )
        }
        Change::SetRoles { id, roles } => {
            let member = Member { roles: roles.clone(), ..state.member(id)? };
            put_member(state, id, member)
        }
        Change::SetStanding { id, standing } => set_standing(state, id, *standing),
        Change::CompromiseKey { member, purpose, number } => {
            keys::set_state(state, member, *purpose, *number, KeyState::Compromised)
        }
        Change::ReplaceTransactionKey { member, number, key } => {
            keys::add(state, now, member, Purpose::Transaction, *number, &KeyMaterial::Key(key.clone()))
        }
        Change::SetParameters { parameters } => {
            let network = Network { parameters: parameters.clone(), ..state.network()? };
            Ok(state.put(Key::Network, Entry::Network(network))?)
        }
    }
}

pub(crate) fn set_standing(
    state: &mut State<'_>,
    id: &MemberId,
    standing: Standing,
) -> Result<(), ApplyError> {
    let member = Member { standing, ..state.member(id)? };
    put_member(state, id, member)
}

/// Writes a member and keeps the list of governors true.
fn put_member(state: &mut State<'_>, id: &MemberId, member: Member) -> Result<(), ApplyError> {
    let mut network = state.network()?;
    let before = network.governors.len();
    let governs = member.standing == Standing::Active && member.roles.contains(&Role::Governor);
    let changed = if governs { network.governors.insert(id.clone()) } else { network.governors.remove(id) };
    if network.governors.len() < before.min(MIN_GOVERNORS) {
        return Err(Reject::LastGovernor.into());
    }
    if changed {
        state.put(Key::Network, Entry::Network(network))?;
    }
    Ok(state.put(Key::Member(id.clone()), Entry::Member(member))?)
}

fn check_change(change: &Change) -> Result<(), Reject> {
    match change {
        Change::AdmitMember { legal_name, origins, .. } | Change::SetIdentity { legal_name, origins, .. } => {
            check_texts(legal_name)?;
            check_origins(origins)
        }
        Change::SetParameters { parameters } => check_parameters(parameters),
        Change::SetRoles { .. }
        | Change::SetStanding { .. }
        | Change::CompromiseKey { .. }
        | Change::ReplaceTransactionKey { .. } => Ok(()),
    }
}

/// Parameters that keep a network alive: blocks come, transactions live, no number is absurd.
pub(crate) fn check_parameters(parameters: &Parameters) -> Result<(), Reject> {
    let Parameters { heartbeat_ms, proposal_delay_ms, proposal_life_ms, transaction_life_ms, freshness } =
        parameters;
    let all = [heartbeat_ms, proposal_delay_ms, proposal_life_ms, transaction_life_ms].into_iter();
    let limits = freshness.values().flat_map(|limits| [&limits.max_age_ms, &limits.grace_ms]);
    let positive = *heartbeat_ms >= 100 && *proposal_life_ms > 0 && *transaction_life_ms >= 1_000;
    if positive && all.chain(limits).all(|value| *value <= MAX_PARAMETER_MS) {
        Ok(())
    } else {
        Err(Reject::Content)
    }
}

fn need_governor(network: &Network, me: &MemberId) -> Result<(), Reject> {
    if network.governors.contains(me) { Ok(()) } else { Err(Reject::Role) }
}

fn find(state: &State<'_>, number: u64) -> Result<Proposal, ApplyError> {
    match state.get(&Key::Proposal(number))? {
        Some(Entry::Proposal(proposal)) => Ok(proposal),
        _ => Err(Reject::Missing.into()),
    }
}
