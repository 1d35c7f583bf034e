//! One transaction: checked alone, then applied.

use registry_proof::entry::{KeyMaterial, KeyState, Member, Role, Standing};
use registry_proof::key::Purpose;
use registry_proof::name::MemberId;
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Body, Transaction};

use crate::reject::{ApplyError, Reject};
use crate::state::State;
use crate::{govern, keys, publish};

/// A transaction that has its form; its signature is held against the state when it applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTx {
    transaction: Transaction,
    id: [u8; 32],
}

impl CheckedTx {
    /// Checks what can be checked without state.
    ///
    /// # Errors
    /// [`Reject::Malformed`].
    pub fn check(bytes: &[u8]) -> Result<Self, Reject> {
        let transaction = Transaction::from_bytes(bytes).map_err(|_| Reject::Malformed)?;
        let id = transaction.id();
        Ok(Self { transaction, id })
    }

    /// Its name.
    pub const fn id(&self) -> &[u8; 32] {
        &self.id
    }

    /// What it says.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

/// Applies one transaction at block time `now`. On `Err`, what it changed is for the caller to forget.
pub(crate) fn apply(state: &mut State<'_>, now: Millis, tx: &CheckedTx) -> Result<(), ApplyError> {
    let body = &tx.transaction.body;
    check_envelope(state, now, tx)?;
    let actor = state.member(&body.member)?;
    if actor.standing != Standing::Active {
        return Err(Reject::Suspended.into());
    }
    let key = signing_key(state, &body.member, body.key)?;
    tx.transaction.check_signature(&key).map_err(|_| Reject::Signature)?;
    act(state, now, body, &actor)
}

fn check_envelope(state: &State<'_>, now: Millis, tx: &CheckedTx) -> Result<(), ApplyError> {
    let (body, network) = (&tx.transaction.body, state.network()?);
    if body.network != network.id {
        return Err(Reject::Network.into());
    }
    if body.expires < now {
        return Err(Reject::Expired.into());
    }
    if body.expires > now.plus(network.parameters.transaction_life_ms) {
        return Err(Reject::TooFarAhead.into());
    }
    if state.was_applied(&tx.id)? {
        return Err(Reject::Replayed.into());
    }
    Ok(())
}

fn act(state: &mut State<'_>, now: Millis, body: &Body, actor: &Member) -> Result<(), ApplyError> {
    let me = &body.member;
    match &body.action {
        Action::Propose { change } => govern::propose(state, now, me, change),
        Action::Vote { proposal, approve } => govern::vote(state, now, me, *proposal, *approve),
        Action::Enact { proposal } => govern::enact(state, now, *proposal),
        Action::GiveUpOrigin { origin } => keys::give_up_origin(state, me, origin),
        Action::SuspendSelf {} => govern::set_standing(state, me, Standing::Suspended),
        Action::AddKey { purpose, number, material } => {
            keys::add(state, now, me, *purpose, *number, material)
        }
        Action::SetKeyState { purpose, number, state: to } => {
            keys::set_state(state, me, *purpose, *number, *to)
        }
        Action::PublishType { vct, metadata_sha256, version } => {
            need(actor, Role::Steward)?;
            publish::publish_type(state, me, vct, *metadata_sha256, *version)
        }
        Action::Accredit { member, vct, from, until, honoured_until } => {
            need(actor, Role::Steward)?;
            publish::accredit(state, me, member, vct, *from, *until, *honoured_until)
        }
        Action::Register(register) => {
            need(actor, Role::Registrar)?;
            publish::register(state, now, &body.network, register)
        }
        Action::StopUse { member, use_name } => publish::stop_use(state, me, actor, member, use_name),
        Action::AnchorStatus { uri, media_type, sequence, token_sha256 } => {
            need(actor, Role::Issuer)?;
            publish::anchor_status(state, now, me, actor, uri, media_type, *sequence, *token_sha256)
        }
        Action::AnchorReceipts { period, root } => publish::anchor_receipts(state, now, me, period, *root),
    }
}

pub(crate) fn need(actor: &Member, role: Role) -> Result<(), Reject> {
    if actor.roles.contains(&role) { Ok(()) } else { Err(Reject::Role) }
}

/// A member's transaction key, where it is active.
pub(crate) fn signing_key(
    state: &State<'_>,
    member: &MemberId,
    number: u32,
) -> Result<PublicKey, ApplyError> {
    let key = state.member_key(member, Purpose::Transaction, number)?;
    match (key.state, key.material) {
        (KeyState::Active, KeyMaterial::Key(key)) => Ok(key),
        _ => Err(Reject::Key.into()),
    }
}
