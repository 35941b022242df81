"""Nothing of a published version of a framework is ever changed or deleted.

A row of a version is written while the version is held, so that it can't be published
in between.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION progress_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'version % of a framework is published', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION progress_only_in_drafts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    published bigint;
BEGIN
    SELECT min(held.id) INTO published FROM (
        SELECT id, published_at FROM progress_frameworkversion
        WHERE id IN (SELECT version_id FROM touched) FOR SHARE
    ) AS held WHERE held.published_at IS NOT NULL;
    IF published IS NOT NULL THEN
        RAISE EXCEPTION 'version % of a framework is published', published
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
ON_VERSIONS = """
CREATE TRIGGER progress_version_kept BEFORE UPDATE OR DELETE
    ON progress_frameworkversion FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION progress_keep_published();
"""
ON_ROWS = """
CREATE TRIGGER progress_{name}_added AFTER INSERT ON progress_{name}
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_drafts();
CREATE TRIGGER progress_{name}_changed_from AFTER UPDATE ON progress_{name}
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_drafts();
CREATE TRIGGER progress_{name}_changed_to AFTER UPDATE ON progress_{name}
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_drafts();
CREATE TRIGGER progress_{name}_deleted AFTER DELETE ON progress_{name}
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_drafts();
"""
TABLES = ("area", "competency")
UNDO_ROWS = """
DROP TRIGGER progress_{name}_added ON progress_{name};
DROP TRIGGER progress_{name}_changed_from ON progress_{name};
DROP TRIGGER progress_{name}_changed_to ON progress_{name};
DROP TRIGGER progress_{name}_deleted ON progress_{name};
"""
UNDO = """
DROP TRIGGER progress_version_kept ON progress_frameworkversion;
DROP FUNCTION progress_only_in_drafts();
DROP FUNCTION progress_keep_published();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0006_frameworks")]

    operations = [
        migrations.RunSQL(
            FUNCTIONS + ON_VERSIONS + "".join(ON_ROWS.format(name=t) for t in TABLES),
            "".join(UNDO_ROWS.format(name=t) for t in TABLES) + UNDO,
        ),
    ]
