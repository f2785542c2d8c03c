CREATE INDEX ix_perijove_plans_profile ON perijove_plans (profile, spawner_id);
CREATE TABLE perijove_numbers (n INTEGER PRIMARY KEY);
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 255)
    INSERT INTO perijove_numbers SELECT n FROM numbers;
CREATE TABLE perijove_name_ends (
    part TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    spawner_id INTEGER NOT NULL,
    PRIMARY KEY (part, user_id, spawner_id)
);
INSERT INTO perijove_name_ends SELECT SUBSTR(LOWER(name), n), id, 0 FROM users JOIN perijove_numbers ON n <= LENGTH(name);
INSERT INTO perijove_name_ends SELECT SUBSTR(LOWER(name), n), 0, id FROM spawners JOIN perijove_numbers ON n <= LENGTH(name);
