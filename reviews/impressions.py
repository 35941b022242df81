"""How a session went for the two: each learns the other's word by saying their own."""

from dataclasses import dataclass

from preceptor.accounts.models import Membership
from reviews.models import Impression, ReviewSession


@dataclass(frozen=True, slots=True)
class HowItWent:
    """`said` holds the words that this reader may see."""

    own: str
    has_other: bool
    said: list[Impression]


def how_it_went(session: ReviewSession, reader: Membership) -> HowItWent:
    """The other's word leaves the database only for who has said their own."""
    rows = Impression.objects.filter(session=session).select_related("member__user")
    own = rows.filter(member=reader).first()
    others = rows.exclude(member=reader)
    if own is None:
        return HowItWent("", others.exists(), [])
    found = [own, *others]
    return HowItWent(own.word, len(found) > 1, found)
