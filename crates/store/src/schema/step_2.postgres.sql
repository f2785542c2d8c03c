CREATE OR REPLACE FUNCTION perijove_changed() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN PERFORM pg_notify(''perijove_changed'', ''''); RETURN NULL; END';
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE OF name, admin, user_info, cookie_id ON users
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER DELETE OR UPDATE OF user_id, service_id, hashed, client_id, session_id, expires_at, scopes ON api_tokens
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON roles
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON user_role_map
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON service_role_map
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON group_role_map
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON groups
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON user_group_map
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON shares
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON services
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER DELETE OR UPDATE ON oauth_clients
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE OF user_id, name, display_name, state, user_options, started, server_id, oauth_client_id ON spawners
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON servers
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON perijove_runs
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON perijove_role_grants
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER DELETE OR UPDATE OF fingerprint, user_id, session_id ON perijove_sessions
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE OR REPLACE FUNCTION perijove_audit_stays() RETURNS trigger LANGUAGE plpgsql AS '
BEGIN
    RAISE EXCEPTION ''entries of the audit log are not changed'';
END';
CREATE TRIGGER perijove_audit_stays BEFORE UPDATE ON perijove_audit
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_audit_stays();
