//! Small files that are whole or as they were before, whatever is switched off in between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Puts `bytes` in the place of the file at `path`: written beside it, synced, renamed over it. Only its
/// owner may read it.
///
/// # Errors
/// Those of the file system; then the file is as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // The whole name and more: files that differ in their endings alone are written beside each other.
    let beside = path.with_added_extension("new");
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

/// As [`replace`], where nothing may be there yet.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], and those of the file system.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    replace(path, bytes)
}

/// Waits until nobody else has the file at `path`, and takes it for as long as what this gives is kept. The system lets
/// go of it when the process dies.
///
/// # Errors
/// Those of the file system.
pub(crate) fn take_turn(path: &Path) -> io::Result<File> {
    lock(path, Patience::Wait)
}

/// As [`take_turn`], for who does not wait.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] where somebody else has the file, and those of the file system.
pub(crate) fn take_turn_now(path: &Path) -> io::Result<File> {
    lock(path, Patience::None)
}

/// The bytes of the file at `path`, at most `max_len` of them.
///
/// # Errors
/// [`io::ErrorKind::FileTooLarge`], and those of the file system.
pub fn read(path: &Path, max_len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(max_len + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_len { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Removes the file at `path`, where there is one: its bytes are written over first, as far as the disk allows.
///
/// # Errors
/// Those of the file system.
pub fn destroy(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    file.sync_all()?;
    fs::remove_file(path)?;
    sync_folder(path)
}

/// Makes the folder at `path`, which only its owner may enter.
///
/// # Errors
/// Those of the file system.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Only the owner may read and write what these options make.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Whether somebody waits for a lock that another has.
#[derive(Clone, Copy)]
enum Patience {
    Wait,
    None,
}

/// The file at `path`, locked until it is closed.
fn lock(path: &Path, patience: Patience) -> io::Result<File> {
    let file = private(OpenOptions::new().write(true).create(true).truncate(false)).open(path)?;
    lock_file(&file, patience)?;
    Ok(file)
}

/// By `flock`, which is what `File::lock` does on computers: before Rust 1.98 that one fails on every Android phone, as
/// not supported there.
#[cfg(unix)]
fn lock_file(file: &File, patience: Patience) -> io::Result<()> {
    use rustix::fs::{FlockOperation, flock};
    let operation = match patience {
        Patience::Wait => FlockOperation::LockExclusive,
        Patience::None => FlockOperation::NonBlockingLockExclusive,
    };
    Ok(rustix::io::retry_on_intr(|| flock(file, operation))?)
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "it fails on Android alone, which is a unix")]
fn lock_file(file: &File, patience: Patience) -> io::Result<()> {
    match patience {
        Patience::Wait => file.lock(),
        Patience::None => Ok(file.try_lock()?),
    }
}

/// Without this a rename can be forgotten when the power goes.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Folder;

    #[test]
    fn of_two_who_take_a_turn_one_has_it_until_it_lets_go() {
        let folder = Folder::new("turns");
        let path = folder.path().join("turns.lock");
        for take in [take_turn, take_turn_now] {
            let turn = take(&path).unwrap();
            assert_eq!(take_turn_now(&path).unwrap_err().kind(), io::ErrorKind::WouldBlock);
            drop(turn);
        }
        take_turn(&path).unwrap();
    }

    #[test]
    fn files_that_differ_in_their_endings_alone_are_written_apart() {
        let folder = Folder::new("endings");
        std::thread::scope(|threads| {
            for ending in ["guesses", "right", "state"] {
                let path = folder.path().join("device").with_extension(ending);
                threads.spawn(move || {
                    for _ in 0..32 {
                        replace(&path, ending.as_bytes()).unwrap();
                        assert_eq!(read(&path, 16).unwrap(), ending.as_bytes());
                    }
                });
            }
        });
    }
}
