CREATE TABLE perijove_identities (
    method VARCHAR(255) NOT NULL,
    subject VARCHAR(512) NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    linked TIMESTAMP NOT NULL,
    PRIMARY KEY (method, subject)
);
CREATE INDEX ix_perijove_identities_user ON perijove_identities (user_id);
ALTER TABLE perijove_sessions ADD COLUMN method VARCHAR(255);
ALTER TABLE perijove_sessions ADD COLUMN theirs VARCHAR(255);
ALTER TABLE perijove_sessions ADD COLUMN checked TIMESTAMP;
CREATE INDEX ix_perijove_sessions_theirs ON perijove_sessions (method, theirs) WHERE theirs IS NOT NULL;
