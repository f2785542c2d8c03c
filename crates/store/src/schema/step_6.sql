CREATE TABLE perijove_visits (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    spawner_id INTEGER NOT NULL REFERENCES spawners (id) ON DELETE CASCADE,
    visited TIMESTAMP NOT NULL,
    PRIMARY KEY (user_id, spawner_id)
);
CREATE INDEX ix_perijove_visits_spawner ON perijove_visits (spawner_id);
