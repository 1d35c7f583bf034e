//! `wallet inspect`

use qrcode::QrCode;
use serde_json::Value;

use crate::{Folder, refused, run, run_with, vectors};

const OFFER: &str = "openid-credential-offer://?credential_offer=%7B%22credential_issuer%22%3A%22http%3A%2F%2F127.0.0.21%3A7200%22%2C%22credential_configuration_ids%22%3A%5B%22personal-identity%22%5D%7D";

fn inspect(anything: &str) -> Value {
    let (code, found) = run(&["inspect", anything]);
    assert_eq!(code, 0, "{found}");
    found
}

fn is_wrong(found: &Value) -> bool {
    !found["wrong"].as_array().unwrap().is_empty()
}

#[test]
fn links_are_told_apart() {
    let offer = inspect(OFFER);
    assert_eq!(offer["what"], "an offer of a card");
    assert_eq!(offer["says"]["credential_issuer"], "http://127.0.0.21:7200");
    let request = inspect(
        "openid4vp://?client_id=decentralized_identifier%3Adid%3Asymbolon%3Ademo%3Alogin&request_uri=http%3A%2F%2F127.0.0.31%3A7300%2Fr",
    );
    assert_eq!(request["what"], "a request to show cards");
    assert!(!is_wrong(&request));
    assert!(is_wrong(&inspect("openid4vp://?client_id=bank&request_uri=https%3A%2F%2Fa.example%2Fr")));
}

#[test]
fn names_of_keys_and_organisations_are_read() {
    assert_eq!(inspect("did:symbolon:demo:interior")["says"]["member"], "interior");
    assert_eq!(inspect("did:symbolon:demo:login#receipt-0")["says"]["purpose"], "receipt");
    assert!(is_wrong(&inspect("did:symbolon:demo")));
    assert!(is_wrong(&inspect("did:key:zNonsense")));
}

#[test]
fn a_token_is_taken_apart() {
    let Some(vectors) = vectors("sd-jwt/rfc9901-vectors.json") else { return };
    let token = vectors[0]["sd_jwt"].as_str().unwrap();
    let found = inspect(token);
    assert_eq!(found["what"], "an SD-JWT");
    assert_eq!(found["says"]["signed"]["iss"], "https://issuer.example.com");
    assert!(is_wrong(&inspect(&token.replacen('.', "..", 1))));
    let (code, from_stdin) = run_with(&["inspect", "-"], token);
    assert_eq!((code, &from_stdin["what"]), (0, &found["what"]));
}

#[test]
fn a_picture_of_a_qr_code_is_read() {
    let folder = Folder::new("inspect-qr");
    let path = folder.file("offer.png", png_of(OFFER));
    let found = inspect(&path);
    assert_eq!(
        (&found["what"], &found["from_picture"]),
        (&Value::from("an offer of a card"), &Value::from(true))
    );
    let blank = folder.file("blank.png", png(64, &[255; 64 * 64]));
    assert_eq!(refused(run(&["inspect", &blank])), "no_qr_code");
    let broken = folder.file("broken.png", &png_of(OFFER)[..60]);
    assert_eq!(refused(run(&["inspect", &broken])), "picture_unreadable");
}

/// As a browser draws it where the module is no whole number of pixels.
#[test]
fn a_picture_of_a_small_code_is_read() {
    let folder = Folder::new("inspect-small-qr");
    for side in [200, 232, 252, 272] {
        let path = folder.file("offer.png", png_of_side(OFFER, side));
        assert_eq!(inspect(&path)["from_picture"], true, "{side} pixels");
    }
}

#[test]
fn what_is_nothing_is_said_to_be_nothing() {
    for nothing in ["", "hello", "{", "...."] {
        let (code, answer) = run(&["inspect", nothing]);
        assert!(code == 1 || is_wrong(&answer), "{nothing}: {answer}");
    }
}

const QUIET: usize = 4;

fn png_of(text: &str) -> Vec<u8> {
    png_of_side(text, (QrCode::new(text).unwrap().width() + 2 * QUIET) * 4)
}

fn png_of_side(text: &str, side: usize) -> Vec<u8> {
    let code = QrCode::new(text).unwrap();
    let (width, colors) = (code.width(), code.to_colors());
    let dark = |x: usize, y: usize| {
        let at =
            |pixel: usize| (pixel * (width + 2 * QUIET) / side).checked_sub(QUIET).filter(|at| *at < width);
        matches!((at(x), at(y)), (Some(x), Some(y)) if colors[y * width + x] == qrcode::Color::Dark)
    };
    let pixel = |index: usize| if dark(index % side, index / side) { 0 } else { 255 };
    png(side, &(0..side * side).map(pixel).collect::<Vec<u8>>())
}

fn png(side: usize, grey: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let side = u32::try_from(side).unwrap();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(grey).unwrap();
    bytes
}
