CREATE INDEX ix_perijove_users_activity ON users (last_activity, id);
