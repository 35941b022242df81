"""The flaw categories that the company of the story added for itself."""

from preceptor.accounts.models import Organisation
from reviews.demo_changes.catalog import Spot
from reviews.taxonomy import Group, Kind

MONEY = Kind(
    key="own_money_in_floats",
    label="Money in floats",
    group=Group.FUNCTIONAL,
    help="An amount passes through a binary fraction, or a rounding nobody chose.",
    cwe=681,
)
CARRIER = Kind(
    key="own_carrier_quirk",
    label="Carrier quirk",
    group=Group.OPERATIONAL,
    help="A carrier’s interface does other than it says, and the code believes it.",
)
RETIRED = Kind(
    key="own_half_a_day",
    label="Half a day lost",
    group=Group.FUNCTIONAL,
    help="A day is taken by one clock and read by another.",
    is_retired=True,
)
FOUND = {
    "VAT is rounded per line, against the ticket and the docstring": MONEY,
    "round on a Decimal rounds half to even": MONEY,
    "From Redis the prices come back as floats": MONEY,
    "Values in different currencies are added up": MONEY,
    "A date in Retry-After counts as zero, and an hour as an hour": CARRIER,
    "A connection is held during the call to the carrier": CARRIER,
    "The offset in the date is cut off": RETIRED,
}
"""By the titles of flaws that are planted in the changes."""


def write(organisation: Organisation) -> None:
    organisation.own_categories = [one.row() for one in (MONEY, CARRIER, RETIRED)]
    organisation.save(update_fields=["own_categories"])


def of(spot: Spot) -> str:
    """What the company's people call it."""
    own = FOUND.get(spot.title)
    return own.key if own else spot.category
