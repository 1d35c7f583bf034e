//! The `registry-node` command: keys, genesis, `init`, `check`, `run`, and signatures by hand.

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use registry_node::config::Config;
use registry_node::service::Node;
use registry_node::setup::{self, Answers};
use registry_node::sign::Clerk;
use registry_proof::name::{MemberId, NetworkId};
use registry_proof::public_key::PublicKey;
use registry_proof::time::Millis;
use registry_proof::transaction::{Action as Act, Register};
use service_kit::clock::Clock;
use service_kit::command::{self, Refusal};
use service_kit::metrics::Metrics;
use service_kit::random::Random;
use service_kit::serve::{self, Operations};
use service_kit::{config, telemetry};

/// Bytes of an action on standard input, at most.
const MAX_INPUT: u64 = 64 * 1024;

#[derive(Parser)]
#[command(name = "registry-node", about = "One validator of the register", version)]
struct Command {
    /// Print refusals as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a key and print its public half.
    Key {
        /// What for.
        #[arg(value_enum)]
        kind: KeyKind,
        /// The file to write.
        file: PathBuf,
    },
    /// Print the parameters that a genesis begins with, as JSON.
    Parameters,
    /// Check a genesis and print the checkpoint that everyone pins.
    Genesis {
        /// The genesis file.
        file: PathBuf,
    },
    /// Write a commented configuration into a folder.
    Init(Init),
    /// Say what is wrong with a configuration before anything starts.
    Check(ConfigFile),
    /// Run the validator.
    Run(ConfigFile),
    /// Sign an action (JSON on standard input) and print the transaction as JSON.
    Sign(Signer),
    /// Put a relying party's consent under a registration (JSON on standard input) and print it.
    Consent(Signer),
}

#[derive(Clone, Copy, ValueEnum)]
enum KeyKind {
    /// Votes on blocks.
    Validator,
    /// Signs a member's transactions.
    Transaction,
}

#[derive(Args)]
struct ConfigFile {
    /// The configuration file.
    #[arg(long)]
    config: PathBuf,
}

#[derive(Args)]
struct Init {
    /// The folder.
    folder: PathBuf,
    /// The genesis file.
    #[arg(long)]
    genesis: PathBuf,
    /// The validator's key file.
    #[arg(long)]
    key: PathBuf,
    /// Where the HTTP API listens.
    #[arg(long, default_value = "127.0.0.11:7100")]
    listen: SocketAddr,
    /// Where validators reach this one.
    #[arg(long, default_value = "127.0.0.11:7101")]
    validator_listen: SocketAddr,
    /// A validator, as `<public key>@<address>`; this one too.
    #[arg(long = "validator", required = true)]
    validators: Vec<String>,
}

#[derive(Args)]
struct Signer {
    /// The member's transaction key: a private JWK.
    #[arg(long)]
    key: PathBuf,
    /// The key's number.
    #[arg(long, default_value_t = 0)]
    number: u32,
    /// The member.
    #[arg(long)]
    member: MemberId,
    /// The network.
    #[arg(long)]
    network: NetworkId,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::parse();
    command::exit(run(command.action).await, command.json)
}

async fn run(action: Action) -> Result<(), Refusal> {
    let (clock, random) = (Clock::system(), Random::system());
    match action {
        Action::Key { kind, file } => make_key(kind, &file, &random),
        Action::Parameters => print(&setup::parameters()),
        Action::Genesis { file } => print_checkpoint(&file),
        Action::Init(init) => write_config(init, &random),
        Action::Check(file) => {
            build(&file.config, clock)?;
            println!("The configuration is right.");
            Ok(())
        }
        Action::Run(file) => serve_node(&file.config, clock).await,
        Action::Sign(signer) => {
            let action: Act = read_input()?;
            print(&clerk(signer)?.sign(action, Millis::new(clock.millis()), &random))
        }
        Action::Consent(signer) => {
            let register: Register = read_input()?;
            print(&clerk(signer)?.consent(register))
        }
    }
}

fn make_key(kind: KeyKind, file: &Path, random: &Random) -> Result<(), Refusal> {
    let made = match kind {
        KeyKind::Validator => setup::make_validator_key(file, random),
        KeyKind::Transaction => setup::make_transaction_key(file, random),
    };
    let public = made.map_err(|error| Refusal::new("key_refused", &error, "Choose another file."))?;
    println!("{public}");
    Ok(())
}

fn print_checkpoint(file: &Path) -> Result<(), Refusal> {
    let refuse = |error| Refusal::new("genesis_refused", &error, "Correct the genesis file.");
    let genesis = setup::read_genesis(file).map_err(refuse)?;
    let (checkpoint, _) = setup::checkpoint(&genesis).map_err(refuse)?;
    print(&checkpoint)
}

fn write_config(init: Init, random: &Random) -> Result<(), Refusal> {
    let parse = |text: &String| -> Option<(PublicKey, SocketAddr)> {
        let (key, address) = text.split_once('@')?;
        Some((key.parse().ok()?, address.parse().ok()?))
    };
    let validators: Option<Vec<_>> = init.validators.iter().map(parse).collect();
    let validators = validators.ok_or(Refusal {
        code: "validator_malformed",
        message: "a validator is not of the form <public key>@<address>".to_owned(),
        next: "Write each validator as ed25519:…@127.0.0.11:7101.",
    })?;
    let answers = Answers {
        genesis: init.genesis,
        key: init.key,
        listen: init.listen,
        validator_listen: init.validator_listen,
        validators,
    };
    let config = setup::init(&init.folder, &answers, random)
        .map_err(|error| Refusal::new("init_refused", &error, "Choose another folder."))?;
    println!("{}", config.display());
    Ok(())
}

fn build(path: &Path, clock: Clock) -> Result<(Node, registry_node::service::Validator), Refusal> {
    let next = "Correct the configuration or the files that it names.";
    let loaded = config::load::<Config>(path, "NODE", std::env::vars())
        .map_err(|error| Refusal::new("config_unreadable", &error, next))?;
    Node::build(&loaded, clock).map_err(|error| Refusal::new("config_refused", &error, next))
}

async fn serve_node(path: &Path, clock: Clock) -> Result<(), Refusal> {
    telemetry::start();
    let next = "Correct the configuration or free the address.";
    let loaded = config::load::<Config>(path, "NODE", std::env::vars())
        .map_err(|error| Refusal::new("config_unreadable", &error, next))?;
    let (node, validator) = build(path, clock.clone())?;
    let settings = loaded.config.node;
    let listener = serve::listen(settings.listen, settings.behind_proxy)
        .await
        .map_err(|error| Refusal::new("listen", &error, next))?;
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    let node = node
        .start(validator, move || drop(ended))
        .map_err(|error| Refusal::new("engine", &error, "Check the validator's key."))?;
    tracing::info!(address = %settings.listen, height = node.chain.position().tip.height, "node is up");
    let operations =
        Operations { metrics: Metrics::default(), ready: readiness(&node, clock.clone()), clock };
    let stop = async move {
        tokio::select! {
            () = serve::asked_to_stop() => {}
            _ = end => tracing::error!("the engine ended; so does the node"),
        }
    };
    serve::serve(listener, node.routes(settings.requests_per_minute), operations, stop)
        .await
        .map_err(|error| Refusal::new("serve", &error, next))
}

/// Ready while blocks come.
fn readiness(node: &Node, clock: Clock) -> serve::Readiness {
    const LATE: u64 = 30_000;
    let chain = node.chain.clone();
    Arc::new(move || match chain.store().certified() {
        Ok(Some(certified)) if clock.millis().saturating_sub(certified.header.time.get()) < LATE => Ok(()),
        Ok(Some(_)) => Err("the chain halts: no new block for half a minute"),
        Ok(None) => Err("the chain has no certified block yet"),
        Err(_) => Err("the state cannot be read"),
    })
}

fn clerk(signer: Signer) -> Result<Clerk, Refusal> {
    let key = setup::read_transaction_key(&signer.key)
        .map_err(|error| Refusal::new("key_unreadable", &error, "Name a private JWK of Ed25519."))?;
    Ok(Clerk { network: signer.network, member: signer.member, number: signer.number, key })
}

fn read_input<T: serde::de::DeserializeOwned>() -> Result<T, Refusal> {
    let mut text = String::new();
    let next = "Give one action as JSON; `docs/guides/registry.md` shows each.";
    std::io::stdin()
        .take(MAX_INPUT)
        .read_to_string(&mut text)
        .map_err(|error| Refusal::new("input", &error, next))?;
    serde_json::from_str(&text).map_err(|error| Refusal::new("input", &error, next))
}

fn print(value: &impl serde::Serialize) -> Result<(), Refusal> {
    let text = serde_json::to_string(value)
        .map_err(|error| Refusal::new("output", &error, "Please report this."))?;
    println!("{text}");
    Ok(())
}
