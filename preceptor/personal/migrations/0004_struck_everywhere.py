"""An erasure strikes names out of JSON and out of the history, and says where it fails.

The history stays as it is otherwise: the two functions that change it do nothing but
put `Former member` in place of a name, in an organisation in which somebody is being
erased, and take back the entries of exactly such changes. They run with the rights of
the tables' owner, since the application's role may not change history at all.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

STRUCK = """
CREATE FUNCTION accounts_struck(document jsonb, pattern text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE jsonb_typeof(document)
    WHEN 'string' THEN
        RETURN to_jsonb(
            regexp_replace(document #>> '{}', pattern, 'Former member', 'g')
        );
    WHEN 'array' THEN
        RETURN COALESCE((
            SELECT jsonb_agg(accounts_struck(each.value, pattern) ORDER BY each.place)
            FROM jsonb_array_elements(document) WITH ORDINALITY AS each (value, place)
        ), document);
    WHEN 'object' THEN
        -- What machines read of a document is no text.
        RETURN COALESCE((
            SELECT jsonb_object_agg(each.key, CASE
                WHEN each.key IN ('key', 'group', 'category', 'severity', 'unit')
                THEN each.value
                ELSE accounts_struck(each.value, pattern)
            END)
            FROM jsonb_each(document) AS each
        ), document);
    ELSE
        RETURN document;
    END CASE;
END $$;
"""
STAYS = """
CREATE OR REPLACE FUNCTION accounts_history_stays() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    {unless}RAISE EXCEPTION 'history is added to, and never changed'
        USING ERRCODE = 'restrict_violation';
END $$;
"""
STRIKES = """
CREATE FUNCTION accounts_history_guard(organisation bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('preceptor.erasing', true) IS DISTINCT FROM 'yes'
        OR NOT EXISTS (
            SELECT FROM personal_erasure
            WHERE organisation_id = organisation
                AND begun_at IS NOT NULL AND finished_at IS NULL
        )
    THEN
        RAISE EXCEPTION 'history is struck while somebody is being erased alone'
            USING ERRCODE = 'restrict_violation';
    END IF;
END $$;

CREATE FUNCTION accounts_history_strike(
    organisation bigint, entries bigint[], pattern text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM accounts_history_guard(organisation);
    PERFORM set_config('preceptor.striking', 'yes', true);
    UPDATE accounts_historyentry
    SET before = accounts_struck(before, pattern),
        after = accounts_struck(after, pattern)
    WHERE organisation_id = organisation AND id = ANY (entries);
    PERFORM set_config('preceptor.striking', '', true);
END $$;

CREATE FUNCTION accounts_history_untell(organisation bigint, pattern text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM accounts_history_guard(organisation);
    PERFORM set_config('preceptor.striking', 'yes', true);
    DELETE FROM accounts_historyentry
    WHERE organisation_id = organisation AND at = now() AND verb = 'changed'
        AND accounts_struck(before, pattern) = accounts_struck(after, pattern);
    PERFORM set_config('preceptor.striking', '', true);
END $$;

REVOKE ALL ON FUNCTION accounts_history_strike(bigint, bigint[], text) FROM PUBLIC;
REVOKE ALL ON FUNCTION accounts_history_untell(bigint, text) FROM PUBLIC;
"""
UNLESS = (
    "IF current_setting('preceptor.striking', true) = 'yes' THEN\n"
    "        RETURN NULL;\n    END IF;\n    "
)
UNDO = """
DROP FUNCTION accounts_history_untell(bigint, text);
DROP FUNCTION accounts_history_strike(bigint, bigint[], text);
DROP FUNCTION accounts_history_guard(bigint);
"""
BACK = """
CREATE FUNCTION personal_stays_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM personal_erasure
        WHERE member_id = NEW.id AND begun_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'member % is being erased', NEW.id
            USING ERRCODE = 'restrict_violation',
                CONSTRAINT = 'membership_erased_stays_away';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER personal_stays_away BEFORE UPDATE OF is_active ON accounts_membership
    FOR EACH ROW WHEN (NEW.is_active AND NOT OLD.is_active)
    EXECUTE FUNCTION personal_stays_away();
"""
MAY_COME = """
DROP TRIGGER personal_stays_away ON accounts_membership;
DROP FUNCTION personal_stays_away();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_when_members_left"),
        ("personal", "0003_parts_of_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="erasure",
            name="failure",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200
            ),
        ),
        migrations.AddField(
            model_name="erasure",
            name="struck",
            field=ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="archive",
            name="stepped_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(STRUCK, "DROP FUNCTION accounts_struck(jsonb, text);"),
        migrations.RunSQL(STAYS.format(unless=UNLESS), STAYS.format(unless="")),
        migrations.RunSQL(STRIKES, UNDO),
        migrations.RunSQL(BACK, MAY_COME),
    ]
