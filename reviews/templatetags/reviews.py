from django import template
from django.utils.safestring import SafeString

from reviews.markdown import html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return html(text)
