//! The `issuer-service` command: `init`, `check`, `enrolment`, `load-persons`, `run`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use issuer_service::config::Config;
use issuer_service::service::{BuildError, Issuer};
use issuer_service::setup::{self, Answers};
use issuer_service::{enrolment, persons};
use serde_json::json;
use service_kit::clock::Clock;
use service_kit::command::{self, Refusal};
use service_kit::config::{self, Loaded};
use service_kit::random::Random;
use service_kit::{serve, telemetry};
use url::Url;

#[derive(Parser)]
#[command(name = "issuer-service", about = "An agency's issuer of digital cards", version)]
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
    Init(Box<Init>),
    /// Say what is wrong with a configuration before anything starts.
    Check(ConfigFile),
    /// Print what the registry has to know about this issuer, as JSON.
    Enrolment(ConfigFile),
    /// Load people from a CSV file; those known already are updated.
    LoadPersons {
        #[command(flatten)]
        file: ConfigFile,
        /// The CSV file.
        persons: PathBuf,
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
    /// What wallets will know the issuer by: an origin.
    #[arg(long, default_value = "http://127.0.0.21:7200")]
    url: Url,
    /// The agency's legal name in English.
    #[arg(long, default_value = "Ministry of the Interior")]
    name: String,
    /// The agency's legal name in Chinese.
    #[arg(long, default_value = "内政部")]
    name_zh: String,
    /// Two letters.
    #[arg(long, default_value = "XS")]
    country: String,
    /// The credential type of the identity card.
    #[arg(long, default_value = "urn:eudi:pid:xs:1")]
    vct: String,
    /// The agency's member id in the registry.
    #[arg(long, default_value = "interior")]
    member: String,
    /// A registry node; may be given several times. Without one the registry is left out for now.
    #[arg(long = "node")]
    nodes: Vec<Url>,
    /// The registry's checkpoint file.
    #[arg(long)]
    checkpoint: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::parse();
    command::exit(run(command.action).await, command.json)
}

async fn run(action: Action) -> Result<(), Refusal> {
    let (clock, random) = (Clock::system(), Random::system());
    match action {
        Action::Init(init) => {
            let answers = Answers {
                url: init.url,
                name: init.name,
                name_zh: init.name_zh,
                country: init.country,
                vct: init.vct,
                member: init.member,
                nodes: init.nodes,
                checkpoint: init.checkpoint,
            };
            let config = setup::init(&init.folder, &answers, &random, clock.now()).map_err(|error| {
                Refusal::new("init_refused", &error, "Change what was given and try again.")
            })?;
            println!("{}", json!({ "config": config, "api_token": init.folder.join("keys/api.token") }));
            Ok(())
        }
        Action::Check(file) => {
            build(&file.config, &clock, &random)?;
            println!("{}", json!({ "ok": true }));
            Ok(())
        }
        Action::Enrolment(file) => {
            println!("{}", enrolment::enrolment(&build(&file.config, &clock, &random)?));
            Ok(())
        }
        Action::LoadPersons { file, persons } => load_persons(&file.config, &persons, clock, random).await,
        Action::Run(file) => serve_issuer(&file.config, clock, random).await,
    }
}

fn load(path: &Path) -> Result<Loaded<Config>, Refusal> {
    config::load(path, "ISSUER", std::env::vars())
        .map_err(|error| Refusal::new("config_refused", &error, "Correct the configuration file."))
}

fn build(path: &Path, clock: &Clock, random: &Random) -> Result<Issuer, Refusal> {
    Issuer::build(load(path)?, clock.clone(), random.clone()).map_err(|error: BuildError| {
        Refusal::new("config_refused", &error, "Correct the configuration or the files that it names.")
    })
}

async fn load_persons(config: &Path, persons: &Path, clock: Clock, random: Random) -> Result<(), Refusal> {
    let issuer = build(config, &clock, &random)?;
    let file = std::fs::File::open(persons)
        .map_err(|error| Refusal::new("persons_unreadable", &error, "Check the path of the CSV file."))?;
    let persons = persons::read(file).map_err(|error| {
        Refusal::new("persons_refused", &error, "Correct the CSV file; nothing was loaded.")
    })?;
    let loaded = issuer
        .store()
        .save_persons(persons, random)
        .await
        .map_err(|error| Refusal::new("database_failed", &error, "See whether the disk is full."))?;
    println!("{}", json!({ "persons": loaded }));
    Ok(())
}

async fn serve_issuer(config: &Path, clock: Clock, random: Random) -> Result<(), Refusal> {
    telemetry::start();
    let loaded = load(config)?;
    let (address, behind_proxy) = (loaded.config.service.listen, loaded.config.service.behind_proxy);
    if loaded.config.registry.is_none() {
        tracing::warn!(
            "no registry is configured: nothing is anchored, and wallets will not believe these cards"
        );
    }
    let issuer = Issuer::build(loaded, clock, random).map_err(|error| {
        Refusal::new("config_refused", &error, "Correct the configuration or the files that it names.")
    })?;
    let listener = serve::listen(address, behind_proxy).await.map_err(|error| {
        Refusal::new("listen_refused", &error, "Choose an address that is free and ours.")
    })?;
    tracing::info!(%address, "issuer is listening");
    issuer_service::serve(listener, issuer, serve::asked_to_stop())
        .await
        .map_err(|error| Refusal::new("serving_failed", &error, "See the log."))
}
