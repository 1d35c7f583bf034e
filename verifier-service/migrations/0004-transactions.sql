-- What a request asks to be confirmed: the texts of `transaction_data`, as they are sent.
ALTER TABLE request ADD COLUMN transaction_data TEXT NOT NULL DEFAULT '[]';
