"""A pytest plugin that runs PostgreSQL and Valkey for the whole test run.

It is loaded by `-p`, because pytest-django reads the settings before any conftest.
Servers that DATABASE_URL and REDIS_URL name are used as they are.
The workers of pytest-xdist inherit the addresses from the process that started them.
"""

import contextlib
import os
from collections.abc import Generator
from itertools import count
from pathlib import Path

import pytest

from preceptor.embedded import NAMES, CannotStart, lock, servers

FOLDER = Path(__file__).resolve().parent.parent / "var" / "test"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config,
) -> Generator[None, None, None]:
    if all(os.environ.get(name) for name in NAMES):
        return (yield)
    stack = contextlib.ExitStack()
    early_config.add_cleanup(stack.close)
    folder = _free_folder(stack)
    try:
        urls = stack.enter_context(servers(folder, throwaway=True))
    except CannotStart as error:
        raise pytest.UsageError(str(error)) from error
    (folder / "static").mkdir(exist_ok=True)
    os.environ.update(urls, PRECEPTOR_DATA=str(folder))
    return (yield)


def _free_folder(stack: contextlib.ExitStack) -> Path:
    """A data folder that no other test run uses, for as long as the stack lives."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        folder = FOLDER / str(number)
        folder.mkdir(exist_ok=True)
        with contextlib.ExitStack() as attempt:
            if attempt.enter_context(lock(folder / "run.lock")):
                stack.enter_context(attempt.pop_all())
                return folder
    raise AssertionError("count never ends")
