"""A name or an address in what others wrote: found wherever people write, and struck.

Where people write is said by the table of what is held (`held.texts`), column by
column; of JSON, values that are texts alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, OperationalError, connection, models, transaction

from preceptor.accounts.held import FORMER_MEMBER, texts
from preceptor.accounts.models import Organisation, OrganisationRow
from preceptor.accounts.spelling import Spelled
from preceptor.history import TABLE
from preceptor.limits import took_too_long

FIGURES = frozenset({"document"})
"""Of these columns whole names go alone: one word is as likely the key of a kind."""

NUMBERS = 200
"""In so many rows at most that have to differ the same words may stand."""


@dataclass(frozen=True, slots=True)
class Place:
    """The columns of one table in which people write."""

    table: str
    of: str
    """The column of the organisation; empty where many share the rows."""

    texts: tuple[tuple[str, int | None], ...]
    """With the longest text that each takes."""

    lists: tuple[tuple[str, int | None], ...]
    documents: tuple[str, ...]

    def wanted(self, spelled: Spelled) -> Spelled:
        of_figures = FIGURES & {*self.documents}
        return Spelled(spelled.names) if of_figures else spelled


def places() -> list[Place]:
    """Of every table in which people write, in the order of the apps."""
    return [_place(model, columns) for model, columns in texts().items()]


def _place(model: type[models.Model], columns: tuple[str, ...]) -> Place:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    plain = [
        one for one in fields if isinstance(one, models.CharField | models.TextField)
    ]
    lists = [one for one in fields if isinstance(one, ArrayField)]
    return Place(
        table=model._meta.db_table,
        of=_organisation_of(model),
        texts=tuple((str(one.column), one.max_length) for one in plain),
        lists=tuple((str(one.column), one.base_field.max_length) for one in lists),
        documents=tuple(
            str(one.column) for one in fields if isinstance(one, models.JSONField)
        ),
    )


def _organisation_of(model: type[models.Model]) -> str:
    if issubclass(model, OrganisationRow):
        return "organisation_id"
    return "id" if model is Organisation else ""


def strike(place: Place, organisation: int, spelled: Spelled) -> None:
    """Puts `Former member` where a name or an address stands, however it is spelled.

    Rows that have to differ and would be alike then get a number. The history keeps
    no entry of it.
    """
    wanted = place.wanted(spelled)
    if not wanted:
        return
    try:
        _strike(place, organisation, wanted)
    except IntegrityError:
        for pk in _found(place, organisation, wanted):
            _strike_numbered(place, organisation, wanted, pk)


def _found(place: Place, organisation: int, spelled: Spelled) -> list[Any]:
    """The keys of the rows in which it stands."""
    where = _where(place)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_key(place)} FROM {_quoted(place.table)}"  # noqa: S608
            f" WHERE {where} ORDER BY 1",
            _given(organisation, spelled),
        )
        return [pk for (pk,) in cursor.fetchall()]


def _strike_numbered(
    place: Place, organisation: int, spelled: Spelled, pk: object
) -> None:
    """One row, under the first number that is free; IntegrityError if none is."""
    for number in range(1, NUMBERS):
        end = f" {number}" if number > 1 else ""
        try:
            _strike(place, organisation, spelled, pk, end)
        except IntegrityError:
            if number + 1 == NUMBERS:
                raise
        else:
            return


@transaction.atomic
def _strike(
    place: Place, organisation: int, spelled: Spelled, pk: Any = None, end: str = ""
) -> None:
    sets = ", ".join(_sets(place, len(end)))
    only = f"{_key(place)} = %(pk)s AND " if pk is not None else ""
    given = {**_given(organisation, spelled), "pk": pk, "end": end}
    pass_guards()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_quoted(place.table)} SET {sets} "  # noqa: S608
            f"WHERE {only}({_where(place)})",
            given,
        )
        if place.of:
            cursor.execute(
                "SELECT accounts_history_untell(%(organisation)s, %(pattern)s)", given
            )


def _given(organisation: int, spelled: Spelled) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "pattern": spelled.pattern,
        "loose": spelled.loose,
        "needles": spelled.needles,
        "word": FORMER_MEMBER,
    }


def _where(place: Place) -> str:
    any_of = " OR ".join(_matches(place))
    here = f"{_quoted(place.of)} = %(organisation)s AND " if place.of else ""
    return f"{here}{_written(place)} LIKE ANY (%(needles)s) AND ({any_of})"


def _written(place: Place) -> str:
    """All that people wrote of a row, in small letters."""
    columns = [*(name for name, _most in place.texts), *place.documents]
    said = [f"{_quoted(name)}::text" for name in columns]
    said += [
        f"array_to_string({_quoted(name)}, chr(10))" for name, _most in place.lists
    ]
    return f"lower(concat_ws(chr(10), {', '.join(said)}))"


def _matches(place: Place) -> Iterator[str]:
    for name, _most in place.texts:
        yield f"{_quoted(name)} ~ %(pattern)s"
    for name, _most in place.lists:
        yield f"array_to_string({_quoted(name)}, chr(10)) ~ %(pattern)s"
    for name in place.documents:
        yield f"{_quoted(name)}::text ~ %(loose)s"


def _sets(place: Place, room: int) -> Iterator[str]:
    """What each column says then, with `room` letters for a number at the end."""
    for name, most in place.texts:
        column = _quoted(name)
        said = f"{_struck(column, most, room)} || %(end)s" if room else ""
        said = said or _struck(column, most)
        when = f"WHEN {column} ~ %(pattern)s THEN {said}"
        yield f"{column} = CASE {when} ELSE {column} END"
    for name, most in place.lists:
        column = _quoted(name)
        each = (
            f"SELECT {_struck('one', most)} FROM unnest({column})"  # noqa: S608
            " WITH ORDINALITY AS each (one, place) ORDER BY place"
        )
        yield f"{column} = CASE WHEN {column} IS NOT NULL THEN ARRAY({each}) END"
    for name in place.documents:
        yield f"{_quoted(name)} = accounts_struck({_quoted(name)}, %(pattern)s)"


def _struck(column: str, most: int | None, room: int = 0) -> str:
    struck = f"regexp_replace({column}, %(pattern)s, %(word)s, 'g')"
    return f"left({struck}, {most - room})" if most else struck


@transaction.atomic
def strike_history(organisation: int, spelled: Spelled) -> None:
    """Of what the history kept of names that were typed. Nothing else there changes."""
    if not spelled:
        return
    given = _given(organisation, spelled)
    pass_guards()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT accounts_history_strike(%(organisation)s, "  # noqa: S608
            f"ARRAY(SELECT id FROM {TABLE} WHERE organisation_id = %(organisation)s"
            " AND lower(concat_ws(chr(10), before, after)) LIKE ANY (%(needles)s)"
            " AND (before::text ~ %(loose)s OR after::text ~ %(loose)s)), %(pattern)s)",
            given,
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """In how many rows each of some spellings stands.

    Where the time was too short for all tables, it is at least so many.
    """

    numbers: list[int]
    is_whole: bool


def count(organisation: int, each: list[Spelled], seconds: float) -> Counted:
    """Of what people write, files and history aside, within so much time."""
    numbers, ends_at = [0] * len(each), monotonic() + seconds
    for place in places():
        if place.of:
            found = _count(place, organisation, each, ends_at - monotonic())
            if found is None:
                return Counted(numbers, is_whole=False)
            numbers = [sum(both) for both in zip(numbers, found, strict=True)]
    return Counted(numbers, is_whole=True)


def _count(
    place: Place, organisation: int, each: list[Spelled], seconds: float
) -> list[int] | None:
    """One look through a table for all of them; nothing where it took too long."""
    if seconds <= 0:
        return None
    sums, given = _sums(place, each)
    given["organisation"] = organisation
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            most = f"{max(1, round(seconds * 1000))}ms"
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [most])
            cursor.execute(
                f"SELECT {', '.join(sums)} FROM {_quoted(place.table)}"  # noqa: S608
                f" WHERE {_quoted(place.of)} = %(organisation)s"
                f" AND {_written(place)} LIKE ANY (%(needles)s)",
                given,
            )
            return list(cursor.fetchone() or ())
    except OperationalError as error:
        if took_too_long(error):
            return None
        raise


def _sums(place: Place, each: list[Spelled]) -> tuple[list[str], dict[str, Any]]:
    any_of = " OR ".join(_matches(place))
    given: dict[str, Any] = {"needles": []}
    sums = []
    for number, spelled in enumerate(each):
        wanted = place.wanted(spelled)
        given[f"pattern{number}"] = wanted.pattern if wanted else None
        given[f"loose{number}"] = wanted.loose if wanted else None
        given["needles"] += wanted.needles
        own = any_of.replace("(pattern)", f"(pattern{number})")
        own = own.replace("(loose)", f"(loose{number})")
        sums.append(f"count(*) FILTER (WHERE {own})")
    return sums, given


def pass_guards() -> None:
    """Lets this transaction past the triggers that keep what was signed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('preceptor.erasing', 'yes', true)")


def _key(place: Place) -> str:
    return "id" if place.of else "name"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
