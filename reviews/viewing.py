"""What one reader sees around the lines: viewed marks, own counts, the layout."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString

from preceptor.accounts.models import Membership
from reviews.coverage import sittings_in
from reviews.drawing import Drawing
from reviews.file_list import file_list
from reviews.models import DrawnFile, Finding, ReviewSession
from reviews.reading import Batch
from reviews.sittings import Sitting, sitting_called
from reviews.tree import Leaf, tree

VIEWS = ("file", "split", "unified")
"""How files are laid out: each as it suits its change, or all in one way."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawn file with what stands around its lines.

    `findings` are those about the file as a whole.
    """

    file: DrawnFile
    leaf: Leaf
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Viewing:
    """A change before one reader. `findings` are those that the reader may see.

    The session is `session_to_read`. `asked` is the number of the sitting that alone is
    read, 0 for what belongs to none yet; where there is no such sitting all files are.
    """

    member: Membership
    session: ReviewSession
    drawing: Drawing
    findings: Sequence[Finding]
    view: str = "file"
    asked: int | None = None

    @cached_property
    def sittings(self) -> list[Sitting]:
        return sittings_in(self.session, self.drawing.files, self.marks)

    @cached_property
    def sitting(self) -> Sitting | None:
        """The one that alone is read."""
        if self.asked is None:
            return None
        return sitting_called(self.asked, self.sittings)

    @property
    def next_sitting(self) -> Sitting | None:
        """Where to go on once every file of this one is viewed."""
        if self.sitting is None or not self.sitting.is_whole:
            return None
        at = self.sittings.index(self.sitting)
        around = [*self.sittings[at + 1 :], *self.sittings[:at]]
        return next((one for one in around if not one.is_whole), None)

    @cached_property
    def only(self) -> frozenset[int] | None:
        """The numbers of the files that are shown; None for all of them."""
        return self.sitting.numbers if self.sitting else None

    @cached_property
    def marks(self) -> dict[str, str]:
        return self.session.marks

    @cached_property
    def found(self) -> Counter[str]:
        """How many of the reader's own findings are in each file, by path."""
        own = (one for one in self.findings if one.author_id == self.member.pk)
        return Counter(one.path for one in own)

    @cached_property
    def leaves(self) -> list[Leaf]:
        return [
            self.leaf(file)
            for file in self.drawing.files
            if self.only is None or file.number in self.only
        ]

    def leaf(self, file: DrawnFile) -> Leaf:
        """A mark counts where the file reads as it did when it was made."""
        return Leaf(
            number=file.number,
            path=file.label,
            added=file.added,
            removed=file.removed,
            found=self.found[file.path],
            is_viewed=self.marks.get(file.path) == file.digest,
        )

    @property
    def tree(self) -> SafeString:
        return file_list(tree(self.leaves))

    @property
    def total(self) -> int:
        return len(self.leaves)

    @property
    def viewed(self) -> int:
        return sum(leaf.is_viewed for leaf in self.leaves)

    @property
    def unviewed(self) -> Leaf | None:
        """The first file that is not viewed yet."""
        return next((leaf for leaf in self.leaves if not leaf.is_viewed), None)

    def framed(self, parts: Iterable[DrawnFile | Batch]) -> Iterator[Frame | Batch]:
        """The drawn files in their frames; those that wait stay as they are."""
        about: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            if finding.line_to is None:
                about[finding.path].append(finding)
        for part in parts:
            if isinstance(part, Batch):
                yield part
                continue
            part.view = self.view
            yield Frame(part, self.leaf(part), about.get(part.path, ()))
