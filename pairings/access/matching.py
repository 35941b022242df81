"""The only way a view gets the matching of a program, or a run of it."""

from django.shortcuts import get_object_or_404

from pairings.access.programs import Standing, program_relations, refuse_archived
from pairings.models import (
    MatchRun,
    MatchRunQuerySet,
    Program,
)
from preceptor.accounts.models import Membership
from preceptor.accounts.rights import (
    Resource,
    Right,
    require,
)


def matching_of(member: Membership, pk: int, right: Right) -> tuple[Program, Standing]:
    """A program whose matching they may read or write."""
    program = get_object_or_404(
        Program.objects.filter(organisation=member.organisation_id), pk=pk
    )
    relations = program_relations(member, program)
    require(relations, Resource.MATCHING, right)
    if right >= Right.WRITE:
        refuse_archived(member, program)
    return program, Standing.of(program, relations)


def match_run_for(
    member: Membership,
    pk: int,
    right: Right = Right.READ,
    rows: MatchRunQuerySet | None = None,
) -> tuple[MatchRun, Standing]:
    """A run of the matcher, with what `rows` brings."""
    rows = MatchRun.objects.all() if rows is None else rows
    run = get_object_or_404(rows, pk=pk, organisation=member.organisation_id)
    run.program, standing = matching_of(member, run.program_id, right)
    return run, standing
