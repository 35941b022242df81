"""What was signed, granted or answered goes with the whole of its year alone.

Milestones have it so already. That a year goes is known once everything that hangs on
it has gone: so deletions are looked at when the transaction ends. A draft is written by
taking its rows away and putting others in their place: so of what stands, it is asked
then whether something is missing.
"""

import django.db.models.deletion
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION progress_only_with_its_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM progress_growthplan WHERE id = OLD.plan_id) THEN
        RAISE EXCEPTION '% % stays with its year', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION progress_no_rating_missing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM progress_assessment WHERE id = OLD.assessment_id
        AND CASE OLD.side WHEN 'self' THEN self_in_at ELSE mentor_in_at END IS NOT NULL
        FOR SHARE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM progress_rating
        WHERE (assessment_id, side, competency_id)
            = (OLD.assessment_id, OLD.side, OLD.competency_id)
    ) THEN
        RAISE EXCEPTION 'ratings of assessment % are in', OLD.assessment_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION progress_no_outcome_missing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM progress_assessment WHERE id = OLD.assessment_id
        AND (junior_signed_at IS NOT NULL OR mentor_signed_at IS NOT NULL) FOR SHARE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM progress_outcome
        WHERE (assessment_id, competency_id) = (OLD.assessment_id, OLD.competency_id)
    ) THEN
        RAISE EXCEPTION 'assessment % is signed', OLD.assessment_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION progress_keep_signed_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM progress_growthplan WHERE id = OLD.plan_id) THEN
        RETURN NULL;
    END IF;
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
    RETURN NULL;
END $$;
"""
TRIGGERS = """
DROP TRIGGER progress_assessment_kept ON progress_assessment;
CREATE TRIGGER progress_assessment_kept BEFORE UPDATE ON progress_assessment
    FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)
    EXECUTE FUNCTION progress_keep_signed();
CREATE CONSTRAINT TRIGGER progress_assessment_gone AFTER DELETE ON progress_assessment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.self_in_at IS NOT NULL OR OLD.mentor_in_at IS NOT NULL)
    EXECUTE FUNCTION progress_only_with_its_year();

DROP TRIGGER progress_rating_deleted ON progress_rating;
CREATE CONSTRAINT TRIGGER progress_rating_gone AFTER DELETE ON progress_rating
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_no_rating_missing();

DROP TRIGGER progress_outcome_deleted ON progress_outcome;
CREATE CONSTRAINT TRIGGER progress_outcome_gone AFTER DELETE ON progress_outcome
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_no_outcome_missing();

DROP TRIGGER progress_evidence_signed ON progress_evidence;
CREATE CONSTRAINT TRIGGER progress_evidence_signed AFTER DELETE ON progress_evidence
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_keep_signed_evidence();

DROP TRIGGER progress_autonomygrant_kept ON progress_autonomygrant;
CREATE TRIGGER progress_autonomygrant_kept BEFORE UPDATE ON progress_autonomygrant
    FOR EACH ROW EXECUTE FUNCTION progress_keep_granted();
CREATE CONSTRAINT TRIGGER progress_autonomygrant_gone
    AFTER DELETE ON progress_autonomygrant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_only_with_its_year();

CREATE CONSTRAINT TRIGGER progress_checkin_gone AFTER DELETE ON progress_checkin
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.answered_at IS NOT NULL)
    EXECUTE FUNCTION progress_only_with_its_year();
"""
UNDO = """
DROP TRIGGER progress_checkin_gone ON progress_checkin;

DROP TRIGGER progress_autonomygrant_gone ON progress_autonomygrant;
DROP TRIGGER progress_autonomygrant_kept ON progress_autonomygrant;
CREATE TRIGGER progress_autonomygrant_kept BEFORE UPDATE OR DELETE
    ON progress_autonomygrant FOR EACH ROW
    EXECUTE FUNCTION progress_keep_granted();

DROP TRIGGER progress_evidence_signed ON progress_evidence;
CREATE OR REPLACE FUNCTION progress_keep_signed_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
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
CREATE TRIGGER progress_evidence_signed BEFORE DELETE ON progress_evidence
    FOR EACH ROW EXECUTE FUNCTION progress_keep_signed_evidence();

DROP TRIGGER progress_outcome_gone ON progress_outcome;
CREATE TRIGGER progress_outcome_deleted AFTER DELETE ON progress_outcome
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_unsigned();

DROP TRIGGER progress_rating_gone ON progress_rating;
CREATE TRIGGER progress_rating_deleted AFTER DELETE ON progress_rating
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_rated_so_far();

DROP TRIGGER progress_assessment_gone ON progress_assessment;
DROP TRIGGER progress_assessment_kept ON progress_assessment;
CREATE TRIGGER progress_assessment_kept BEFORE UPDATE OR DELETE
    ON progress_assessment FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)
    EXECUTE FUNCTION progress_keep_signed();

DROP FUNCTION progress_no_outcome_missing();
DROP FUNCTION progress_no_rating_missing();
DROP FUNCTION progress_only_with_its_year();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0027_links_to_years")]

    operations = [
        migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO),
        migrations.AlterField(
            model_name="autonomyrequest",
            name="answer",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="answers",
                to="progress.autonomygrant",
            ),
        ),
    ]
