CREATE TABLE perijove_acting (
    session INTEGER PRIMARY KEY REFERENCES perijove_sessions (id) ON DELETE CASCADE,
    by_session INTEGER NOT NULL REFERENCES perijove_sessions (id) ON DELETE CASCADE
);
CREATE INDEX ix_perijove_acting_by ON perijove_acting (by_session);
