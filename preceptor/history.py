"""Who changed what, when, from what: kept by triggers, whoever writes, also by SQL.

`@tracked` names the columns of a model that are kept, one by one: nobody's words of the
room are among them, and people stand there by number alone. Every change is a row of
`preceptor.accounts.entries.HistoryEntry`. Who acts is told by `preceptor.acting`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pgtrigger
from django.db import models
from django.db.migrations.state import ProjectState
from django.utils.translation import gettext_lazy as _
from pgtrigger import compiler, migrations

from preceptor.acting import SETTING

TABLE = "accounts_historyentry"
ModelType = TypeVar("ModelType", bound=type[models.Model])


class Kind(models.TextChoices):
    """What owners tell entries apart by."""

    PEOPLE = "people", _("People and roles")
    PROGRAMS = "programs", _("Programs and their staff")
    ENROLMENTS = "enrolments", _("Enrolments")
    PAIRINGS = "pairings", _("Pairings")
    MILESTONES = "milestones", _("Milestones and sign-offs")
    SETTINGS = "settings", _("Settings")
    EXPORTS = "exports", _("Exports and downloads")
    SIGN_INS = "sign_ins", _("Sign-ins of staff")


class Verb(models.TextChoices):
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    DID = "did", _("did")
    """What is no change of a row, such as an export."""


@dataclass(frozen=True)
class Tracking:
    """What is kept of a model's rows, and where a row says whom it is about.

    `organisation`, `program`, `person` and `other` (the other of a pair) are paths of
    fields that end at a number, such as `junior__membership`. Rows that one statement
    adds or removes and that share `together` make one entry, with their count. Of what
    is `hidden` a digest is kept: that it changed, and not what it says.
    """

    fields: tuple[str, ...]
    kind: Kind
    organisation: str = "organisation"
    program: str = ""
    person: str = ""
    other: str = ""
    together: str = ""
    hidden: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return self.fields + self.hidden


TRACKED: dict[type[models.Model], Tracking] = {}


def tracked(
    *fields: str,
    kind: Kind,
    organisation: str = "organisation",
    program: str = "",
    person: str = "",
    other: str = "",
    together: str = "",
    hidden: tuple[str, ...] = (),
) -> Callable[[ModelType], ModelType]:
    """Keeps who added, changed and removed rows of a model; see `Tracking`.

    A migration follows from it, as from a field.
    """
    tracking = Tracking(
        fields, kind, organisation, program, person, other, together, hidden
    )

    def keep(model: Any) -> Any:
        TRACKED[model] = tracking
        for trigger in (OnInsert, OnUpdate, OnDelete):
            trigger(tracking).register(model)
        return model

    return keep


class TriggerSql(compiler.UpsertTriggerSql):
    """The trigger and its function. Migrations name this class: keep what it says.

    Unlike the library's own it heeds no setting by which a session could go without
    history, nor pays for asking for it.
    """

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER {pgid} {when} {operation} ON {table}
                {referencing} FOR EACH {level} {condition}
                EXECUTE FUNCTION {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class AddTrigger(migrations.AddTrigger):
    """Puts a trigger on a table: migrations name this class.

    The library's own also draws the model anew, with each that refers to it, which took
    a sixth of migrating. Nothing that a migration asks of a model follows from them.
    """

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        options = state.models[app_label, self.model_name].options
        options["triggers"] = [*options.get("triggers", []), self.trigger]


class _Keeping(pgtrigger.Trigger):
    """A trigger that writes entries: one a row, of a statement all at once."""

    when = pgtrigger.After
    verb: Verb
    source: str

    def __init__(self, tracking: Tracking) -> None:
        self.tracking = tracking
        super().__init__()

    def compile(self, model: Any) -> compiler.Trigger:
        sql = TriggerSql(
            pgid=self.get_pgid(model),
            declare=self.render_declare(model),
            func=self.render_func(model),
            table=model._meta.db_table,
            when=self.when,
            operation=self.operation,
            referencing=self.referencing or "",
            level=self.level,
            condition=self.render_condition(model),
        )
        return compiler.Trigger(name=str(self.name), sql=sql)

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        told = f"string_to_array(current_setting('{SETTING}', true), '|')"
        return [("acting", f"TEXT[] := {told}")]

    def get_func(self, model: Any) -> str:
        joins = _Joins(model)
        columns = self.entry(model, joins)
        actor = (
            "LEFT JOIN accounts_membership actor"
            f" ON actor.organisation_id = {columns['organisation_id']}"
            " AND actor.user_id = NULLIF(acting[1], '')::bigint"
        )
        return (
            f"INSERT INTO {TABLE} ({', '.join(columns)})"  # noqa: S608 # own names
            f" SELECT {', '.join(columns.values())}"
            f" FROM {self.source} r {' '.join(joins.clauses)} {actor}"
            f" {self.grouping(model, columns)}; RETURN NULL;"
        )

    def entry(self, model: Any, joins: "_Joins") -> dict[str, str]:
        """What each column of the entry is, over a row `r` and the acting member."""
        return {
            "at": "now()",
            "organisation_id": joins.reach(self.tracking.organisation),
            "kind": f"'{self.tracking.kind.value}'",
            "what": f"'{model._meta.label_lower}'",
            "row_id": "r.id",
            "verb": f"'{self.verb.value}'",
            "program_id": joins.reach(self.tracking.program),
            "person_id": joins.reach(self.tracking.person),
            "other_id": joins.reach(self.tracking.other),
            "actor_id": "actor.id",
            "request": "COALESCE(acting[2], '')",
            "through": "COALESCE(acting[3], 'sql ' || session_user)",
            **self.values(model),
        }

    def values(self, model: Any) -> dict[str, str]:
        """What stood before and what stands after, as JSON."""
        raise NotImplementedError

    def grouping(self, model: Any, columns: dict[str, str]) -> str:
        return ""

    def columns(self, model: Any) -> dict[str, str]:
        """The column of each field that is kept."""
        return {name: _column(model, name) for name in self.tracking.names}

    def kept(self, name: str, value: str) -> str:
        """What an entry says of a field: its value, or of what is hidden a digest."""
        if name not in self.tracking.hidden:
            return value
        return f"left(encode(sha256(convert_to({value}::text, 'UTF8')), 'hex'), 8)"


_rows: Any = pgtrigger.Referencing


class _OfStatement(_Keeping):
    """All rows that a statement added or removed."""

    level = pgtrigger.Statement
    place: str

    def values(self, model: Any) -> dict[str, str]:
        columns = self.columns(model).items()
        pairs = (f"'{name}', {self.kept(name, f'r.{col}')}" for name, col in columns)
        whole = f"jsonb_build_object({', '.join(pairs)})"
        if self.tracking.together:
            count = "jsonb_build_object('count', count(*))"
            one = f"(array_agg({whole}))[1]"
            whole = f"CASE WHEN count(*) = 1 THEN {one} ELSE {count} END"
        return {"before": "NULL", "after": "NULL", self.place: whole}

    def entry(self, model: Any, joins: "_Joins") -> dict[str, str]:
        entry = super().entry(model, joins)
        return {**entry, "row_id": "min(r.id)"} if self.tracking.together else entry

    def grouping(self, model: Any, columns: dict[str, str]) -> str:
        if not self.tracking.together:
            return ""
        ids = ("organisation_id", "program_id", "person_id", "other_id", "actor_id")
        by = [f"r.{_column(model, self.tracking.together)}", *(columns[i] for i in ids)]
        return f"GROUP BY {', '.join(by)}"


class OnInsert(_OfStatement):
    name = "history_insert"
    operation = pgtrigger.Insert
    referencing: Any = _rows(new="added")
    verb, source, place = Verb.ADDED, "added", "after"


class OnDelete(_OfStatement):
    name = "history_delete"
    operation = pgtrigger.Delete
    referencing: Any = _rows(old="removed")
    verb, source, place = Verb.REMOVED, "removed", "before"


class OnUpdate(_Keeping):
    """Row by row: where no kept column changed, the condition alone is looked at."""

    name = "history_update"
    operation = pgtrigger.Update
    level = pgtrigger.Row
    verb, source = Verb.CHANGED, "(SELECT NEW.*)"

    def render_condition(self, model: Any) -> str:
        return f"WHEN ({' OR '.join(map(_differs, self.columns(model).values()))})"

    def values(self, model: Any) -> dict[str, str]:
        return {
            "before": self._changed(model, "OLD"),
            "after": self._changed(model, "NEW"),
        }

    def _changed(self, model: Any, row: str) -> str:
        return " || ".join(
            f"CASE WHEN {_differs(col)} THEN jsonb_build_object('{name}',"
            f" {self.kept(name, f'{row}.{col}')}) ELSE '{{}}' END"
            for name, col in self.columns(model).items()
        )


def _differs(column: str) -> str:
    return f"OLD.{column} IS DISTINCT FROM NEW.{column}"


def _column(model: Any, name: str) -> str:
    return f'"{model._meta.get_field(name).column}"'


class _Joins:
    """The tables on the ways from a row, `r`, to what its entry names."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.aliases: dict[str, str] = {}
        self.clauses: list[str] = []

    def reach(self, path: str) -> str:
        """The column at the end of a path of fields; of no path, nothing."""
        if not path:
            return "NULL::bigint"
        *way, last = path.split("__")
        model, alias, walked = self.model, "r", ""
        for name in way:
            walked += f"__{name}"
            target: Any = model._meta.get_field(name).related_model
            if walked not in self.aliases:
                self.aliases[walked] = f"j{len(self.aliases)}"
                self.clauses.append(
                    f"LEFT JOIN {target._meta.db_table} {self.aliases[walked]}"
                    f" ON {self.aliases[walked]}.id = {alias}.{_column(model, name)}"
                )
            model, alias = target, self.aliases[walked]
        return f"{alias}.{_column(model, last)}"
