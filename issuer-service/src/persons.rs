//! The agency's people, from a CSV file, as the claims of a personal identity card.
//!
//! Names of claims follow the EUDI PID rulebook 1.7, section 4 (SD-JWT VC encoding).

use std::collections::BTreeSet;
use std::io::Read;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use service_kit::calendar::Date;

/// People that one file may hold.
const MAX_PERSONS: usize = 1_000_000;
/// Characters that one field may hold.
const MAX_FIELD: usize = 200;
/// Bad lines that are named.
const MAX_SHOWN: usize = 20;
const COLUMNS: [&str; 15] = [
    "number",
    "family_name",
    "given_name",
    "birthdate",
    "birth_locality",
    "birth_country",
    "nationalities",
    "sex",
    "street_address",
    "house_number",
    "postal_code",
    "locality",
    "region",
    "country",
    "email",
];

/// One person.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The agency's number for the person.
    pub number: String,
    /// The claims, without those that the card itself adds.
    pub claims: Map<String, Value>,
}

/// Why a file of people cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum PersonsError {
    /// The file has no header line with the expected columns.
    #[error("persons file is not a csv file with the expected columns")]
    Csv(#[from] csv::Error),
    /// The header lacks a column.
    #[error("header has no column {0}")]
    Column(&'static str),
    /// Lines that cannot be loaded.
    #[error("{}", listed(.0))]
    Lines(Vec<BadLine>),
    /// There are more people than allowed.
    #[error("persons file has too many lines")]
    TooMany,
}

/// A line that cannot be loaded, and why. What it holds is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It has more or fewer fields than the header, is no UTF-8, or `sex` is no number.
    #[error("the fields are not those of the header")]
    Fields,
    /// A field is empty that may not be, or too long.
    #[error("{0} is empty or too long")]
    Text(&'static str),
    /// A date does not exist.
    #[error("birthdate is not a date (year-month-day)")]
    Birthdate,
    /// A country is not two capital letters.
    #[error("{0} is not a code of two capital letters")]
    Country(&'static str),
    /// Not a number of the rulebook.
    #[error("sex is none of 0, 1, 2, 3, 4, 5, 6, 9")]
    Sex,
    /// Another line has the same number.
    #[error("number stands in a line before")]
    Twice,
}

fn listed(lines: &[BadLine]) -> String {
    let shown = lines.iter().take(MAX_SHOWN).map(|bad| format!("line {}: {}", bad.line, bad.fault));
    let mut text = shown.collect::<Vec<_>>().join("; ");
    if lines.len() > MAX_SHOWN {
        text.push_str(&format!("; and {} more", lines.len() - MAX_SHOWN));
    }
    text
}

#[derive(Deserialize)]
struct Row {
    number: String,
    family_name: String,
    given_name: String,
    birthdate: String,
    birth_locality: String,
    birth_country: String,
    nationalities: String,
    sex: Option<u8>,
    street_address: String,
    house_number: String,
    postal_code: String,
    locality: String,
    region: String,
    country: String,
    email: String,
}

/// Reads people from CSV with a header line. One bad line is enough to load nothing; all of them are named.
pub fn read(source: impl Read) -> Result<Vec<Person>, PersonsError> {
    let (mut persons, mut bad) = (Vec::new(), Vec::new());
    let mut numbers = BTreeSet::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source);
    let header = reader.headers()?.clone();
    check_header(&header)?;
    for record in reader.records() {
        if persons.len() + bad.len() >= MAX_PERSONS {
            return Err(PersonsError::TooMany);
        }
        let line = match &record {
            Ok(record) => record.position().map_or(0, csv::Position::line),
            Err(error) => error.position().map_or(0, csv::Position::line),
        };
        let row = record.and_then(|record| record.deserialize::<Row>(Some(&header)));
        let checked = row.map_err(|_| Fault::Fields).and_then(person).and_then(|person| {
            if numbers.insert(person.number.clone()) { Ok(person) } else { Err(Fault::Twice) }
        });
        match checked {
            Ok(person) => persons.push(person),
            Err(fault) => bad.push(BadLine { line, fault }),
        }
    }
    if bad.is_empty() { Ok(persons) } else { Err(PersonsError::Lines(bad)) }
}

/// A header without a column would make every line bad: said once instead.
fn check_header(header: &csv::StringRecord) -> Result<(), PersonsError> {
    let known = |column: &&str| header.iter().any(|name| name == *column);
    match COLUMNS.iter().find(|column| !known(column)) {
        None => Ok(()),
        Some(missing) => Err(PersonsError::Column(missing)),
    }
}

fn person(row: Row) -> Result<Person, Fault> {
    let must = [
        ("number", &row.number),
        ("family_name", &row.family_name),
        ("given_name", &row.given_name),
        ("birth_country", &row.birth_country),
        ("nationalities", &row.nationalities),
    ];
    let may = [
        ("birth_locality", &row.birth_locality),
        ("street_address", &row.street_address),
        ("house_number", &row.house_number),
        ("postal_code", &row.postal_code),
        ("locality", &row.locality),
        ("region", &row.region),
        ("country", &row.country),
        ("email", &row.email),
    ];
    if let Some((field, _)) = must.iter().find(|(_, text)| text.is_empty()) {
        return Err(Fault::Text(field));
    }
    if let Some((field, _)) = must.iter().chain(&may).find(|(_, text)| text.chars().count() > MAX_FIELD) {
        return Err(Fault::Text(field));
    }
    let birthdate = Date::parse(&row.birthdate).map_err(|_| Fault::Birthdate)?;
    let nationalities: Vec<&str> = row.nationalities.split_whitespace().collect();
    if !is_country(&row.birth_country) {
        return Err(Fault::Country("birth_country"));
    }
    if !nationalities.iter().all(|country| is_country(country)) {
        return Err(Fault::Country("nationalities"));
    }
    if !row.country.is_empty() && !is_country(&row.country) {
        return Err(Fault::Country("country"));
    }
    if row.sex.is_some_and(|sex| !matches!(sex, 0..=6 | 9)) {
        return Err(Fault::Sex);
    }

    let mut claims = Map::new();
    claims.insert("family_name".to_owned(), json!(row.family_name));
    claims.insert("given_name".to_owned(), json!(row.given_name));
    claims.insert("birthdate".to_owned(), json!(birthdate.to_string()));
    claims.insert(
        "place_of_birth".to_owned(),
        texts(&[("country", &row.birth_country), ("locality", &row.birth_locality)]),
    );
    claims.insert("nationalities".to_owned(), json!(nationalities));
    let address = texts(&[
        ("street_address", &row.street_address),
        ("house_number", &row.house_number),
        ("postal_code", &row.postal_code),
        ("locality", &row.locality),
        ("region", &row.region),
        ("country", &row.country),
    ]);
    if address.as_object().is_some_and(|address| !address.is_empty()) {
        claims.insert("address".to_owned(), address);
    }
    if let Some(sex) = row.sex {
        claims.insert("sex".to_owned(), json!(sex));
    }
    if !row.email.is_empty() {
        claims.insert("email".to_owned(), json!(row.email));
    }
    claims.insert("personal_administrative_number".to_owned(), json!(row.number));
    Ok(Person { number: row.number, claims })
}

/// ISO 3166-1 alpha-2, by its form.
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// An object of the texts that are not empty.
fn texts(members: &[(&str, &String)]) -> Value {
    members
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| ((*name).to_owned(), json!(text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../examples/persons.csv");

    #[test]
    fn the_sample_file_loads() {
        let persons = read(SAMPLE.as_bytes()).unwrap();
        assert_eq!(persons.len(), 4);
        assert_eq!(persons[0].claims["birthdate"], "1987-04-12");
        assert_eq!(persons[0].claims["address"]["house_number"], "14");
        assert_eq!(persons[2].claims["nationalities"], json!(["XS", "IE"]));
        assert!(persons[1].claims.get("email").is_none());
    }

    fn refused(lines: &[&str]) -> String {
        let header = SAMPLE.lines().next().unwrap();
        read([&[header], lines].concat().join("\n").as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn every_bad_line_is_named_with_its_fault_and_nothing_is_loaded() {
        let good = "N0,Doe,Ann,1990-01-01,,XS,XS,,,,,,,,";
        let text = refused(&[
            good,
            "N1,,Ann,1990-01-01,,XS,XS,,,,,,,,",
            "N2,Doe,Ann,1990-02-30,,XS,XS,,,,,,,,",
            "N3,Doe,Ann,1990-01-01,,Xanadu,XS,,,,,,,,",
            "N4,Doe,Ann,1990-01-01,,XS,XS,7,,,,,,,",
            "N5,Doe,Ann,1990-01-01,,XS,XS,woman,,,,,,,",
            "N6,Doe,Ann",
            good,
        ]);
        assert_eq!(
            text,
            "line 3: family_name is empty or too long; line 4: birthdate is not a date (year-month-day); \
             line 5: birth_country is not a code of two capital letters; line 6: sex is none of 0, 1, 2, 3, 4, 5, 6, 9; \
             line 7: the fields are not those of the header; line 8: the fields are not those of the header; \
             line 9: number stands in a line before"
        );
    }

    #[test]
    fn a_line_is_counted_as_an_editor_counts_it() {
        let text = refused(&["", "N0,\"Doe", "Roe\",Ann,1990-01-01,,XS,XS,,,,,,,,", "N1,,,,,,,,,,,,,,"]);
        assert_eq!(text, "line 5: family_name is empty or too long");
    }

    #[test]
    fn a_missing_column_is_said_once() {
        let error = read("number,family_name\nN1,Doe\nN2,Roe\n".as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "header has no column given_name");
    }

    #[test]
    fn a_refusal_repeats_nothing_of_a_person() {
        let text = refused(&["N1,Doe,Ann,31 May 1990,Springfield,XS,XS,,,,,,,,ann@mail.example"]);
        for personal in ["N1", "Doe", "Ann", "1990", "Springfield", "mail"] {
            assert!(!text.contains(personal), "{text}");
        }
    }
}
