"""Files that are dropped on the form of a change, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_growth import sign_in
from tests.cast import make_cast
from tests.reviews.conftest import DIFF

pytestmark = pytest.mark.django_db(transaction=True)
DROP = """(field, files) => {
  const dataTransfer = new DataTransfer();
  for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = { dataTransfer, bubbles: true, cancelable: true };
    field.dispatchEvent(new DragEvent(kind, event));
  }
}"""


@pytest.mark.parametrize("label", ["The change, as a unified diff", "Or files"])
def test_files_are_dropped_where_the_change_goes(
    label: str, page: Page, live_server: LiveServer
) -> None:
    cast = make_cast()
    sign_in(page, live_server, cast.ines)
    address = f"/o/tidewater/sessions/new/?pairing={cast.pairing.pk}"
    page.goto(f"{live_server.url}{address}")
    page.get_by_label("What does the change do?").fill("Retry")
    other = "--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-a\n+b\n"
    files = [["a.diff", DIFF], ["b.diff", other]]
    page.get_by_label(label, exact=True).evaluate(DROP, files)
    page.get_by_role("button", name="See the preview").click()
    expect(page.get_by_text("2 files were joined into one change")).to_be_visible()
