"""The only way a view gets what a program says, or a message that it sent."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from pairings.access.programs import (
    Standing,
    program_to_oversee,
    program_to_write,
    refuse_archived,
)
from pairings.models import Program
from preceptor.accounts.models import Membership
from preceptor.notifications.kinds import Kind, registered
from preceptor.notifications.models import Delivery, DeliveryQuerySet


def messages_of(program: Program) -> DeliveryQuerySet:
    """What its people get, or would have got: recipients, kinds and states."""
    return Delivery.objects.filter(
        organisation=program.organisation_id, program_id=program.pk
    )


def message_to_send(member: Membership, pk: int) -> tuple[Delivery, Program]:
    """A message of a program that they lead."""
    rows = Delivery.objects.filter(
        organisation=member.organisation_id, program_id__isnull=False
    )
    message = get_object_or_404(rows, pk=pk)
    return message, program_to_write(member, message.program_id or 0)


def kind_of_program(
    member: Membership, pk: int, name: str
) -> tuple[Program, Standing, Kind[Any]]:
    """A kind of message that a program may put in words of its own.

    404 to a name of none; 403 to who takes part, and to a write of who observes.
    """
    program, standing = program_to_oversee(member, pk)
    if member.is_writing and not standing.runs:
        raise PermissionDenied
    refuse_archived(member, program)
    for kind in registered():
        if kind.name == name and kind.is_of_program:
            return program, standing, kind
    raise Http404(_("There is no such kind of message."))
