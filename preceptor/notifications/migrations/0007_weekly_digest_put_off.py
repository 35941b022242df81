"""A weekly digest that a holiday moved takes along what is planned until it leaves."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("preceptor.notifications.migrations.0004_reachable")
# The digest of this week, or where it has left by then that of the next one. Before
# its own day may lie that of the week before, moved past the moment.
DIGEST_AT = """
CREATE OR REPLACE FUNCTION notifications_digest_at(
    moment timestamptz, zone text, days smallint[], digest_at time, weekly_on smallint,
    organisation bigint
) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    today date := timezone(zone, moment)::date;
    step integer := CASE WHEN weekly_on IS NULL THEN 1 ELSE 7 END;
    own date := CASE
        WHEN weekly_on IS NULL THEN today
        ELSE today - (extract(isodow FROM today)::integer - weekly_on + 7) % 7
    END;
    candidate date;
BEGIN
    LOOP
        candidate := own;
        FOR round IN 0..366 LOOP
            EXIT WHEN extract(isodow FROM candidate) = ANY (days) AND NOT EXISTS (
                SELECT FROM accounts_holiday AS holiday
                WHERE holiday.organisation_id = organisation AND holiday.day = candidate
            );
            candidate := candidate + 1;
        END LOOP;
        EXIT WHEN timezone(zone, candidate + digest_at) >= moment;
        own := own + step;
    END LOOP;
    RETURN timezone(zone, candidate + digest_at);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_failed_found")]

    operations = [
        migrations.RunSQL(
            DIGEST_AT,
            BEFORE.DIGEST_AT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        )
    ]
