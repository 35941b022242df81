"""A message as the chats take it by an incoming webhook: plain values in, JSON out.

Names and titles were typed by people, so nothing of them may act: no mention, no link
but ours, no markup. Where a form has a text that is shown as it is, that one is used.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

SLACK, TEAMS, MATTERMOST = "slack", "teams", "mattermost"

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder: what it says, how things stand, and where it leads."""

    headline: str
    link: str
    button: str
    detail: str = ""
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A heading, and one reminder or what a digest gathered."""

    heading: str
    lines: Sequence[Line]


def payload(service: str, post: Post) -> Payload:
    return _FORMS[service](post)


MOST_LINES = 15
LETTERS, LETTERS_OF_MANY = 1_000, 200
"""Of a digest, and of each text: Slack takes 50 blocks, Teams 28 kB, a reader less."""


def slack(post: Post) -> Payload:
    """Blocks, and `text` for the notification.

    `plain_text` is shown as it is. A link needs `mrkdwn`, in which `&`, `<` and `>` are
    escaped, and `verbatim` makes nothing of names. Headers take 150 letters, sections
    3,000, a message 50 blocks.
    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    https://docs.slack.dev/messaging/formatting-message-text (escaping)
    https://docs.slack.dev/reference/block-kit/blocks/header-block and …/section-block
    """
    blocks: list[Payload] = [
        {"type": "header", "text": _plain(_cut(post.heading, 150))}
    ]
    for line in post.lines[:MOST_LINES]:
        blocks += [_section(_plain(text)) for text in _texts(post, line)]
        link = f"<{_escaped(line.link)}|{_escaped(_cut(line.button, 75))}>"
        blocks.append(_section({"type": "mrkdwn", "text": link, "verbatim": True}))
    blocks += [_section(_plain(text)) for text in _left_out(post)]
    return {"text": _escaped(post.heading), "mrkdwn": False, "blocks": blocks}


def _section(text: Payload) -> Payload:
    return {"type": "section", "text": text}


def _plain(text: str) -> Payload:
    return {"type": "plain_text", "text": text, "emoji": False}


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;")
    return text.replace("<", "&lt;").replace(">", "&gt;")


def teams(post: Post) -> Payload:
    """An Adaptive Card in a message, as the workflow *When a Teams webhook request is
    received* takes it.

    A TextBlock reads Markdown; a TextRun is shown as it is, so that needs no escaping.
    A mention needs an entity, and there is none.
    https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
    https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
    https://adaptivecards.io/explorer/TextRun.html and …/Action.OpenUrl.html
    """
    heading = _cut(post.heading, LETTERS_OF_MANY)
    body: list[Payload] = [_rich(heading, size="Medium", weight="Bolder")]
    actions: list[Payload] = []
    for line in post.lines[:MOST_LINES]:
        body += [_rich(text) for text in _texts(post, line)]
        open_url = {
            "type": "Action.OpenUrl",
            "title": _cut(line.button, 75),
            "url": line.link,
        }
        if len(post.lines) == 1:
            actions.append(open_url)
        else:
            body.append({"type": "ActionSet", "actions": [open_url]})
    body += [_rich(text) for text in _left_out(post)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": actions,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    attachment = {"contentType": kind, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _rich(text: str, **look: str) -> Payload:
    run = {"type": "TextRun", "text": text, **look}
    return {"type": "RichTextBlock", "inlines": [run]}


def mattermost(post: Post) -> Payload:
    """Markdown in `text`, whose marks are escaped; a post takes 16,383 letters.

    They are counted as they are sent: an ampersand takes five.

    Its own parser knows a backslash before some marks, and shows it before all others:
    these are entities. A mention, tag, channel, picture or scheme begins where its mark
    meets a name, escaped or not, so a space without width goes between.
    https://developers.mattermost.com/integrate/webhooks/incoming/
    https://docs.mattermost.com/end-user-guide/collaborate/format-messages.html
    https://github.com/mattermost/marked/blob/master/lib/marked.js (`inline.escape`)
    """
    parts = [f"**{_unmarked(post.heading, LETTERS_OF_MANY)}**"]
    for line in post.lines[:MOST_LINES]:
        parts += [_unmarked(text, _letters(post)) for text in _texts(post, line)]
        parts.append(f"[{_unmarked(line.button, 75)}]({_in_brackets(line.link)})")
    parts += [_unmarked(text, LETTERS_OF_MANY) for text in _left_out(post)]
    return {"text": "\n\n".join(parts)}


_NARROW = "\N{ZERO WIDTH SPACE}"
_UNMARKED = str.maketrans(
    {mark: f"\\{mark}" for mark in "`*_{}[]()+-.!|>"}
    | {"#": f"\\#{_NARROW}", "~": f"\\~{_NARROW}"}
    | {"@": f"@{_NARROW}", ":": f":{_NARROW}"}
    | {"<": "&lt;", "&": "&amp;", "$": "&#36;", "\\": "&#92;"}
)


def _unmarked(text: str, letters: int) -> str:
    """Escaped, and of so many letters then; no mark is cut in two."""
    marks = [mark.translate(_UNMARKED) for mark in " ".join(text.split())]
    ends = list(accumulate(map(len, marks)))
    if not ends or ends[-1] <= letters:
        return "".join(marks)
    return "".join(marks[: bisect_left(ends, letters)]) + "…"


def _in_brackets(link: str) -> str:
    return link.replace("(", "%28").replace(")", "%29")


def _texts(post: Post, line: Line) -> list[str]:
    """What is said of a reminder; the heading is not said twice."""
    headline = "" if line.headline == post.heading else line.headline
    texts = (line.opening, headline, line.detail)
    return [_cut(text, _letters(post)) for text in texts if text]


def _letters(post: Post) -> int:
    return LETTERS if len(post.lines) == 1 else LETTERS_OF_MANY


def _left_out(post: Post) -> list[str]:
    number = len(post.lines) - MOST_LINES
    return [f"+ {number}"] if number > 0 else []


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


_FORMS: Mapping[str, Callable[[Post], Payload]] = {
    SLACK: slack,
    TEAMS: teams,
    MATTERMOST: mattermost,
}
