//! The commands that a screen has: names and arguments, read strictly.
//!
//! A name that is not here, an argument too many, too few, too long or of another kind is refused before anything is
//! done. What stands here is mirrored in `mobile/src/ipc.ts`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wallet_core::backup::MAX_FILE;
use wallet_core::picture::MAX_FRAME;
use wallet_core::report::Why;
use wallet_core::view::Choice;

use crate::argument::{Bytes, Text, TypedPin, TypedWords};
use crate::failure::Failure;
use crate::files::FileName;
use crate::link::MAX_SCANNED;
use crate::settings::{Change, Language};

/// Bytes of the name of something that is kept here: a card, an offer, a request.
const MAX_ID: usize = 64;
/// Bytes of a code that came with an offer another way.
const MAX_CODE: usize = 64;
/// Bytes of what a person writes in a report.
const MAX_NOTE: usize = 8 * 1024;
/// Bytes of a picture.
const MAX_PICTURE: usize = 8 << 20;
/// Bytes of a file to be saved: a history of some ten thousand lines with their proofs.
const MAX_SAVED: usize = 64 << 20;

pub(crate) type Id = Text<MAX_ID>;

/// A command with its arguments.
#[derive(Debug)]
pub(crate) enum Command {
    State,
    Set(Change),
    Create(Create),
    Unlock(Unlock),
    Lock,
    ChangePin(ChangePin),
    Away(Away),
    Bright(Bright),
    Opened,
    Owner,
    Cards,
    Card(OfCard),
    DeleteCard(OfCard),
    CheckCard(OfCard),
    RenewCard(OfCard),
    GetAgain(OfCard),
    KeepUp,
    Look(Look),
    ReadPicture(ReadPicture),
    ReadFrame(ReadFrame),
    Accept(Accept),
    BeginSignIn(Looked),
    EndSignIn(EndSignIn),
    Refuse(Looked),
    Choose(Choose),
    Share(Share),
    Decline(Looked),
    Report(Report),
    History,
    Entry(OfEntry),
    CheckReceipts,
    ExportHistory,
    AskDeletion(OfEntry),
    ShowCode(ShowCode),
    MakePhrase(MakePhrase),
    Backup(Backup),
    Save(Save),
    Restore(Restore),
    BeginMoveIn,
    MoveOut(MoveOut),
    EndMoveIn(EndMoveIn),
    Erase,
    Feedback(Feedback),
    Practice(Practice),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Create {
    pub(crate) pin: TypedPin,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unlock {
    pub(crate) pin: TypedPin,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePin {
    pub(crate) old: TypedPin,
    pub(crate) new: TypedPin,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Away {
    pub(crate) away: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfCard {
    pub(crate) id: Id,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Look {
    pub(crate) text: Text<MAX_SCANNED>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadPicture {
    pub(crate) png_base64: Bytes<MAX_PICTURE>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadFrame {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) luma_base64: Bytes<MAX_FRAME>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accept {
    pub(crate) id: Id,
    pub(crate) code: Option<Text<MAX_CODE>>,
}

/// Something that was looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Looked {
    pub(crate) id: Id,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndSignIn {
    pub(crate) id: Id,
    pub(crate) address: Text<MAX_SCANNED>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choose {
    pub(crate) id: Id,
    pub(crate) choices: Choice,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Share {
    pub(crate) id: Id,
    pub(crate) choices: Option<Choice>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) entry: Option<i64>,
    pub(crate) id: Option<Id>,
    pub(crate) why: Why,
    pub(crate) text: Text<MAX_NOTE>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfEntry {
    pub(crate) id: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowCode {
    pub(crate) card: Id,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backup {
    pub(crate) words: TypedWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restore {
    pub(crate) base64: Bytes<MAX_FILE>,
    pub(crate) words: TypedWords,
    pub(crate) pin: TypedPin,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveOut {
    pub(crate) id: Id,
    /// The number that the new phone shows, as it was typed.
    pub(crate) check: Text<MAX_CODE>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndMoveIn {
    pub(crate) pin: TypedPin,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feedback {
    pub(crate) card: Option<Id>,
    pub(crate) text: Text<MAX_NOTE>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakePhrase {
    pub(crate) language: Language,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Save {
    pub(crate) file_name: FileName,
    pub(crate) base64: Bytes<MAX_SAVED>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bright {
    pub(crate) on: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Practice {
    pub(crate) on: bool,
}

impl Command {
    /// Reads a command.
    ///
    /// # Errors
    /// `unknown_command`, `arguments_malformed`. What was wrong is not said: it could hold what was typed.
    pub(crate) fn read(name: &str, arguments: Value) -> Result<Self, Failure> {
        Ok(match name {
            "state" => of(arguments, |_: Nothing| Self::State)?,
            "set" => of(arguments, Self::Set)?,
            "create" => of(arguments, Self::Create)?,
            "unlock" => of(arguments, Self::Unlock)?,
            "lock" => of(arguments, |_: Nothing| Self::Lock)?,
            "change_pin" => of(arguments, Self::ChangePin)?,
            "away" => of(arguments, Self::Away)?,
            "bright" => of(arguments, Self::Bright)?,
            "opened" => of(arguments, |_: Nothing| Self::Opened)?,
            "owner" => of(arguments, |_: Nothing| Self::Owner)?,
            "cards" => of(arguments, |_: Nothing| Self::Cards)?,
            "card" => of(arguments, Self::Card)?,
            "delete_card" => of(arguments, Self::DeleteCard)?,
            "check_card" => of(arguments, Self::CheckCard)?,
            "renew_card" => of(arguments, Self::RenewCard)?,
            "get_again" => of(arguments, Self::GetAgain)?,
            "keep_up" => of(arguments, |_: Nothing| Self::KeepUp)?,
            "look" => of(arguments, Self::Look)?,
            "read_picture" => of(arguments, Self::ReadPicture)?,
            "read_frame" => of(arguments, Self::ReadFrame)?,
            "accept" => of(arguments, Self::Accept)?,
            "begin_sign_in" => of(arguments, Self::BeginSignIn)?,
            "end_sign_in" => of(arguments, Self::EndSignIn)?,
            "refuse" => of(arguments, Self::Refuse)?,
            "choose" => of(arguments, Self::Choose)?,
            "share" => of(arguments, Self::Share)?,
            "decline" => of(arguments, Self::Decline)?,
            "report" => of(arguments, Self::Report)?,
            "history" => of(arguments, |_: Nothing| Self::History)?,
            "entry" => of(arguments, Self::Entry)?,
            "check_receipts" => of(arguments, |_: Nothing| Self::CheckReceipts)?,
            "export_history" => of(arguments, |_: Nothing| Self::ExportHistory)?,
            "ask_deletion" => of(arguments, Self::AskDeletion)?,
            "show_code" => of(arguments, Self::ShowCode)?,
            "make_phrase" => of(arguments, Self::MakePhrase)?,
            "save" => of(arguments, Self::Save)?,
            "backup" => of(arguments, Self::Backup)?,
            "restore" => of(arguments, Self::Restore)?,
            "begin_move_in" => of(arguments, |_: Nothing| Self::BeginMoveIn)?,
            "move_out" => of(arguments, Self::MoveOut)?,
            "end_move_in" => of(arguments, Self::EndMoveIn)?,
            "erase" => of(arguments, |_: Nothing| Self::Erase)?,
            "feedback" => of(arguments, Self::Feedback)?,
            "practice" => of(arguments, Self::Practice)?,
            _ => return Err(Failure::new("unknown_command")),
        })
    }
}

fn of<A: DeserializeOwned>(arguments: Value, command: impl FnOnce(A) -> Command) -> Result<Command, Failure> {
    let malformed = || Failure::new("arguments_malformed");
    // Arguments have names; a list of them would be read by position.
    if !arguments.is_object() {
        return Err(malformed());
    }
    serde_json::from_value(arguments).map(command).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn code(name: &str, arguments: Value) -> Option<&'static str> {
        Command::read(name, arguments).err().map(|failure| failure.code)
    }

    #[test]
    fn commands_are_read_strictly() {
        assert_eq!(code("unlock", json!({"pin": "246810"})), None);
        assert_eq!(code("accept", json!({"id": "x"})), None);
        for (name, arguments) in [
            ("state", json!({"more": 1})),
            ("state", json!([])),
            ("unlock", json!(["246810"])),
            ("state", Value::Null),
            ("unlock", json!({})),
            ("unlock", json!({"pin": 246810})),
            ("unlock", json!({"pin": "246810", "home": "/"})),
            ("unlock", json!({"pin": "1".repeat(300)})),
            ("card", json!({"id": "x".repeat(65)})),
            ("look", json!({"text": "x".repeat(MAX_SCANNED + 1)})),
            ("read_frame", json!({"width": -1, "height": 1, "luma_base64": ""})),
            ("report", json!({"why": "bored", "text": ""})),
            ("report", json!({"why": "not_me", "text": "x".repeat(MAX_NOTE + 1)})),
            ("entry", json!({"id": 1.5})),
            ("choose", json!({"id": "x"})),
            ("choose", json!({"id": "x", "choices": {"options": [-1], "cards": []}})),
            ("share", json!({"id": "x", "choices": {"options": [], "more": 1}})),
            ("practice", json!({"on": "yes"})),
        ] {
            assert_eq!(code(name, arguments.clone()), Some("arguments_malformed"), "{name} {arguments}");
        }
        for name in ["", "State", "state ", "__proto__", "unlock\0", "../state"] {
            assert_eq!(code(name, json!({})), Some("unknown_command"), "{name}");
        }
    }

    #[test]
    fn every_command_of_the_screens_is_known_here_and_none_besides() {
        let screens = include_str!("../../src/ipc.ts");
        let listed =
            screens.split("export interface Commands {").nth(1).and_then(|rest| rest.split("\n}\n").next());
        let listed: Vec<&str> = listed
            .unwrap()
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split_once(": [").map(|(name, _)| name))
            .collect();
        assert!(listed.len() > 30, "{listed:?}");
        for name in &listed {
            assert_ne!(code(name, json!({"nonsense": 1})), Some("unknown_command"), "{name}");
        }
        let here = include_str!("command.rs").matches(" => of(arguments").count();
        assert_eq!(here - 1, listed.len(), "{listed:?}");
    }
}
