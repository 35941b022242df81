"""Changes that were written to do harm, through the pages that show them."""

import re
from time import thread_time

import pytest
from django.utils import timezone

from reviews.actions.opening import store
from tests.cast import Cast
from tests.reviews.conftest import BASE, As, open_as

EVIL = "<img src=x onerror=alert(1)>\"'&{{ 1 }}</code></table><!--table 1--><script>"
IN_EVERY_FIELD = f"""\
diff --git "a/{EVIL.replace('"', "")}.txt" "b/{EVIL.replace('"', "")}.txt"
old mode <b>644
new mode <b>755
--- "a/{EVIL.replace('"', "")}.txt"
+++ "b/{EVIL.replace('"', "")}.txt"
@@ -1,4 +1,2 @@ {EVIL}
-{EVIL}
-{EVIL} b
-{EVIL} c
+{EVIL}\t
 {EVIL}
@@ -9,0 +8,3 @@ {EVIL}
+{EVIL}
+{EVIL} b
+{EVIL} c
"""
MARKUP = re.compile(r"<(img|script>|b>[67]|!--table)|\bonerror(?!=alert\(1\)&gt;)")


def shown(as_: As, cast: Cast, diff: str) -> tuple[str, float]:
    """Every page that shows the change, and the seconds that they took."""
    session = open_as(cast.ines, as_, cast)
    session.revisions.all().delete()
    store(session, diff.encode(), timezone.now())
    client, started = as_(cast.ines), thread_time()
    html = ""
    for step in ("read/", "files/"):
        answer = client.get(f"{BASE}{session.pk}/{step}")
        assert answer.status_code == 200
        html += answer.content.decode()
    return html, thread_time() - started


def test_html_in_every_field_stays_words(cast: Cast, as_: As) -> None:
    html, _ = shown(as_, cast, IN_EVERY_FIELD)
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") >= 20
    assert MARKUP.findall(html) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"@@ -1 +1 @@\n-a\n+{'a<b;' * 750_000}\n", "… +2980000"),
        (f"@@ -1 +1 @@\n-\0\n+{chr(0) * 1_000}\n", "<i class=odd>\\x00"),
        (
            "".join(f"@@ -{n} +{n} @@\n x\n" for n in range(1, 30_000)),
            "@@ −29999 +29999 @@",
        ),
        (f"@@ -1 +1 @@\n-a\n+{'a' + chr(0x202E) * 9_000}\n", "\\u202e"),
    ],
)
def test_size_costs_bounded_time(body: str, words: str, cast: Cast, as_: As) -> None:
    html, seconds = shown(as_, cast, f"--- a/x.py\n+++ b/x.py\n{body}")
    assert words in html
    assert html.endswith("</html>\n")
    assert seconds < 20
