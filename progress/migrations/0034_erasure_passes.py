"""An erasure takes the words out of what triggers keep, and nothing else does.

It says so for its own transaction (`preceptor.erasing`). What was signed, when, and
what was counted stays as it is.
"""

from django.db import migrations

GUARDS = (
    "keep_published",
    "only_in_drafts",
    "keep_released",
    "only_in_open_batch",
    "keep_answered",
    "keep_signed",
    "only_rated_so_far",
    "only_unsigned",
    "keep_evidence",
    "keep_signed_evidence",
    "keep_granted",
    "keep_milestone",
    "only_before_sign_off",
    "only_with_signed_milestone",
    "keep_addendum",
)
LET_BY = """
    IF current_setting('preceptor.erasing', true) = 'yes' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;"""
REWRITE = """
DO $rewrite$
DECLARE
    guard text;
BEGIN
    FOREACH guard IN ARRAY ARRAY[{guards}] LOOP
        EXECUTE regexp_replace(
            pg_get_functiondef(('progress_' || guard)::regproc), $a${old}$a$, $b${new}$b$
        );
    END LOOP;
END $rewrite$;
"""
NAMES = ", ".join(f"'{name}'" for name in GUARDS)


def rewritten(old: str, new: str) -> str:
    return REWRITE.format(guards=NAMES, old=old, new=new)


class Migration(migrations.Migration):
    dependencies = [("progress", "0033_plan_readings")]

    operations = [
        migrations.RunSQL(
            rewritten(r"\mBEGIN\M", f"BEGIN{LET_BY}"),
            rewritten(
                r"\s+IF current_setting\('preceptor.erasing', true\) = 'yes' THEN"
                r"\s+RETURN COALESCE\(NEW, OLD\);\s+END IF;",
                "",
            ),
        )
    ]
