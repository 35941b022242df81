"""Check-ins of the story, with what the mentor answered: oldest first."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    went_well: str
    hardest: str
    differently: str
    next_focus: str
    mood: str
    answer: str


OF_INES = (
    Talk(
        "I said what I saw before Tomasz did, in two of four sessions.",
        "The retry change. I read it three times and still believed the comment.",
        "Run the failing case before I believe what stands above it.",
        "Lock with a real confidence, not always the same one",
        "finding my feet",
        "You were right about the time zone and gave it up when I frowned. Next time "
        "make me show you. On the comment: cover it with your hand and read the code.",
    ),
    Talk(
        "Secrets and tests that were shaped to pass: I see those now, mostly at once.",
        "Two sessions in which I found nothing that counted.",
        "Begin with what can happen twice, not with the first line.",
        "The goal on “who else writes this row?”",
        "slow, but moving",
        "Nothing that counted is not nothing: you had both places, with the wrong "
        "word for them. Let us take one race apart with paper and two colours.",
    ),
    Talk(
        "Races still feel like luck to me.\n"
        "But I found one that the tool had hidden behind a sleep.",
        "Explaining it. I knew that it was wrong and could not say why.",
        "Draw the two runs beside each other before I write the finding.",
        "One race a week, drawn",
        "stuck on one thing",
        "It was not luck: you asked what else runs at midnight. Keep the drawing of "
        "that one, it is the best explanation on our board.",
    ),
    Talk(
        "I led two sessions from the choice of the change to the close.",
        "Being quiet. I filled every pause and Tomasz stopped looking.",
        "Count to ten after a question.",
        "Name the rule of each card before the talk moves on",
        "tired, and pleased",
        "The second one ran without me. Choose a change next time that you do not "
        "understand yet; you prepare too well.",
    ),
    Talk(
        "I lead now and it is slower, but I hear myself explain.",
        "The migration change: we both missed the lock, and it was in my hands.",
        "Ask for the size of the table before I say that a change is safe.",
        "Try one session without preparing with Tomasz",
        "going well",
        "",
    ),
)
OF_OTHERS = (
    Talk(
        "Reading alone is no longer the part that I fear.",
        "I changed my verdict in the reveal because the other one was so sure.",
        "Write down why I am sure, not only how much.",
        "Keep one verdict that I can defend",
        "all right",
        "You had the better reason that day. Bring it written down and I will have to "
        "argue with the reason.",
    ),
    Talk(
        "Three calls to a function that does not exist, and I had all three.",
        "The protected hours: twice they went to an incident.",
        "Tell my lead on Monday when they are, not on Friday that they are gone.",
        "Half a day for the query plans",
        "short of time",
        "I have spoken with your team about Wednesdays. Tell the weeks as they are, "
        "that helps more than anything I can say.",
    ),
    Talk(
        "The talk at the guild. Nobody fell asleep and two asked for the slides.",
        "A flaw that I called minor and that would have cost a customer a day.",
        "Ask who notices it first before I choose how severe it is.",
        "Severity with a sentence why",
        "curious",
        "We all rate by how clever the flaw is. Yours is the better question, I have "
        "taken it over.",
    ),
    Talk(
        "I asked the tool for the test first; it showed what it had not understood.",
        "Believing a conversation that sounded like somebody who knows.",
        "Read the answer as if a stranger had written it.",
        "Mark where a conversation turns",
        "going well",
        "Mark it in our next one and I mark it too; then we compare where.",
    ),
)
