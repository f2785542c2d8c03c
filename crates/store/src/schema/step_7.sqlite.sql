CREATE TRIGGER IF NOT EXISTS perijove_user_named AFTER INSERT ON users
BEGIN
    INSERT INTO perijove_name_ends SELECT SUBSTR(LOWER(NEW.name), n), NEW.id, 0
        FROM perijove_numbers WHERE n <= LENGTH(NEW.name);
END;
CREATE TRIGGER IF NOT EXISTS perijove_user_renamed AFTER UPDATE OF name ON users
BEGIN
    DELETE FROM perijove_name_ends WHERE user_id = OLD.id AND spawner_id = 0
        AND part IN (SELECT SUBSTR(LOWER(OLD.name), n) FROM perijove_numbers WHERE n <= LENGTH(OLD.name));
    INSERT INTO perijove_name_ends SELECT SUBSTR(LOWER(NEW.name), n), NEW.id, 0
        FROM perijove_numbers WHERE n <= LENGTH(NEW.name);
END;
CREATE TRIGGER IF NOT EXISTS perijove_user_gone AFTER DELETE ON users
BEGIN
    DELETE FROM perijove_name_ends WHERE user_id = OLD.id AND spawner_id = 0
        AND part IN (SELECT SUBSTR(LOWER(OLD.name), n) FROM perijove_numbers WHERE n <= LENGTH(OLD.name));
END;
CREATE TRIGGER IF NOT EXISTS perijove_server_named AFTER INSERT ON spawners WHEN NEW.name <> ''
BEGIN
    INSERT INTO perijove_name_ends SELECT SUBSTR(LOWER(NEW.name), n), 0, NEW.id
        FROM perijove_numbers WHERE n <= LENGTH(NEW.name);
END;
CREATE TRIGGER IF NOT EXISTS perijove_server_renamed AFTER UPDATE OF name ON spawners
BEGIN
    DELETE FROM perijove_name_ends WHERE user_id = 0 AND spawner_id = OLD.id
        AND part IN (SELECT SUBSTR(LOWER(OLD.name), n) FROM perijove_numbers WHERE n <= LENGTH(OLD.name));
    INSERT INTO perijove_name_ends SELECT SUBSTR(LOWER(NEW.name), n), 0, NEW.id
        FROM perijove_numbers WHERE n <= LENGTH(NEW.name);
END;
CREATE TRIGGER IF NOT EXISTS perijove_server_gone AFTER DELETE ON spawners WHEN OLD.name <> ''
BEGIN
    DELETE FROM perijove_name_ends WHERE user_id = 0 AND spawner_id = OLD.id
        AND part IN (SELECT SUBSTR(LOWER(OLD.name), n) FROM perijove_numbers WHERE n <= LENGTH(OLD.name));
END;
