//! The `verifier-service` command: `init`, `check`, `enrolment`, `add-client`, `run`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use service_kit::clock::Clock;
use service_kit::command::{self, Refusal};
use service_kit::config::{self, Loaded};
use service_kit::random::Random;
use service_kit::serve;
use service_kit::telemetry;
use url::Url;
use verifier_service::client::Clients;
use verifier_service::config::Config;
use verifier_service::enrolment;
use verifier_service::service::Provider;
use verifier_service::setup::{self, Answers};

#[derive(Parser)]
#[command(name = "verifier-service", about = "An OpenID provider over wallets", version)]
struct Command {
    /// Print refusals as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Write a commented configuration and keys into a folder.
    Init(Init),
    /// Say what is wrong with a configuration before anything starts.
    Check(ConfigFile),
    /// Print what the register has to know about this provider, as JSON.
    Enrolment(ConfigFile),
    /// Add a relying party.
    AddClient {
        #[command(flatten)]
        file: ConfigFile,
        /// Its description: a JSON file.
        #[arg(long = "file")]
        client: PathBuf,
    },
    /// Serve.
    Run(ConfigFile),
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
    /// The provider's address: an origin.
    #[arg(long, default_value = "http://127.0.0.31:7300")]
    url: Url,
    /// The legal name in English.
    #[arg(long, default_value = "National Login")]
    name: String,
    /// The legal name in Chinese.
    #[arg(long, default_value = "国家登录服务")]
    name_zh: String,
    /// The member id in the register.
    #[arg(long, default_value = "login")]
    member: String,
    /// A registry node; may be given several times.
    #[arg(long = "node", required = true)]
    nodes: Vec<Url>,
    /// The registry's checkpoint file.
    #[arg(long)]
    checkpoint: PathBuf,
}

const NEXT: &str = "Correct the configuration or the files that it names.";

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::parse();
    command::exit(run(command.action).await, command.json)
}

async fn run(action: Action) -> Result<(), Refusal> {
    let (clock, random) = (Clock::system(), Random::system());
    match action {
        Action::Init(init) => {
            let Init { folder, url, name, name_zh, member, nodes, checkpoint } = init;
            let answers = Answers { url, name, name_zh, member, nodes, checkpoint };
            let config = setup::init(&folder, &answers, &random, clock.now()).map_err(|error| {
                Refusal::new("init_refused", &error, "Change what was given and try again.")
            })?;
            println!("{}", config.display());
            Ok(())
        }
        Action::Check(file) => {
            build(load(&file.config)?, clock, random)?;
            println!("The configuration is right.");
            Ok(())
        }
        Action::Enrolment(file) => {
            println!("{}", enrolment::enrolment(&build(load(&file.config)?, clock, random)?));
            Ok(())
        }
        Action::AddClient { file, client } => add_client(&load(&file.config)?, &client),
        Action::Run(file) => serve_provider(&file.config, clock, random).await,
    }
}

fn load(path: &Path) -> Result<Loaded<Config>, Refusal> {
    config::load(path, "VERIFIER", std::env::vars())
        .map_err(|error| Refusal::new("config_unreadable", &error, NEXT))
}

fn build(loaded: Loaded<Config>, clock: Clock, random: Random) -> Result<Provider, Refusal> {
    Provider::build(loaded, clock, random).map_err(|error| Refusal::new("config_refused", &error, NEXT))
}

fn add_client(loaded: &Loaded<Config>, file: &Path) -> Result<(), Refusal> {
    let clients = Clients::in_folder(loaded.resolve(&loaded.config.service.clients));
    let client = clients.add(file).map_err(|error| {
        Refusal::new("client_refused", &error, "Correct the relying party's description.")
    })?;
    println!("{}", client.client_id);
    Ok(())
}

async fn serve_provider(path: &Path, clock: Clock, random: Random) -> Result<(), Refusal> {
    telemetry::start();
    let loaded = load(path)?;
    let (address, behind_proxy) = (loaded.config.service.listen, loaded.config.service.behind_proxy);
    let provider = build(loaded, clock, random)?;
    let listener = serve::listen(address, behind_proxy)
        .await
        .map_err(|error| Refusal::new("listen", &error, "Correct the configuration or free the address."))?;
    tracing::info!(%address, "provider is up");
    verifier_service::serve(listener, provider, serve::asked_to_stop())
        .await
        .map_err(|error| Refusal::new("serve", &error, "See the log."))
}
