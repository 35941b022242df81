"""When somebody may be written to, where they live: asked by each run of the planner.

The first takes a moment, and gives it or the first one after it that lies on one of the
days, on no holiday of the organisation, and outside the quiet hours. The second gives
the next moment at which a digest leaves. `days` are ISO weekdays. Who has no day within
a year is written to anyhow.
"""

from django.db import migrations

REACHABLE = """
CREATE FUNCTION notifications_reachable(
    moment timestamptz, zone text, days smallint[], quiet_from time, quiet_until time,
    organisation bigint
) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    asked timestamp := timezone(zone, moment);
    here timestamp := asked;
    spans_midnight boolean := quiet_from > quiet_until;
    begins time := CASE WHEN spans_midnight THEN quiet_until ELSE '00:00' END;
BEGIN
    FOR round IN 0..366 LOOP
        IF spans_midnight AND here::time >= quiet_from THEN
            here := here::date + 1 + quiet_until;
        ELSIF spans_midnight AND here::time < quiet_until
            OR here::time >= quiet_from AND here::time < quiet_until
        THEN
            here := here::date + quiet_until;
        END IF;
        IF extract(isodow FROM here) = ANY (days) AND NOT EXISTS (
            SELECT FROM accounts_holiday AS holiday
            WHERE holiday.organisation_id = organisation
                AND holiday.day = here::date
        ) THEN
            -- An hour that the clock shows twice is not to become the other one.
            RETURN CASE WHEN here = asked THEN moment ELSE timezone(zone, here) END;
        END IF;
        here := here::date + 1 + begins;
    END LOOP;
    RETURN moment;
END $$;
"""
DIGEST_AT = """
CREATE FUNCTION notifications_digest_at(
    moment timestamptz, zone text, days smallint[], digest_at time, weekly_on smallint,
    organisation bigint
) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    candidate date := timezone(zone, moment)::date;
BEGIN
    IF timezone(zone, candidate + digest_at) < moment THEN
        candidate := candidate + 1;
    END IF;
    IF weekly_on IS NOT NULL THEN
        candidate := candidate
            + (weekly_on - extract(isodow FROM candidate)::integer + 7) % 7;
    END IF;
    FOR round IN 0..366 LOOP
        EXIT WHEN extract(isodow FROM candidate) = ANY (days) AND NOT EXISTS (
            SELECT FROM accounts_holiday AS holiday
            WHERE holiday.organisation_id = organisation AND holiday.day = candidate
        );
        candidate := candidate + 1;
    END LOOP;
    RETURN timezone(zone, candidate + digest_at);
END $$;
"""
UNDO = """
DROP FUNCTION notifications_digest_at(
    timestamptz, text, smallint[], time, smallint, bigint
);
DROP FUNCTION notifications_reachable(
    timestamptz, text, smallint[], time, time, bigint
);
"""
MATTERS = """
UPDATE notifications_delivery SET matter = regexp_replace(occurrence, ':[^:]*$', '');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_holidays"),
        ("notifications", "0003_reminders"),
    ]

    operations = [
        migrations.RunSQL(REACHABLE + DIGEST_AT, UNDO),
        migrations.RunSQL(MATTERS, migrations.RunSQL.noop),
    ]
