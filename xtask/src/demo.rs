//! `cargo xtask demo`: four validators, an agency, the provider, a bank, a tax office and a phone on this machine.
//!
//! Every organisation has a loopback address of its own, so that cookies and origins are truly apart.

mod journeys;
pub(crate) mod members;
pub(crate) mod network;
pub(crate) mod phone;
mod services;

use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use crate::process::{self, program, root, show, target};
use journeys::Offer;
use members::Registrar;
use network::Network;
use phone::Phone;
use services::Services;

/// Everything that runs.
pub(crate) struct House {
    folder: PathBuf,
    network: Network,
    services: Services,
    phone: Phone,
}

/// Prints each step with its time.
pub(crate) struct Steps {
    begun: Instant,
}

impl Steps {
    fn new() -> Self {
        Self { begun: Instant::now() }
    }

    /// Runs one step; what it returns is shown behind its name.
    ///
    /// # Errors
    /// The step's.
    pub(crate) fn run<T>(&self, name: &str, work: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
        let begun = Instant::now();
        let (value, said) = work().with_context(|| format!("failed: {name}"))?;
        let said = if said.is_empty() { said } else { format!("  ({said})") };
        println!("{:>7} ms  {name}{said}", begun.elapsed().as_millis());
        Ok(value)
    }

    fn end(&self, what: &str) {
        println!("{what} in {:.1} s", self.begun.elapsed().as_secs_f32());
    }
}

/// Runs the demo.
///
/// # Errors
/// With the step that failed.
pub(crate) fn run(headless: bool, keep: bool) -> Result<()> {
    let steps = Steps::new();
    let mut house = build(&steps)?;
    if headless {
        journeys::play(&mut house, &steps)?;
        steps.end("every journey played");
    }
    if keep {
        println!(
            "The network stays up until `cargo xtask demo --stop`. {}",
            house.folder.join("demo.json").display()
        );
        house.leave();
        return Ok(());
    }
    if headless {
        return Ok(());
    }
    let offer = journeys::begin(&house, &steps)?;
    steps.end("the house stands");
    tour(&house, &offer);
    wait_for_ever()
}

/// Plays the journeys, then runs `work` while the house still stands.
///
/// # Errors
/// With the step that failed, or those of `work`.
pub(crate) fn run_with(work: impl FnOnce() -> Result<()>) -> Result<()> {
    let steps = Steps::new();
    let mut house = build(&steps)?;
    journeys::play(&mut house, &steps)?;
    steps.end("every journey played");
    work()
}

/// Ends what an earlier demo left: with `--keep`, or because it was killed.
///
/// # Errors
/// When processes cannot be listed.
pub(crate) fn stop() -> Result<()> {
    let ours = "registry-node|issuer-service|verifier-service|wallet-bridge";
    let ended = process::kill_all(ours, &root().join("target/demo/data"))?
        + process::kill_all("node", &root().join("demo/relying-party/server.mjs"))?;
    println!("{ended} processes ended");
    Ok(())
}

/// Two demos on one machine would answer for each other.
fn nothing_runs_yet() -> Result<()> {
    let nodes = network::NODES.map(|(_, address)| format!("{address}:7100"));
    let services = [services::ISSUER, services::PROVIDER, services::BANK, services::TAX, phone::PHONE];
    let services = services.map(|url| url.trim_start_matches("http://").to_owned());
    for address in nodes.iter().chain(&services) {
        if TcpStream::connect(address).is_ok() {
            bail!(
                "something answers at {address} already: another demo runs. End it there with Ctrl-C, \
                 or with `cargo xtask demo --stop`."
            );
        }
    }
    Ok(())
}

fn build(steps: &Steps) -> Result<House> {
    nothing_runs_yet()?;
    crate::test::install_to_build()?;
    crate::test::npm("demo/relying-party")?;
    steps.run("programs are built", || {
        // Not quiet: the first time takes minutes, and cargo shows how far it is.
        let packages = [
            "build",
            "-p",
            "registry-node",
            "-p",
            "issuer-service",
            "-p",
            "verifier-service",
            "-p",
            "wallet-cli",
            "-p",
            "wallet-bridge",
        ];
        Ok((show("cargo", &packages)?, String::new()))
    })?;
    steps.run("the phone's screens are built", || Ok((phone::build_screens()?, String::new())))?;
    let folder = root().join("target/demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(folder.join("data"))?;
    let data = folder.join("data");

    let network = steps.run("four validators are founded", || {
        let network = Network::found(&data)?;
        std::fs::copy(data.join("checkpoint.json"), folder.join("checkpoint.json"))?;
        Ok((network, String::new()))
    })?;
    steps.run("they stand at one height with equal roots", || {
        let (height, root) = network.wait_for_agreement(Duration::from_secs(30))?;
        Ok(((), format!("height {height}, root {root}")))
    })?;
    let drafts = steps.run("services have keys and configurations", || {
        Ok((services::prepare(&folder, &network)?, String::new()))
    })?;
    let registrar = Registrar::new(&network, &data);
    let slowest = steps.run("agency, provider, bank and tax office are admitted by votes", || {
        let slowest = registrar.admit_all(&drafts)?;
        Ok((slowest, format!("slowest transaction provable after {} ms", slowest.as_millis())))
    })?;
    steps.run("keys, type, accreditation and registrations are in the register", || {
        let slowest = slowest.max(registrar.register_all(&drafts)?);
        Ok(((), format!("slowest transaction provable after {} ms", slowest.as_millis())))
    })?;
    let services = steps.run("agency, provider and relying parties serve", || {
        Ok((Services::start(&folder, drafts)?, String::new()))
    })?;
    let phone = steps
        .run("the phone app serves its screens", || Ok((Phone::start(&folder)?, phone::PHONE.to_owned())))?;
    let house = House { folder, network, services, phone };
    house.write_description()?;
    Ok(house)
}

impl House {
    /// Ends none of what runs.
    fn leave(self) {
        self.network.leave();
        self.services.leave();
        self.phone.leave();
    }

    fn write_description(&self) -> Result<()> {
        let party = |name: &str, tier: &str, url: &str| {
            json!({
                "name": name, "tier": tier, "client_id": name, "redirect_uri": format!("{url}/callback"),
                "private_jwks": format!("target/demo/{name}.jwks"), "url": url,
            })
        };
        let description = json!({
            "nodes": network::NODES.map(|(_, address)| format!("http://{address}:7100")),
            "checkpoint": "target/demo/checkpoint.json",
            "issuer": { "url": services::ISSUER, "api_token": self.services.issuer_token },
            "verifier": {
                "plain": services::PROVIDER, "strict": format!("{}/fapi", services::PROVIDER),
                "api_token": self.services.provider_token,
            },
            "relying_parties": [party("bank", "strict", services::BANK), party("tax", "plain", services::TAX)],
            "wallet": {
                "command": program("wallet"), "home": "target/demo/wallet", "pin": journeys::PIN,
            },
            "phone": { "url": self.phone.address },
            "data": "target/demo/data",
            "target": target(),
        });
        std::fs::write(self.folder.join("demo.json"), serde_json::to_vec_pretty(&description)?)?;
        Ok(())
    }
}

/// Three steps for a newcomer, each ready to be pasted.
fn tour(house: &House, offer: &Offer) {
    println!(
        "
1. Open the phone in a browser, choose a PIN, and paste this link where the phone scans; its code is {code}:

   {phone}
   {uri}

2. Log in at the bank: open {bank} in another tab. The page shows a QR code; paste its text into the phone.

3. In the same browser open {tax}: the tax office needs no second scan, and learns who you are to it alone.

The same from a terminal: export WALLET_HOME={home} WALLET_PIN={pin}
   {wallet} receive '{uri}' --code {code}
   {wallet} present '<text of the QR code>'

The register, for anybody to read: http://{node}:7100/    Everything else: {description}
Ctrl-C stops all.",
        phone = house.phone.address,
        home = house.folder.join("wallet").display(),
        pin = journeys::PIN,
        wallet = program("wallet").display(),
        uri = offer.uri,
        code = offer.code,
        bank = services::BANK,
        tax = services::TAX,
        node = network::NODES[0].1,
        description = house.folder.join("demo.json").display(),
    );
}

/// Children end with this process: they share its terminal's signal, and dropping kills the rest.
fn wait_for_ever() -> Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        if std::io::stdin().read_line(&mut line)? == 0 {
            // No terminal: sleep until killed.
            std::thread::sleep(Duration::from_secs(3600));
        }
        if line.trim() == "stop" {
            bail!("stopped");
        }
    }
}
