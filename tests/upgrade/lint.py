"""What a migration may not do to a table that the version before this one works on.

Read from the SQL that it would run. Tables that are made since are empty, and nobody
works on them: there everything goes.
"""

import re
from collections.abc import Iterator
from typing import Final

_TABLE: Final = r'(?:ONLY )?"?(?P<table>\w+)"?'
_ALTER: Final = rf"ALTER TABLE (?:IF EXISTS )?{_TABLE} .*?"
_VOLATILE: Final = r"(?:clock_timestamp|timeofday|random|gen_random_uuid|nextval)\s*\("

FORMS: Final = {
    rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*? ON {_TABLE}": (
        "builds an index while nobody may write: use AddIndexConcurrently"
    ),
    rf"{_ALTER}ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b": (
        "adds a column that the version before does not fill: give it a db_default"
    ),
    rf"{_ALTER}ADD COLUMN .*(?:DEFAULT .*{_VOLATILE}|GENERATED|\b\w*serial\b)": (
        "writes each row anew for the column's value: add it empty, fill it later"
    ),
    rf"{_ALTER}ADD COLUMN .*\b(?:UNIQUE|PRIMARY KEY|REFERENCES)\b": (
        "builds or holds a key under the lock of the table: add it on its own"
    ),
    rf"{_ALTER}ALTER COLUMN \S+ (?:SET DATA )?TYPE\b": (
        "changes a column's type, which writes each row anew"
    ),
    rf"{_ALTER}ALTER COLUMN \S+ SET NOT NULL": (
        "wants what the version before may leave out, and looks at each row"
    ),
    rf"{_ALTER}ALTER COLUMN \S+ DROP DEFAULT": (
        "takes away what the version before relies on: keep it as db_default"
    ),
    rf"{_ALTER}(?:DROP COLUMN|RENAME)": "takes away what the version before reads",
    rf"DROP TABLE (?:IF EXISTS )?{_TABLE}": "takes away what the version before reads",
    rf"{_ALTER}ADD CONSTRAINT (?!.*\b(?:NOT VALID|USING INDEX)\b)": (
        "holds each row against a constraint under the lock of the table: add it NOT"
        " VALID, or of an index that stands, and validate it later"
    ),
    r"CREATE (?:OR REPLACE )?FUNCTION .* SET \w+\.\w+ ": (
        "names a parameter of ours in the head of a function, which takes a superuser:"
        " use set_config within it"
    ),
    rf"(?:TRUNCATE(?: TABLE)?|LOCK TABLE|CLUSTER) {_TABLE}": "locks out everybody",
}
"""What a statement looks like, and why it may not be."""

LOCKS: Final = (
    rf"ALTER TABLE (?:IF EXISTS )?{_TABLE} (?!.*VALIDATE)",
    rf"CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*? ON {_TABLE}",
    rf"DROP TRIGGER .*? ON {_TABLE}",
)
"""What keeps others from a table until the migration ends."""
LASTS: Final = (
    rf"UPDATE {_TABLE}",
    rf"DELETE FROM {_TABLE}",  # noqa: S608 # no query
    rf"INSERT INTO {_TABLE}",
    rf"ALTER TABLE {_TABLE} VALIDATE",
    r"-- THIS OPERATION CANNOT BE WRITTEN AS SQL",
)
"""What takes the longer the more rows there are."""
TOGETHER: Final = (
    "goes through rows while it holds locks on {table}: put it into a migration of its"
    " own"
)


def statements(sql: str) -> Iterator[str]:
    """One by one, with single blanks. Of functions nothing; what DO does, too."""
    flat = re.sub(r"--(?! THIS OPERATION).*", "", sql)
    for body in re.findall(r"\bDO \$(\w*)\$(.*?)\$\1\$", flat, re.DOTALL):
        yield from statements(body[1])
    bare = re.sub(r"\$(\w*)\$.*?\$\1\$", "''", flat, flags=re.DOTALL)
    for part in re.split(r";|\b(?:BEGIN|THEN|ELSE|LOOP)\b", bare):
        if text := " ".join(part.split()):
            yield text


def made(sql: str) -> set[str]:
    """The tables that it makes."""
    found = (re.match(rf"CREATE TABLE {_TABLE}", one) for one in statements(sql))
    return {match["table"] for match in found if match}


def faults(sql: str, fresh: set[str]) -> list[str]:
    """Why a migration would stand in the way; `fresh` are tables that nobody knows."""
    found, locked, lasting = [], "", []
    for one in statements(sql):
        for form, why in FORMS.items():
            if _of_known(form, one, fresh):
                found.append(f"{why}: {one[:90]}")
        if match := next(filter(None, (_of_known(f, one, fresh) for f in LOCKS)), None):
            locked = match["table"]
        if any(_of_known(form, one, fresh) for form in LASTS):
            lasting.append(one[:90])
    if locked:
        why = TOGETHER.format(table=locked)
        found += [f"{why}: {one}" for one in lasting]
    return found


def _of_known(form: str, statement: str, fresh: set[str]) -> re.Match[str] | None:
    match = re.match(form, statement, re.IGNORECASE)
    if match is None or match.groupdict().get("table") in fresh:
        return None
    return match
