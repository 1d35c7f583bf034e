-- Numbers that the service keeps secret, made once: the keys of its keyed digests.
CREATE TABLE secret (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- The agency's people. `claims` holds what their cards say, as JSON. `login_identifier` is random,
-- made once, the same in every later card: it names nobody and is shown to operators only.
CREATE TABLE person (
    number           TEXT PRIMARY KEY,
    claims           TEXT NOT NULL,
    login_identifier TEXT NOT NULL UNIQUE
) STRICT;

-- Offers. Codes are kept as keyed digests only.
CREATE TABLE offer (
    id           TEXT PRIMARY KEY,
    person       TEXT NOT NULL REFERENCES person (number),
    type         TEXT NOT NULL,
    flow         TEXT NOT NULL CHECK (flow IN ('pre_authorized', 'sign_in')),
    grant_digest BLOB NOT NULL UNIQUE,
    code_digest  BLOB,
    wrong_codes  INTEGER NOT NULL DEFAULT 0,
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'used', 'locked')),
    level        TEXT NOT NULL,
    clerk        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX offer_by_person ON offer (person);

-- Pushed authorisation requests, and what becomes of them: sign-in, then a code.
CREATE TABLE authorization (
    id             TEXT PRIMARY KEY,
    client_id      TEXT NOT NULL,
    redirect_uri   TEXT NOT NULL,
    state          TEXT,
    code_challenge TEXT NOT NULL,
    dpop_jkt       TEXT,
    type           TEXT NOT NULL,
    offer_digest   BLOB,
    browser_digest BLOB,
    code_digest    BLOB UNIQUE,
    offer          TEXT REFERENCES offer (id),
    redeemed       INTEGER NOT NULL DEFAULT 0,
    expires_at     INTEGER NOT NULL
) STRICT;

-- Access tokens, by digest.
CREATE TABLE access_token (
    digest     BLOB PRIMARY KEY,
    dpop_jkt   TEXT NOT NULL,
    client_id  TEXT,
    offer      TEXT NOT NULL REFERENCES offer (id),
    deliveries INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL
) STRICT;

-- What may be used once: nonces and proof identifiers, until they would have expired anyway.
CREATE TABLE used (
    digest     BLOB PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX used_by_expiry ON used (expires_at);

-- A credential is what one offer gave; its copies stand in `copy`.
CREATE TABLE credential (
    id         TEXT PRIMARY KEY,
    offer      TEXT NOT NULL UNIQUE REFERENCES offer (id),
    person     TEXT NOT NULL REFERENCES person (number),
    type       TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'revoked', 'suspended')),
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_by_person ON credential (person);

CREATE TABLE status_list (
    name     TEXT PRIMARY KEY,
    size     INTEGER NOT NULL,
    taken    INTEGER NOT NULL DEFAULT 0,
    sequence INTEGER NOT NULL DEFAULT 0
) STRICT;

-- An index of a list belongs to one copy, for ever.
CREATE TABLE copy (
    list       TEXT NOT NULL REFERENCES status_list (name),
    position   INTEGER NOT NULL,
    credential TEXT NOT NULL REFERENCES credential (id),
    PRIMARY KEY (list, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX copy_by_credential ON copy (credential);

-- Signed list tokens: written before they are anchored, published after.
CREATE TABLE status_version (
    list      TEXT NOT NULL REFERENCES status_list (name),
    sequence  INTEGER NOT NULL,
    token     TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    published INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list, sequence)
) STRICT;

-- Raised by every change of a credential's state; a round that has published it notes the number.
CREATE TABLE change (
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    made      INTEGER NOT NULL,
    published INTEGER NOT NULL
) STRICT;
INSERT INTO change VALUES (1, 1, 0);
