"""Conversations made to do harm cost bounded time, and say one sentence."""

import gzip
import io
import json
import tracemalloc
import zipfile
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.diffs import parse
from reviews.transcripts import (
    Limits,
    Reason,
    Transcript,
    TranscriptError,
    provenance_of,
    read,
)
from tests.samples import diff_sample, transcript_sample

USER = '{"type": "user", "message": {"content": "hi"}}'
DEEP = 1_000_000


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.jsonl", b" " * 10_000_000)
    return file.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (
        b" \n\n",
        "There is no conversation here: paste one or choose its file.",
    ),
    "zip": (
        zipped(),
        "This is a ZIP file, not a conversation: take the conversation out of it and "
        "choose that.",
    ),
    "gzip": (
        gzip.compress(b" " * 10_000_000),
        "This is a gzip file, not a conversation: take the conversation out of it and "
        "choose that.",
    ),
    "broken in the middle": (
        f'{USER}\n{{"type": "user", \n{USER}\n'.encode(),
        "Line 2 is not whole: its JSON breaks off or goes wrong at character 18.",
    ),
    "broken export": (
        b'{"requests": [\n{"message": "a"},\n{"message": }]}',
        "Line 3 is not whole: its JSON breaks off or goes wrong at character 13.",
    ),
    "deep": (
        f'{USER}\n{{"type": "user", "message": {"[" * 400}'.encode(),
        "Line 2 is nested deeper than 200 levels, which no conversation is.",
    ),
    "a million deep": (
        b'{"type": "user", "message": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        "Line 1 holds more than 500000 objects and lists, which no conversation does.",
    ),
    "other JSON": (
        b'{"name": "preceptor", "private": true}',
        "Line 1 is JSON, but not of Claude Code, Codex CLI or a Copilot chat export.",
    ),
    "nobody says anything": (
        b'{"type": "progress"}\n{"type": "progress"}\n',
        "Nothing in this file was said by anybody: 2 lines were read.",
    ),
    "too many lines": (
        b"x\n" * 400_001,
        "The conversation has more than 400000 lines: keep the part that made the "
        "change.",
    ),
    "too many turns": (
        b"You: x\n" * 20_001,
        "The conversation has more than 20000 turns: keep the part that made the "
        "change.",
    ),
    "a number without end": (
        b'{"type": "user", "message": ' + b"9" * 5000 + b"}\n" + USER.encode(),
        "Line 1 is not whole: its JSON breaks off or goes wrong at character 1.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_sentence(name: str) -> None:
    body, sentence = REFUSED[name]
    started = thread_time()
    with pytest.raises(TranscriptError) as refused:
        read(body)
    assert str(refused.value) == sentence
    assert refused.value.reason % refused.value.values == sentence
    assert thread_time() - started < 5


def test_a_file_beyond_the_limit_is_not_looked_at() -> None:
    with pytest.raises(TranscriptError) as refused:
        read(b"PK" + b" " * 2 * 1024**2, limits=Limits(size=2 * 1024**2))
    assert refused.value.reason is Reason.TOO_LARGE
    assert refused.value.values == {"limit": 2}


def test_a_list_in_a_file_of_json_is_json() -> None:
    with pytest.raises(TranscriptError) as refused:
        read(b"[1, 2]", "chat.json")
    assert refused.value.reason is Reason.UNKNOWN


def claude(content: object, **more: object) -> bytes:
    message = {"id": "m", "content": content, **more}
    return json.dumps({"type": "assistant", "message": message}).encode()


def command(arguments: str) -> bytes:
    call = {"type": "function_call", "name": "shell", "arguments": arguments}
    return json.dumps({"type": "response_item", "payload": call}).encode()


STORY = b'_**Agent**_\n<tool-use data-tool-name="a"><details>\n'
SLOW = {
    "a line of 3 MB": claude("<script>alert(1)</script>" * 120_000),
    "quotes": b'{"type": "user", "message": "' + b'\\"[' * 2_000_000,
    "deep in a string": command("[" * DEEP),
    "summaries": STORY + b"<summary>" * 350_000,
    "tags": STORY + b"<tool-use " * 300_000,
    "names": b"_**Agent**_\n<tool-use " + b'data-tool-name="" ' * 180_000,
    "fences": STORY + b"```\n" * 390_000 + b"</details></tool-use>\n",
    "small records": f"{USER}\n".encode() + b'{"type": "user"}\n' * 390_000,
    "kinds": f"{USER}\n".encode()
    + b"".join(b'{"type": "%d"}\n' % number for number in range(390_000)),
    "empty strings": b'{"requests": [{"message": "a", "response": ['
    + b'"",' * 2_000_000
    + b"1]}]}",
    "bytes": bytes(range(256)) * 40_000,
}


def outcome(body: bytes) -> Transcript | TranscriptError:
    try:
        return read(body)
    except TranscriptError as error:
        return error


@pytest.mark.parametrize("name", SLOW)
def test_hostile_input_costs_bounded_time(name: str) -> None:
    started = thread_time()
    outcome(SLOW[name])
    assert thread_time() - started < 8


@pytest.mark.parametrize("name", ["a line of 3 MB", "fences", "bytes", "quotes"])
def test_hostile_input_costs_bounded_memory(name: str) -> None:
    tracemalloc.start()
    outcome(SLOW[name])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120 * 1024**2


def test_markup_stays_text_in_every_field() -> None:
    script = "<script>alert(1)</script>"
    (turn,) = read(
        claude(
            [
                {"type": "text", "text": script},
                {"type": "thinking", "thinking": script},
                {"type": "tool_use", "name": script, "input": {script: script}},
            ],
            model=script,
        )
    ).turns
    assert (turn.text, turn.thinking, turn.model) == (script, script, script)
    assert (turn.calls[0].name, turn.calls[0].input) == (script, f"{script}: {script}")


def test_nul_bytes_and_half_characters_become_signs_that_can_be_kept() -> None:
    body = '{"type": "user", "message": {"content": "a\\u0000b\\ud800c"}}'
    (turn,) = read(body.encode()).turns
    assert turn.text == "a\ufffdb?c"
    (turn,) = read(b"caf\xe9 \0").turns
    assert turn.text == "caf\ufffd \ufffd"


def test_other_encodings_of_a_console() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        (turn,) = read("You: Zürich".encode(encoding)).turns
        assert turn.text == "Zürich"


def test_the_last_of_equal_keys_counts() -> None:
    (turn,) = read(
        b'{"type": "user", "message": {"content": "a", "content": "b"}}'
    ).turns
    assert turn.text == "b"


@pytest.mark.parametrize(
    "at",
    ["NaN", "1e400", "9" * 400, '"9999-12-31T23:59:59-12:00"', '"0001-01-01"', '"x"'],
)
def test_a_time_that_is_none_is_left_out(at: str) -> None:
    body = f'{{"type": "user", "timestamp": {at}, "message": {{"content": "a"}}}}'
    (turn,) = read(body.encode()).turns
    assert turn.at is None


KEYS = """
type message content role payload id requests response kind value text timestamp model
name arguments input output call_id tool_use_id result
"""
VALUES = """
user assistant message response_item event_msg text tool_use tool_result thinking
function_call function_call_output reasoning toolInvocationSerialized textEditGroup
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS.split()),
            inner | st.sampled_from(VALUES.split()),
            max_size=6,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON, min_size=1, max_size=6))
def test_any_json_reads_or_is_refused(values: list[object]) -> None:
    lines = "\n".join(json.dumps(value) for value in values)
    for body in (lines, f"{USER}\n{lines}", json.dumps({"requests": values})):
        found = outcome(body.encode())
        if isinstance(found, Transcript):
            assert all(turn.text.encode() is not None for turn in found.turns)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_read_or_are_refused(body: bytes) -> None:
    outcome(body)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_cut_of_a_log_reads_or_is_refused(data: st.DataObject) -> None:
    whole = transcript_sample("codex-02-rollout-2026-06-30-battle-cities.jsonl")
    end = data.draw(st.integers(0, len(whole)))
    found = outcome(whole[:end])
    if isinstance(found, Transcript):
        change = parse(diff_sample("01-tiny-go.diff"))
        assert 0 <= provenance_of(found, change).found <= 2
