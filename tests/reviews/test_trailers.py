"""What trailers and authors say of a change's origin."""

import pytest

from reviews.trailers import Credit, authors_in, credit_in
from tests.samples import diff_sample

CLAUDE = "Claude Code"
SAID = {
    "Co-authored-by: Claude <noreply@anthropic.com>": Credit(CLAUDE),
    "Co-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>": Credit(
        CLAUDE, "Claude Opus 4.5"
    ),
    "    Co-authored-by: aider (claude-sonnet-4) <aider@aider.chat>": Credit(
        "aider", "claude-sonnet-4"
    ),
    "Author: Ines Carvalho (aider) <ines@carvalho.pt>": Credit("aider"),
    "Assisted-by: Claude:claude-3-opus coccinelle sparse": Credit(
        CLAUDE, "claude-3-opus"
    ),
    "Assisted-by: Zed:gpt-5": Credit("Zed", "gpt-5"),
    "Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>": Credit(
        "GitHub Copilot"
    ),
    "Co-authored-by: Cursor <cursoragent@cursor.com>": Credit("Cursor"),
    "🤖 Generated with [Claude Code](https://claude.com/claude-code)": Credit(CLAUDE),
    "Entire-Checkpoint: deb0dd407fb7": Credit(),
    "Co-authored-by: Claude Monet <claude@monet.fr>": Credit(),
    "Co-authored-by: Devin Marsh <devin@tidewater.example>": Credit(),
    "Author: Ines Carvalho <ines@carvalho.pt>": Credit(),
}
SAMPLES = {
    "01-tiny-go.diff": Credit(),
    "04-typical-go-ts-git-show.patch": Credit(CLAUDE, "Claude Sonnet 4.5"),
    "26-format-patch-mail.patch": Credit(CLAUDE, "Claude Sonnet 5"),
    "29-mbox-three-mails.patch": Credit(CLAUDE, "Claude Opus 4.5"),
}


@pytest.mark.parametrize(("line", "credit"), SAID.items())
def test_credit_of_a_line(line: str, credit: Credit) -> None:
    assert credit_in(line.encode()) == credit


@pytest.mark.parametrize(("name", "credit"), SAMPLES.items())
def test_credit_of_a_sample(name: str, credit: Credit) -> None:
    assert credit_in(diff_sample(name)) == credit


def test_credit_of_lines_that_agree_is_joined() -> None:
    words = b"Generated with [Claude Code](x)\nAssisted-by: Claude:opus\nzz: 1\n"
    assert credit_in(words) == Credit(CLAUDE, "opus")
    other = b"Co-authored-by: Cursor <a@cursor.com>\nAssisted-by: Claude:opus\n"
    assert credit_in(other) == Credit("Cursor")


def test_credit_looks_outside_of_the_change() -> None:
    diff = b"--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+Assisted-by: Claude:opus\n"
    assert credit_in(diff) == Credit()


def test_authors() -> None:
    assert authors_in(diff_sample("29-mbox-three-mails.patch")) == ["name@example.com"]
    assert authors_in(b"From: Ines <Ines@Carvalho.pt>\n") == ["ines@carvalho.pt"]
    assert authors_in(b"+From: Ines <a@b.pt>\n") == []
