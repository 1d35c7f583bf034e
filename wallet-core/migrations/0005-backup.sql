-- Where a card can be had again: its issuer's address and, there, the card's name (OpenID4VCI 1.0 section 12.2).
ALTER TABLE card ADD COLUMN source_issuer TEXT;
ALTER TABLE card ADD COLUMN source_configuration TEXT;

-- The numbers of the newest lock and of this file's newest state: who has older ones put something back.
CREATE TABLE newest (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    lock INTEGER NOT NULL,
    state INTEGER NOT NULL
) STRICT;

INSERT INTO newest (only, lock, state) VALUES (1, 0, 0);
