"""What the words around a diff say of who wrote it: trailers, authors, marks of tools.

Forms as they are met: git's `Co-authored-by: Name <address>`, the kernel's
`Assisted-by: AGENT:MODEL [tools]` (Documentation/process/coding-assistants.rst),
aider's authors ("Ines (aider)") and `aider (model)`, `Entire-Checkpoint`, and the line
"Generated with [Claude Code](…)".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviews.redaction import diff_text

MOST = 200
LONGEST = 80

TRAILER = re.compile(
    r"\s{0,8}(?P<key>co-authored-by|assisted-by|generated-by|entire-checkpoint)"
    r":\s*(?P<value>\S.{0,300})",
    re.IGNORECASE,
)
AUTHOR = re.compile(
    r"(?:From|Author):\s*(?P<name>[^<]{0,200})<(?P<address>[^>]{3,254})>"
)
GENERATED = re.compile(r"Generated with \[?(?P<tool>[A-Z][\w .-]{1,40}?)\]?(?:\(|$)")
PERSON = re.compile(r"(?P<name>[^<]*)(?:<(?P<address>[^>]*)>)?")
ASSISTED = re.compile(r"(?P<agent>[^:<\[]+)(?::(?P<model>[^\s\[<]+))?")
IN_BRACKETS = re.compile(r"\((?P<model>[^)]+)\)")

TOOLS = (
    (re.compile(r"\baider\b", re.IGNORECASE), "aider"),
    (re.compile(r"\bcopilot\b", re.IGNORECASE), "GitHub Copilot"),
    (re.compile(r"\bcursor(?:agent)?\b", re.IGNORECASE), "Cursor"),
    (re.compile(r"\bcodex\b", re.IGNORECASE), "Codex CLI"),
    (re.compile(r"\bgemini\b", re.IGNORECASE), "Gemini CLI"),
    (re.compile(r"\bdevin-ai\b", re.IGNORECASE), "Devin"),
    (re.compile(r"\bwindsurf\b", re.IGNORECASE), "Windsurf"),
    (
        re.compile(
            r"^\s*claude(?: code)?\s*(?:<|$)|@anthropic\.com"
            r"|\bclaude (?:code|opus|sonnet|haiku|\d)",
            re.IGNORECASE,
        ),
        "Claude Code",
    ),
)
"""Names that people have too, such as Claude, count with what only a tool has."""

CLAUDE = re.compile(r"Claude (?:(?:Opus|Sonnet|Haiku|\d)[\w .-]*)")


@dataclass(frozen=True, slots=True)
class Credit:
    """A proposal, to be corrected by hand; empty where the words do not say."""

    tool: str = ""
    model: str = ""

    def or_else(self, other: "Credit") -> "Credit":
        """What this one leaves open, from the other if they agree on the tool."""
        if self.tool and other.tool and self.tool != other.tool:
            return self
        return Credit(self.tool or other.tool, self.model or other.model)


def credit_in(body: bytes) -> Credit:
    """What the trailers and authors of an upload say together, the first ones first."""
    credit = Credit()
    for line in _words(body):
        credit = credit.or_else(_credit(line))
    return credit


def authors_in(body: bytes) -> list[str]:
    """The addresses of who is named as author, in lower case."""
    found = (AUTHOR.match(line) for line in _words(body))
    return list(dict.fromkeys(match["address"].lower() for match in found if match))


def _words(body: bytes) -> Iterator[str]:
    """Lines outside of the diff that may be a trailer, an author or a mark."""
    text = diff_text(body)
    found = (text.lines[at].rstrip("\r") for at in text.scanned if at in text.prose)
    telling = (line for line in found if ":" in line or "Generated with" in line)
    yield from (line for line, _count in zip(telling, range(MOST * 10), strict=False))


def _credit(line: str) -> Credit:
    if trailer := TRAILER.match(line):
        match trailer["key"].lower():
            case "entire-checkpoint":
                return Credit()
            case "assisted-by":
                return _assisted(trailer["value"])
        return _person(trailer["value"])
    if author := AUTHOR.match(line):
        return _person(author[0].partition(":")[2])
    if generated := GENERATED.search(line):
        return Credit(_tool(generated["tool"]) or generated["tool"])
    return Credit()


def _assisted(value: str) -> Credit:
    found = ASSISTED.match(value)
    if not found or not found["model"]:
        return _person(value)
    agent = found["agent"].strip()
    return Credit((_tool(agent) or agent)[:LONGEST], found["model"][:LONGEST])


def _person(value: str) -> Credit:
    """A name with its address: only known tools count, people are left alone."""
    tool = _tool(value)
    if not tool:
        return Credit()
    found = PERSON.match(value)
    name = found["name"].strip() if found else ""
    if tool == "aider":
        inside = IN_BRACKETS.search(name)
        model = inside["model"] if inside and inside["model"] != "aider" else ""
    else:
        claude = CLAUDE.search(name)
        model = claude[0] if claude else ""
    return Credit(tool, model.strip()[:LONGEST])


def _tool(words: str) -> str:
    return next((tool for pattern, tool in TOOLS if pattern.search(words)), "")
