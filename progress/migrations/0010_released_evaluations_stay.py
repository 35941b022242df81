"""What was released of evaluations is never changed, nor the answers behind it.

An evaluation is written while its batch is held, so that it can't close in between.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION progress_keep_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'batch % of evaluations is released', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION progress_only_in_open_batch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed bigint;
BEGIN
    SELECT min(held.id) INTO closed FROM (
        SELECT id, closed_on FROM progress_batch
        WHERE id IN (SELECT batch_id FROM touched) FOR SHARE
    ) AS held WHERE held.closed_on IS NOT NULL;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'batch % of evaluations is released', closed
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
ON_BATCHES = """
CREATE TRIGGER progress_batch_kept BEFORE UPDATE OR DELETE ON progress_batch
    FOR EACH ROW WHEN (OLD.closed_on IS NOT NULL)
    EXECUTE FUNCTION progress_keep_released();
"""
ON_ROWS = """
CREATE TRIGGER progress_{name}_added AFTER INSERT ON progress_{name}
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
CREATE TRIGGER progress_{name}_changed_from AFTER UPDATE ON progress_{name}
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
CREATE TRIGGER progress_{name}_changed_to AFTER UPDATE ON progress_{name}
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
CREATE TRIGGER progress_{name}_deleted AFTER DELETE ON progress_{name}
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
"""
TABLES = ("release", "mentorevaluation")
UNDO_ROWS = """
DROP TRIGGER progress_{name}_added ON progress_{name};
DROP TRIGGER progress_{name}_changed_from ON progress_{name};
DROP TRIGGER progress_{name}_changed_to ON progress_{name};
DROP TRIGGER progress_{name}_deleted ON progress_{name};
"""
UNDO = """
DROP TRIGGER progress_batch_kept ON progress_batch;
DROP FUNCTION progress_only_in_open_batch();
DROP FUNCTION progress_keep_released();
"""


def on_each(sql: str) -> str:
    return "".join(sql.format(name=name) for name in TABLES)


class Migration(migrations.Migration):
    dependencies = [("progress", "0009_evaluations")]

    operations = [
        migrations.RunSQL(
            FUNCTIONS + ON_BATCHES + on_each(ON_ROWS), on_each(UNDO_ROWS) + UNDO
        )
    ]
