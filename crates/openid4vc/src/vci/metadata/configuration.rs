//! `credential_configurations_supported`: each kind of card.

use std::collections::BTreeMap;

use credential::key::Algorithm;

use crate::message::{Members, MessageError};
use crate::vci::metadata::{Configuration, MAX_CONFIGURATIONS, MAX_NAMES, names};

pub(super) fn parse_all(members: Members<'_>) -> Result<BTreeMap<String, Configuration>, MessageError> {
    const NAME: &str = "credential_configurations_supported";
    let supported = members.required_object(NAME)?;
    if supported.len() > MAX_CONFIGURATIONS {
        return Err(MessageError::TooLarge(NAME));
    }
    let mut configurations = BTreeMap::new();
    for (name, value) in supported.iter() {
        configurations.insert(name.clone(), Configuration::parse(Members::of(value, NAME)?)?);
    }
    Ok(configurations)
}

impl Configuration {
    fn parse(members: Members<'_>) -> Result<Self, MessageError> {
        Ok(Self {
            format: members.required_text("format")?.to_owned(),
            vct: members.text("vct")?.map(str::to_owned),
            doctype: members.text("doctype")?.map(str::to_owned),
            scope: members.text("scope")?.map(str::to_owned),
            binding_methods: names(members, "cryptographic_binding_methods_supported")?,
            proof_algorithms: parse_proof_algorithms(members)?,
            key_attestations_required: requires_attestations(members)?,
            display: members
                .object("credential_metadata")?
                .and(members.value("credential_metadata"))
                .cloned(),
        })
    }

    /// The type of the cards, by whichever name the format has for it.
    pub fn card_type(&self) -> Option<&str> {
        match self.format.as_str() {
            "dc+sd-jwt" => self.vct.as_deref(),
            "mso_mdoc" => self.doctype.as_deref(),
            _ => None,
        }
    }

    /// Whether this wallet can receive it: a card with a type, bound to a key that is proven by `jwt` with
    /// `algorithm`. A document's key is a COSE key (appendix A.2.2), which is proven as any other.
    pub fn is_receivable(&self, algorithm: Algorithm) -> bool {
        let binds = |method: &String| method == "jwk" || (self.format == "mso_mdoc" && method == "cose_key");
        self.card_type().is_some()
            && self.binding_methods.iter().any(binds)
            && self.proof_algorithms.as_ref().is_some_and(|all| all.contains(&algorithm))
    }
}

/// `key_attestations_required`: an object, which may be empty (section 12.2.4).
fn requires_attestations(members: Members<'_>) -> Result<bool, MessageError> {
    let Some(types) = members.object("proof_types_supported")? else { return Ok(false) };
    let Some(jwt) = types.object("jwt")? else { return Ok(false) };
    Ok(jwt.object("key_attestations_required")?.is_some())
}

fn parse_proof_algorithms(members: Members<'_>) -> Result<Option<Vec<Algorithm>>, MessageError> {
    const NAME: &str = "proof_signing_alg_values_supported";
    let Some(types) = members.object("proof_types_supported")? else { return Ok(None) };
    let Some(jwt) = types.object("jwt")? else { return Ok(None) };
    let algorithms = jwt.texts(NAME, MAX_NAMES)?.ok_or(MessageError::Missing(NAME))?;
    Ok(Some(algorithms.iter().filter_map(|name| Algorithm::from_name(name).ok()).collect()))
}
