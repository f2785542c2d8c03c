CREATE TRIGGER perijove_audit_stays BEFORE UPDATE ON perijove_audit
BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log are not changed');
END;
