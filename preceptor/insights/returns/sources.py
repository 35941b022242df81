"""What a new scenario begins with, and the public source of each figure.

A figure is here only where somebody published it, and says who and where. Where nobody
did, the field stays empty, and the page says that it does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Triple = tuple[str, str, str]
"""Low, likely and high, as text; shares as fractions."""


@dataclass(frozen=True, slots=True)
class Source:
    """`values` is None where a text says what is known, and none of it is a default.

    `currency` is that of an amount of money: it is no default in another.
    """

    cited: Promise
    links: Sequence[tuple[str, str]] = ()
    """Each with whose page it is."""
    values: Triple | None = None
    currency: str = ""

    def fitting(self, currency: str) -> Triple | None:
        """Its values, where they are no money or money of this currency."""
        return self.values if self.currency in ("", currency) else None


PAPER = (("doi.org/10.1145/3779312", "https://doi.org/10.1145/3779312"),)
BUREAU = (
    (
        "bls.gov",
        "https://www.bls.gov/ooh/computer-and-information-technology/"
        "software-developers.htm",
    ),
)
NO_SPEED = _(
    "No published figure that fits: the paper behind this program speaks of a drag on "
    "juniors, and gives no number for what a mentor gets done less. Put in what you "
    "expect; empty, no loss of speed is counted"
)
WAGES_CITED = _(
    "U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics, May "
    "2024, software developers: 10th percentile, median and 90th percentile of a "
    "year’s wages. Wages alone, of all developers in the United States"
)
HOURLY_CITED = _(
    "U.S. Bureau of Labor Statistics, Occupational Employment and Wage Statistics, May "
    "2024, software developers: 10th percentile, median and 90th percentile of a "
    "year’s wages, over the 2,080 hours that the Bureau reckons with. Wages alone, of "
    "all developers in the United States: put in what an hour costs you"
)

SOURCES: Mapping[str, Source] = {
    "months": Source(
        _(
            "Russinovich and Hanselman, Redefining the Software Engineering Profession "
            "for AI, Communications of the ACM: a preceptorship lasts a year at least"
        ),
        PAPER,
        ("12", "12", "12"),
    ),
    "mentor_rate": Source(
        HOURLY_CITED,
        BUREAU,
        ("38.39", "63.98", "101.66"),
        "USD",
    ),
    "junior_rate": Source(
        HOURLY_CITED,
        BUREAU,
        ("38.39", "63.98", "101.66"),
        "USD",
    ),
    "slow_months": Source(NO_SPEED, PAPER),
    "week_hours": Source(
        _(
            "International Labour Organization, Forty-Hour Week Convention, 1935 "
            "(No. 47). Put in yours"
        ),
        (
            (
                "ilo.org",
                "https://normlex.ilo.org/dyn/nrmlx_en/f?p=NORMLEXPUB:12100:0::NO::"
                "P12100_ILO_CODE:C047",
            ),
        ),
        ("40", "40", "40"),
    ),
    "slow_share": Source(NO_SPEED, PAPER),
    "other_costs": Source(
        _("Yours to say: nobody else knows it. Empty, nothing more is counted")
    ),
    "leave_without": Source(
        _(
            "LinkedIn, talent turnover of 2017 worldwide (published March 2018): all "
            "companies, the software sector, and embedded software engineers, who are "
            "among the highest. Put in what you saw before the program"
        ),
        (
            (
                "news.linkedin.com",
                "https://news.linkedin.com/2018/3/linkedin-data-analysis-reveals-the-"
                "latest-talent-turnover-trends",
            ),
            (
                "techrepublic.com",
                "https://www.techrepublic.com/article/software-had-the-highest-job-"
                "turnover-rate-of-any-industry-in-2017/",
            ),
        ),
        ("0.109", "0.132", "0.217"),
    ),
    "leave_with": Source(
        _(
            "No published figure for software engineers. The nearest is from nursing: "
            "Zhang and others, Nurse Education in Practice 2019, found 3.8 % leaving "
            "in the first year with a mentor of one’s own and 14.1 % in the intake "
            "before, and no difference in the later years. Put in what you expect; "
            "empty, no return is reckoned, and the break-even says what it would take"
        ),
        (
            (
                "doi.org/10.1016/j.nepr.2019.08.010",
                "https://doi.org/10.1016/j.nepr.2019.08.010",
            ),
        ),
    ),
    "years": Source(
        _(
            "Russinovich and Hanselman, as above: a preceptorship lasts a year at "
            "least. Put in more to count who leaves in the years after, too"
        ),
        PAPER,
        ("1", "1", "1"),
    ),
    "pay": Source(
        WAGES_CITED,
        BUREAU,
        ("79850", "133080", "211450"),
        "USD",
    ),
    "replace_share": Source(
        _(
            "Low: Boushey and Glynn, There Are Significant Business Costs to Replacing "
            "Employees, Center for American Progress 2012, median of 27 case studies. "
            "Likely: Bahn and Sanchez Cumming, Washington Center for Equitable Growth "
            "2020, an average of 40 %. High: Gallup 2019, one half to two times a "
            "year’s pay"
        ),
        (
            (
                "americanprogress.org",
                "https://www.americanprogress.org/article/there-are-significant-"
                "business-costs-to-replacing-employees/",
            ),
            (
                "equitablegrowth.org",
                "https://equitablegrowth.org/improving-u-s-labor-standards-and-the-"
                "quality-of-jobs-to-reduce-the-costs-of-employee-turnover-to-u-s-"
                "companies/",
            ),
            (
                "gallup.com",
                "https://www.gallup.com/workplace/247391/fixable-problem-costs-"
                "businesses-trillion.aspx",
            ),
        ),
        ("0.21", "0.40", "2.00"),
    ),
}
