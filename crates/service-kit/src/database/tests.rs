use super::*;

const ONE: &str = "CREATE TABLE note (text TEXT NOT NULL) STRICT;";
const TWO: &str = "ALTER TABLE note ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;";

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("service-kit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("test.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn insert(database: &Database, text: &'static str) -> Result<(), rusqlite::Error> {
    database.write_blocking(|tx| tx.execute("INSERT INTO note (text) VALUES (?1)", [text]).map(drop))
}

fn count(database: &Database) -> u64 {
    database
        .read_blocking(|c| c.query_row("SELECT count(*) FROM note", [], |row| row.get(0)))
        .map_err(|error: rusqlite::Error| error)
        .unwrap()
}

#[test]
fn migrations_run_once_and_in_order() {
    let folder = Folder::new("order");
    insert(&Database::open(&folder.file(), &[ONE], None).unwrap(), "a").unwrap();
    let database = Database::open(&folder.file(), &[ONE, TWO], None).unwrap();
    insert(&database, "b").unwrap();
    assert_eq!(count(&database), 2);
}

#[test]
fn a_database_newer_than_the_program_is_refused() {
    let folder = Folder::new("newer");
    drop(Database::open(&folder.file(), &[ONE, TWO], None).unwrap());
    let result = Database::open(&folder.file(), &[ONE], None);
    assert!(matches!(result, Err(OpenError::Newer { found: 2, known: 1 })));
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let folder = Folder::new("fails");
    let bad = "CREATE TABLE other (a); INSERT INTO nowhere VALUES (1);";
    assert!(Database::open(&folder.file(), &[ONE, bad], None).is_err());
    let database = Database::open(&folder.file(), &[ONE, TWO], None).unwrap();
    assert_eq!(count(&database), 0);
}

#[test]
fn work_that_fails_is_rolled_back() {
    let folder = Folder::new("rollback");
    let database = Database::open(&folder.file(), &[ONE], None).unwrap();
    let result: Result<(), rusqlite::Error> = database.write_blocking(|tx| {
        tx.execute("INSERT INTO note (text) VALUES ('lost')", [])?;
        Err(rusqlite::Error::InvalidQuery)
    });
    assert!(result.is_err());
    assert_eq!(count(&database), 0);
}

#[test]
fn a_reader_sees_what_was_written_before_it() {
    let folder = Folder::new("reader");
    let database = Database::open(&folder.file(), &[ONE], None).unwrap();
    for expected in 1..=3 {
        insert(&database, "x").unwrap();
        assert_eq!(count(&database), expected);
    }
}

#[test]
fn where_the_file_was_taken_away_no_empty_one_takes_its_place() {
    let folder = Folder::new("taken-away");
    let database = Database::open(&folder.file(), &[ONE], None).unwrap();
    std::fs::remove_file(folder.file()).unwrap();
    let read =
        database.read_blocking(|c| c.query_row("SELECT count(*) FROM note", [], |row| row.get::<_, u64>(0)));
    let refused = read.map_err(|error: rusqlite::Error| error.sqlite_error_code());
    assert_eq!(refused, Err(Some(rusqlite::ErrorCode::CannotOpen)));
    assert!(!folder.file().exists());
}

#[test]
fn an_encrypted_database_opens_with_its_key_only() {
    let folder = Folder::new("key");
    let key = |digit: &str| Some(check_key(Secret::new(digit.repeat(64))).unwrap());
    insert(&Database::open(&folder.file(), &[ONE], key("1")).unwrap(), "secret text").unwrap();
    assert!(Database::open(&folder.file(), &[ONE], key("2")).is_err());
    assert!(Database::open(&folder.file(), &[ONE], None).is_err());
    let bytes = std::fs::read(folder.file()).unwrap();
    assert!(!bytes.windows(11).any(|window| window == b"secret text"));
    assert!(Database::open(&folder.file(), &[ONE], key("1")).is_ok());
}

#[test]
fn a_key_of_another_form_is_refused() {
    assert!(matches!(check_key(Secret::new("12'; DROP".to_owned())), Err(OpenError::Key)));
}
