"""What stands beside the data in an export."""

from datetime import datetime

from django.utils.translation import gettext as _

from preceptor.accounts.held import Held, Topic, everything
from preceptor.accounts.models import Membership


def readme(member: Membership, now: datetime) -> str:
    """What is in the ZIP, file by file and column by column."""
    lines = [
        "# " + _("What %(organisation)s holds of %(name)s") % _words(member),
        "",
        _("Gathered on %(day)s (UTC).") % {"day": f"{now:%Y-%m-%d %H:%M}"},
        "",
        _(
            "`read/` is for reading, `data/` says the same as JSON, `changes/` holds"
            " the changes of the sessions that you took part in as they were uploaded,"
            " and `conversations/` those with an AI tool."
        ),
        "",
        _(
            "You find what you may read in the application: not what the other of your"
            " pair has written and not yet shown, nor what others decide about you"
            " among themselves. The privacy page names that too."
        ),
        "",
        "## " + _("How the JSON is made"),
        "",
        _(
            "Each file of `data/` is an object. Its keys are things, each with `what`"
            " (in words) and `rows`. A row has its number `pk` and the columns below."
            " Days are `YYYY-MM-DD`, moments ISO 8601 in UTC, people, programs and"
            " whatever else has a name that name, other references the `pk` of that"
            " row, and decimals are strings."
        ),
        "",
    ]
    for topic in Topic:
        lines += [f"### data/{topic.value}.json", ""]
        lines += [_line(one) for one in everything() if one.topic == topic]
        lines.append("")
    return "\n".join(lines)


def _words(member: Membership) -> dict[str, str]:
    return {"organisation": member.organisation.name, "name": member.full_name}


def _line(held: Held) -> str:
    columns = [f"`{name}`" for name in held.columns if name not in held.secret]
    return f"- `{held.key}`: {held.what}. {', '.join(columns)}"
