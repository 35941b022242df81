"""Tables as CSV that is safe to open in a spreadsheet, and back without loss."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The last four are the same signs in full width.
_LIVE = re.compile("'*[-=+@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]")


def safe(cell: str) -> str:
    """The cell behind an apostrophe where a spreadsheet would run it as a formula."""
    return f"'{cell}" if _LIVE.match(cell) else cell


def cell(text: str) -> str:
    """A text as a workbook takes it: `safe`, and without the signs none may hold.

    One of those in a name would leave no file at all.
    """
    return safe(_UNFIT.sub("", text))


def plain(cell: str) -> str:
    """What `safe` was given: `plain(safe(cell)) == cell` for every cell."""
    return cell[1:] if cell.startswith("'") and _LIVE.match(cell) else cell


def to_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
