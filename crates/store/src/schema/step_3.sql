CREATE TABLE perijove_homes (
    id {id},
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    user_created TIMESTAMP,
    owner VARCHAR(255) NOT NULL,
    backend VARCHAR(255) NOT NULL,
    place TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    made BOOLEAN NOT NULL,
    state VARCHAR(16) NOT NULL,
    since TIMESTAMP NOT NULL,
    problem TEXT,
    used BIGINT,
    files BIGINT,
    largest TEXT,
    measured_at TIMESTAMP,
    measure_at TIMESTAMP NOT NULL,
    walk TEXT
);
CREATE UNIQUE INDEX ix_perijove_homes_user ON perijove_homes (user_id, backend) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX ix_perijove_homes_place ON perijove_homes (backend, place) WHERE state <> 'gone';
CREATE INDEX ix_perijove_homes_state ON perijove_homes (state, since) WHERE state <> 'live' AND state <> 'gone';
CREATE INDEX ix_perijove_homes_measure ON perijove_homes (measure_at) WHERE made AND state <> 'gone';
CREATE TABLE perijove_plans (
    spawner_id INTEGER PRIMARY KEY REFERENCES spawners (id) ON DELETE CASCADE,
    profile VARCHAR(255),
    title TEXT,
    plan TEXT NOT NULL
);
CREATE TABLE perijove_notices (
    spawner_id INTEGER NOT NULL REFERENCES spawners (id) ON DELETE CASCADE,
    kind VARCHAR(255) NOT NULL,
    at TIMESTAMP NOT NULL,
    message TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (spawner_id, kind)
);
CREATE TABLE perijove_spans (
    id {id},
    spawner_id INTEGER REFERENCES spawners (id) ON DELETE SET NULL,
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    owner VARCHAR(255) NOT NULL,
    server VARCHAR(255) NOT NULL,
    profile VARCHAR(255),
    began_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
CREATE INDEX ix_perijove_spans_user ON perijove_spans (user_id, ended_at);
CREATE INDEX ix_perijove_spans_spawner ON perijove_spans (spawner_id);
CREATE INDEX ix_perijove_spans_ended ON perijove_spans (ended_at);
CREATE TABLE perijove_gates (
    name TEXT PRIMARY KEY
);
CREATE TABLE perijove_culls (
    spawner_id INTEGER PRIMARY KEY REFERENCES spawners (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    why VARCHAR(255),
    due_at TIMESTAMP,
    warned_at TIMESTAMP,
    kept_until TIMESTAMP,
    cpu_ms BIGINT,
    cpu_at TIMESTAMP
);
CREATE INDEX ix_perijove_culls_due ON perijove_culls (due_at);
