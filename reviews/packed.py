"""What a file is by its first bytes, where it is no text that could be read."""

PACKED = {
    b"PK\x03\x04": "ZIP",
    b"PK\x05\x06": "ZIP",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"Rar!": "RAR",
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"SQLite format 3\x00": "SQLite",
}


def packed_as(body: bytes) -> str | None:
    """The kind of a file that holds no text, such as "ZIP"; its name counts nothing."""
    return next(
        (kind for magic, kind in PACKED.items() if body.startswith(magic)), None
    )
