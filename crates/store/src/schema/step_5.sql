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
CREATE INDEX ix_perijove_sessions_method ON perijove_sessions (method, id);
CREATE TABLE perijove_accounts (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    approved BOOLEAN NOT NULL,
    email VARCHAR(320),
    otp_secret TEXT,
    otp_since TIMESTAMP,
    otp_step INTEGER NOT NULL
);
CREATE TABLE perijove_recovery_codes (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    fingerprint VARCHAR(255) NOT NULL,
    PRIMARY KEY (user_id, fingerprint)
);
CREATE TABLE perijove_signups (
    name VARCHAR(255) PRIMARY KEY,
    hash TEXT NOT NULL,
    email VARCHAR(320),
    address TEXT NOT NULL,
    language VARCHAR(64),
    created TIMESTAMP NOT NULL
);
CREATE TABLE perijove_attempts (
    who VARCHAR(255) PRIMARY KEY,
    failures INTEGER NOT NULL,
    last TIMESTAMP NOT NULL,
    until TIMESTAMP NOT NULL
);
CREATE INDEX ix_perijove_attempts_last ON perijove_attempts (last);
-- In which language somebody reads.
CREATE TABLE perijove_languages (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    language VARCHAR(35) NOT NULL
);
-- People and groups as a directory has them (SCIM), who is shut out for now, and what was used up.
CREATE TABLE perijove_scim_users (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    scim_id VARCHAR(36) NOT NULL UNIQUE,
    external_id VARCHAR(512),
    provisioned BOOLEAN NOT NULL,
    attributes TEXT NOT NULL,
    changed TIMESTAMP NOT NULL
);
CREATE INDEX ix_perijove_scim_users_external ON perijove_scim_users (external_id);
CREATE TABLE perijove_scim_groups (
    group_id INTEGER PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    scim_id VARCHAR(36) NOT NULL UNIQUE,
    external_id VARCHAR(512),
    provisioned BOOLEAN NOT NULL,
    changed TIMESTAMP NOT NULL
);
CREATE INDEX ix_perijove_scim_groups_external ON perijove_scim_groups (external_id);
CREATE TABLE perijove_suspensions (
    user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    since TIMESTAMP NOT NULL
);
CREATE TABLE perijove_nonces (
    fingerprint VARCHAR(255) PRIMARY KEY,
    until TIMESTAMP NOT NULL
);
CREATE INDEX ix_perijove_nonces_until ON perijove_nonces (until);
-- Passkeys, and questions that were answered with them.
CREATE TABLE perijove_passkeys (
    id {id},
    credential VARCHAR(1400) NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    site VARCHAR(255) NOT NULL,
    handle VARCHAR(255) NOT NULL,
    name VARCHAR(255) NOT NULL,
    public_key TEXT NOT NULL,
    counter BIGINT NOT NULL,
    created TIMESTAMP NOT NULL,
    last_used TIMESTAMP
);
CREATE INDEX ix_perijove_passkeys_user ON perijove_passkeys (user_id);
CREATE TABLE perijove_spent (
    fingerprint VARCHAR(255) PRIMARY KEY,
    until TIMESTAMP NOT NULL
);
-- Programs without a browser that ask people for a token.
CREATE TABLE perijove_devices (
    fingerprint VARCHAR(255) PRIMARY KEY,
    user_code VARCHAR(255) NOT NULL UNIQUE,
    client_id VARCHAR(255) NOT NULL,
    scopes TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    pause INTEGER NOT NULL,
    asked TIMESTAMP NOT NULL,
    answer VARCHAR(20) NOT NULL,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_perijove_devices_end ON perijove_devices (expires_at);
-- Letters on their way, and what one-time links are for besides.
CREATE TABLE perijove_mails (
    id {id},
    about VARCHAR(64) NOT NULL,
    recipient VARCHAR(320) NOT NULL,
    sealed TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    due TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL
);
CREATE INDEX ix_perijove_mails_due ON perijove_mails (due);
CREATE INDEX ix_perijove_accounts_email ON perijove_accounts (LOWER(email));
ALTER TABLE perijove_links ADD COLUMN email VARCHAR(320);
ALTER TABLE perijove_links ADD COLUMN group_names TEXT;
ALTER TABLE perijove_links ADD COLUMN uses INTEGER;
ALTER TABLE perijove_links ADD COLUMN made_by VARCHAR(255);
-- Lists of servers in the order of their times, and those that something is the matter with.
CREATE INDEX ix_perijove_spawners_activity ON spawners (last_activity, id);
CREATE INDEX ix_perijove_spawners_running ON spawners (last_activity, id) WHERE server_id IS NOT NULL;
CREATE INDEX ix_perijove_spawners_started ON spawners (started, id);
CREATE INDEX ix_perijove_runs_moving ON perijove_runs (spawner_id) WHERE phase IN ('requested', 'stopping');
CREATE INDEX ix_perijove_runs_failed ON perijove_runs (spawner_id) WHERE phase = 'failed';
-- Which hubs there are, as each of them says now and then.
CREATE TABLE perijove_hubs (
    name VARCHAR(255) PRIMARY KEY,
    version VARCHAR(64) NOT NULL,
    address VARCHAR(255) NOT NULL,
    started TIMESTAMP NOT NULL,
    seen TIMESTAMP NOT NULL
);
-- How long the latest starts took.
CREATE TABLE perijove_starts (
    id {id},
    profile VARCHAR(255) NOT NULL,
    took_ms BIGINT NOT NULL
);
CREATE INDEX ix_perijove_starts_profile ON perijove_starts (profile, id);
-- What the hub tells people on top of its pages.
CREATE TABLE perijove_announcements (
    id {id},
    revision INTEGER NOT NULL,
    text TEXT NOT NULL,
    level VARCHAR(16) NOT NULL,
    audience VARCHAR(16) NOT NULL,
    group_names TEXT,
    starts TIMESTAMP NOT NULL,
    ends TIMESTAMP,
    made_by VARCHAR(255) NOT NULL,
    changed TIMESTAMP NOT NULL
);
CREATE INDEX ix_perijove_announcements_ends ON perijove_announcements (ends);
-- How the platform was used, in slots of some minutes, an hour, a day; and starts that have just ended, until they are counted.
CREATE TABLE perijove_usage (
    slot INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    kind VARCHAR(16) NOT NULL,
    name VARCHAR(255) NOT NULL,
    figures TEXT NOT NULL,
    PRIMARY KEY (slot, kind, name, at)
);
CREATE INDEX ix_perijove_usage_at ON perijove_usage (slot, at);
CREATE TABLE perijove_ended_starts (
    id {id},
    at TIMESTAMP NOT NULL,
    user_id INTEGER NOT NULL,
    profile VARCHAR(255),
    took_ms BIGINT NOT NULL,
    cause VARCHAR(64)
);
