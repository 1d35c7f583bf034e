//! Issuing a card, beside its one signature.

use credential::key::Algorithm;
use service_kit::random::Random;

use crate::card::Card;
use crate::clock::compare;
use crate::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let rows = [Algorithm::Es256, Algorithm::EdDsa].map(|algorithm| {
        let card = Card::new(algorithm);
        let (issuance, token, random) = (card.issuance(), card.issue(), Random::system());
        let signed = token.split('~').next().and_then(|jws| jws.rsplit_once('.')).expect("a jws").0;
        let issue =
            || drop(issuance.issue(&card.reference, &*card.issuer, &mut *random.rng()).expect("issued"));
        let compared = compare(issue, || drop(card.issuer.sign(signed.as_bytes()).expect("signed")));
        let name = format!("issue SD-JWT VC, 12 claims, {}, to 1 raw signature", algorithm.name());
        let (reference, ratio) = (Some(compared.reference), Some(compared.ratio));
        Row { name, value: compared.ours, unit: "us", reference, ratio, target: None }
    });
    rows.into()
}
