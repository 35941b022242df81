"""The payloads, against the documented forms of the chats, written out as types."""

import json
import re
from html import unescape
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from preceptor.notifications.chats import MOST_LINES, Line, Post, payload

LINK = "https://preceptor.example/o/tidewater/growth/(7)/?a=1&b=2"
EVIL = "<!channel> @all *bold* [x](http://evil.example) <@U1> <at>Al</at> `c` & ~town"
NARROW = "\N{ZERO WIDTH SPACE}"
ONE = Post(EVIL, [Line(EVIL, LINK, "Look", "Both <b>signed</b>.", "Dear all,")])
MANY = Post(
    "3 things",
    [Line(f"Thing {n}", f"{LINK}{n}", "Look", "Waits.") for n in range(3)],
)
FULL = Post("H" * 400, [Line("h" * 5_000, LINK, "b" * 200, "d" * 5_000)] * 40)

Url = Annotated[str, Meta(pattern="^https://", max_length=3_000)]


class SlackPlain(msgspec.Struct, forbid_unknown_fields=True, tag="plain_text"):
    """https://docs.slack.dev/reference/block-kit/composition-objects/text-object"""

    text: Annotated[str, Meta(min_length=1, max_length=3_000)]
    emoji: bool


class SlackMrkdwn(msgspec.Struct, forbid_unknown_fields=True, tag="mrkdwn"):
    text: Annotated[str, Meta(min_length=1, max_length=3_000)]
    verbatim: bool


class SlackHeaderText(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["plain_text"]
    text: Annotated[str, Meta(min_length=1, max_length=150)]
    emoji: bool


class SlackHeader(msgspec.Struct, forbid_unknown_fields=True, tag="header"):
    text: SlackHeaderText


class SlackSection(msgspec.Struct, forbid_unknown_fields=True, tag="section"):
    text: SlackPlain | SlackMrkdwn


class SlackMessage(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=40_000)]
    mrkdwn: bool
    blocks: Annotated[list[SlackHeader | SlackSection], Meta(max_length=50)]


class TeamsRun(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["TextRun"]
    text: Annotated[str, Meta(min_length=1)]
    size: Literal["Small", "Default", "Medium", "Large"] = "Default"
    weight: Literal["Lighter", "Default", "Bolder"] = "Default"


class TeamsRich(msgspec.Struct, forbid_unknown_fields=True, tag="RichTextBlock"):
    inlines: Annotated[list[TeamsRun], Meta(min_length=1)]


class TeamsOpen(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["Action.OpenUrl"]
    title: str
    url: Url


class TeamsActions(msgspec.Struct, forbid_unknown_fields=True, tag="ActionSet"):
    actions: Annotated[list[TeamsOpen], Meta(min_length=1)]


class TeamsCard(msgspec.Struct, forbid_unknown_fields=True):
    schema: Annotated[
        Literal["http://adaptivecards.io/schemas/adaptive-card.json"], Meta()
    ] = msgspec.field(name="$schema")
    type: Literal["AdaptiveCard"]
    version: Literal["1.2", "1.3", "1.4"]
    body: list[TeamsRich | TeamsActions]
    actions: list[TeamsOpen]


class TeamsAttachment(msgspec.Struct, forbid_unknown_fields=True):
    content_type: Literal["application/vnd.microsoft.card.adaptive"] = msgspec.field(
        name="contentType"
    )
    content_url: None = msgspec.field(name="contentUrl")
    content: TeamsCard


class TeamsMessage(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["message"]
    attachments: Annotated[list[TeamsAttachment], Meta(min_length=1, max_length=1)]


class MattermostMessage(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=16_383)]


FORMS = {"slack": SlackMessage, "teams": TeamsMessage, "mattermost": MattermostMessage}


@pytest.mark.parametrize("post", [ONE, MANY, FULL], ids=["one", "many", "full"])
@pytest.mark.parametrize("service", FORMS)
def test_payload_has_the_documented_form(service: str, post: Post) -> None:
    body = json.dumps(payload(service, post)).encode()
    msgspec.json.decode(body, type=FORMS[service])
    assert len(body) < 28_000  # of Teams, documented in kB


@pytest.mark.parametrize("service", FORMS)
def test_payload_says_what_was_left_out(service: str) -> None:
    body = json.dumps(payload(service, FULL))
    left = 40 - MOST_LINES
    assert (f"\\\\+ {left}" if service == "mattermost" else f"+ {left}") in body


@pytest.mark.parametrize("number", [1, 40])
def test_mattermost_counts_the_letters_of_what_stands_for_a_mark(number: int) -> None:
    line = Line("&" * 5_000, LINK, "&" * 200, "$" * 5_000, "\\" * 5_000)
    post = Post("&" * 400, [line] * number)
    sent = msgspec.json.encode(payload("mattermost", post))
    text = msgspec.json.decode(sent, type=MattermostMessage).text
    assert not re.search(r"&(?!amp;|#36;|#92;)", text.replace("&b=2)", ")"))
    assert f"**{'&amp;' * 39}…**" in text


def test_slack_shows_names_as_they_are_and_escapes_its_link() -> None:
    blocks = payload("slack", ONE)["blocks"]
    assert blocks[0]["text"]["text"] == EVIL
    assert [block["text"]["type"] for block in blocks] == [
        "plain_text",
        "plain_text",
        "plain_text",
        "mrkdwn",
    ]
    link = LINK.replace("&", "&amp;")
    assert blocks[-1]["text"]["text"] == f"<{link}|Look>"


def test_slack_mentions_nobody_in_the_notification() -> None:
    text = payload("slack", ONE)["text"]
    assert "&lt;!channel&gt;" in text
    assert "<" not in text


def test_teams_puts_people_s_words_where_no_markdown_is_read() -> None:
    card = payload("teams", ONE)["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert card["actions"][0]["url"] == LINK
    assert "msteams" not in card


def test_teams_puts_a_button_beside_each_of_many() -> None:
    card = payload("teams", MANY)["attachments"][0]["content"]
    kinds = [block["type"] for block in card["body"]]
    assert kinds.count("ActionSet") == 3
    assert card["actions"] == []


def test_mattermost_escapes_marks_and_mentions() -> None:
    text = payload("mattermost", ONE)["text"]
    assert "@all" not in text
    assert "@channel" not in text
    assert f"\\*bold\\* \\[x\\]\\(http:{NARROW}//evil\\.example\\)" in text
    assert r"&lt;\!channel\>" in text
    assert f"&amp; \\~{NARROW}town" in text
    assert text.endswith(
        "[Look](https://preceptor.example/o/tidewater/growth/%287%29/?a=1&b=2)"
    )


def test_mattermost_shows_what_was_written() -> None:
    """Read as its own parser reads it: of all marks it knows these as escaped."""
    said = r"Tue, 10:00: a+b=c, $5 & 6^2 <3 #tag C:\dir `x` :wave: 50% done; (it’s) 7|8"
    text = payload("mattermost", Post(said, []))["text"]
    shown = unescape(re.sub(r"\\([`*{}\[\]()#+\-.!_>|~])", r"\1", text))
    assert shown.replace(NARROW, "") == f"**{said}**"
    assert not re.search(r":\w|#\w", shown)
