CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON perijove_languages
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE TRIGGER perijove_changed AFTER INSERT OR DELETE OR UPDATE ON perijove_suspensions
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
CREATE INDEX ix_perijove_users_activity ON users (last_activity DESC NULLS LAST, id DESC);
CREATE TRIGGER perijove_changed AFTER INSERT OR UPDATE OR DELETE ON perijove_announcements
    FOR EACH STATEMENT EXECUTE FUNCTION perijove_changed();
