//! Transactions signed by hand: what a member's clerk does beside the services.

use ed25519_dalek::{Signer as _, SigningKey};
use registry_proof::name::{MemberId, NetworkId};
use registry_proof::time::Millis;
use registry_proof::transaction::{Action, Body, Consent, Register, Transaction};
use service_kit::random::Random;

/// How long a transaction signed here may wait to be applied, in milliseconds.
const LIFE: u64 = 5 * 60_000;

/// Who signs, for which network.
pub struct Clerk {
    /// The network.
    pub network: NetworkId,
    /// The member.
    pub member: MemberId,
    /// The number of its transaction key.
    pub number: u32,
    /// That key.
    pub key: SigningKey,
}

impl Clerk {
    /// Signs an action.
    pub fn sign(&self, action: Action, now: Millis, random: &Random) -> Transaction {
        let body = Body {
            network: self.network.clone(),
            member: self.member.clone(),
            key: self.number,
            nonce: random.bytes(),
            expires: now.plus(LIFE),
            action,
        };
        body.sign(|message| self.key.sign(message).to_vec())
    }

    /// A relying party's consent to its registration, put under it.
    pub fn consent(&self, register: Register) -> Register {
        let unsigned = Register { consent: Consent { key: self.number, signature: Vec::new() }, ..register };
        let signature = self.key.sign(&unsigned.consent_bytes(&self.network)).to_vec();
        Register { consent: Consent { key: self.number, signature }, ..unsigned }
    }
}
