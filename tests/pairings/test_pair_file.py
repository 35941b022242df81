"""Pairs that exist already, taken over from a file."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from pairings.models import Enrolment, Pairing, Program
from pairings.roster.files import MAX_BYTES
from pairings.roster.pairs import MAX_PAIRS
from preceptor.accounts.models import Membership, StagedUpload
from preceptor.notifications.models import Delivery
from preceptor.notifications.planner import plan
from progress.models import GrowthPlan
from tests.cast import Cast

As = Callable[[Membership], Client]
HEADER = "junior e-mail,mentor e-mail,first day,last day,kind\n"


def page(cast: Cast, rest: str = "") -> str:
    return f"/o/tidewater/programs/{cast.program.pk}/pairs{rest}"


def staged(client: Client, cast: Cast, data: bytes | str) -> str:
    data = data.encode() if isinstance(data, str) else data
    file = SimpleUploadedFile("pairs.csv", data)
    response = client.post(page(cast, "/"), {"file": file})
    assert response.status_code == 303, response.content.decode()
    return str(response.headers["Location"])


def shown(client: Client, address: str) -> list[tuple[int, str, str]]:
    effects = client.get(address).context["page"].object_list
    return [(one.row.line, one.kind.value, one.reason) for one in effects]


def confirm(client: Client, address: str) -> int:
    mark = client.get(address).context["todo"].fingerprint
    answer = client.post(f"{address}import/", {"fingerprint": mark})
    return answer.status_code


def lines(cast: Cast) -> str:
    first = cast.program.starts_on
    return (
        HEADER
        + f"mai.tran@example.com,anjali.mehta@example.com,{first},,\n"
        + f"Devon.Marsh@example.com,anjali.mehta@example.com,{first},"
        + f"{cast.program.last_on},Primary\n"
        + f"ines.carvalho@example.com,tomasz.wieczorek@example.com,{first},,primary\n"
        + f"ines.carvalho@example.com,anjali.mehta@example.com,{first},,primary\n"
        + f"ines.carvalho@example.com,anjali.mehta@example.com,{first},,secondary\n"
        + f"mei.lin@example.com,anjali.mehta@example.com,{first},,\n"
        + f"tomasz.wieczorek@example.com,anjali.mehta@example.com,{first},,\n"
        + "mai.tran@example.com,anjali.mehta@example.com,someday,,\n"
        + f"mai.tran@example.com,anjali.mehta@example.com,{first},,third\n"
        + f",anjali.mehta@example.com,{first},,\n"
        + f"mai.tran@example.com,tomasz.wieczorek@example.com,{first},{first},\n"
    )


def test_each_row_says_what_it_would_do(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    found = shown(client, staged(client, cast, lines(cast)))
    assert [(line, kind) for line, kind, _reason in found] == [
        (2, "new"),
        (3, "new"),
        (4, "unchanged"),
        (5, "error"),
        (6, "new"),
        (7, "error"),
        (8, "error"),
        (9, "error"),
        (10, "error"),
        (11, "error"),
        (12, "error"),
    ]
    reasons = {line: reason for line, _kind, reason in found}
    for line, said in {
        5: "has Tomasz Wieczorek as primary mentor",
        7: "mei.lin@example.com is not in this program",
        8: "is a mentor in this program. Choose a junior.",
        9: "“someday” is no day",
        10: "kind is “third”",
        11: "has no e-mail",
        12: "its last day is over",
    }.items():
        assert said in reasons[line]
    assert Pairing.objects.count() == 1


def test_what_was_confirmed_is_written_and_the_same_file_changes_nothing(
    cast: Cast, as_: As
) -> None:
    client = as_(cast.ruth)
    assert confirm(client, staged(client, cast, lines(cast))) == 303
    assert Pairing.objects.standing().count() == 4
    assert GrowthPlan.objects.filter(junior=cast.mai_enrolled).exists()
    plan(timezone.now())
    assert not Delivery.objects.filter(kind__startswith="pairing").exists()

    address = staged(client, cast, lines(cast))
    kinds = [kind for _line, kind, _reason in shown(client, address)]
    assert "new" not in kinds
    html = client.get(address).content.decode()
    assert "This file changes nothing." in html


def test_nobody_is_asked_where_both_have_to_accept(cast: Cast, as_: As) -> None:
    Program.objects.update(approval=Program.Approval.BOTH)
    client = as_(cast.ruth)
    confirm(client, staged(client, cast, lines(cast)))
    assert set(Pairing.objects.values_list("state", flat=True)) == {"active"}


def test_the_rows_of_a_file_share_out_the_seats(cast: Cast, as_: As) -> None:
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=1)
    client = as_(cast.ruth)
    found = shown(client, staged(client, cast, lines(cast)))
    assert [kind for _line, kind, _reason in found[:2]] == ["new", "error"]
    assert "Anjali Mehta is full" in found[1][2]


def test_a_file_whose_effect_changed_is_shown_again(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    address = staged(client, cast, lines(cast))
    mark = client.get(address).context["todo"].fingerprint
    Enrolment.objects.filter(pk=cast.anjali_enrolled.pk).update(heads=0)
    answer = client.post(f"{address}import/", {"fingerprint": mark})
    assert answer.status_code == 409
    assert Pairing.objects.count() == 1
    StagedUpload.objects.all().delete()
    assert client.get(address).status_code == 410


def encoded(text: str) -> list[bytes]:
    semicolons = text.replace(",", ";")
    return [
        text.encode("utf-8-sig"),
        text.encode("latin-1"),
        text.encode("utf-16"),
        semicolons.encode(),
        text.replace(",", "\t").encode(),
        b"sep=;\r\n" + semicolons.replace("\n", "\r\n").encode(),
    ]


def test_any_common_file_is_understood(cast: Cast, as_: As) -> None:
    client = as_(cast.ruth)
    text = lines(cast).replace("someday", "någondag")
    for data in encoded(text):
        kinds = [
            kind for _line, kind, _why in shown(client, staged(client, cast, data))
        ]
        assert kinds[:3] == ["new", "new", "unchanged"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04rest", "spreadsheet file"),
        (b"junior e-mail,kind\na@b.cd,primary\n", "These columns are missing: mentor"),
        (HEADER.encode(), "a header and no rows"),
        (HEADER.encode() + b"a@b.cd,c@d.ef,2026-01-01,,\n" * (MAX_PAIRS + 1), "2000"),
        (b"x" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_a_file_of_no_use_is_refused_with_a_sentence(
    cast: Cast, as_: As, data: bytes, said: str
) -> None:
    file = SimpleUploadedFile("pairs.csv", data)
    response = as_(cast.ruth).post(page(cast, "/"), {"file": file})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not StagedUpload.objects.exists()


def test_what_is_exported_imports_to_the_same(cast: Cast, as_: As) -> None:
    Pairing.objects.update(ends_on=timezone.localdate() + timedelta(days=9))
    client = as_(cast.ruth)
    body = client.get(page(cast, ".csv")).content
    address = staged(client, cast, body)
    assert shown(client, address) == [(2, "unchanged", "")]
