"""What was said in an assessment is never changed once it stands.

A side's ratings stand when that side is in, outcomes from the first signature on, the
assessment itself once both have signed. A row is written while its assessment is held,
so that it can't come to stand in between.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION progress_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'assessment % is signed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION progress_only_rated_so_far() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing bigint;
BEGIN
    PERFORM 1 FROM progress_assessment
        WHERE id IN (SELECT assessment_id FROM touched) FOR SHARE;
    SELECT min(held.id) INTO standing
        FROM touched JOIN progress_assessment held ON held.id = touched.assessment_id
        WHERE CASE touched.side
            WHEN 'self' THEN held.self_in_at IS NOT NULL
            ELSE held.mentor_in_at IS NOT NULL END;
    IF standing IS NOT NULL THEN
        RAISE EXCEPTION 'ratings of assessment % are in', standing
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION progress_only_unsigned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing bigint;
BEGIN
    PERFORM 1 FROM progress_assessment
        WHERE id IN (SELECT assessment_id FROM touched) FOR SHARE;
    SELECT min(id) INTO standing FROM progress_assessment
        WHERE id IN (SELECT assessment_id FROM touched)
        AND (junior_signed_at IS NOT NULL OR mentor_signed_at IS NOT NULL);
    IF standing IS NOT NULL THEN
        RAISE EXCEPTION 'assessment % is signed', standing
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
ON_ASSESSMENTS = """
CREATE TRIGGER progress_assessment_kept BEFORE UPDATE OR DELETE
    ON progress_assessment FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)
    EXECUTE FUNCTION progress_keep_signed();
"""
ON_ROWS = """
CREATE TRIGGER progress_{name}_added AFTER INSERT ON progress_{name}
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER progress_{name}_changed_from AFTER UPDATE ON progress_{name}
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER progress_{name}_changed_to AFTER UPDATE ON progress_{name}
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER progress_{name}_deleted AFTER DELETE ON progress_{name}
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
GUARDS = {"rating": "progress_only_rated_so_far", "outcome": "progress_only_unsigned"}
UNDO_ROWS = """
DROP TRIGGER progress_{name}_added ON progress_{name};
DROP TRIGGER progress_{name}_changed_from ON progress_{name};
DROP TRIGGER progress_{name}_changed_to ON progress_{name};
DROP TRIGGER progress_{name}_deleted ON progress_{name};
"""
UNDO = """
DROP TRIGGER progress_assessment_kept ON progress_assessment;
DROP FUNCTION progress_only_unsigned();
DROP FUNCTION progress_only_rated_so_far();
DROP FUNCTION progress_keep_signed();
"""


def on_each(sql: str) -> str:
    return "".join(sql.format(name=n, function=f) for n, f in GUARDS.items())


class Migration(migrations.Migration):
    dependencies = [("progress", "0016_assessments")]

    operations = [
        migrations.RunSQL(
            FUNCTIONS + ON_ASSESSMENTS + on_each(ON_ROWS), on_each(UNDO_ROWS) + UNDO
        )
    ]
