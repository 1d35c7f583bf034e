//! `wallet move-out` on the old device and `wallet move-in` on the new one.

use std::io::BufRead as _;

use serde_json::json;
use wallet_core::durable;
use wallet_core::move_phone::{Destination, MoveError, MoveIn, MoveProgress, Moved};
use wallet_core::wallet::Setup;

use crate::arguments::{MoveIn as In, MoveOut as Out};
use crate::home::{self, Home};
use crate::init::read_checkpoint;
use crate::output::Output;
use crate::refusal::Refusal;
use crate::{ask, codes, input, ports, restore, words};

/// Lines that are read before the new device gives up: every frame of the longest message many times over.
const MAX_LINES: usize = 100_000;

/// Shows the codes for the new device.
pub(crate) fn out(home: &Home, arguments: Out) -> Result<Output, Refusal> {
    let code = input::texts_of(&arguments.code)?.into_iter().next().unwrap_or_default();
    let destination = Destination::read(&code).map_err(|error| refuse(&error))?;
    let wallet = home.unlock()?;
    let words = words::words();
    let check = arguments.check.or_else(|| ask::line(words.ask_check)).unwrap_or_default();
    let moved = wallet.move_out(&destination, &check).map_err(|error| refuse(&error))?;
    let texts = codes::show(&moved.frames, &arguments.draw.out)?;
    let json = json!({ "frames": moved.frames, "moved": moved.view });
    Ok(Output::new(texts, json).beside(&(words.moved_out.to_owned() + &words::left_out(&moved.view))))
}

/// Shows this device's code and waits for the old one's on stdin: their texts, or paths of pictures, a line each.
pub(crate) fn r#in(home: &Home, arguments: In, as_json: bool) -> Result<Output, Refusal> {
    restore::check_free(home)?;
    let checkpoint = read_checkpoint(&arguments.believes.checkpoint)?;
    let pinned = Setup { checkpoint, nodes: arguments.believes.nodes };
    let mut moving = MoveIn::begin(&ports::random()).map_err(|error| refuse(&error))?;
    let view = moving.view();
    codes::show(core::slice::from_ref(&view.text), &arguments.draw.out)?;
    if as_json {
        println!("{}", json!(view));
    } else {
        eprintln!("{}", words::fill(words::words().move_in, &[&view.text, &view.check]));
    }
    let moved = collect(&mut moving, as_json)?;
    if !as_json {
        let (cards, entries) = (moved.view().cards.len().to_string(), moved.view().entries.to_string());
        eprintln!("{}", words::fill(words::words().arrived, &[&cards, &entries]));
    }
    let pin = home::pin(words::words().choose_pin)?;
    durable::make_folder(home.path()).map_err(|_| Refusal::for_people("file"))?;
    let ports = ports::make(&home.key_file()).map_err(|_| Refusal::for_people("key_store"))?;
    let wallet = moved.settle(home.path(), &pin, &pinned, ports).map_err(|error| restore::refuse(&error))?;
    restore::finish(home, &wallet)
}

/// A code that is misread, or of another screen, is told and passed over.
fn collect(moving: &mut MoveIn, as_json: bool) -> Result<Moved, Refusal> {
    for line in std::io::stdin().lock().lines().take(MAX_LINES) {
        for text in input::texts_of(&line.map_err(|_| Refusal::at_counter("frames_missing"))?)? {
            match moving.take(&text) {
                Ok(MoveProgress::Whole(moved)) => return Ok(*moved),
                Ok(MoveProgress::Part { .. }) | Err(MoveError::Frames(_)) if as_json => {}
                Ok(MoveProgress::Part { got, of }) => {
                    eprintln!("{}", words::fill(words::words().frames, &[&got.to_string(), &of.to_string()]));
                }
                Err(MoveError::Frames(error)) => eprintln!("{}", words::of_code(error.code()).0),
                Err(error) => return Err(refuse(&error)),
            }
        }
    }
    Err(Refusal::at_counter("frames_missing"))
}

fn refuse(error: &MoveError) -> Refusal {
    Refusal::for_people(error.code())
}
