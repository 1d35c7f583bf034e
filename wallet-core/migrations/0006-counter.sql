-- The register's newest proof of each issuer and type that the person has a card of: for counters without the
-- network. It moves by itself, and is no part of the person's state.
CREATE TABLE issuer_proof (
    issuer TEXT NOT NULL,
    vct TEXT NOT NULL,
    at INTEGER NOT NULL,
    proof BLOB NOT NULL,
    PRIMARY KEY (issuer, vct)
) STRICT;
