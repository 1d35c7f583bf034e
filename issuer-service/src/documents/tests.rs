use super::*;

fn configured(name: &str, doctype: &str, elements: &[&str]) -> Document {
    let elements = elements.iter().map(|name| (*name).to_owned()).collect();
    Document {
        name: name.to_owned(),
        doctype: doctype.to_owned(),
        title: "Card".to_owned(),
        title_zh: "卡".to_owned(),
        valid_days: 30,
        namespaces: [("org.example.1".to_owned(), elements)].into(),
    }
}

fn refused(documents: &[Document]) -> DocumentError {
    DocumentType::read_all(documents, &["personal-identity", "urn:eudi:pid:xs:1"]).err().unwrap()
}

#[test]
fn a_document_that_cannot_be_issued_stops_the_start() {
    let good = || configured("licence", "org.example.licence", &["family_name"]);
    let (mut no_namespace, mut for_ever) = (good(), good());
    no_namespace.namespaces.clear();
    for_ever.valid_days = 3651;
    let cases = [
        (vec![configured("Licence", "org.example", &["sex"])], DocumentError::Name),
        (vec![configured("../up", "org.example", &["sex"])], DocumentError::Name),
        (vec![configured("", "org.example", &["sex"])], DocumentError::Name),
        (vec![configured("personal-identity", "org.example", &["sex"])], DocumentError::Twice),
        (vec![configured("licence", "urn:eudi:pid:xs:1", &["sex"])], DocumentError::Twice),
        (vec![good(), configured("other", "org.example.licence", &["sex"])], DocumentError::Twice),
        (vec![good(), configured("licence", "org.example.other", &["sex"])], DocumentError::Twice),
        (vec![configured("licence", "org.example", &[])], DocumentError::Empty),
        (vec![no_namespace], DocumentError::Empty),
        (vec![for_ever], DocumentError::Days),
        (
            vec![configured("licence", "org.example", &["sex", "shoe_size"])],
            DocumentError::UnknownElement("shoe_size".to_owned()),
        ),
        (
            vec![configured("licence", "org.example", &["login_identifier"])],
            DocumentError::UnknownElement("login_identifier".to_owned()),
        ),
        (
            vec![configured("licence", "org.example", &["sex", "sex"])],
            DocumentError::RepeatedElement("sex".to_owned()),
        ),
    ];
    for (documents, error) in cases {
        assert_eq!(refused(&documents), error);
    }
    let nine = (0..9).map(|number| configured(&format!("d{number}"), &format!("org.d{number}"), &["sex"]));
    assert_eq!(refused(&nine.collect::<Vec<_>>()), DocumentError::TooMany);
}

#[test]
fn elements_are_written_as_the_rulebook_writes_them() {
    let every: Vec<&str> = ELEMENTS.iter().map(|element| element.name).collect();
    let documents = [configured("all", "org.example.all", &every)];
    let all = DocumentType::read_all(&documents, &[]).unwrap().remove(0);
    let claims = json!({
        "family_name": "陈", "birthdate": "1994-07-30", "age_over_18": true, "sex": 1,
        "place_of_birth": { "country": "XS", "locality": "Harbour Town" }, "nationalities": ["XS", "SG"],
        "address": { "street_address": "Quay Road" }, "login_identifier": "never shown",
    });
    let elements = all.elements(claims.as_object().unwrap());
    let place = Cbor::map([("country", "XS".into()), ("locality", "Harbour Town".into())]);
    let expected: [(&str, Cbor); 7] = [
        ("age_over_18", Cbor::Bool(true)),
        ("birth_date", Cbor::tag(1004, "1994-07-30")),
        ("family_name", "陈".into()),
        ("nationality", Cbor::Array(vec!["XS".into(), "SG".into()])),
        ("place_of_birth", place),
        ("resident_street", "Quay Road".into()),
        ("sex", Cbor::Unsigned(1)),
    ];
    let written: Vec<(&str, Cbor)> = elements.iter().map(|(_, name, value)| (name, value.clone())).collect();
    assert_eq!(written, expected, "and nothing for what is not known");
}
