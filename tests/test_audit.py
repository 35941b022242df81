import pytest

from tests.audit import told

WEAK = {
    "name": "django",
    "version": "5.2.1",
    "vulns": [{"id": "PYSEC-2025-1", "fix_versions": ["5.2.2"]}],
}
SOUND = {"name": "redis", "version": "6.0", "vulns": []}
UNKNOWN = {"name": "celery", "skip_reason": "Dependency not found on PyPI"}


def test_a_known_weakness_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert told([SOUND, WEAK]) == 1
    assert capsys.readouterr().out == (
        "django 5.2.1: PYSEC-2025-1, mended in 5.2.2\n"
        "2 packages looked up, 1 known weaknesses\n"
    )


def test_what_could_not_be_learned_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert told([SOUND, UNKNOWN]) == 0
    assert capsys.readouterr().out == (
        "1 packages looked up, 0 known weaknesses; no answer about 1\n"
    )
