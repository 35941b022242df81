"""The flaw categories: five groups of what code gets wrong, one of how it argued.

An organisation has its own beside them, each under one of the groups. Whose those are
is said once for a request (`spoken`), as its language and its time zone are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    LOGIC = "logic", _("Logic")
    EDGE_CASE = "edge_case", _("Edge case")
    CONCURRENCY = "concurrency", _("Concurrency")
    RESOURCE = "resource", _("Resource handling")
    INTERFACE_MISUSE = "interface_misuse", _("Interface misuse")
    HALLUCINATED_API = "hallucinated_api", _("Hallucinated API")
    INJECTION = "injection", _("Injection")
    ACCESS_CONTROL = "access_control", _("Access control")
    SECRETS = "secrets", _("Secrets")
    UNSAFE_INPUT = "unsafe_input", _("Unsafe input")
    ARCHITECTURE = "architecture", _("Architecture")
    DUPLICATION = "duplication", _("Duplication")
    COMPLEXITY = "complexity", _("Needless complexity")
    ASSUMPTION = "assumption", _("Breaks an assumption of the codebase")
    PERFORMANCE = "performance", _("Performance")
    LOAD = "load", _("Fails under load")
    OBSERVABILITY = "observability", _("Observability")
    SHAPED_TEST = "shaped_test", _("Test shaped to pass")
    HACK = "hack", _("Special-cased hack")
    DEBUG_CODE = "debug_code", _("Debug code left")
    CRASH_DISMISSED = "crash_dismissed", _("Crash dismissed")
    FALSE_SUCCESS = "false_success", _("Success claimed but not so")
    RATIONALE = "rationale", _("Flawed rationale")
    REVERSAL = "reversal", _("Sycophantic reversal")
    MISREAD = "misread", _("Misread requirement")


class Group(models.TextChoices):
    FUNCTIONAL = "functional", _("Functional")
    SECURITY = "security", _("Security")
    DESIGN = "design", _("Design")
    OPERATIONAL = "operational", _("Operational")
    INTEGRITY = "integrity", _("Integrity of the work")
    REASONING = "reasoning", _("Reasoning")


GROUPS: tuple[tuple[Group, tuple[Category, ...]], ...] = (
    (
        Group.FUNCTIONAL,
        (
            Category.LOGIC,
            Category.EDGE_CASE,
            Category.CONCURRENCY,
            Category.RESOURCE,
            Category.INTERFACE_MISUSE,
            Category.HALLUCINATED_API,
        ),
    ),
    (
        Group.SECURITY,
        (
            Category.INJECTION,
            Category.ACCESS_CONTROL,
            Category.SECRETS,
            Category.UNSAFE_INPUT,
        ),
    ),
    (
        Group.DESIGN,
        (
            Category.ARCHITECTURE,
            Category.DUPLICATION,
            Category.COMPLEXITY,
            Category.ASSUMPTION,
        ),
    ),
    (
        Group.OPERATIONAL,
        (Category.PERFORMANCE, Category.LOAD, Category.OBSERVABILITY),
    ),
    (
        Group.INTEGRITY,
        (
            Category.SHAPED_TEST,
            Category.HACK,
            Category.DEBUG_CODE,
            Category.CRASH_DISMISSED,
            Category.FALSE_SUCCESS,
        ),
    ),
    (
        Group.REASONING,
        (Category.RATIONALE, Category.REVERSAL, Category.MISREAD),
    ),
)

HELP: dict[Category, Promise] = {
    Category.LOGIC: _("The code does something else than it says it does."),
    Category.EDGE_CASE: _(
        "An input or state at the border that the code does not hold for."
    ),
    Category.CONCURRENCY: _(
        "Two actors at once break it: a race, or a race hidden by a sleep."
    ),
    Category.RESOURCE: _("Something is opened or taken and not given back."),
    Category.INTERFACE_MISUSE: _(
        "A library or service is called against its contract."
    ),
    Category.HALLUCINATED_API: _("A function, option or package that does not exist."),
    Category.INJECTION: _("Foreign text becomes code, a query, a command or markup."),
    Category.ACCESS_CONTROL: _("Somebody reaches what is not theirs."),
    Category.SECRETS: _("A key, token or password lies where others can read it."),
    Category.UNSAFE_INPUT: _("Input is trusted before it was checked."),
    Category.ARCHITECTURE: _("The right thing in the wrong place."),
    Category.DUPLICATION: _("What the codebase had already is written again."),
    Category.COMPLEXITY: _("More machinery than the problem asks for."),
    Category.ASSUMPTION: _("Breaks a deeper rule that the rest of the code relies on."),
    Category.PERFORMANCE: _("Slower or larger than it needs to be."),
    Category.LOAD: _("Works for one, fails for many."),
    Category.OBSERVABILITY: _("When it fails, nobody can see that or why."),
    Category.SHAPED_TEST: _("A test that passes whatever the code does."),
    Category.HACK: _("The case at hand is special-cased instead of solved."),
    Category.DEBUG_CODE: _("What served the search for a fault was left in."),
    Category.CRASH_DISMISSED: _("An error is caught and kept from everybody."),
    Category.FALSE_SUCCESS: _("It says that it worked, and it did not."),
    Category.RATIONALE: _("The reasoning in the conversation does not hold."),
    Category.REVERSAL: _("The assistant gives in to a wrong objection."),
    Category.MISREAD: _("It solves another problem than the one that was asked."),
}


CWE: dict[Category, int] = {
    Category.LOGIC: 670,
    Category.EDGE_CASE: 754,
    Category.CONCURRENCY: 362,
    Category.RESOURCE: 772,
    Category.INTERFACE_MISUSE: 573,
    Category.HALLUCINATED_API: 1357,
    Category.INJECTION: 74,
    Category.ACCESS_CONTROL: 862,
    Category.SECRETS: 522,
    Category.UNSAFE_INPUT: 20,
    Category.DUPLICATION: 1041,
    Category.COMPLEXITY: 1120,
    Category.PERFORMANCE: 407,
    Category.LOAD: 770,
    Category.OBSERVABILITY: 778,
    Category.DEBUG_CODE: 489,
    Category.CRASH_DISMISSED: 390,
    Category.FALSE_SUCCESS: 393,
}
"""The weakness of the Common Weakness Enumeration that a category mostly is."""


KEY_LETTERS = 20
OWN_KEY = "own_"
"""Begins the key of each category that is an organisation's, and of no other."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A category as it is chosen and read. A retired one is read, and chosen no more.

    `cwe` is the weakness of the Common Weakness Enumeration that it mostly is.
    """

    key: str
    label: Promise | str
    group: Group
    help: Promise | str = ""
    cwe: int | None = None
    is_retired: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Kind":
        """An organisation's own, as its row keeps it."""
        return cls(**{**row, "group": Group(row["group"])})

    def row(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "label": str(self.label),
            "group": self.group.value,
            "help": str(self.help),
            "cwe": self.cwe,
            "is_retired": self.is_retired,
        }


PRODUCT: Mapping[str, Kind] = {
    one.value: Kind(one.value, one.label, group, HELP[one], CWE.get(one))
    for group, members in GROUPS
    for one in members
}
_own: ContextVar[Mapping[str, Kind]] = ContextVar("own categories", default={})  # noqa: B039 # nobody changes it


def own_of(rows: Iterable[Mapping[str, Any]]) -> list[Kind]:
    """An organisation's, in the order in which it added them."""
    return [Kind.of(row) for row in rows]


@contextmanager
def spoken(rows: Iterable[Mapping[str, Any]] = ()) -> Iterator[None]:
    """Meanwhile an organisation's own are known beside the product's."""
    token = _own.set({one.key: one for one in own_of(rows)})
    try:
        yield
    finally:
        _own.reset(token)


def speak(rows: Sequence[Mapping[str, Any]]) -> None:
    """The same from now on; within `spoken`, which forgets them again."""
    if rows:
        _own.set({one.key: one for one in own_of(rows)})


def kinds() -> Mapping[str, Kind]:
    """All that are known here, by key, the organisation's own last."""
    own = _own.get()
    return {**PRODUCT, **own} if own else PRODUCT


def label(key: str) -> str:
    """One that is not known here is called by its key."""
    if kind := PRODUCT.get(key) or _own.get().get(key):
        return str(kind.label)
    return key.removeprefix(OWN_KEY).replace("_", " ").capitalize()


def group_of(key: str) -> str:
    """One that is not known here is a group of its own."""
    kind = PRODUCT.get(key) or _own.get().get(key)
    return kind.group.value if kind else key


def groups(
    keep: Sequence[str] = (), *, with_retired: bool = False
) -> list[tuple[Group, list[Kind]]]:
    """What is chosen from: without the retired, but for those to `keep`."""
    found: dict[Group, list[Kind]] = {group: [] for group in Group}
    for kind in kinds().values():
        if with_retired or not kind.is_retired or kind.key in keep:
            found[kind.group].append(kind)
    return list(found.items())


def choices(
    keep: Sequence[str] = (), *, is_of_talk: bool = False, with_retired: bool = False
) -> list[tuple[Promise | str, list[tuple[str, Promise | str]]]]:
    """Grouped choices for a select; of a conversation, its reasoning comes first."""
    found = groups(keep, with_retired=with_retired)
    if is_of_talk:
        found = [found[-1], *found[:-1]]
    return [
        (group.label, [(one.key, one.label) for one in members])
        for group, members in found
    ]


def helps() -> list[tuple[Promise | str, Promise | str, int | None]]:
    """Each category with what it means and its usual CWE id."""
    return [
        (one.label, one.help, one.cwe)
        for _group, members in groups()
        for one in members
    ]
