ALTER TABLE perijove_name_ends ALTER COLUMN part TYPE TEXT COLLATE "C";
CREATE OR REPLACE FUNCTION perijove_named() RETURNS trigger LANGUAGE plpgsql AS '
DECLARE
    is_user BOOLEAN := TG_TABLE_NAME = ''users'';
BEGIN
    IF TG_OP <> ''INSERT'' THEN
        DELETE FROM perijove_name_ends
            WHERE part IN (SELECT SUBSTR(LOWER(OLD.name), n) FROM perijove_numbers WHERE n <= LENGTH(OLD.name))
            AND user_id = CASE WHEN is_user THEN OLD.id ELSE 0 END AND spawner_id = CASE WHEN is_user THEN 0 ELSE OLD.id END;
    END IF;
    IF TG_OP <> ''DELETE'' THEN
        INSERT INTO perijove_name_ends SELECT SUBSTR(LOWER(NEW.name), n),
            CASE WHEN is_user THEN NEW.id ELSE 0 END, CASE WHEN is_user THEN 0 ELSE NEW.id END
            FROM perijove_numbers WHERE n <= LENGTH(NEW.name);
    END IF;
    RETURN NULL;
END';
CREATE OR REPLACE TRIGGER perijove_named AFTER INSERT OR DELETE OR UPDATE OF name ON users
    FOR EACH ROW EXECUTE FUNCTION perijove_named();
CREATE OR REPLACE TRIGGER perijove_named AFTER INSERT OR DELETE OR UPDATE OF name ON spawners
    FOR EACH ROW EXECUTE FUNCTION perijove_named();
