"""What both signed of a milestone is never changed; a correction is an addendum.

From the first signature on its words stay, from the second on all of it, with its
conditions and the history of its date. It goes with the whole of its year alone, which
is known once everything that goes with it has gone: so deletions are looked at when
the transaction ends.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION progress_keep_milestone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'milestone % is signed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION progress_milestone_only_with_its_year() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM progress_growthplan WHERE id = OLD.plan_id) THEN
        RAISE EXCEPTION 'milestone % is signed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION progress_only_before_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signed bigint;
BEGIN
    SELECT min(held.id) INTO signed FROM (
        SELECT id, signed_at FROM progress_milestone
        WHERE id IN (SELECT milestone_id FROM touched) FOR SHARE
    ) AS held WHERE held.signed_at IS NOT NULL;
    IF signed IS NOT NULL THEN
        RAISE EXCEPTION 'milestone % is signed', signed
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION progress_only_with_signed_milestone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM progress_milestone
        WHERE id = OLD.milestone_id AND signed_at IS NOT NULL FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'milestone % is signed', OLD.milestone_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION progress_keep_addendum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'addendum % is never changed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER progress_milestone_kept BEFORE UPDATE ON progress_milestone
    FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)
    EXECUTE FUNCTION progress_keep_milestone();
CREATE TRIGGER progress_milestone_words_kept BEFORE UPDATE ON progress_milestone
    FOR EACH ROW WHEN (
        (OLD.junior_signed_at IS NOT NULL OR OLD.mentor_signed_at IS NOT NULL)
        AND (OLD.name, OLD.about, OLD.kind, OLD.plan_id)
            IS DISTINCT FROM (NEW.name, NEW.about, NEW.kind, NEW.plan_id)
    ) EXECUTE FUNCTION progress_keep_milestone();
CREATE CONSTRAINT TRIGGER progress_milestone_gone AFTER DELETE ON progress_milestone
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)
    EXECUTE FUNCTION progress_milestone_only_with_its_year();

CREATE TRIGGER progress_condition_added AFTER INSERT ON progress_milestonecondition
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_before_sign_off();
CREATE TRIGGER progress_condition_from AFTER UPDATE ON progress_milestonecondition
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_before_sign_off();
CREATE TRIGGER progress_condition_to AFTER UPDATE ON progress_milestonecondition
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_before_sign_off();
CREATE CONSTRAINT TRIGGER progress_condition_gone
    AFTER DELETE ON progress_milestonecondition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_only_with_signed_milestone();

CREATE TRIGGER progress_move_changed AFTER UPDATE ON progress_milestonemove
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION progress_only_before_sign_off();
CREATE CONSTRAINT TRIGGER progress_move_gone AFTER DELETE ON progress_milestonemove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_only_with_signed_milestone();

CREATE CONSTRAINT TRIGGER progress_addendum_kept
    AFTER UPDATE ON progress_milestoneaddendum
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_keep_addendum();
CREATE CONSTRAINT TRIGGER progress_addendum_gone
    AFTER DELETE ON progress_milestoneaddendum
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION progress_only_with_signed_milestone();
"""
UNDO = """
DROP TRIGGER progress_addendum_gone ON progress_milestoneaddendum;
DROP TRIGGER progress_addendum_kept ON progress_milestoneaddendum;
DROP TRIGGER progress_move_gone ON progress_milestonemove;
DROP TRIGGER progress_move_changed ON progress_milestonemove;
DROP TRIGGER progress_condition_gone ON progress_milestonecondition;
DROP TRIGGER progress_condition_to ON progress_milestonecondition;
DROP TRIGGER progress_condition_from ON progress_milestonecondition;
DROP TRIGGER progress_condition_added ON progress_milestonecondition;
DROP TRIGGER progress_milestone_gone ON progress_milestone;
DROP TRIGGER progress_milestone_words_kept ON progress_milestone;
DROP TRIGGER progress_milestone_kept ON progress_milestone;
DROP FUNCTION progress_keep_addendum();
DROP FUNCTION progress_only_with_signed_milestone();
DROP FUNCTION progress_only_before_sign_off();
DROP FUNCTION progress_milestone_only_with_its_year();
DROP FUNCTION progress_keep_milestone();
"""


class Migration(migrations.Migration):
    dependencies = [("progress", "0025_milestones_say_why")]

    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
