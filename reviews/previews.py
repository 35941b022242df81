"""What was found in a staged upload, as its preview shows it: each in its place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preceptor.accounts.models import StagedUpload
from reviews.models import Transcript
from reviews.redaction import Place, Text, occurrences, whereabouts
from reviews.staging import Bundle, found_in
from reviews.transcripts import read

MOST_PLACES = 3
AROUND = 70

REASONS = {
    "password or key": gettext_lazy("What it is assigned to is called a secret."),
    "random-looking text": gettext_lazy("It looks drawn by lot, as keys are."),
    "private key": gettext_lazy("It stands below the head of a private key."),
    "password in an address": gettext_lazy("It stands before the @ of an address."),
    "e-mail address": gettext_lazy("It leads to a person."),
    "phone number": gettext_lazy("It is written as phone numbers are."),
    "account number": gettext_lazy("Its check digits are those of an account."),
    "card number": gettext_lazy("Its check digit is that of a card."),
}
SHAPED = gettext_lazy("It has the shape of one.")


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """One occurrence: what stands before and after it in its line, and whereabouts."""

    where: str
    before: str
    value: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownHit:
    """`number` is what the form sends; `more` counts the places that are not shown."""

    number: int
    kind: str
    reason: str
    is_sure: bool
    count: int
    places: tuple[ShownPlace, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.places)


@dataclass(frozen=True, slots=True)
class ShownTalk:
    """What was recognised of a conversation."""

    name: str
    form: str
    model: str
    turns: int
    unknown: int


def shown_talks(bundle: Bundle) -> list[ShownTalk]:
    return [
        ShownTalk(
            name=part.name,
            form=str(Transcript.Form(talk.form).label),
            model=", ".join(talk.models),
            turns=len(talk.turns),
            unknown=sum(talk.unknown.values()),
        )
        for part in bundle.conversations
        for talk in [read(part.body, part.name)]
    ]


def shown_hits(staged: StagedUpload, bundle: Bundle) -> list[ShownHit]:
    hits = found_in(staged).hits
    if not hits:
        return []
    texts = bundle.texts()
    found = occurrences(texts, hits)
    wanted = {place.line for places in found for place in places[:MOST_PLACES]}
    whither = Whereabouts(texts, bundle, whereabouts(texts[0], wanted))
    return [
        ShownHit(
            number=number,
            kind=hit.kind,
            reason=str(REASONS.get(hit.kind, SHAPED)),
            is_sure=hit.is_sure,
            count=len(places),
            places=tuple(map(whither.shown, places[:MOST_PLACES])),
        )
        for number, (hit, places) in enumerate(zip(hits, found, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Names places; `known` has file and line for lines of the diff."""

    texts: Sequence[Text]
    bundle: Bundle
    known: dict[int, tuple[str, int]]

    def shown(self, place: Place) -> ShownPlace:
        line = self.texts[place.text].lines[place.line - 1]
        before, after = line[: place.start], line[place.end :]
        return ShownPlace(
            where=self.name(place),
            before=_visible(before if len(before) < AROUND else f"…{before[-AROUND:]}"),
            value=_visible(place.value(self.texts)[: 2 * AROUND]),
            after=_visible(after if len(after) < AROUND else f"{after[:AROUND]}…"),
        )

    def name(self, place: Place) -> str:
        words = {"path": "", "line": place.line}
        talk = place.text - 1
        if place.text == 0 and place.line not in self.known:
            return _("before or after the diff, line %(line)s") % words
        if place.text == 0:
            words["path"], words["line"] = self.known[place.line]
        elif talk < len(self.bundle.conversations):
            words["path"] = self.bundle.conversations[talk].name
        else:
            return _("in what you typed, or in the name of a file")
        words["path"] = words["path"] or _("the conversation")
        return _("%(path)s, line %(line)s") % words


def _visible(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{SYMBOL FOR NULL}")
