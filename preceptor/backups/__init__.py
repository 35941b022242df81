"""Backups of the database: taken while writing goes on, checked, sealed, brought back.

A backup is a folder of two files: `dump`, an archive of pg_dump, sealed with age where
that was asked for, and `manifest.json`, which says how many rows each table held in the
very snapshot that was dumped, and a sum over them. The folder gets its name once both
are whole and on the disk.
"""

from preceptor.backups.manifest import Difference, Manifest, TableSum
from preceptor.backups.problem import Problem
from preceptor.backups.pruning import found, prune
from preceptor.backups.reading import check, restore
from preceptor.backups.writing import back_up

__all__ = [
    "Difference",
    "Manifest",
    "Problem",
    "TableSum",
    "back_up",
    "check",
    "found",
    "prune",
    "restore",
]
