//! The agency, the provider, the bank and the tax office.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::network::{NODES, Network, path};
use crate::http;
use crate::process::{Background, output, program, root};

/// The agency's address.
pub(crate) const ISSUER: &str = "http://127.0.0.21:7200";
/// The provider's address.
pub(crate) const PROVIDER: &str = "http://127.0.0.31:7300";
/// The bank's address.
pub(crate) const BANK: &str = "http://127.0.0.41:7400";
/// The tax office's address.
pub(crate) const TAX: &str = "http://127.0.0.42:7400";
/// The identity card's type.
pub(crate) const VCT: &str = "urn:eudi:pid:xs:1";

/// The type of the identity card as a mobile document, and the namespace of its elements.
pub(crate) const DOCTYPE: &str = "eu.europa.ec.eudi.pid.1";

/// The file of the key that the bank's counter asks with.
pub(crate) const COUNTER_KEY: &str = "counter.jwk";

const RELYING_PARTIES: [(&str, &str, &str); 2] = [("bank", BANK, "strict"), ("tax", TAX, "plain")];

/// What has to stand in the register before the services are believed.
pub(crate) struct Drafts {
    /// The agency's enrolment.
    pub(crate) issuer: Value,
    /// The provider's enrolment.
    pub(crate) provider: Value,
    /// The bank's transaction key.
    pub(crate) bank_key: String,
    /// The tax office's transaction key.
    pub(crate) tax_key: String,
    /// What the bank writes of the key that its counter asks with.
    pub(crate) counter_key: Value,
}

/// What runs.
pub(crate) struct Services {
    issuer: Background,
    provider: Background,
    parties: Vec<Background>,
    /// The bearer token of the agency's own systems.
    pub(crate) issuer_token: String,
    /// The bearer token of the provider's own systems.
    pub(crate) provider_token: String,
}

/// Writes configurations and keys, and asks each service what the register has to know.
pub(crate) fn prepare(folder: &Path, network: &Network) -> Result<Drafts> {
    let data = &network.data;
    let checkpoint = path(&data.join("checkpoint.json"));
    let nodes: Vec<String> = NODES
        .iter()
        .flat_map(|(_, address)| ["--node".to_owned(), format!("http://{address}:7100")])
        .collect();
    for (command, name, member, url) in [
        ("issuer-service", "issuer", "interior", ISSUER),
        ("verifier-service", "provider", "login", PROVIDER),
    ] {
        let mut arguments: Vec<String> =
            ["init", &path(&data.join(name)), "--url", url, "--member", member, "--checkpoint", &checkpoint]
                .iter()
                .map(|text| (*text).to_owned())
                .collect();
        arguments.extend(nodes.clone());
        output(&program(command), &arguments, None)?;
    }
    let enrolment = |command: &str, config: &Path| -> Result<Value> {
        Ok(serde_json::from_str(&output(
            &program(command),
            &["enrolment", "--config", &path(config)],
            None,
        )?)?)
    };
    let issuer = enrolment("issuer-service", &data.join("issuer/issuer.toml"))?;
    let provider = enrolment("verifier-service", &data.join("provider/verifier.toml"))?;
    let persons = path(&root().join("issuer-service/examples/persons.csv"));
    let config = path(&data.join("issuer/issuer.toml"));
    output(&program("issuer-service"), &["load-persons", "--config", &config, &persons], None)?;
    let key = |member: &str| -> Result<String> {
        std::fs::create_dir_all(data.join(member))?;
        let file = path(&data.join(member).join("transaction.jwk"));
        output(&program("registry-node"), &["key", "transaction", &file], None)
    };
    let (bank_key, tax_key) = (key("bank")?, key("tax")?);
    let counter_key = path(&data.join("bank").join(COUNTER_KEY));
    let counter_key = output(&program("wallet"), &["--json", "counter", "key", &counter_key], None)?;
    let counter_key = serde_json::from_str(&counter_key).context("wallet counter key")?;
    let drafts = Drafts { issuer, provider, bank_key, tax_key, counter_key };
    register_clients(folder, data)?;
    Ok(drafts)
}

/// Each relying party makes its keys; the provider learns the public halves.
fn register_clients(folder: &Path, data: &Path) -> Result<()> {
    let site = root().join("demo/relying-party");
    let config = path(&data.join("provider/verifier.toml"));
    for (name, url, tier) in RELYING_PARTIES {
        let jwks = path(&folder.join(format!("{name}.jwks")));
        let keys = site.join("keys.mjs");
        let public = output(Path::new("node"), &[path(&keys), jwks, tier.to_owned()], None)?;
        let public: Value = serde_json::from_str(&public).context("keys.mjs")?;
        let (names, scopes) = match name {
            "bank" => (
                json!({ "en": "Bank of Harbour Town", "zh": "海港镇银行" }),
                json!(["openid", "profile", "birthdate"]),
            ),
            _ => (json!({ "en": "Tax Office", "zh": "税务局" }), json!(["openid"])),
        };
        let client = json!({
            "client_id": name, "name": names, "tier": tier, "redirect_uris": [format!("{url}/callback")],
            "post_logout_redirect_uris": [format!("{url}/")],
            "auth": "private_key_jwt", "jwks": public, "member": name, "use": "login", "scopes": scopes,
            "sso": true, "id_token_alg": "ES256",
        });
        let file = data.join(format!("{name}.client.json"));
        std::fs::write(&file, serde_json::to_vec_pretty(&client)?)?;
        output(
            &program("verifier-service"),
            &["add-client", "--config", &config, "--file", &path(&file)],
            None,
        )?;
    }
    Ok(())
}

impl Services {
    /// Starts all of them and waits until each is ready.
    pub(crate) fn start(folder: &Path, _: Drafts) -> Result<Self> {
        let data = folder.join("data");
        let log = |name: &str| data.join(format!("{name}.log"));
        let run = |command: &str, config: &str, name: &str, more: &[(&str, &str)]| {
            let config = path(&data.join(config));
            let environment = [&[("RUST_LOG", "info")][..], more].concat();
            Background::start(&program(command), &["run", "--config", &config], &environment, &log(name))
        };
        let issuer = run("issuer-service", "issuer/issuer.toml", "issuer", &[])?;
        // Receipts are proven while somebody watches, and not only tomorrow.
        let often = [("VERIFIER__RECEIPTS__EVERY", "10")];
        let provider = run("verifier-service", "provider/verifier.toml", "provider", &often)?;
        let mut parties = Vec::new();
        for (name, url, tier) in RELYING_PARTIES {
            let jwks = path(&folder.join(format!("{name}.jwks")));
            let at = if tier == "strict" { format!("{PROVIDER}/fapi") } else { PROVIDER.to_owned() };
            let environment = [
                ("RP_NAME", name),
                ("RP_URL", url),
                ("RP_TIER", tier),
                ("RP_ISSUER", at.as_str()),
                ("RP_JWKS", jwks.as_str()),
            ];
            let site = path(&root().join("demo/relying-party/server.mjs"));
            parties.push(Background::start(Path::new("node"), &[&site], &environment, &log(name))?);
        }
        let token = |file: &str| -> Result<String> {
            Ok(std::fs::read_to_string(data.join(file))?.trim().to_owned())
        };
        let services = Self {
            issuer,
            provider,
            parties,
            issuer_token: token("issuer/keys/api.token")?,
            provider_token: token("provider/keys/api.token")?,
        };
        for url in [
            format!("{ISSUER}/readyz"),
            format!("{PROVIDER}/readyz"),
            format!("{BANK}/livez"),
            format!("{TAX}/livez"),
        ] {
            wait_until_ready(&url)?;
        }
        Ok(services)
    }

    /// Kills the agency's or the provider's process as `kill -9` does, and starts it again.
    pub(crate) fn crash(&mut self, which: Service) -> Result<()> {
        let (process, url) = match which {
            Service::Issuer => (&mut self.issuer, ISSUER),
            Service::Provider => (&mut self.provider, PROVIDER),
        };
        process.kill()?;
        process.restart()?;
        wait_until_ready(&format!("{url}/readyz"))
    }

    /// Leaves them running.
    pub(crate) fn leave(self) {
        self.issuer.leave();
        self.provider.leave();
        self.parties.into_iter().for_each(Background::leave);
    }
}

/// Which service.
#[derive(Clone, Copy)]
pub(crate) enum Service {
    /// The agency's.
    Issuer,
    /// The provider's.
    Provider,
}

fn wait_until_ready(url: &str) -> Result<()> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let begun = Instant::now();
    loop {
        let answer = http::get(url);
        if answer.as_ref().is_ok_and(|answer| answer.status == 200) {
            return Ok(());
        }
        ensure!(begun.elapsed() < PATIENCE, "{url} is not ready: {:?}", answer.map(|answer| answer.body));
        std::thread::sleep(Duration::from_millis(50));
    }
}
