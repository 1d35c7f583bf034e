//! Whether a proof shows what a transaction was to bring about: a node's word alone is not believed.

use registry_proof::entry::{Entry, Outcome, Standing};
use registry_proof::key::Key;
use registry_proof::light::Proven;
use registry_proof::transaction::{Action, Transaction};

/// Whether `proven` holds what `transaction` writes, or what came of it since.
pub(crate) fn shows(proven: &Proven, transaction: &Transaction) -> bool {
    let me = &transaction.body.member;
    let entry = |key: Key| proven.entries.get(&key).and_then(Option::as_ref);
    match &transaction.body.action {
        Action::Propose { change } => proven.entries.values().flatten().any(
            |entry| matches!(entry, Entry::Proposal(found) if found.by == *me && found.change == *change),
        ),
        Action::Vote { proposal, approve } => match entry(Key::Proposal(*proposal)) {
            Some(Entry::Proposal(found)) if *approve => found.approvals.contains(me),
            Some(Entry::Proposal(found)) => found.refusals.contains(me),
            _ => false,
        },
        Action::Enact { proposal } => {
            matches!(entry(Key::Proposal(*proposal)), Some(Entry::Proposal(found)) if found.outcome == Outcome::Enacted)
        }
        Action::GiveUpOrigin { origin } => {
            matches!(entry(Key::Member(me.clone())), Some(Entry::Member(found)) if !found.origins.contains(origin))
        }
        Action::SuspendSelf {} => {
            matches!(entry(Key::Member(me.clone())), Some(Entry::Member(found)) if found.standing == Standing::Suspended)
        }
        Action::AddKey { purpose, number, material } => {
            let key = Key::MemberKey(me.clone(), *purpose, *number);
            matches!(entry(key), Some(Entry::MemberKey(found)) if found.material == *material)
        }
        Action::SetKeyState { purpose, number, state } => {
            let key = Key::MemberKey(me.clone(), *purpose, *number);
            matches!(entry(key), Some(Entry::MemberKey(found)) if found.state == *state)
        }
        Action::PublishType { vct, metadata_sha256, version } => {
            matches!(entry(Key::Type(vct.clone())), Some(Entry::Type(found))
                if found.version > *version
                    || (found.version == *version && found.metadata_sha256 == *metadata_sha256))
        }
        Action::Accredit { member, vct, from, until, honoured_until } => {
            matches!(entry(Key::Accreditation(member.clone(), vct.clone())), Some(Entry::Accreditation(found))
                if (found.from, found.until, found.honoured_until) == (*from, *until, *honoured_until))
        }
        Action::Register(register) => {
            let key = Key::Registration(register.member.clone(), register.use_name.clone());
            matches!(entry(key), Some(Entry::Registration(found))
                if found.version > register.version
                    || (found.version == register.version && found.claims == register.claims))
        }
        Action::StopUse { member, use_name } => {
            let key = Key::Registration(member.clone(), use_name.clone());
            matches!(entry(key), Some(Entry::Registration(found)) if found.standing == Standing::Suspended)
        }
        Action::AnchorStatus { uri, media_type, sequence, token_sha256 } => {
            matches!(entry(Key::status(uri, media_type)), Some(Entry::Status(found))
                if found.issuer == *me
                    && (found.sequence > *sequence
                        || (found.sequence == *sequence && found.token_sha256 == *token_sha256)))
        }
        Action::AnchorReceipts { period, root } => {
            let key = Key::Receipts(me.clone(), period.clone());
            matches!(entry(key), Some(Entry::Receipts(found)) if found.root == *root)
        }
    }
}
