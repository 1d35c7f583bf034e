//! Reading a query, rule by rule. Members that the language does not know are passed over (section 6).

use credential::claim_path::{ClaimPath, PathElement};
use serde::Deserialize as _;
use serde_json::Value;

use crate::message::{Members, MessageError, check_list, check_text, texts_of};
use crate::vp::dcql::{
    Authority, ClaimQuery, CredentialQuery, CredentialSet, DcqlError, Format, MAX_ALTERNATIVES, MAX_CLAIMS,
    MAX_CREDENTIALS, MAX_ID, MAX_QUERY, MAX_VALUES, Query,
};

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// [`DcqlError`].
    pub fn parse(json: &Value) -> Result<Self, DcqlError> {
        let members = Members::of(json, "dcql_query")?;
        if json.to_string().len() > MAX_QUERY {
            return Err(MessageError::TooLarge("dcql_query").into());
        }
        let items = members.required_list("credentials", MAX_CREDENTIALS)?;
        let credentials = items.iter().map(parse_credential).collect::<Result<Vec<_>, _>>()?;
        refuse_repeated(credentials.iter().map(|credential| credential.id.as_str()))?;
        let sets = match members.list("credential_sets", MAX_ALTERNATIVES)? {
            None => Vec::new(),
            Some(items) => items.iter().map(parse_set).collect::<Result<_, _>>()?,
        };
        let known = |id: &String| credentials.iter().any(|credential| credential.id == *id);
        if !sets.iter().flat_map(|set| set.options.iter().flatten()).all(known) {
            return Err(DcqlError::UnknownId);
        }
        Ok(Self { json: json.clone(), credentials, sets })
    }
}

fn parse_credential(item: &Value) -> Result<CredentialQuery, DcqlError> {
    let members = Members::of(item, "credentials")?;
    let id = parse_id(members.required_text("id")?)?;
    let format = Format::from_name(members.required_text("format")?);
    let types = parse_meta(members.required_object("meta")?, &format)?;
    let claims = match members.list("claims", MAX_CLAIMS)? {
        None => Vec::new(),
        Some(items) => items.iter().map(|item| parse_claim(item, &format)).collect::<Result<_, _>>()?,
    };
    refuse_repeated(claims.iter().filter_map(|(id, _)| id.as_deref()))?;
    let claim_sets = parse_claim_sets(members, &claims)?;
    Ok(CredentialQuery {
        id,
        format,
        types,
        multiple: members.flag("multiple", false)?,
        holder_binding: members.flag("require_cryptographic_holder_binding", true)?,
        claims: claims.into_iter().map(|(_, claim)| claim).collect(),
        claim_sets,
        authorities: parse_authorities(members)?,
    })
}

/// `vct_values` (appendix B.3.5) or `doctype_value` (appendix B.2.3).
fn parse_meta(meta: Members<'_>, format: &Format) -> Result<Vec<String>, DcqlError> {
    match format {
        Format::SdJwtVc => {
            let types = meta.texts("vct_values", MAX_VALUES)?;
            Ok(types.ok_or(MessageError::Missing("vct_values"))?)
        }
        Format::Mdoc => Ok(vec![meta.required_text("doctype_value")?.to_owned()]),
        Format::Other(_) => Ok(Vec::new()),
    }
}

fn parse_claim(item: &Value, format: &Format) -> Result<(Option<String>, ClaimQuery), DcqlError> {
    let members = Members::of(item, "claims")?;
    let id = members.text("id")?.map(parse_id).transpose()?;
    let path = members.value("path").ok_or(MessageError::Missing("path"))?;
    let path = ClaimPath::deserialize(path).map_err(|_| DcqlError::Path)?;
    check_path(&path, format)?;
    if *format == Format::Mdoc {
        // How long it is kept is said by the registration, whatever this promises; malformed it is all the same.
        members.flag("intent_to_retain", false)?;
    }
    let values = members.list("values", MAX_VALUES)?.unwrap_or_default().to_vec();
    let is_primitive =
        |value: &Value| value.is_string() || value.is_boolean() || value.is_i64() || value.is_u64();
    if !values.iter().all(is_primitive) {
        return Err(DcqlError::Value);
    }
    Ok((id, ClaimQuery { path, values }))
}

/// A path begins with a name; one into an mdoc is exactly a namespace and an element (section 7.2).
fn check_path(path: &ClaimPath, format: &Format) -> Result<(), DcqlError> {
    let is_name = |step: &PathElement| matches!(step, PathElement::Name(_));
    let fits = match format {
        Format::Mdoc => path.steps().len() == 2 && path.steps().iter().all(is_name),
        Format::SdJwtVc | Format::Other(_) => path.steps().first().is_some_and(is_name),
    };
    if fits { Ok(()) } else { Err(DcqlError::Path) }
}

fn parse_claim_sets(
    members: Members<'_>,
    claims: &[(Option<String>, ClaimQuery)],
) -> Result<Vec<Vec<usize>>, DcqlError> {
    let Some(sets) = members.list("claim_sets", MAX_ALTERNATIVES)? else { return Ok(Vec::new()) };
    if claims.is_empty() {
        return Err(DcqlError::ClaimSetsWithoutClaims);
    }
    if claims.iter().any(|(id, _)| id.is_none()) {
        return Err(DcqlError::ClaimWithoutId);
    }
    let find = |name: &Value| {
        let name = check_text(name, "claim_sets")?;
        claims.iter().position(|(id, _)| id.as_deref() == Some(name)).ok_or(DcqlError::UnknownId)
    };
    let parse_one = |set: &Value| check_list(set, "claim_sets", MAX_CLAIMS)?.iter().map(find).collect();
    sets.iter().map(parse_one).collect()
}

fn parse_authorities(members: Members<'_>) -> Result<Vec<Authority>, DcqlError> {
    let mut authorities = Vec::new();
    for item in members.list("trusted_authorities", MAX_VALUES)?.unwrap_or_default() {
        let entry = Members::of(item, "trusted_authorities")?;
        let kind = entry.required_text("type")?;
        for value in texts_of(entry.required_list("values", MAX_VALUES)?, "values")? {
            authorities.push(Authority { kind: kind.to_owned(), value });
        }
    }
    Ok(authorities)
}

fn parse_set(item: &Value) -> Result<CredentialSet, DcqlError> {
    let members = Members::of(item, "credential_sets")?;
    let parse_option = |option: &Value| texts_of(check_list(option, "options", MAX_CREDENTIALS)?, "options");
    let options = members.required_list("options", MAX_ALTERNATIVES)?;
    Ok(CredentialSet {
        options: options.iter().map(parse_option).collect::<Result<_, _>>()?,
        required: members.flag("required", true)?,
    })
}

fn parse_id(text: &str) -> Result<String, DcqlError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if text.len() > MAX_ID || !text.bytes().all(allowed) {
        return Err(DcqlError::Id);
    }
    Ok(text.to_owned())
}

fn refuse_repeated<'a>(ids: impl Iterator<Item = &'a str>) -> Result<(), DcqlError> {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(DcqlError::RepeatedId);
        }
    }
    Ok(())
}
