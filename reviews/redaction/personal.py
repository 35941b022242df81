"""Personal data: few kinds, each with a shape or a checksum that ordinary code lacks.

Addresses of machines are left out on purpose: code is full of numbers with dots.
"""

import re
from collections.abc import Iterator

from reviews.redaction.tokens import Found

EMAIL = re.compile(
    r"(?<![\w.+/:@%-])[A-Za-z0-9][\w.+-]{0,63}@"
    r"(?:[A-Za-z0-9-]{1,63}\.){1,6}(?P<top>[A-Za-z]{2,24})(?![\w@-])"
)
NOBODY = re.compile(
    r"(?i)^(?:git|user|username|name|noreply|no-reply|donotreply|[\w.+-]*\[bot\].*"
    r"|[\w.+-]*(?:noreply|no-reply|bot)[\w.+-]*)@"
    r"|@(?:[\w-]+\.)*(?:noreply\.[\w.-]+|example(?:\.\w+)*|test|invalid|localhost|local)$"
    r"|^[\w.+-]+@aider\.chat$|@\d+x\."
)
FILES = re.compile(
    r"(?i)png|jpe?g|gif|svg|webp|ico|css|jsx?|tsx?|py|go|rs|rb|java|md|json|toml|ya?ml"
    r"|lock|html|txt|sh|service"
)
PHONE = re.compile(
    r"(?<![\w+.\-/])(?:\+|00)[1-9]\d{0,2}(?:[ .\-]?\(?\d{1,4}\)?){2,6}(?![\w.\-]*\d)"
)
NUMBER = re.compile(r"\d{3}")
FICTION = re.compile(r"^1\d{3}55501\d\d$|^1?55501\d\d$")
IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?"
    r"(?![A-Za-z0-9])"
)
CARD = re.compile(
    r"(?<![\w.\-])(?:[3-6]\d{3})(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w.\-]*\d)"
)
PUBLISHED = frozenset(
    (
        "4111111111111111",
        "4242424242424242",
        "4000056655665556",
        "5555555555554444",
        "5105105105105100",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "4012888888881881",
        "3530111333300000",
    )
)
"""Card numbers that payment providers publish for tests."""


def personal(text: str, *, is_prose: bool) -> Iterator[Found]:
    """What points at a person. An address in the head of a mail is somebody's own."""
    if "@" in text:
        yield from _addresses(text, is_sure=is_prose)
    if NUMBER.search(text):
        yield from _numbers(text)


def _addresses(text: str, *, is_sure: bool) -> Iterator[Found]:
    for match in EMAIL.finditer(text):
        if not FILES.fullmatch(match["top"]) and not NOBODY.search(match[0]):
            yield Found("e-mail address", is_sure, *match.span())


def _numbers(text: str) -> Iterator[Found]:
    for match in IBAN.finditer(text):
        if is_iban(match[0]):
            yield Found("account number", True, *match.span())
    for match in CARD.finditer(text):
        if is_card(match[0]):
            yield Found("card number", not match[0].isdigit(), *match.span())
    for match in PHONE.finditer(text):
        if is_phone(match[0]):
            yield Found("phone number", False, *match.span())


def is_iban(text: str) -> bool:
    """ISO 13616: with the first four characters moved to the end, 1 modulo 97."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1


def is_card(text: str) -> bool:
    """ISO/IEC 7812: the sum of digits, every second one doubled, ends in 0."""
    digits = [int(one) for one in text if one.isdigit()]
    number = "".join(map(str, digits))
    if not 13 <= len(digits) <= 19 or number in PUBLISHED or len(set(digits)) < 4:
        return False
    doubled = (sum(divmod(2 * one, 10)) for one in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_phone(text: str) -> bool:
    """Eight to fifteen digits (E.164), set apart as people write them, not fiction."""
    digits = re.sub(r"\D", "", text).removeprefix("00")
    has_gaps = len(re.findall(r"[ .\-(]", text)) >= 2
    return has_gaps and 8 <= len(digits) <= 15 and not FICTION.match(digits)
