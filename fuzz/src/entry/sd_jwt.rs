//! SD-JWTs as they arrive, and SD-JWTs made of plain JSON, so that changes reach what base64url and digests hide.

use core::time::Duration;

use credential::encoding::{base64url, from_base64url};
use credential::key::Algorithm;
use credential::sd_jwt::binding::ExpectedBinding;
use credential::sd_jwt::disclosure::HashAlgorithm;
use credential::sd_jwt::{Policy, Unverified};
use credential::sd_jwt_vc::{self, Held, NEVER_DISCLOSABLE};
use serde_json::{Map, Value};

use super::{Believing, NOW, public, text};
use crate::seeds::{Seeds, bytes};

/// A token as it arrives.
pub(crate) fn read(data: &[u8]) -> bool {
    judge(text(data))
}

/// What holds, holds no digest any more; what must stay visible was never disclosed selectively.
fn judge(text: &str) -> bool {
    let Ok(token) = Unverified::parse(text) else { return false };
    let key = public(token.header().algorithm());
    let policy = Policy { typ: None, never_disclosable: &[], required: &[], binding: None, now: NOW };
    if let Ok(verified) = token.clone().verify(&key, &policy, &Believing) {
        assert!(!verified.claims().iter().any(is_digest), "a digest is left");
        assert!(verified.holder_key().is_none(), "a holder whom nobody asked for");
    }
    let signed = token.dangerous_payload().clone();
    if let Ok(credential) = sd_jwt_vc::Unverified::parse(text) {
        let _ = credential.issuer();
        let bound = credential.clone().verify(&key, &expected(), &Believing);
        assert!(bound.is_err() || token.has_binding(), "bound without a binding");
        if let Ok(verified) = credential.dangerous_verify_unbound(&key, NOW, &Believing) {
            let signed_too =
                |name: &&str| verified.claims().get(*name).is_none_or(|_| signed.contains_key(*name));
            assert!(NEVER_DISCLOSABLE.iter().all(signed_too), "disclosed although it may not be");
        }
    }
    let Ok(held) = Held::parse(text) else { return false };
    assert!(!held.claims().iter().any(is_digest), "a digest is left");
    held.verify_issued(&key, NOW, &Believing).is_ok()
}

fn expected() -> ExpectedBinding<'static> {
    let max_age = Duration::from_secs(1 << 40);
    ExpectedBinding { audience: "a", nonce: "n", max_age, now: NOW, transaction_data: &[] }
}

fn is_digest((name, value): (&String, &Value)) -> bool {
    matches!(name.as_str(), "_sd" | "...") || holds_digest(value)
}

fn holds_digest(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_digest),
        Value::Object(members) => members.iter().any(is_digest),
        _ => false,
    }
}

pub(crate) fn seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let own = part_seeds(&Seeds::default()).into_iter().map(|parts| assemble(text(&parts)));
    bytes(tokens(seeds).into_iter().chain(own))
}

fn tokens(seeds: &Seeds) -> Vec<String> {
    seeds.texts(|text| text.starts_with("ey") && text.contains('~'))
}

/// A token of lines: the payload, then a disclosure each. `@0` to `@9` stand for the digests of disclosures that
/// come later than the line that they are in.
pub(crate) fn read_parts(data: &[u8]) -> bool {
    judge(&assemble(text(data)))
}

fn assemble(text: &str) -> String {
    let mut lines = text.lines();
    let payload = lines.next().unwrap_or_default().to_owned();
    let mut disclosures: Vec<String> = lines.map(str::to_owned).collect();
    let mut digests: Vec<Option<String>> = vec![None; disclosures.len()];
    for index in (0..disclosures.len()).rev() {
        disclosures[index] = base64url(fill(&disclosures[index], &digests));
        digests[index] = Some(HashAlgorithm::Sha256.digest(&disclosures[index]));
    }
    let header = base64url(r#"{"alg":"ES256","typ":"dc+sd-jwt","kid":"k"}"#);
    let mut token = format!("{header}.{}.AA~", base64url(fill(&payload, &digests)));
    disclosures.iter().for_each(|disclosure| token += &format!("{disclosure}~"));
    token
}

fn fill(line: &str, digests: &[Option<String>]) -> String {
    let filled = |line: String, (index, digest): (usize, &Option<String>)| match digest {
        Some(digest) => line.replace(&format!("@{index}"), digest),
        None => line,
    };
    digests.iter().enumerate().take(10).fold(line.to_owned(), filled)
}

pub(crate) fn part_seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    let holder = public(Algorithm::Es256).to_jwk();
    let registered = format!(r#""vct":"urn:x","iat":1,"cnf":{{"jwk":{holder}}}"#);
    let own = [
        format!(
            "{{{registered},\"_sd\":[\"@0\",\"@1\"]}}\n[\"s\",\"a\",1]\n[\"s\",\"b\",{{\"_sd\":[\"@2\"]}}]\n[\"s\",\"c\",[2]]"
        ),
        format!(
            "{{{registered},\"n\":[{{\"...\":\"@0\"}},{{\"...\":\"@1\"}},3]}}\n[\"s\",\"x\"]\n[\"s\",{{\"_sd\":[\"@2\"]}}]\n[\"s\",\"d\",4]"
        ),
        format!(
            "{{{registered},\"_sd_alg\":\"sha-256\",\"_sd\":[\"decoy\"],\"status\":{{\"status_list\":{{\"idx\":1,\"uri\":\"u\"}}}}}}"
        ),
        "{\"_sd\":[\"@0\"]}\n[\"s\",\"_sd\",1]".to_owned(),
    ];
    bytes(tokens(seeds).iter().filter_map(|token| take_apart(token)).chain(own))
}

/// The lines that a token can be made of again.
fn take_apart(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let decode = |part: &str| from_base64url(part).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let payload = decode(parts.next()?.split('.').nth(1)?)?;
    let one_line = |text: String| text.replace('\n', " ");
    let disclosures: Vec<&str> = parts.filter(|part| !part.is_empty() && !part.contains('.')).collect();
    let named = |text: String| {
        let digest = |text: String, (index, disclosure): (usize, &&str)| {
            text.replace(&HashAlgorithm::Sha256.digest(disclosure), &format!("@{index}"))
        };
        disclosures.iter().enumerate().take(10).fold(text, digest)
    };
    let lines =
        core::iter::once(Some(payload)).chain(disclosures.iter().map(|disclosure| decode(disclosure)));
    let lines: Option<Vec<String>> = lines.map(|line| line.map(|line| named(one_line(line)))).collect();
    lines.map(|lines| lines.join("\n")).filter(|lines| {
        serde_json::from_str::<Map<String, Value>>(lines.lines().next().unwrap_or_default()).is_ok()
    })
}
