-- A card's format. `vct` is its type by whichever name the format has for it.
ALTER TABLE card ADD COLUMN format TEXT NOT NULL DEFAULT 'dc+sd-jwt';

CREATE INDEX card_by_type ON card (format, vct);

-- What matching and lists need of a card, so that no copy has to be read for them: when it ends, and what it says,
-- as JSON (null where it cannot be read). Taken from its newest copy, and taken again when another comes.
CREATE TABLE content (
    card TEXT PRIMARY KEY REFERENCES card (id) ON DELETE CASCADE,
    valid_until INTEGER,
    claims TEXT NOT NULL
) STRICT;

CREATE TRIGGER copy_is_noted AFTER INSERT ON copy BEGIN
    DELETE FROM content WHERE card = NEW.card;
END;
