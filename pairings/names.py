"""What the ids of a run are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _

from pairings.models import Enrolment, Program, Skill
from preceptor.accounts.models import shown_name


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of a run are called; who or what is gone is said to be."""

    people: Mapping[int, str] = field(default_factory=dict)
    skills: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program, people: set[int], skills: set[int]) -> "Names":
        """In three queries, whoever they are.

        Of those whose name somebody else of the program has too, with their address.
        """
        everybody = Enrolment.objects.filter(program=program).order_by()
        every = everybody.annotate(name=shown_name("membership__"))
        found = list(
            every.filter(pk__in=people).values_list(
                "pk", "name", "membership__user__email"
            )
        )
        same = every.filter(name__in={name for _pk, name, _email in found})
        counted = same.values("name").annotate(n=Count("pk")).filter(n__gt=1)
        doubled = {row["name"] for row in counted}
        listed = Skill.objects.filter(
            organisation=program.organisation_id, pk__in=skills
        )
        return cls(
            people={
                pk: f"{name} ({email})" if name in doubled else name
                for pk, name, email in found
            },
            skills=dict(listed.values_list("pk", "name")),
        )

    def person(self, pk: int) -> str:
        return self.people.get(pk) or _("somebody who left")

    def first(self, pk: int) -> str:
        return self.person(pk).split(maxsplit=1)[0] if pk in self.people else _("they")

    def skill(self, pk: int) -> str:
        return self.skills.get(pk) or _("a skill that is off the list")
