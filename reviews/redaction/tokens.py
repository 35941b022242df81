"""The patterns of secrets: those of detect-secrets, and what it does not know yet.

Its plugins are used as tables of patterns alone. Its scanner keeps its settings in a
global, which threads would share, and can ask a provider whether a secret is valid;
neither has a place here.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from detect_secrets.filters import heuristic
from detect_secrets.plugins import keyword
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector


class Found(NamedTuple):
    kind: str
    is_sure: bool
    start: int
    end: int


class Pattern(NamedTuple):
    """`group` is the part of a match that is the secret."""

    kind: str
    regex: re.Pattern[str]
    group: int = 0


NEWER = (
    ("GitHub token", r"github_pat_[A-Za-z0-9_]{60,100}"),
    ("Anthropic key", r"sk-ant-[A-Za-z0-9_-]{24,200}"),
    ("OpenAI key", r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{24,200}"),
    ("Google key", r"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    ("Hugging Face token", r"hf_[A-Za-z]{34}(?!\w)"),
    # Head and body of a JSON Web Token are objects: both begin with `{"`.
    (
        "sign-in token",
        r"(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}(?:\.[\w-]{10,})?",
    ),
    ("Slack token", r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{20,}"),
)


def _patterns() -> Iterator[Pattern]:
    for kind, expression in NEWER:
        yield Pattern(kind, re.compile(expression))
    key, *named = AWSKeyDetector.denylist
    yield Pattern("AWS key", re.compile(rf"(?<![A-Za-z0-9]){key.pattern}(?!\w)"))
    for regex in named:
        yield Pattern("AWS key", regex, 1)
    for kind, plugin in (
        ("GitHub token", GitHubTokenDetector),
        ("GitLab token", GitLabTokenDetector),
        ("Slack token", SlackDetector),
        ("Stripe key", StripeDetector),
        ("OpenAI key", OpenAIDetector),
        ("PyPI token", PypiTokenDetector),
        ("SendGrid key", SendGridDetector),
        ("Azure key", AzureStorageKeyDetector),
        ("Discord token", DiscordBotTokenDetector),
        ("Telegram token", TelegramBotTokenDetector),
        ("Mailchimp key", MailchimpDetector),
        ("Square secret", SquareOAuthDetector),
    ):
        for regex in plugin.denylist:
            yield Pattern(kind, regex)
    yield Pattern("npm token", NpmDetector.denylist[0], 1)
    for regex in TwilioKeyDetector.denylist:
        yield Pattern("Twilio key", re.compile(rf"(?<!\w){regex.pattern}(?!\w)"))
    for regex in BasicAuthDetector.denylist:
        yield Pattern("password in an address", regex, 1)


PATTERNS = tuple(_patterns())

WORTH_A_LOOK = re.compile(r"[A-Za-z0-9+/_=.-]{16}|://")
KEYWORD = re.compile(r"api_?key|_?key|pass|pwd|secret|contrase", re.IGNORECASE)
QUOTED = re.compile(r"([\"'`])([A-Za-z0-9+/_=-]{24,200})\1")
ORDINARY = re.compile(
    r"(?i)password|passwd|secret|change_?me|example|placeholder|dummy|redacted|"
    r"your[_-]|xxx|\*\*\*|\.\.\.|test|removed:"
)
LEAST_RANDOM = 4.5
"""Bits a character, the threshold of detect-secrets for base64."""

JOINTS = re.compile(r"[-_./: ]")
HEX = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{16,}", re.IGNORECASE)
LEAST_DRAWN, LEAST_TURNS = 10, 0.35


def tokens(text: str) -> Iterator[Found]:
    """Secrets whose own shape gives them away."""
    if not WORTH_A_LOOK.search(text):
        return
    for kind, regex, group in PATTERNS:
        for match in regex.finditer(text):
            if not _is_reference(match[group]):
                yield Found(kind, True, *match.span(group))


def named(text: str) -> Iterator[Found]:
    """Values of what is called a password, a key or a secret.

    Sure where the value is one that nobody would think of; else a person decides.
    """
    if not KEYWORD.search(text) or heuristic.is_indirect_reference(text):
        return
    for regex, group in keyword.QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP.items():
        if (match := regex.search(text)) and _is_likely(match[group]):
            is_sure = _is_drawn(match[group])
            yield Found("password or key", is_sure, *match.span(group))


def random_looking(text: str) -> Iterator[Found]:
    """Quoted texts that look drawn by lot; a person decides."""
    for match in QUOTED.finditer(text):
        if _is_random(match[2]):
            yield Found("random-looking text", False, *match.span(2))


def _is_reference(value: str) -> bool:
    return (
        heuristic.is_templated_secret(value)
        or value.startswith(("$", "{", "<", "%"))
        or bool(re.fullmatch(r"[*x.•‹›]+|‹removed: .*", value))
    )


def _is_likely(value: str) -> bool:
    """Of what stands behind a name such as `password`: words and templates do not."""
    value = value.strip()
    return not (
        len(value) < 6
        or " " in value
        or value.isalpha()
        or _is_reference(value)
        or ORDINARY.search(value)
        or heuristic.is_not_alphanumeric_string(value)
        or heuristic.is_sequential_string(value)
        or re.fullmatch(r"[A-Za-z_.\\-]+", value)
    )


def _is_drawn(value: str) -> bool:
    """Whether small and large letters, digits and signs alternate as if by lot.

    Of characters drawn from 62, 0.62 of the neighbours are of two kinds; in words with
    a number behind them few are, whatever they are joined with.
    """
    if heuristic.is_potential_uuid(value):
        return False
    plain = JOINTS.sub("", value)
    if len(plain) < LEAST_DRAWN:
        return False
    if HEX.fullmatch(plain):
        return len(set(plain)) >= LEAST_DRAWN
    kinds = [(one.isupper(), one.islower(), one.isdigit()) for one in plain]
    turns = sum(one != other for one, other in pairwise(kinds))
    return turns > LEAST_TURNS * (len(plain) - 1)


def _is_random(value: str) -> bool:
    kinds = (str.isupper, str.islower, str.isdigit)
    if not all(any(map(kind, value)) for kind in kinds):
        return False
    if heuristic.is_potential_uuid(value) or heuristic.is_sequential_string(value):
        return False
    counts = Counter(value).values()
    bits = -sum(n / len(value) * math.log2(n / len(value)) for n in counts)
    return bits > LEAST_RANDOM
