//! The phone's half in software: what Kotlin and Swift have to do, in the same messages.

use std::collections::BTreeMap;
use std::sync::Mutex;

use credential::encoding::{base64url, from_base64url};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::phone::{Command, Phone, Refusal};

/// Its number makes each phone's keys its own.
static PHONES: Mutex<u64> = Mutex::new(0);

pub(crate) struct SoftwarePhone(Mutex<Inside>);

struct Inside {
    seed: u64,
    asked: usize,
    device: Option<[u8; 32]>,
    keys: BTreeMap<String, SigningKey>,
    counters: BTreeMap<String, u64>,
    counts: bool,
    next: Option<Result<Value, Refusal>>,
}

impl Default for SoftwarePhone {
    fn default() -> Self {
        let mut phones = PHONES.lock().unwrap();
        *phones += 1;
        Self(Mutex::new(Inside {
            seed: *phones << 32,
            asked: 0,
            device: None,
            keys: BTreeMap::new(),
            counters: BTreeMap::new(),
            counts: true,
            next: None,
        }))
    }
}

impl SoftwarePhone {
    /// How many commands came.
    pub(crate) fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    /// From now on counters stand still.
    pub(crate) fn forget_to_count(&self) {
        self.0.lock().unwrap().counts = false;
    }

    /// The answer to the next command, whatever it is.
    pub(crate) fn answer_next(&self, answer: Result<Value, Refusal>) {
        self.0.lock().unwrap().next = Some(answer);
    }
}

impl Phone for SoftwarePhone {
    fn ask(&self, command: Command, message: Value) -> Result<Value, Refusal> {
        let mut inside = self.0.lock().unwrap();
        inside.asked += 1;
        match inside.next.take() {
            Some(answer) => answer,
            None => inside.answer(command, &message),
        }
    }
}

impl Inside {
    fn answer(&mut self, command: Command, message: &Value) -> Result<Value, Refusal> {
        let text = |name: &str| message[name].as_str().ok_or(Refusal::Failed);
        let bytes = |name: &str| from_base64url(text(name)?).map_err(|_| Refusal::Failed);
        match command {
            Command::MakeDeviceKey | Command::Mix | Command::MakeKey if message["hardware"] == true => {
                Err(Refusal::NoHardware)
            }
            Command::MakeDeviceKey => {
                self.device = Some(fresh(&mut self.seed));
                Ok(json!({}))
            }
            Command::Mix => {
                let device = self.device.ok_or(Refusal::Gone)?;
                let mut mac = Hmac::<Sha256>::new_from_slice(&device).unwrap();
                mac.update(&bytes("input")?);
                Ok(json!({ "output": base64url(mac.finalize().into_bytes()) }))
            }
            Command::MakeKey => {
                let secret = fresh(&mut self.seed);
                let handle = base64url(&secret[..16]);
                let key = SigningKey::from_slice(&secret).unwrap();
                let named = named(&handle, &key);
                self.keys.insert(format!("{}.{handle}", text("purpose")?), key);
                Ok(named)
            }
            Command::PublicKey => {
                let key = self.key(text("purpose")?, text("handle")?)?;
                Ok(named(text("handle")?, key))
            }
            Command::Sign => {
                let signature: Signature =
                    self.key(text("purpose")?, text("handle")?)?.sign(&bytes("message")?);
                Ok(json!({ "signature": base64url(signature.to_der().as_bytes()) }))
            }
            Command::DestroyKey => {
                self.keys.remove(&format!("{}.{}", text("purpose")?, text("handle")?));
                Ok(json!({}))
            }
            Command::Counts => {
                let count = |name: &str| self.counters.get(name).copied().unwrap_or(0);
                Ok(json!({"guesses": count("guesses"), "right": count("right"), "state": count("state")}))
            }
            Command::Advance => {
                let to = message["to"].as_u64().ok_or(Refusal::Failed)?;
                let counter = self.counters.entry(text("counter")?.to_owned()).or_default();
                if self.counts {
                    *counter = to.max(*counter);
                }
                Ok(json!({}))
            }
            Command::Destroy => {
                self.device = None;
                self.keys.clear();
                Ok(Value::Null)
            }
            Command::Attest => Err(Refusal::NoHardware),
            Command::Owner => Ok(json!({ "confirms": false, "lock": false })),
            Command::Bright | Command::Insets => Ok(Value::Null),
            Command::SaveFile => {
                Ok(json!({ "saved": !bytes("bytes")?.is_empty() && text("name")? == "a.bin" }))
            }
        }
    }

    fn key(&self, purpose: &str, handle: &str) -> Result<&SigningKey, Refusal> {
        self.keys.get(&format!("{purpose}.{handle}")).ok_or(Refusal::Unknown)
    }
}

fn named(handle: &str, key: &SigningKey) -> Value {
    json!({ "handle": handle, "public": base64url(key.verifying_key().to_sec1_point(false).as_bytes()) })
}

fn fresh(seed: &mut u64) -> [u8; 32] {
    *seed += 1;
    Sha256::digest(seed.to_be_bytes()).into()
}
