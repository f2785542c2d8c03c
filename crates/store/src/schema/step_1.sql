CREATE TABLE perijove_meta (
    key VARCHAR(255) PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE perijove_sessions (
    id {id},
    fingerprint VARCHAR(255) NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    session_id VARCHAR(255) NOT NULL,
    created TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX ix_perijove_sessions_user ON perijove_sessions (user_id);
CREATE INDEX ix_perijove_sessions_expiry ON perijove_sessions (expires_at);
CREATE TABLE perijove_passwords (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    changed TIMESTAMP NOT NULL
);
CREATE TABLE perijove_links (
    id {id},
    fingerprint VARCHAR(255) NOT NULL UNIQUE,
    purpose VARCHAR(32) NOT NULL,
    user_name VARCHAR(255),
    admin BOOLEAN NOT NULL,
    created TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE TABLE perijove_runs (
    spawner_id INTEGER PRIMARY KEY REFERENCES spawners (id) ON DELETE CASCADE,
    wish VARCHAR(16) NOT NULL,
    phase VARCHAR(16) NOT NULL,
    generation INTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    failure TEXT,
    remove BOOLEAN NOT NULL,
    backend VARCHAR(255) NOT NULL
);
CREATE INDEX ix_perijove_runs_due ON perijove_runs (since)
    WHERE (phase NOT IN ('stopped', 'failed') OR wish = 'run' OR remove);
CREATE TABLE perijove_events (
    spawner_id INTEGER NOT NULL REFERENCES spawners (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (spawner_id, generation, seq)
);
CREATE TABLE perijove_leases (
    name VARCHAR(255) PRIMARY KEY,
    holder VARCHAR(255) NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX ix_perijove_api_tokens_user ON api_tokens (user_id);
CREATE INDEX ix_perijove_api_tokens_service ON api_tokens (service_id);
CREATE INDEX ix_perijove_api_tokens_client ON api_tokens (client_id);
CREATE INDEX ix_perijove_api_tokens_expiry ON api_tokens (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX ix_perijove_oauth_codes_code ON oauth_codes (code);
CREATE INDEX ix_perijove_oauth_codes_user ON oauth_codes (user_id);
CREATE INDEX ix_perijove_oauth_codes_client ON oauth_codes (client_id);
CREATE INDEX ix_perijove_spawners_user ON spawners (user_id);
CREATE INDEX ix_perijove_spawners_server ON spawners (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX ix_perijove_spawners_client ON spawners (oauth_client_id) WHERE oauth_client_id IS NOT NULL;
CREATE INDEX ix_perijove_shares_user ON shares (user_id);
CREATE INDEX ix_perijove_shares_group ON shares (group_id);
CREATE INDEX ix_perijove_shares_owner ON shares (owner_id);
CREATE INDEX ix_perijove_shares_spawner ON shares (spawner_id);
CREATE INDEX ix_perijove_share_codes_owner ON share_codes (owner_id);
CREATE INDEX ix_perijove_share_codes_spawner ON share_codes (spawner_id);
CREATE INDEX ix_perijove_user_role_map_role ON user_role_map (role_id);
CREATE INDEX ix_perijove_user_group_map_group ON user_group_map (group_id);
CREATE INDEX ix_perijove_users_admin ON users (id) WHERE admin;
