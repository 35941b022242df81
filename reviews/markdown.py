"""What people write, as Markdown, to HTML that is safe on a page of ours."""

from collections.abc import Sequence
from typing import Any

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from preceptor.leaving import REL, leaves, said

# Beyond this many characters text is shown as it was written.
LONGEST = 20_000

TAGS = {
    *("p", "br", "hr", "blockquote", "ul", "ol", "li", "pre"),
    *("code", "em", "strong", "s", "a", "span"),
}


def html(text: str) -> SafeString:
    """CommonMark with strikethrough; line ends break, raw HTML is shown as text.

    No images: a reader's browser asks nobody else. A heading becomes a bold
    paragraph, since the page has headings of its own.
    """
    if len(text) > LONGEST:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 - escaped
    cleaned = nh3.clean(
        _MARKDOWN.render(text),
        tags=TAGS,
        attributes={
            "a": {"href", "title", "rel", "target"},
            "ol": {"start"},
            "span": {"class"},
        },
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned just above


def _heading_open(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    return "<p><strong>"


def _heading_close(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    return "</strong></p>\n"


def _link_open(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    env["leaves"] = leaves(str(tokens[at].attrGet("href")))
    if env["leaves"]:
        tokens[at].attrs |= {"rel": REL, "target": "_blank"}
    return self.renderToken(tokens, at, options, env)


def _link_close(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    """No link stands in another, so that the last to open is the one that closes."""
    return f"{said()}</a>" if env["leaves"] else "</a>"


_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("strikethrough")
    .disable("image")
)
_MARKDOWN.add_render_rule("link_open", _link_open)
_MARKDOWN.add_render_rule("link_close", _link_close)
_MARKDOWN.add_render_rule("heading_open", _heading_open)
_MARKDOWN.add_render_rule("heading_close", _heading_close)
