from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. `holds` is None where nothing is aimed at."""

    name: str
    value: float
    unit: str
    aim: str = ""
    holds: bool | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def as_table(results: list[Result]) -> str:
    """The results as a Markdown table."""
    lines = ["| what | value | unit | aim | holds |", "|---|---:|---|---|---|"]
    words = {True: "yes", False: "NO", None: ""}
    lines += [
        f"| {r.name} | {r.value:,.2f} | {r.unit} | {r.aim} | {words[r.holds]} |"
        for r in results
    ]
    return "\n".join(lines) + "\n"
