import re

from django import template
from django.utils.safestring import SafeString

from reviews.markdown import html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return html(text)


@register.filter
def quoted(text: str) -> str:
    """Text as a quotation in Markdown."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@register.filter
def fenced(text: str) -> str:
    """Text as code in Markdown, whatever fences it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"
