"""Words in sessions: titles, findings and lessons, as far as somebody may read them."""

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, OuterRef, Q

from preceptor.accounts.models import Membership
from reviews.models import Finding, Lesson, ReviewSession, ReviewSessionQuerySet

LANGUAGE = "english"


def matching(text: str, reader: Membership) -> ReviewSessionQuerySet:
    """Sessions that the reader took part in and whose words match.

    `text` is what one types into a search box: words, "phrases", or. A title also
    matches in the middle of a word. Reads the words of the reader's own sessions
    alone, so it needs no index.
    """
    query = SearchQuery(text, config=LANGUAGE, search_type="websearch")
    findings = (
        Finding.objects.filter(session=OuterRef("pk"))
        .readable_by(reader)
        .alias(words=SearchVector("title", "text", "path", config=LANGUAGE))
    )
    lessons = Lesson.objects.filter(session=OuterRef("pk")).alias(
        words=SearchVector("text", config=LANGUAGE)
    )
    rows = ReviewSession.objects.of(reader)
    return rows.alias(words=SearchVector("title", "account", config=LANGUAGE)).filter(
        Q(words=query)
        | Q(title__icontains=text)
        | Exists(findings.filter(words=query))
        | Exists(lessons.filter(words=query))
    )


def in_category(category: str, reader: Membership) -> ReviewSessionQuerySet:
    """Sessions with a finding of a category that the reader may read."""
    findings = Finding.objects.filter(session=OuterRef("pk"), category=category)
    rows = ReviewSession.objects.of(reader)
    return rows.filter(Exists(findings.readable_by(reader)))
