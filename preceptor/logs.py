"""Lines of the log, without the addresses that are keys."""

import logging
import re

KEYS = re.compile(
    r"(/(?:shared|calendar|account/invitation|accounts/password/reset/key)/)"
    r"[^/\s?\"']{20,}"
)
"""An address that whoever has it may open, up to its token."""


class Line(logging.Formatter):
    """Django names the address of each request that it refuses, and its trace."""

    def format(self, record: logging.LogRecord) -> str:
        return KEYS.sub(r"\1…", super().format(record))
