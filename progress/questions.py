"""What preceptor and junior are asked about each other, half-way and at the end.

An answer is a number from 1 (not at all) to 5 (fully), or nothing for "can't say". A
key stays what it is for good: answers and averages are kept under it.
"""

import json
from collections.abc import Mapping
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_MENTOR: dict[str, Promise] = {
    "time": _("Kept the hours that we had agreed on"),
    "waits": _("Let me look for myself before saying what they saw"),
    "why": _("Said why something is a flaw, not just that it is one"),
    "safe": _("I could be wrong without it being held against me"),
    "hands_over": _("Handed the lead over to me when I was ready"),
    "grew": _("I see more in a change today because of our sessions"),
}

OF_JUNIOR: dict[str, Promise] = {
    "time": _("Came to the sessions, and had read the change"),
    "commits": _("Commits to a judgement before hearing mine"),
    "why": _("Explains a flaw so that somebody else would understand it"),
    "takes": _("Takes up what we agreed on, until it is done"),
    "doubts": _("Asks for evidence, of the tool and of people"),
    "leads": _("Leads a session so that both of us learn from it"),
}

ANSWERS: dict[int, Promise] = {
    1: _("not at all"),
    2: _("little"),
    3: _("partly"),
    4: _("mostly"),
    5: _("fully"),
}


def digest(answers: Mapping[str, int], word: str = "") -> str:
    """What tells one state of somebody's answers from another, on their own form."""
    said = json.dumps([sorted(answers.items()), word])
    return sha256(said.encode()).hexdigest()[:16]
