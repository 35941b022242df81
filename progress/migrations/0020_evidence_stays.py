"""Evidence is never changed, and stays once something was signed that it speaks for.

The milestones and assessments of its year are held while that is asked, so that none
comes to be signed in between.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION progress_keep_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence % is not changed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION progress_keep_signed_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM progress_milestone WHERE plan_id = OLD.plan_id FOR SHARE;
    PERFORM 1 FROM progress_assessment WHERE plan_id = OLD.plan_id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM progress_milestone
        WHERE plan_id = OLD.plan_id AND signed_at >= OLD.tagged_at
        UNION ALL
        SELECT 1 FROM progress_assessment
        WHERE plan_id = OLD.plan_id AND signed_at >= OLD.tagged_at
    ) THEN
        RAISE EXCEPTION 'evidence % is older than what both signed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER progress_evidence_kept BEFORE UPDATE ON progress_evidence
    FOR EACH ROW EXECUTE FUNCTION progress_keep_evidence();
CREATE TRIGGER progress_evidence_signed BEFORE DELETE ON progress_evidence
    FOR EACH ROW EXECUTE FUNCTION progress_keep_signed_evidence();
"""
UNDO = """
DROP TRIGGER progress_evidence_signed ON progress_evidence;
DROP TRIGGER progress_evidence_kept ON progress_evidence;
DROP FUNCTION progress_keep_signed_evidence();
DROP FUNCTION progress_keep_evidence();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0019_evidence")]

    operations = [migrations.RunSQL(KEEP, UNDO)]
