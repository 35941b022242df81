"""What waits in a staged upload: a diff, conversations, and what was found in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from preceptor.accounts.models import StagedUpload
from reviews.joining import Part
from reviews.redaction import Hit, Scan, Text, diff_text, plain_text, redacted


@dataclass(frozen=True, slots=True)
class Bundle:
    """The bytes of one staged upload, one after the other; the first is the diff.

    `diff` is empty where only a conversation is brought. `names` are those of the
    files that the diff was joined from. `words` are what was typed around it, so that
    what is removed from the diff is removed there too.
    """

    diff: bytes
    names: tuple[str, ...] = ()
    conversations: tuple[Part, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def body(self) -> bytes:
        return self.diff + b"".join(part.body for part in self.conversations)

    def layout(self) -> dict[str, Any]:
        """How to take the body apart again, fit for JSON."""
        return {
            "size": len(self.diff),
            "names": list(self.names),
            "conversations": [
                [part.name, len(part.body)] for part in self.conversations
            ],
        }

    @classmethod
    def of(cls, staged: StagedUpload, words: Sequence[str] = ()) -> Self:
        body = staged.data
        layout = staged.details.get("layout", {"size": len(body)})
        at = layout["size"]
        conversations = []
        for name, size in layout.get("conversations", ()):
            conversations.append(Part(name, body[at : at + size]))
            at += size
        return cls(
            diff=body[: layout["size"]],
            names=tuple(layout.get("names", ())),
            conversations=tuple(conversations),
            words=tuple(words),
        )

    def texts(self) -> list[Text]:
        """The diff, each conversation, then names and words."""
        rest = (*(part.body for part in self.conversations), *self._written())
        return [diff_text(self.diff), *map(plain_text, rest)]

    def without(self, hits: Sequence[Hit]) -> "Bundle":
        """All of it with what the hits name replaced, wherever it stands."""
        clean = iter(redacted(self.texts(), hits))
        diff = next(clean)
        talks = [next(clean) for _part in self.conversations]
        written = [line.decode("utf-8", "replace") for line in clean]
        count, names = len(talks), len(talks) + len(self.names)
        return Bundle(
            diff=diff,
            names=tuple(written[count:names]),
            conversations=tuple(map(Part, written[:count], talks)),
            words=tuple(written[names:]),
        )

    def _written(self) -> list[bytes]:
        names = (part.name for part in self.conversations)
        return [line.encode() for line in (*names, *self.names, *self.words)]


def found_in(staged: StagedUpload) -> Scan:
    """What the scan found when the upload was staged."""
    rows = staged.details.get("hits", ())
    is_whole = staged.details.get("is_whole", True)
    return Scan(tuple(Hit.from_json(row) for row in rows), is_whole)


def chosen(staged: StagedUpload, removing: Sequence[int]) -> list[Hit]:
    """The hits of those numbers."""
    hits = found_in(staged).hits
    return [hits[at] for at in sorted(set(removing)) if at < len(hits)]
