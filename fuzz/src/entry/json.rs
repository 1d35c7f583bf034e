//! JSON: what is read is no deeper than allowed, and reads the same when it is written again.

use credential::json::{MAX_DEPTH, parse};
use serde_json::Value;

use crate::seeds::{Seeds, bytes};

pub(crate) fn read(data: &[u8]) -> bool {
    let Ok(value) = parse(data, data.len()) else { return false };
    assert!(depth(&value) <= MAX_DEPTH, "deeper than allowed");
    let again = serde_json::to_vec(&value).expect("a value can be written");
    assert_eq!(parse(&again, again.len()).as_ref(), Ok(&value), "it reads another way");
    true
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

pub(crate) fn seeds(seeds: &Seeds) -> Vec<Vec<u8>> {
    // A number beyond 64 bits reads as the nearest double, and that one as itself.
    let large = format!("{{\"a\":{}0}}", "1".repeat(73));
    let own = [r#"{"a":[1,-2,0.5,null,true,"x\u0061"],"b":{}}"#.to_owned(), large, "[".repeat(40)];
    bytes(seeds.values(Value::is_object).into_iter().chain(own))
}
