//! Mobile documents: somebody is given card and document together, the bank's system asks for some of the document
//! and believes it, and once the document is revoked nobody does.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::super::services::{DOCTYPE, ISSUER, PROVIDER, VCT};
use super::super::{House, Steps};
use super::{Offer, Wallet, credential, offer};
use crate::http;

/// Whose card and document they are. Nobody else plays here, so that the newest card is the one just issued.
const PERSON: &str = "XS-1959-1103-08";
/// What the agency calls its document.
const DOCUMENT: &str = "personal-identity-document";

/// Plays the journey of a document from the agency to the bank, and of its end.
pub(super) fn play(house: &House, steps: &Steps) -> Result<()> {
    let wallet = Wallet::named(&house.folder, "documents");
    steps.run("somebody else's wallet takes a card and a mobile document", || {
        wallet.init(&house.folder)?;
        let copies = [VCT, DOCTYPE].map(|kind| receive(house, &wallet, kind));
        let [card, document] = copies;
        Ok(((), format!("{} and {} copies", card?, document?)))
    })?;
    steps.run("the bank's system asks for some of the document and believes it", || {
        let told = show(house, &wallet, true)?;
        let elements = json!({ DOCTYPE: { "family_name": "Okonjo", "birth_date": "1959-11-03" } });
        ensure!(
            told["state"] == "shown" && told["cards"] == json!({ "document": [elements] }),
            "told {told}"
        );
        Ok(((), "a name and a date, and nothing else".to_owned()))
    })?;
    steps.run("it may not ask for more of it than is registered", || {
        let (status, body) = ask(house, "sex")?;
        ensure!(status != 201, "it may: {body}");
        Ok(((), body["code"].as_str().unwrap_or_default().to_owned()))
    })?;
    steps.run("the agency revokes the document alone; shown again, it is refused", || {
        let id = credential(house, PERSON, DOCUMENT)?;
        let revoke = format!("{ISSUER}/api/credentials/{id}/revoke");
        let answer = http::post(&revoke, Some(&house.services.issuer_token), &json!({}))?.success()?;
        ensure!(answer["published"] == true, "the revocation is not published yet: {answer}");
        let told = show(house, &wallet, false)?;
        ensure!(told["reason"] == "revoked" && told["cards"].is_null(), "the bank was told {told}");
        Ok(((), "the bank is told why, and nothing of it".to_owned()))
    })
}

/// How many copies came.
fn receive(house: &House, wallet: &Wallet, kind: &str) -> Result<u64> {
    let Offer { uri, code } = offer(house, PERSON, kind)?;
    let received = wallet.run(&["receive", &uri, "--code", &code, "--yes"])?;
    let card = &received["cards"][0];
    ensure!(card["vct"] == kind, "it received {card}");
    card["copies"].as_u64().context("no copies")
}

/// Has the wallet answer a request of the bank's system: what that is told then.
fn show(house: &House, wallet: &Wallet, believed: bool) -> Result<Value> {
    let (_, asked) = ask(house, "birth_date")?;
    let text =
        |name: &str| asked[name].as_str().map(str::to_owned).with_context(|| format!("no {name}: {asked}"));
    let (link, id) = (text("link")?, text("id")?);
    let present = ["present", &link, "--yes"];
    if believed {
        wallet.run(&present)?
    } else {
        wallet.refused(&present)?
    };
    let token = Some(house.services.provider_token.as_str());
    http::get_with(&format!("{PROVIDER}/api/presentations/{id}"), token)?.success()
}

/// A request of the bank's system for a name and one element more: status and body of what the provider says.
fn ask(house: &House, element: &str) -> Result<(u16, Value)> {
    let claims = ["family_name", element].map(|name| json!({ "path": [DOCTYPE, name] }));
    let part = json!({ "id": "document", "format": "mso_mdoc", "meta": { "doctype_value": DOCTYPE }, "claims": claims });
    let body = json!({ "registration": "login", "dcql_query": { "credentials": [part] } });
    let token = Some(house.services.provider_token.as_str());
    let answer = http::post(&format!("{PROVIDER}/api/presentations"), token, &body)?;
    Ok((answer.status, answer.body))
}
