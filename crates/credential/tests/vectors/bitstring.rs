//! Bitstring Status List: the lists of the specification, and those of another implementation.

use credential::bitstring::{Bitstring, BitstringError, StatusEntry};
use credential::vcdm::Credential;
use serde_json::Value;

use crate::{items, load, text};

#[test]
fn the_lists_of_another_implementation_are_read_entry_by_entry() {
    let Some(vectors) = load("bitstring-status-list/digitalbazaar-generated.json") else { return };
    for vector in items(&vectors) {
        let list = Bitstring::from_encoded(1, text(vector, "encodedList")).expect("a list");
        let length = vector["length"].as_u64().expect("a length");
        assert_eq!(list.entries(), length);
        let set: Vec<u64> =
            items(&vector["set"]).iter().map(|index| index.as_u64().expect("an index")).collect();
        for index in 0..length {
            assert_eq!(list.get(index), Ok(u8::from(set.contains(&index))), "{index}");
        }
        assert_eq!(list.get(length), Err(BitstringError::Index));
        let mut again = Bitstring::new(1, length).expect("a list");
        set.iter().for_each(|index| again.set(*index, 1).expect("inside"));
        assert_eq!(Bitstring::from_encoded(1, &again.to_encoded()), Ok(list));
    }
    assert_eq!(items(&vectors).len(), 7);
}

/// Seven blocks: two lists, and five credentials with entries, of which two keep `issuanceDate` and a comment
/// from an older model, and one has an ellipsis, so that none of these three is JSON.
#[test]
fn the_examples_of_the_specification_are_read() {
    let Some(blocks) = load("bitstring-status-list/spec-pre-blocks.json") else { return };
    let (mut lists, mut entries, mut no_json) = (0, 0, 0);
    for block in items(&blocks) {
        let Ok(Value::Object(members)) = serde_json::from_str::<Value>(text(block, "text")) else {
            no_json += 1;
            continue;
        };
        if let Some(encoded) = members["credentialSubject"]["encodedList"].as_str() {
            let list = Bitstring::from_encoded(1, encoded).expect("a list");
            assert!((0..list.entries()).all(|index| list.get(index) == Ok(0)));
            lists += 1;
        }
        let credential = Credential::new(members).expect("a credential");
        entries += StatusEntry::all_of(&credential).expect("entries").len();
    }
    assert_eq!((lists, entries, no_json), (2, 3, 3));
}
