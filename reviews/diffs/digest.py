"""Whether a file reads the same on two revisions of a change."""

import hashlib
from collections.abc import Iterator

from reviews.diffs.change import File


def digest(file: File) -> str:
    """32 hex digits of what a reader of the file sees, its place in lines included.

    Two revisions have the same one where names, modes and hunks agree.
    """
    hashed = hashlib.blake2b(digest_size=16)
    for part in _parts(file):
        # The length before each part: two parts never run into one another.
        hashed.update(f"{len(part)}:".encode())
        hashed.update(part)
    return hashed.hexdigest()


def _parts(file: File) -> Iterator[bytes]:
    names = (file.old_path, file.new_path, file.old_mode, file.new_mode)
    yield repr((*names, file.kind.value, file.is_binary)).encode()
    for hunk in file.hunks:
        yield f"{hunk.old_start},{hunk.new_start}".encode()
        for line in hunk.lines:
            end = "\n" if line.has_newline else ""
            yield f"{line.kind}{line.text}{end}".encode("utf-8", "surrogatepass")
