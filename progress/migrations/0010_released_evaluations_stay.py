"""What was released of evaluations is never changed, nor the answers behind it.

An evaluation is written while its batch is held, so that it can't close in between.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION progress_keep_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % is released', TG_TABLE_NAME, OLD.id
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
TRIGGERS = """
CREATE TRIGGER progress_batch_kept BEFORE UPDATE OR DELETE ON progress_batch
    FOR EACH ROW WHEN (OLD.closed_on IS NOT NULL)
    EXECUTE FUNCTION progress_keep_released();
CREATE TRIGGER progress_release_kept BEFORE UPDATE OR DELETE ON progress_release
    FOR EACH ROW EXECUTE FUNCTION progress_keep_released();
CREATE TRIGGER progress_release_added AFTER INSERT ON progress_release
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
CREATE TRIGGER progress_evaluation_added AFTER INSERT ON progress_mentorevaluation
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
CREATE TRIGGER progress_evaluation_changed_from
    AFTER UPDATE ON progress_mentorevaluation REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
CREATE TRIGGER progress_evaluation_changed_to
    AFTER UPDATE ON progress_mentorevaluation REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
CREATE TRIGGER progress_evaluation_deleted
    AFTER DELETE ON progress_mentorevaluation REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_in_open_batch();
"""
UNDO = """
DROP TRIGGER progress_batch_kept ON progress_batch;
DROP TRIGGER progress_release_kept ON progress_release;
DROP TRIGGER progress_release_added ON progress_release;
DROP TRIGGER progress_evaluation_added ON progress_mentorevaluation;
DROP TRIGGER progress_evaluation_changed_from ON progress_mentorevaluation;
DROP TRIGGER progress_evaluation_changed_to ON progress_mentorevaluation;
DROP TRIGGER progress_evaluation_deleted ON progress_mentorevaluation;
DROP FUNCTION progress_only_in_open_batch();
DROP FUNCTION progress_keep_released();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0009_evaluations")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
