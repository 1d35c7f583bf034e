-- What people report to the registrar: over-asking, logins that were not theirs, anything else.
CREATE TABLE feedback (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('too_much', 'not_me', 'feedback')),
    text    TEXT NOT NULL,
    receipt TEXT,
    sent_at INTEGER NOT NULL
) STRICT;
