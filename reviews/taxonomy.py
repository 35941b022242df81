"""The flaw categories: five groups of what code gets wrong, one of how it argued."""

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


GROUPS: tuple[tuple[Promise, tuple[Category, ...]], ...] = (
    (
        _("Functional"),
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
        _("Security"),
        (
            Category.INJECTION,
            Category.ACCESS_CONTROL,
            Category.SECRETS,
            Category.UNSAFE_INPUT,
        ),
    ),
    (
        _("Design"),
        (
            Category.ARCHITECTURE,
            Category.DUPLICATION,
            Category.COMPLEXITY,
            Category.ASSUMPTION,
        ),
    ),
    (
        _("Operational"),
        (Category.PERFORMANCE, Category.LOAD, Category.OBSERVABILITY),
    ),
    (
        _("Integrity of the work"),
        (
            Category.SHAPED_TEST,
            Category.HACK,
            Category.DEBUG_CODE,
            Category.CRASH_DISMISSED,
            Category.FALSE_SUCCESS,
        ),
    ),
    (
        _("Reasoning"),
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


def choices(
    *, is_of_talk: bool = False
) -> list[tuple[Promise, list[tuple[str, Promise]]]]:
    """Grouped choices for a select; of a conversation, its reasoning comes first."""
    groups = (GROUPS[-1], *GROUPS[:-1]) if is_of_talk else GROUPS
    return [
        (group, [(c.value, c.label) for c in categories])
        for group, categories in groups
    ]


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


def helps() -> list[tuple[Promise, Promise, int | None]]:
    """Each category with what it means and its usual CWE id."""
    return [(c.label, text, CWE.get(c)) for c, text in HELP.items()]
