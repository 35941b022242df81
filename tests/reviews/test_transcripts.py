"""Conversations of every form read fully, and as one form."""

import json
from datetime import UTC, datetime

import pytest

from reviews.transcripts import Form, Role, Transcript, Turn, read
from tests.samples import SAMPLES, transcript_sample

CLAUDE_1 = "claude-code-01-entireio-cli-a036cae1.jsonl"
CLAUDE_2 = "claude-code-02-entireio-cli-d32b0c24.jsonl"
CLAUDE_3 = "claude-code-03-git-ai-fixture-v1.0.jsonl"
CODEX_1 = "codex-01-rollout-2025-11-17T15-30-28-019a93b9.jsonl"
CODEX_2 = "codex-02-rollout-2026-06-30-battle-cities.jsonl"
COPILOT_1 = "copilot-chat-01-export-p47-services-0ec522b.json"
COPILOT_2 = "copilot-chat-02-session-git-ai-fixture.json"
STORY_1 = "specstory-01-claude-code-getspecstory-b2c095d1.md"
STORY_2 = "specstory-02-claude-code-getspecstory-00a8cfb2.md"
STORY_3 = "specstory-03-vscode-copilot-polychrome-f5e79d67.md"
STORY_4 = "specstory-04-vscode-copilot-2025-02-old-style.md"
STORY_5 = "specstory-05-cursor-ide.md"
STORY_6 = "specstory-06-codex-cli.md"
AIDER = "aider-01-chat-history-2024-08-20.md"

# form, tool; turns of user, assistant and the tool itself; uses of tools, of which
# without a word in answer; merged; models. No sample holds records of unknown types.
COUNTS = {
    CLAUDE_1: ("claude_code", "Claude Code", 3, 28, 2, 28, 1, 0, "claude-opus-4-6"),
    CLAUDE_2: ("claude_code", "Claude Code", 1, 3, 0, 2, 0, 0, "claude-opus-4-6"),
    CLAUDE_3: (
        *("claude_code", "Claude Code", 2, 13, 0, 13, 0, 0),
        "claude-sonnet-4-20250514",
    ),
    CODEX_1: ("codex", "Codex CLI", 1, 39, 1, 39, 1, 37, "gpt-5.1-codex"),
    CODEX_2: ("codex", "Codex CLI", 1, 5, 5, 13, 5, 6, "gpt-5.5"),
    COPILOT_1: ("copilot", "GitHub Copilot", 6, 6, 0, 1, 0, 1, "claude-opus-4.5"),
    COPILOT_2: ("copilot", "GitHub Copilot", 3, 3, 0, 2, 0, 1, "claude-sonnet-4"),
    STORY_1: (
        *("specstory", "Claude Code", 6, 61, 0, 23, 1, 0),
        "claude-opus-4-5-20251101",
    ),
    STORY_2: (
        *("specstory", "Claude Code", 4, 52, 0, 18, 2, 0),
        "claude-opus-4-5-20251101",
    ),
    STORY_3: ("specstory", "", 22, 22, 0, 0, 0, 0, ""),
    STORY_4: ("specstory", "", 6, 6, 0, 0, 0, 0, ""),
    STORY_5: ("specstory", "Cursor IDE", 1, 5, 0, 2, 2, 2, "claude-4-sonnet"),
    STORY_6: ("specstory", "Codex CLI", 1, 12, 0, 8, 8, 0, "gpt-5.6-sol"),
    AIDER: ("aider", "aider", 10, 7, 10, 0, 0, 0, "claude-3-5-sonnet-20240620"),
}
# Records that are known to say nothing, by type.
SILENT = {
    CLAUDE_1: {"progress": 42, "file-history-snapshot": 6, "system": 2},
    CLAUDE_2: {"progress": 5, "file-history-snapshot": 2},
    CODEX_1: {
        "session_meta": 1,
        "turn_context": 40,
        "token_count": 79,
        "ghost_snapshot": 1,
    },
    CODEX_2: {
        "session_meta": 1,
        "turn_context": 1,
        "token_count": 4,
        "task_started": 1,
    },
    COPILOT_1: {"mcpServersStarting": 6, "prepareToolInvocation": 1},
    COPILOT_2: {"prepareToolInvocation": 2, "undoStop": 1, "codeblockUri": 1},
}


def sample(name: str) -> Transcript:
    return read(transcript_sample(name), name)


def log(*records: object) -> bytes:
    return "\n".join(json.dumps(record) for record in records).encode()


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.role.value, turn.text) for turn in transcript.turns]


def test_every_sample_has_its_counts() -> None:
    folder = SAMPLES / "transcripts"
    assert {file.name for file in folder.iterdir()} == set(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_a_sample_reads_fully(name: str) -> None:
    found = sample(name)
    calls = [call for turn in found.turns for call in turn.calls]
    assert (
        found.form.value,
        found.tool,
        found.roles.get("user", 0),
        found.roles.get("assistant", 0),
        found.roles.get("system", 0),
        len(calls),
        sum(not call.result for call in calls),
        found.merged,
        ", ".join(found.models),
    ) == COUNTS[name]
    assert found.silent == SILENT.get(name, {})
    assert found.unknown == {}
    assert found.broken_line is None
    assert [turn.number for turn in found.turns] == [*range(1, len(found.turns) + 1)]


def turn(name: str, number: int) -> Turn:
    return sample(name).turns[number - 1]


def test_a_message_of_claude_is_one_turn_whatever_stands_between_its_parts() -> None:
    first = turn(CLAUDE_1, 5)
    assert first.at == datetime(2026, 2, 6, 5, 9, 29, 826000, UTC)
    assert first.model == "claude-opus-4-6"
    assert first.text == (
        "Let me find where `SessionState` is defined and where its prompt field gets "
        "set."
    )
    assert first.thinking.startswith("The user wants to understand when")
    assert [call.name for call in first.calls] == ["Grep", "Grep"]
    assert first.calls[0].input.startswith("pattern: FirstPrompt|first_prompt|")
    assert first.calls[0].result.startswith("cmd/entire/cli/session/state.go:75:")


def test_a_refused_edit_of_claude_has_failed() -> None:
    failed = [
        call for one in sample(CLAUDE_1).turns for call in one.calls if call.has_failed
    ]
    assert [call.name for call in failed] == ["Edit"]
    assert failed[0].result.startswith("The user doesn't want to proceed")


def test_what_claude_code_put_in_is_not_the_users() -> None:
    roles = [(one.role.value, one.text[:30]) for one in sample(CLAUDE_1).turns[:4]]
    assert roles == [
        ("system", "<local-command-caveat>Caveat: "),
        ("user", "/ide"),
        ("system", "<local-command-stdout>Connecte"),
        ("user", "can we check when we fill the "),
    ]


def test_the_reversal_can_be_pointed_at() -> None:
    turns = sample(CLAUDE_1).turns
    (wrong,) = [one for one in turns if one.text.startswith("you are not correct")]
    answer = turns[wrong.number]
    assert answer.role is Role.ASSISTANT
    assert answer.text.startswith("You're right, my mistake.")


def test_what_codex_logs_twice_is_one() -> None:
    texts = [one.text for one in sample(CODEX_2).turns if one.text]
    assert len(texts) == len(set(texts))
    (typed,) = [one for one in sample(CODEX_2).turns if one.role is Role.USER]
    assert typed.text == (
        "help me apply for the agentic engineering grant by Superteam"
    )


def test_a_thought_of_codex_without_its_twin_is_kept() -> None:
    """The item of three of the events was taken out of the sample."""
    thoughts = "\n".join(one.thinking for one in sample(CODEX_1).turns)
    assert thoughts.count("**Implementing robust LM Studio stream parser**") == 1
    assert thoughts.count("**Planning repository inspection**") == 1


def test_calls_of_codex_find_their_answers() -> None:
    calls = [call for one in sample(CODEX_1).turns for call in one.calls]
    assert calls[0].name == "shell"
    assert calls[0].input.startswith("command: bash -lc ls\nworkdir: /home/")
    assert calls[0].result.startswith("LM Studio configuration.md\nREADME.md\n")
    assert sum(call.has_failed for call in calls) == 3
    assert sum("*** Begin Patch\n" in call.input for call in calls) == 2


def test_a_call_of_copilot_has_what_the_model_gave_and_got() -> None:
    (call,) = [call for one in sample(COPILOT_1).turns for call in one.calls]
    assert call.name == "create_file"
    assert call.input.startswith("filePath: /workspaces/p47-services/docs/")
    assert "\n## import-values: Pulling Values Up\n" in call.input
    assert call.result.startswith("The following files were successfully edited:\n")


def test_text_of_copilot_runs_through_its_references() -> None:
    last = sample(COPILOT_1).turns[-1]
    assert last.text.startswith(
        "Created `docs/helm-values-propagation.md` with a summary of our discussion."
    )
    assert last.at == datetime(2026, 1, 14, 9, 32, 7, 190000, UTC)


def test_a_story_has_model_time_and_interruptions() -> None:
    turns = sample(STORY_1).turns
    assert turns[1].model == "claude-opus-4-5-20251101"
    assert turns[1].at == datetime(2026, 1, 29, 15, 58, 35, tzinfo=UTC)
    assert turns[1].text == ""
    assert turns[1].thinking.startswith("The user wants me to change the Droid")
    assert turns[0].text.endswith("Droid provider to use fsnotify for watching.")
    interruptions = [one for one in turns if one.text.startswith("[Request inter")]
    assert [one.role for one in interruptions] == [Role.USER, Role.USER]


def test_a_storys_tools_have_input_and_answer() -> None:
    (lint, *_rest) = [
        call
        for one in sample(STORY_1).turns
        for call in one.calls
        if call.name == "Bash"
    ]
    assert lint.input == (
        "Run linter on droidcli package\n\n"
        "`golangci-lint run ./pkg/providers/droidcli/...`"
    )
    assert lint.result.startswith("Exit code 1\npkg/providers/droidcli/watcher.go:34")


def test_a_storys_entities_are_signs_again() -> None:
    calls = [call for one in sample(STORY_5).turns for call in one.calls]
    assert [call.name for call in calls] == ["read_file", "search_replace"]
    assert '+ \tAgentName     string `json:"agentName"`' in calls[1].input


def test_headings_inside_a_story_are_text() -> None:
    assert "### Line-by-line review" in sample(STORY_6).turns[-1].text


def test_aider_says_who_typed_what() -> None:
    turns = sample(AIDER).turns
    assert turns[1].text.startswith("`find_original_update_blocks` should also scan")
    assert turns[2].model == "claude-3-5-sonnet-20240620"
    assert turns[2].at == datetime(2024, 8, 20, 13, 24, 42, tzinfo=UTC)
    assert "\n````python\n<<<<<<< SEARCH\n" in turns[2].text
    assert turns[3].text.startswith("Tokens: 6.1k sent, 1.0k received.")
    assert turns[3].text.split("\n")[1].startswith("Cost: $0.03 message, $0.03 session")
    typed = [one.text for one in turns if one.role is Role.USER]
    assert typed[1:4] == [
        "/diff",
        typed[2],
        "should we handle any other commonly used shells?",
    ]


def test_pasted_text_is_parted_by_names() -> None:
    found = read(
        b"Copied on Monday\n\nYou: why?\nAssistant:\nBecause.\n\n```\nUser: no\n```\n"
        b"**User:** really?\r\nNote: this is no name\n"
    )
    assert found.form is Form.PASTED
    assert said(found) == [
        ("nobody", "Copied on Monday"),
        ("user", "why?"),
        ("assistant", "Because.\n\n```\nUser: no\n```"),
        ("user", "really?\nNote: this is no name"),
    ]


def test_text_without_names_is_one_turn_of_nobody() -> None:
    found = read(b"it said that it was safe")
    assert said(found) == [("nobody", "it said that it was safe")]


def test_unknown_records_are_kept_and_counted() -> None:
    found = read(
        log(
            {"type": "user", "message": {"content": "hi"}, "sessionId": "s"},
            {"type": "hologram", "light": 1},
            {"type": "hologram", "light": 2},
            {
                "type": "assistant",
                "message": {"id": "m", "content": [{"type": "scent"}]},
            },
        )
    )
    assert said(found) == [("user", "hi")]
    assert found.unknown == {"hologram": 2, "assistant: scent": 1}
    assert found.kept[1].raw == '{"type": "hologram", "light": 2}'


def test_unknown_items_of_codex_and_copilot_are_kept() -> None:
    rollout = read(
        log(
            {"type": "event_msg", "payload": {"type": "user_message", "message": "a"}},
            {"type": "response_item", "payload": {"type": "hum", "pitch": 440}},
            {"type": "weather", "payload": {}},
        )
    )
    assert rollout.unknown == {"hum": 1, "weather": 1}
    chat = read(
        log({"requests": [{"message": "a", "response": [{"kind": "hum", "x": 1}]}]})
    )
    assert said(chat) == [("user", "a")]
    assert [(one.kind, one.raw) for one in chat.kept] == [
        ("hum", '{"kind": "hum", "x": 1}')
    ]


def test_a_resumed_log_repeats_nothing() -> None:
    record = {"type": "user", "uuid": "1", "message": {"content": "hi"}}
    found = read(log(record, record))
    assert said(found) == [("user", "hi")]
    assert found.merged == 1


def test_an_event_of_codex_answers_where_no_item_does() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "shell", "arguments": "{}"}
    end = {
        "type": "exec_command_end",
        "call_id": "c",
        "aggregated_output": "no such file",
        "exit_code": 1,
    }
    frame = {"type": "response_item", "payload": call}
    event = {"type": "event_msg", "payload": end}
    output = {"type": "function_call_output", "call_id": "c", "output": "no such file"}
    item = {"type": "response_item", "payload": output}
    (one,) = read(log(frame, event)).turns
    assert (one.calls[0].result, one.calls[0].has_failed) == ("no such file", True)
    both = read(log(frame, event, item))
    assert (len(both.turns), both.merged) == (1, 1)


def test_the_first_rollouts_had_no_frames() -> None:
    found = read(
        log(
            {"id": "1", "timestamp": "2025-05-01T10:00:00Z", "instructions": None},
            {"type": "message", "role": "user", "content": [{"text": "hi"}]},
            {"type": "message", "role": "assistant", "content": [{"text": "yes?"}]},
        )
    )
    assert found.form is Form.CODEX
    assert said(found) == [("user", "hi"), ("assistant", "yes?")]


def test_a_log_that_is_being_written_is_read_to_its_last_whole_line() -> None:
    whole = transcript_sample(CLAUDE_2)
    found = read(whole[: len(whole.rstrip()) - 200])
    assert found.broken_line == 16
    assert found.roles == sample(CLAUDE_2).roles
    assert found.silent == {"progress": 4, "file-history-snapshot": 2}
