import pytest

from pairings import ports
from pairings.models import Pairing


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Pairing]]:
    """What the ports announced, in place of what upper apps do."""
    told: list[tuple[str, Pairing]] = []
    for name in ("started", "ended"):
        listener = [lambda pairing, name=name: told.append((name, pairing))]
        monkeypatch.setattr(ports, name, listener)
    return told
