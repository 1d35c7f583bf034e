//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

/// Cards on this computer, and a lens on tokens.
#[derive(Parser)]
#[command(name = "wallet", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// Print JSON, and refusals as JSON on stderr.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The wallet's folder.
    #[arg(long, global = true, env = "WALLET_HOME", value_name = "FOLDER")]
    pub(crate) home: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a wallet.
    Init(Init),
    /// Receive a card from an offer: a link, its JSON, or a picture of its QR code.
    Receive(Receive),
    /// List your cards.
    List,
    /// Show what a card says.
    Show {
        /// The card, by its name in the list or the beginning of it.
        card: String,
    },
    /// Renew a card at once; without one, do what is due: cards that renew themselves, and cards promised for later.
    Renew {
        /// The card, by its name in the list or the beginning of it.
        card: Option<String>,
    },
    /// Get a card again from where it came, by signing in there.
    GetAgain(GetAgain),
    /// Throw a card away.
    Remove {
        /// The card, by its name in the list or the beginning of it.
        card: String,
        /// Without being asked again.
        #[arg(long)]
        yes: bool,
    },
    /// Show cards to somebody who asks: a link, or a picture of its QR code.
    Present(Present),
    /// Show a card as a code that any counter can read for half a minute.
    ShowCode(ShowCode),
    /// Ask and check at a counter without the network, and make ready for one.
    #[command(subcommand)]
    Counter(Counter),
    /// Log in somewhere, as browser and wallet in one.
    Login(Login),
    /// Who saw what, and when; with its receipts.
    History(History),
    /// Report that somebody asked for too much, that something wasn't you, or anything else.
    Report(Report),
    /// Make a backup: a file that opens with twelve words.
    Backup(Backup),
    /// Make a wallet out of a backup.
    Restore(Restore),
    /// Move to a new device: show it, as codes, what a backup would hold.
    MoveOut(MoveOut),
    /// Make a wallet of what an old device shows: reads its codes from stdin, one a line.
    MoveIn(MoveIn),
    /// Change the PIN.
    ChangePin,
    /// Erase the wallet of this device for good.
    Erase {
        /// Erase without being asked again.
        #[arg(long)]
        yes: bool,
    },
    /// Say what something is, who signed it, and what is wrong with it: an offer, a request, a card of any format, a
    /// status list, a token, a key, certificates, a DID or its document, a type of card, what an issuer
    /// publishes, a proof, a checkpoint, a picture of a QR code; a text, a file, or `-`.
    Inspect {
        /// The text, the file's path, or `-`.
        anything: String,
    },
    /// Check a token that somebody else shows.
    Verify(Box<Verify>),
    /// Look up an entry of a status list.
    Status(Status),
}

#[derive(Args)]
pub(crate) struct Init {
    /// The register's checkpoint, a JSON file.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: PathBuf,
    /// A node of the register; may be given several times.
    #[arg(long = "node", value_name = "URL", required = true)]
    pub(crate) nodes: Vec<Url>,
}

#[derive(Args)]
pub(crate) struct Receive {
    /// The offer.
    pub(crate) offer: String,
    /// The code that came another way.
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// Your person number, for offers with sign-in: fills in the issuer's form together with `--code`.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) person_number: Option<String>,
    /// Accept without being asked again.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct GetAgain {
    /// The card, by its name in the list or the beginning of it.
    pub(crate) card: String,
    /// The code that you have to sign in with.
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// Your person number: fills in the form of the card's office together with `--code`.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) person_number: Option<String>,
    /// Accept without being asked again.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct Present {
    /// What they gave you. With `--counter`: pictures of the counter's codes, files of their texts, or `-`.
    #[arg(required = true)]
    pub(crate) request: Vec<String>,
    /// Share without being asked again.
    #[arg(long)]
    pub(crate) yes: bool,
    /// They have no network: answer with codes on this screen.
    #[arg(long)]
    pub(crate) counter: bool,
    /// What to share, where it is not to be the usual: JSON, as `consent.choice` in the output of `--json`.
    #[arg(long, value_name = "JSON")]
    pub(crate) choice: Option<String>,
    #[command(flatten)]
    pub(crate) draw: Draw,
}

#[derive(Args)]
pub(crate) struct ShowCode {
    /// The card, by its name in the list or the beginning of it.
    pub(crate) card: String,
    #[command(flatten)]
    pub(crate) draw: Draw,
}

/// Where codes go.
#[derive(Args)]
pub(crate) struct Draw {
    /// Draw the codes into this picture: a `.png`, which moves where there are several, or an `.svg` with one below
    /// the other; `-` prints their texts, one a line, which is the default.
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) out: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum Counter {
    /// Make a key to ask with, and print what its owner has to write into the register.
    Key {
        /// The file to write; only its owner may read it.
        file: PathBuf,
        /// The key's number in the register.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        number: u32,
    },
    /// Fetch the register and every status list, for the time without the network.
    Fetch(CounterFetch),
    /// Show a request to somebody.
    Request(CounterRequest),
    /// Check what somebody shows: an answer to the request, or a code.
    Check(CounterCheck),
    /// Fetch the register's proofs of your own cards' issuers, to show them where there is no network.
    Prepare,
}

#[derive(Args)]
pub(crate) struct CounterFetch {
    /// A node of the register; may be given several times.
    #[arg(long = "registry", value_name = "URL", required = true)]
    pub(crate) nodes: Vec<Url>,
    /// The register's checkpoint.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: PathBuf,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// What is known without the network.
#[derive(Args)]
pub(crate) struct Known {
    /// The register's checkpoint.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: PathBuf,
    /// What `counter fetch` wrote.
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: PathBuf,
}

#[derive(Args)]
pub(crate) struct CounterRequest {
    /// The registered use.
    #[arg(long = "use", value_name = "NAME")]
    pub(crate) use_name: String,
    /// The member of the register in whose name is asked.
    #[arg(long, value_name = "NAME")]
    pub(crate) member: String,
    /// What to ask for, with commas between, `.` inside of an object; all that is registered where it is left out.
    #[arg(long, value_name = "CLAIMS", value_delimiter = ',')]
    pub(crate) claims: Vec<String>,
    /// The card's type, where several are registered.
    #[arg(long = "type", value_name = "VCT")]
    pub(crate) vct: Option<String>,
    /// The private request key, a JWK.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// The key's number in the register.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) key_number: u32,
    /// Keep what opens the answer in this file; it is gone once an answer was believed.
    #[arg(long, value_name = "FILE")]
    pub(crate) question: PathBuf,
    #[command(flatten)]
    pub(crate) known: Known,
    #[command(flatten)]
    pub(crate) draw: Draw,
}

#[derive(Args)]
pub(crate) struct CounterCheck {
    /// Pictures of the codes, files of their texts, the texts themselves, or `-`.
    #[arg(required = true, value_name = "FRAMES|PICTURES")]
    pub(crate) frames: Vec<String>,
    /// The file that `counter request` kept; not needed for a code.
    #[arg(long, value_name = "FILE")]
    pub(crate) question: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) known: Known,
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("what").args(["show", "check", "export", "delete"]))]
pub(crate) struct History {
    /// Show one line with its receipt, by its number.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) show: Option<i64>,
    /// Prove every receipt, find logins that your wallet was not asked for, and ask how wishes stand.
    #[arg(long)]
    pub(crate) check: bool,
    /// Write the history with receipts and proofs into a file that anybody can check with `wallet inspect`.
    #[arg(long, value_name = "FILE")]
    pub(crate) export: Option<PathBuf>,
    /// Ask that what a line says be deleted, by its number.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) delete: Option<i64>,
}

#[derive(Args)]
pub(crate) struct Report {
    /// The line of the history, by its number, where it is about one.
    pub(crate) line: Option<i64>,
    /// Why.
    #[arg(long, value_enum)]
    pub(crate) why: Why,
    /// In your own words, up to 2,000 characters.
    #[arg(long, default_value = "")]
    pub(crate) text: String,
}

/// Why somebody reports.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Why {
    /// This asked for too much.
    TooMuch,
    /// This wasn't me: ends the session too.
    NotMe,
    /// Anything else.
    Feedback,
}

#[derive(Args)]
pub(crate) struct Backup {
    /// The file to make. An older backup is replaced.
    pub(crate) file: PathBuf,
    /// The words are read from this file, or written to it where it is not there. Without it, those of
    /// WALLET_PHRASE, or new ones that are shown once.
    #[arg(long, value_name = "FILE")]
    pub(crate) phrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup.
    pub(crate) file: PathBuf,
    /// The words are read from this file. Without it, those of WALLET_PHRASE, or typed ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) phrase_file: Option<PathBuf>,
    /// The register's checkpoint. Without it, the one that the old wallet believed.
    #[arg(long, value_name = "FILE", requires = "nodes")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// A node of the register; may be given several times.
    #[arg(long = "node", value_name = "URL", requires = "checkpoint")]
    pub(crate) nodes: Vec<Url>,
}

#[derive(Args)]
pub(crate) struct MoveOut {
    /// The new device's code: its text, or a picture of it.
    pub(crate) code: String,
    /// The check number that the new device shows. Without it, it is asked for.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) check: Option<String>,
    #[command(flatten)]
    pub(crate) draw: Draw,
}

#[derive(Args)]
pub(crate) struct MoveIn {
    #[command(flatten)]
    pub(crate) believes: Init,
    #[command(flatten)]
    pub(crate) draw: Draw,
}

#[derive(Args)]
pub(crate) struct Login {
    /// Where the login begins: the relying party's page or the provider's.
    pub(crate) url: String,
    /// Print the relying party's callback and do not call it.
    #[arg(long)]
    pub(crate) print_callback: bool,
    /// Keep the browser's cookies in this file between runs.
    #[arg(long, value_name = "FILE")]
    pub(crate) jar: Option<PathBuf>,
    /// Ask before sharing. Without it, running the command is the consent.
    #[arg(long)]
    pub(crate) ask: bool,
    /// Share without being asked again: the default here.
    #[arg(long, conflicts_with = "ask")]
    pub(crate) yes: bool,
}

#[derive(Args)]
#[command(group = clap::ArgGroup::new("trust").required(true).args(["issuer_jwk", "registry", "anchor"]))]
pub(crate) struct Verify {
    /// The token, or `-` to read it from stdin; with `--profile mdoc` a file too, and CBOR as it is, in
    /// hexadecimal or in base64url.
    pub(crate) token: String,
    /// The issuer's public key; for an mdoc, that of the certificate beside its signature.
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer_jwk: Option<PathBuf>,
    /// A node of the register, for SD-JWT VCs and mobile documents: it says who may issue them, and the status is asked.
    #[arg(long, value_name = "URL", requires = "checkpoint")]
    pub(crate) registry: Option<Url>,
    /// The register's checkpoint.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// The certificates of issuing authorities (IACA) that are trusted, in PEM or DER: for `--profile mdoc`.
    #[arg(long, value_name = "FILE")]
    pub(crate) anchor: Option<PathBuf>,
    /// The rules.
    #[arg(long, value_enum, default_value_t = Profile::SdJwtVc)]
    pub(crate) profile: Profile,
    /// The audience of the key binding or presentation; for an mdoc, the client_id of the request.
    #[arg(long)]
    pub(crate) aud: Option<String>,
    /// The nonce of the key binding, presentation or request.
    #[arg(long)]
    pub(crate) nonce: Option<String>,
    /// The time to check at, in seconds since 1970.
    #[arg(long, value_name = "UNIX-SECONDS")]
    pub(crate) at: Option<u64>,
    /// Refuse a token without a key binding, or a card that no holder presents.
    #[arg(long)]
    pub(crate) require_key_binding: bool,
    #[command(flatten)]
    pub(crate) session: Session,
}

/// The session that the answer of a device must fit. With `--aud` and `--nonce`, that of an OpenID4VP request.
#[derive(Args)]
pub(crate) struct Session {
    /// Where the answer to the request was to be sent.
    #[arg(long, value_name = "URI", requires_all = ["aud", "nonce"])]
    pub(crate) response_uri: Option<String>,
    /// The web origin that asked, for a request through the Digital Credentials API.
    #[arg(long, requires = "nonce", conflicts_with_all = ["response_uri", "aud"])]
    pub(crate) origin: Option<String>,
    /// The thumbprint (RFC 7638, base64url) of the verifier's key that the answer was encrypted to, if it was.
    #[arg(long, value_name = "THUMBPRINT")]
    pub(crate) jwk_thumbprint: Option<String>,
    /// The session transcript of another protocol, in CBOR.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["response_uri", "origin", "jwk_thumbprint", "aud", "nonce"])]
    pub(crate) transcript: Option<PathBuf>,
    /// The verifier's private key for the session, a JWK, where the device answers by a MAC.
    #[arg(long, value_name = "FILE")]
    pub(crate) reader_jwk: Option<PathBuf>,
}

/// Which rules a token is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// RFC 9901 alone.
    SdJwt,
    /// SD-JWT VC.
    SdJwtVc,
    /// A mobile document of ISO/IEC 18013-5.
    Mdoc,
    /// The W3C data model 2.0 as JWT.
    Vcdm,
}

#[derive(Args)]
pub(crate) struct Status {
    /// The status list: a token as JWT or CWT, or a bitstring list as JWT. Its own type says which.
    #[arg(long, value_name = "FILE")]
    pub(crate) token: PathBuf,
    /// The address of the list.
    #[arg(long)]
    pub(crate) uri: String,
    /// The place in it.
    #[arg(long)]
    pub(crate) index: u64,
    /// What the entry is for, in a bitstring list.
    #[arg(long, default_value = "revocation")]
    pub(crate) purpose: String,
    /// The bits of an entry, in a bitstring list.
    #[arg(long, value_name = "BITS", default_value_t = 1)]
    pub(crate) size: u8,
    /// The issuer's public key.
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer_jwk: PathBuf,
    /// The time to check at, in seconds since 1970.
    #[arg(long, value_name = "UNIX-SECONDS")]
    pub(crate) at: u64,
}
