DROP INDEX ix_perijove_audit_act;
DROP INDEX ix_perijove_audit_address;
DROP INDEX ix_perijove_sessions_expiry;
