//! The agency's people, from a CSV file, as the claims of a personal identity card.
//!
//! Names of claims follow the EUDI PID rulebook 1.7, section 4 (SD-JWT VC encoding).

use std::io::Read;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use service_kit::calendar::Date;

/// People that one file may hold.
const MAX_PERSONS: usize = 1_000_000;
/// Characters that one field may hold.
const MAX_FIELD: usize = 200;

/// One person.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// The agency's number for the person.
    pub number: String,
    /// The claims, without those that the card itself adds.
    pub claims: Map<String, Value>,
}

/// Why a file of people cannot be loaded. The line helps; what it holds is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum PersonsError {
    /// The file is not CSV, or a column is missing.
    #[error("persons file is not a csv file with the expected columns")]
    Csv(#[from] csv::Error),
    /// A field is empty that may not be, or too long.
    #[error("line {line}: field {field} is empty or too long")]
    Field {
        /// The line, from 1.
        line: u64,
        /// The column's name.
        field: &'static str,
    },
    /// A date does not exist.
    #[error("line {line}: birthdate is not a date")]
    Birthdate {
        /// The line, from 1.
        line: u64,
    },
    /// There are more people than allowed.
    #[error("persons file has too many lines")]
    TooMany,
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

/// Reads people from CSV with a header line.
pub fn read(source: impl Read) -> Result<Vec<Person>, PersonsError> {
    let mut persons = Vec::new();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source);
    for (index, row) in reader.deserialize().enumerate() {
        if index >= MAX_PERSONS {
            return Err(PersonsError::TooMany);
        }
        persons.push(person(row?, index as u64 + 2)?);
    }
    Ok(persons)
}

fn person(row: Row, line: u64) -> Result<Person, PersonsError> {
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
        return Err(PersonsError::Field { line, field });
    }
    if let Some((field, _)) = must.iter().chain(&may).find(|(_, text)| text.chars().count() > MAX_FIELD) {
        return Err(PersonsError::Field { line, field });
    }
    let birthdate = Date::parse(&row.birthdate).map_err(|_| PersonsError::Birthdate { line })?;

    let mut claims = Map::new();
    claims.insert("family_name".to_owned(), json!(row.family_name));
    claims.insert("given_name".to_owned(), json!(row.given_name));
    claims.insert("birthdate".to_owned(), json!(birthdate.to_string()));
    claims.insert(
        "place_of_birth".to_owned(),
        texts(&[("country", &row.birth_country), ("locality", &row.birth_locality)]),
    );
    let nationalities: Vec<&str> = row.nationalities.split_whitespace().collect();
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

    #[test]
    fn a_line_without_a_name_or_with_a_wrong_date_is_refused() {
        let header = SAMPLE.lines().next().unwrap();
        let nameless = format!("{header}\nN1,,Ann,1990-01-01,,XS,XS,,,,,,,,\n");
        assert!(matches!(
            read(nameless.as_bytes()),
            Err(PersonsError::Field { line: 2, field: "family_name" })
        ));
        let dateless = format!("{header}\nN1,Doe,Ann,1990-02-30,,XS,XS,,,,,,,,\n");
        assert!(matches!(read(dateless.as_bytes()), Err(PersonsError::Birthdate { line: 2 })));
    }
}
