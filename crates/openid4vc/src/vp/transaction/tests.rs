use super::*;

fn payment() -> Transaction {
    Transaction::Payment(Payment {
        amount: "12.50".into(),
        currency: "EUR".into(),
        payee: "Corner Bakery".into(),
        account: Some("XS12 3456".into()),
        reference: None,
    })
}

fn document() -> Transaction {
    Transaction::Text(Document { title: "Lease".into(), text: "I rent it.\nFrom May.".into() })
}

fn entry(json: &Value) -> Result<TransactionData, MessageError> {
    TransactionData::parse(&base64url(json.to_string()))
}

/// A payment with one member in another's place, or without it.
fn changed(name: &str, value: Option<Value>) -> Transaction {
    let mut members = payment().to_members();
    members.insert("credential_ids".into(), json!(["card"]));
    match value {
        Some(value) => members.insert(name.into(), value),
        None => members.remove(name),
    };
    entry(&Value::Object(members)).unwrap().what
}

#[test]
fn what_is_asked_to_be_confirmed_is_read_back() {
    for what in [payment(), document()] {
        let made = TransactionData::new("card", what.clone());
        let read = TransactionData::parse(made.encoded()).unwrap();
        assert_eq!(read, made);
        assert_eq!((read.credential_ids(), read.what()), (&["card".to_owned()][..], &what));
    }
}

#[test]
fn what_cannot_be_shown_in_full_is_not_supported() {
    for (name, value) in [
        ("type", json!("urn:example:other")),
        ("amount", json!("-1")),
        ("amount", json!("1,50")),
        ("amount", json!("1.")),
        ("amount", json!(".5")),
        ("amount", json!("01")),
        ("amount", json!("1e3")),
        ("amount", json!("1234567890123")),
        ("amount", json!("1.12345")),
        ("amount", json!("١٢")),
        ("amount", json!(12.5)),
        ("currency", json!("eur")),
        ("currency", json!("EURO")),
        ("payee", json!("")),
        ("payee", json!("x".repeat(MAX_LINE + 1))),
        ("payee", json!("a\nb")),
        ("account", json!(1)),
        ("fee", json!("100.00")),
        ("transaction_data_hashes_alg", json!(["sha-512"])),
        ("transaction_data_hashes_alg", json!("sha-256")),
    ] {
        assert_eq!(changed(name, Some(value.clone())), Transaction::Unsupported, "{name} {value}");
    }
    for name in ["amount", "currency", "payee"] {
        assert_eq!(changed(name, None), Transaction::Unsupported, "without {name}");
    }
    assert_eq!(
        changed("account", None),
        match payment() {
            Transaction::Payment(payment) => Transaction::Payment(Payment { account: None, ..payment }),
            other => other,
        }
    );
    assert_eq!(changed("transaction_data_hashes_alg", Some(json!(["sha-512", "sha-256"]))), payment());
}

#[test]
fn a_text_longer_than_anyone_reads_is_not_supported() {
    let text = |length| {
        let what = Transaction::Text(Document { title: "t".into(), text: "好".repeat(length) });
        TransactionData::parse(TransactionData::new("card", what).encoded()).map(|read| read.what)
    };
    assert!(matches!(text(2000), Ok(Transaction::Text(_))));
    assert!(!matches!(text(MAX_SIGNED_TEXT + 1), Ok(Transaction::Text(_))));
}

#[test]
fn what_is_no_entry_is_refused() {
    let ids = json!(["card"]);
    assert_eq!(TransactionData::parse("?"), Err(MessageError::Kind("transaction_data")));
    assert_eq!(TransactionData::parse(&base64url("[]")), Err(MessageError::Json));
    assert_eq!(TransactionData::parse(&base64url("{\"type\":1,\"type\":2}")), Err(MessageError::Json));
    let large = base64url("x".repeat(MAX_ENCODED));
    assert_eq!(TransactionData::parse(&large), Err(MessageError::TooLarge("transaction_data")));
    assert_eq!(entry(&json!({"credential_ids": ids})), Err(MessageError::Missing("type")));
    assert_eq!(entry(&json!({"type": TEXT})), Err(MessageError::Missing("credential_ids")));
    assert_eq!(
        entry(&json!({"type": TEXT, "credential_ids": []})),
        Err(MessageError::Empty("credential_ids"))
    );
    let many = vec!["card"; MAX_CREDENTIALS + 1];
    assert_eq!(
        entry(&json!({"type": TEXT, "credential_ids": many})),
        Err(MessageError::TooLarge("credential_ids"))
    );
}
