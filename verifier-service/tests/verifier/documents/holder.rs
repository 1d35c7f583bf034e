//! An office that signs documents, and a person's device that shows one, rightly or wrongly.

use credential::cbor::Item;
use credential::cbor::value::Value as Cbor;
use credential::encoding::{base64url, from_base64url};
use credential::key::{Algorithm, PublicKey, Signer as _, SigningKey};
use credential::mdoc::device::{AgreementKey, DeviceProof};
use credential::mdoc::elements::Elements;
use credential::mdoc::hold::Held;
use credential::mdoc::issue::Issuance;
use credential::mdoc::security_object::{DigestAlgorithm, ValidityInfo};
use credential::mdoc::transcript::SessionTranscript;
use credential::sd_jwt_vc::StatusReference;
use credential::time::UnixTime;
use credential::x509::Chain;
use openid4vc::vp::request::{Request, RequestContent};
use reqwest::Response;
use serde_json::{Value, json};
use service_kit::certificates::{Authority, Leaf, Subject};
use service_kit::random::Random;
use service_kit::secret::Secret;
use service_kit::signature::Es256Signer;

use super::{LICENCE, NAMESPACE};
use crate::wallet::{encrypted, post};
use crate::world::World;

const MAX: usize = 1 << 20;

/// An issuing authority and its document signer.
pub(crate) struct Office {
    pub(crate) anchor: Vec<u8>,
    authority: Authority,
    signer: Es256Signer,
    chain: Chain,
}

/// A document about to be issued.
pub(crate) struct Made<'a> {
    pub(crate) doctype: &'a str,
    pub(crate) from: UnixTime,
    pub(crate) until: UnixTime,
    pub(crate) status: Option<(String, u64)>,
}

/// A document with the key that it is bound to.
pub(crate) struct Holder {
    document: Held,
    key: SigningKey,
    secret: [u8; 32],
}

/// What a device does otherwise than it should.
pub(crate) enum Wrong {
    Nothing,
    /// Shows the whole document.
    Everything,
    /// Shows one element too few.
    Conceals,
    Nonce(String),
    Client(String),
    Address(String),
    /// Answers the session of another encryption key, or of none.
    OtherKey,
    NoKey,
    /// Hashes the session as ISO/IEC 18013-7 did before OpenID4VP 1.0.
    OlderHandover,
    /// Neither signature nor MAC.
    Unsigned,
    WithoutDeviceAuth,
    Mac,
    /// The signature of another device over the same session.
    SignedBy(Box<Holder>),
    /// Adds an element of its own.
    AddsElement,
    ChangedElement,
    ChangedSignature,
    /// An item of another document in the place of its own.
    ItemOf(Box<Holder>),
    IssuerSignatureOf(Box<Holder>),
    SaysToBe(&'static str),
    /// The same document twice in one response.
    Doubled,
    Text(String),
}

impl core::fmt::Debug for Wrong {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::Everything => "everything",
            Self::Conceals => "conceals",
            Self::Nonce(_) => "nonce",
            Self::Client(_) => "client",
            Self::Address(_) => "address",
            Self::OtherKey => "other key",
            Self::NoKey => "no key",
            Self::OlderHandover => "older handover",
            Self::Unsigned => "unsigned",
            Self::WithoutDeviceAuth => "without device auth",
            Self::Mac => "mac",
            Self::SignedBy(_) => "signed by another",
            Self::AddsElement => "adds an element",
            Self::ChangedElement => "changed element",
            Self::ChangedSignature => "changed signature",
            Self::ItemOf(_) => "item of another",
            Self::IssuerSignatureOf(_) => "issuer signature of another",
            Self::SaysToBe(_) => "says to be another",
            Self::Doubled => "doubled",
            Self::Text(_) => "text",
        })
    }
}

impl Office {
    pub(crate) fn new(now: UnixTime) -> Self {
        let authority = Authority::make(&subject(), now).unwrap();
        let (signer, chain) = open(&authority.document_signer(&subject(), now).unwrap());
        Self { anchor: authority.der.clone(), authority, signer, chain }
    }

    /// Signs with a certificate under the same authority that is none for documents.
    pub(crate) fn sign_with_the_certificate_of_cards(&mut self, now: UnixTime) {
        let leaf = self.authority.leaf(&subject(), "Card Signing", now).unwrap();
        (self.signer, self.chain) = open(&leaf);
    }

    pub(crate) fn issue(&self, made: Made<'_>) -> Holder {
        let secret = Random::system().bytes();
        let key = SigningKey::from_secret_bytes(Algorithm::Es256, &secret).unwrap();
        let mut elements = Elements::default();
        elements.insert(NAMESPACE, "family_name", "Okafor".into());
        elements.insert(NAMESPACE, "age_over_18", Cbor::Bool(true));
        elements.insert(NAMESPACE, "portrait", vec![7; 200].into());
        let issuance = Issuance {
            doc_type: made.doctype.to_owned(),
            elements,
            digest_algorithm: DigestAlgorithm::Sha256,
            validity: ValidityInfo {
                signed: made.from,
                valid_from: made.from,
                valid_until: made.until,
                expected_update: None,
            },
            device_key: key.public_key().clone(),
            status: made.status.map(|(uri, index)| StatusReference { uri, index }),
        };
        let bytes = issuance.issue(&self.chain, &self.signer, &mut *Random::system().rng()).unwrap();
        Holder { document: Held::parse(&bytes).unwrap(), key, secret }
    }
}

impl Made<'_> {
    /// A licence for some days, whose place in the ministry's list says valid.
    pub(crate) fn good(world: &World) -> Self {
        let day = core::time::Duration::from_secs(86_400);
        let (from, until) = (world.now().minus(day / 24), world.now().plus(day));
        Self { doctype: LICENCE, from, until, status: Some((world.node.list("1"), 7)) }
    }
}

impl Holder {
    /// Answers the one request behind a link.
    pub(crate) async fn answer(&self, world: &World, link: &str, wrong: Wrong) -> Response {
        let request = world.wallet().fetch(world, link).await;
        post(world, &request, self.form(&request, wrong)).await
    }

    pub(crate) fn form(&self, request: &Request, wrong: Wrong) -> String {
        form_of(request, &json!({ "licence": [self.present(request.content(), &wrong)] }))
    }

    /// The document as an answer to the request.
    pub(crate) fn present(&self, content: &RequestContent, wrong: &Wrong) -> String {
        if let Wrong::Text(text) = wrong {
            return text.clone();
        }
        let bytes = self.respond(content, wrong);
        let mut response = Cbor::from(&Item::parse(&bytes, MAX).unwrap());
        self.spoil(&mut response, content, wrong);
        base64url(response.encode())
    }

    fn respond(&self, content: &RequestContent, wrong: &Wrong) -> Vec<u8> {
        let all = ["family_name", "age_over_18", "portrait"].map(|name| (NAMESPACE, name));
        let shown = match wrong {
            Wrong::Everything => &all[..],
            Wrong::Conceals => &all[..1],
            _ => &all[..2],
        };
        let session = session(content, wrong);
        if let Wrong::Mac = wrong {
            let device = AgreementKey::from_secret_bytes(&self.secret).unwrap();
            let reader = encryption_key(content);
            let proof = DeviceProof::Mac { device: &device, reader: &reader };
            return self.document.present(shown, &session, &proof).unwrap();
        }
        self.document.present(shown, &session, &DeviceProof::Signature(&self.key)).unwrap()
    }

    fn spoil(&self, response: &mut Cbor, content: &RequestContent, wrong: &Wrong) {
        let of = |other: &Self| {
            let bytes = other.respond(content, &Wrong::Nothing);
            Cbor::from(&Item::parse(&bytes, MAX).unwrap())
        };
        match wrong {
            Wrong::Unsigned => {
                *at(response, &["documents", "deviceSigned", "deviceAuth"]) = Cbor::Map(vec![])
            }
            Wrong::WithoutDeviceAuth => {
                let Cbor::Map(members) = at(response, &["documents", "deviceSigned"]) else {
                    panic!("no map")
                };
                members.retain(|(name, _)| *name != Cbor::from("deviceAuth"));
            }
            Wrong::SignedBy(other) => {
                let signed = at(&mut of(other), &["documents", "deviceSigned"]).clone();
                *at(response, &["documents", "deviceSigned"]) = signed;
            }
            Wrong::AddsElement => {
                let added = Cbor::map([(NAMESPACE, Cbor::map([("age_over_21", Cbor::Bool(true))]))]);
                *at(response, &["documents", "deviceSigned", "nameSpaces"]) = Cbor::embedded(added.encode());
            }
            Wrong::ChangedElement => {
                change(at(response, &["documents", "issuerSigned", "nameSpaces"]), b"Okafor")
            }
            Wrong::ChangedSignature => {
                let Cbor::Array(parts) = at(response, &["documents", "issuerSigned", "issuerAuth"]) else {
                    panic!("no signature")
                };
                let Cbor::Bytes(signature) = &mut parts[3] else { panic!("no signature") };
                signature[9] ^= 1;
            }
            Wrong::ItemOf(other) => {
                let item =
                    at(&mut of(other), &["documents", "issuerSigned", "nameSpaces", NAMESPACE]).clone();
                *at(response, &["documents", "issuerSigned", "nameSpaces", NAMESPACE]) = item;
            }
            Wrong::IssuerSignatureOf(other) => {
                let auth = at(&mut of(other), &["documents", "issuerSigned", "issuerAuth"]).clone();
                *at(response, &["documents", "issuerSigned", "issuerAuth"]) = auth;
            }
            Wrong::SaysToBe(doctype) => *at(response, &["documents", "docType"]) = (*doctype).into(),
            Wrong::Doubled => {
                let Cbor::Array(documents) = member(response, "documents") else { panic!("no documents") };
                documents.push(documents[0].clone());
            }
            _ => {}
        }
    }
}

/// The form that answers a request with this `vp_token`.
pub(crate) fn form_of(request: &Request, vp_token: &Value) -> String {
    let content = request.content();
    encrypted(content, &json!({ "vp_token": vp_token, "state": content.state }).to_string())
}

fn session(content: &RequestContent, wrong: &Wrong) -> SessionTranscript {
    let key: [u8; 32] = from_base64url(encryption_key(content).thumbprint()).unwrap().try_into().unwrap();
    let (client, address) = (content.client_id.to_string(), content.answer_to.address().unwrap().as_str());
    let made = |client: &str, nonce: &str, key: Option<[u8; 32]>, address: &str| {
        SessionTranscript::openid4vp(client, nonce, key, address)
    };
    match wrong {
        Wrong::Nonce(nonce) => made(&client, nonce, Some(key), address),
        Wrong::Client(client) => made(client, &content.nonce, Some(key), address),
        Wrong::Address(address) => made(&client, &content.nonce, Some(key), address),
        Wrong::OtherKey => made(&client, &content.nonce, Some([7; 32]), address),
        Wrong::NoKey => made(&client, &content.nonce, None, address),
        Wrong::OlderHandover => {
            let handover = [vec![1; 32].into(), vec![2; 32].into(), content.nonce.as_str().into()];
            let parts = vec![Cbor::Null, Cbor::Null, Cbor::Array(handover.to_vec())];
            SessionTranscript::from_bytes(Cbor::Array(parts).encode()).unwrap()
        }
        _ => made(&client, &content.nonce, Some(key), address),
    }
}

/// The one key of the request's, without what it is for.
fn encryption_key(content: &RequestContent) -> PublicKey {
    let key = &content.client_metadata.encryption_key;
    let point = json!({ "kty": key["kty"], "crv": key["crv"], "x": key["x"], "y": key["y"] });
    PublicKey::from_jwk(&point).unwrap()
}

/// The member of this name; of the first document, where there are several.
fn member<'v>(value: &'v mut Cbor, name: &str) -> &'v mut Cbor {
    match value {
        Cbor::Map(members) => {
            let found = members.iter_mut().find(|(key, _)| *key == Cbor::from(name));
            found.map(|(_, value)| value).unwrap()
        }
        Cbor::Array(documents) => member(&mut documents[0], name),
        _ => panic!("no member {name}"),
    }
}

fn at<'v>(value: &'v mut Cbor, path: &[&str]) -> &'v mut Cbor {
    path.iter().fold(value, |value, name| member(value, name))
}

/// Changes a letter of this text, wherever it stands in an encoded item.
fn change(value: &mut Cbor, text: &[u8]) {
    match value {
        Cbor::Bytes(bytes) => {
            let place = bytes.windows(text.len()).position(|window| window == text);
            if let Some(place) = place {
                bytes[place] ^= 1;
            }
        }
        Cbor::Array(items) => items.iter_mut().for_each(|item| change(item, text)),
        Cbor::Map(members) => members.iter_mut().for_each(|(_, value)| change(value, text)),
        Cbor::Tag(_, inner) => change(inner, text),
        _ => {}
    }
}

fn subject() -> Subject<'static> {
    static ORIGIN: std::sync::LazyLock<url::Url> =
        std::sync::LazyLock::new(|| "https://interior.example".parse().unwrap());
    Subject { organization: "Ministry of the Interior", country: Some("XS"), origin: &ORIGIN }
}

fn open(leaf: &Leaf) -> (Es256Signer, Chain) {
    let signer = Es256Signer::from_pkcs8_pem(&Secret::new(leaf.key_pem.to_string())).unwrap();
    let ders = service_kit::pem::decode(&leaf.pem, "CERTIFICATE").unwrap();
    (signer, Chain::from_ders(&ders).unwrap())
}
