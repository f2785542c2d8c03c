CREATE TABLE perijove_roles (
    role_id INTEGER PRIMARY KEY REFERENCES roles (id) ON DELETE CASCADE,
    created TIMESTAMP NOT NULL,
    created_by VARCHAR(255) NOT NULL
);
CREATE TABLE perijove_role_grants (
    role_id INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    group_id INTEGER REFERENCES groups (id) ON DELETE CASCADE,
    service_id INTEGER REFERENCES services (id) ON DELETE CASCADE,
    granted TIMESTAMP NOT NULL,
    granted_by VARCHAR(255) NOT NULL,
    expires_at TIMESTAMP
);
CREATE TABLE perijove_token_scopes (
    token_id INTEGER PRIMARY KEY REFERENCES api_tokens (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL
);
CREATE UNIQUE INDEX ix_perijove_role_grants_user ON perijove_role_grants (user_id, role_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX ix_perijove_role_grants_group ON perijove_role_grants (group_id, role_id) WHERE group_id IS NOT NULL;
CREATE UNIQUE INDEX ix_perijove_role_grants_service ON perijove_role_grants (service_id, role_id) WHERE service_id IS NOT NULL;
CREATE INDEX ix_perijove_role_grants_role ON perijove_role_grants (role_id);
CREATE INDEX ix_perijove_role_grants_expiry ON perijove_role_grants (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE perijove_audit (
    id {id},
    at TIMESTAMP NOT NULL,
    act VARCHAR(64) NOT NULL,
    actor_kind VARCHAR(16) NOT NULL,
    actor VARCHAR(255) NOT NULL,
    via VARCHAR(64) NOT NULL,
    address VARCHAR(64) NOT NULL,
    target VARCHAR(512) NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX ix_perijove_audit_at ON perijove_audit (at, id);
CREATE INDEX ix_perijove_audit_act ON perijove_audit (act, id);
CREATE INDEX ix_perijove_audit_address ON perijove_audit (address, id);
CREATE INDEX ix_perijove_audit_actor ON perijove_audit (actor, id);
CREATE INDEX ix_perijove_audit_target ON perijove_audit (target, id);
CREATE UNIQUE INDEX ix_perijove_spawners_name ON spawners (user_id, name);
