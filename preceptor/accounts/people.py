"""Who the rows of a page name, brought in one query for all of them."""

from django.db.models import Model

from preceptor.accounts.models import Membership

Named = tuple[Model, str]
"""A row, and the field in which it names a member."""


def bring_members(*named: Named) -> None:
    """Sets the member that each row names, with their user; an empty field stays so.

    A page's rows name the same few people over and over: joined to every query, two
    tables a person and a side, they cost more than the rows that name them.
    """
    ids = {getattr(row, f"{field}_id") for row, field in named} - {None}
    people = Membership.objects.select_related("user").in_bulk(ids)
    for row, field in named:
        if (pk := getattr(row, f"{field}_id")) is not None:
            setattr(row, field, people[pk])
