//! The recovery phrase at the command line: never an argument, shown once, asked back.

use std::path::Path;

use wallet_core::durable;
use wallet_core::phrase::{MAX_TYPED, Phrase, PhraseError, WORDS, WordList};

use crate::refusal::Refusal;
use crate::{ask, ports, words};

/// The phrase to make a backup with: the one that is there already, or a new one that is shown, or that goes into
/// `file` where one is named.
pub(crate) fn for_backup(file: Option<&Path>) -> Result<Phrase, Refusal> {
    if let Some(phrase) = given(file)? {
        return Ok(phrase);
    }
    let phrase = Phrase::make(&ports::random());
    match file {
        Some(file) => keep(&phrase, file)?,
        None => show(&phrase)?,
    }
    Ok(phrase)
}

/// The phrase to open a backup with: the one that is there, or typed.
pub(crate) fn for_restore(file: Option<&Path>) -> Result<Phrase, Refusal> {
    match given(file)? {
        Some(phrase) => Ok(phrase),
        None => read(&ask::secret_line(words::words().type_phrase).unwrap_or_default()),
    }
}

/// The phrase of `WALLET_PHRASE` or of `file`; none where there is neither.
fn given(file: Option<&Path>) -> Result<Option<Phrase>, Refusal> {
    if let Ok(text) = std::env::var("WALLET_PHRASE") {
        return read(&text).map(Some);
    }
    let Some(file) = file.filter(|file| file.exists()) else { return Ok(None) };
    let bytes = durable::read(file, MAX_TYPED as u64).map_err(|_| Refusal::for_people("phrase_file"))?;
    read(&String::from_utf8_lossy(&bytes)).map(Some)
}

fn read(text: &str) -> Result<Phrase, Refusal> {
    Phrase::read(text).map_err(refuse)
}

fn keep(phrase: &Phrase, file: &Path) -> Result<(), Refusal> {
    let text = phrase.words(word_list()).join(" ");
    durable::create(file, text.as_bytes()).map_err(|_| Refusal::for_people("phrase_file"))
}

/// Shows the words once, and asks two of them back.
fn show(phrase: &Phrase) -> Result<(), Refusal> {
    let (words, list) = (words::words(), word_list());
    let lines = phrase.words(list).into_iter().zip(1..).map(|(word, place)| format!("{place:>2}. {word}\n"));
    eprintln!("{}\n\n{}", words.phrase_shown, lines.collect::<String>());
    let [first, second] = ports::random().bytes::<2>().map(usize::from);
    let first = first % WORDS;
    let second = (first + 1 + second % (WORDS - 1)) % WORDS;
    for place in [first + 1, second + 1] {
        let typed = ask::line(&words::fill(words.ask_word, &[&place.to_string()])).unwrap_or_default();
        if phrase.word(list, place) != Some(typed.to_lowercase().as_str()) {
            return Err(Refusal::for_people("phrase_not_noted"));
        }
    }
    Ok(())
}

fn word_list() -> WordList {
    if words::is_chinese() { WordList::Chinese } else { WordList::English }
}

fn refuse(error: PhraseError) -> Refusal {
    let (message, next) = words::of_code(error.code());
    let place = error.place().map(|place| place.to_string()).unwrap_or_default();
    Refusal::new(error.code(), &words::fill(message, &[&place]), next)
}
