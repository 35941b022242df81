"""Short texts for the record: sessions that were only logged, and goals."""

from dataclasses import dataclass

from progress.levels import Level


@dataclass(frozen=True)
class Logged:
    title: str
    account: str
    lesson: str


@dataclass(frozen=True)
class GoalText:
    """`competency` and the target in it are of the starter framework."""

    text: str
    why: str
    done_when: str = ""
    competency: str = ""
    target: Level | None = None
    steps: tuple[str, ...] = ()


LOGGED = (
    Logged(
        "Split the manifest importer",
        "Moved the parsing out, but kept a global that two importers now share.",
        "Moving code apart does not part what it shares.",
    ),
    Logged(
        "Upgrade the carrier client",
        "Invented an option for proxies. The library ignored it without a word.",
        "A library that ignores an unknown option hides your spelling.",
    ),
    Logged(
        "Sort the pallets by door",
        "Sorted door 10 before door 2, and the test had only nine doors.",
        "Numbers in text sort as text.",
    ),
    Logged(
        "Time out idle warehouse sessions",
        "Compared a local time with one in UTC: everybody was signed out in summer.",
        "Two clocks in one comparison is one too many.",
    ),
    Logged(
        "Group invoice mails by customer",
        "Sent the last customer's attachment to all of them.",
        "A variable made before the loop remembers the last turn.",
    ),
    Logged(
        "Rename consignee to receiver",
        "Renamed the column and forgot the two reports that read it by name.",
        "Search for a name as text before you trust the refactoring.",
    ),
    Logged(
        "Retry the customs upload",
        "Caught the timeout and reported success with an empty receipt.",
        "No answer is not a yes.",
    ),
    Logged(
        "Show the route on a map",
        "Put the key for the maps into the page where every visitor can take it.",
        "Whatever the browser gets, everybody has.",
    ),
    Logged(
        "Deduplicate address book entries",
        "Merged two people of one name and kept the younger address for both.",
        "Before merging two rows, say what makes them one.",
    ),
    Logged(
        "Warm the rate cache at the start",
        "All eight processes asked the database for the same table at once.",
        "Ask what happens when everybody does it at the same moment.",
    ),
    Logged(
        "Tidy the settings module",
        "Changed a default from off to on while it put the lines in order.",
        "A tidy-up that changes a value is not a tidy-up.",
    ),
    Logged(
        "Add a search field for containers",
        "The check digit was computed and then thrown away.",
        "Look for the value that nobody reads.",
    ),
    Logged(
        "Count pallets in the yard",
        "Counted before the filter and showed the filtered list beside it.",
        "Two figures on one page must come from one question.",
    ),
    Logged(
        "Export the audit trail",
        "Loaded two years into memory, which worked on the sample of ten rows.",
        "Try it once with as much as there really is.",
    ),
    Logged(
        "Type the billing module",
        "Silenced eleven errors with casts, and one of them was a bug in production.",
        "A cast says that you know better: then say why.",
    ),
    Logged(
        "Translate the driver's page",
        "Glued half sentences together, so the Polish page could not be put right.",
        "A sentence is translated whole or not at all.",
    ),
)

GOALS = (
    GoalText(
        "Ask “who else writes this row?” in every change",
        "Races are what I miss most.",
        "In ten sessions running I have asked it before the reveal, and the answer "
        "stands in a finding or in the notes.",
        "Reasoning about state and time",
        Level.COMPETENT,
        (
            "Draw who writes the shipment row, and when",
            "Ask it aloud in three sessions",
            "Find one race alone, before the reveal",
            "Write the test that shows it",
        ),
    ),
    GoalText(
        "Run the failing case before calling it a finding",
        "Then nobody has to take my word for it.",
        "Every finding that I call critical comes with the command that shows it.",
        "Tests that can fail",
        Level.PROFICIENT,
        (
            "Get the services to run on my machine",
            "Keep a folder of small cases that fail",
            "A month of findings with a case each",
        ),
    ),
    GoalText(
        "Explain one rejection a month to the whole team",
        "I see it faster than I can say it.",
        "Five talks of ten minutes, and once somebody changed their mind.",
        "Explaining to people",
        Level.COMPETENT,
        (
            "Watch how my mentor explains one",
            "Explain the rate cache to the team",
            "Explain one to the team next door",
        ),
    ),
    GoalText(
        "Read a query plan without help",
        "So far I guess what is slow.",
        "I can say beforehand which of two queries is slower, and why.",
        "Building for load and failure",
        Level.COMPETENT,
        ("Read five plans of our own", "Predict three, then measure"),
    ),
    GoalText(
        "Check every library call at its source",
        "An option that did not exist went through both of us.",
        "No invented option in a month of changes, with the place in the "
        "documentation beside each new call.",
        "Checking claims at the source",
        Level.COMPETENT,
    ),
    GoalText(
        "Write the test before asking the assistant",
        "It keeps me from accepting what merely looks right.",
        "Three changes in a row began with a test that failed.",
        "Choosing what to test",
        Level.ADVANCED_BEGINNER,
        ("One change with my mentor beside me", "Two on my own"),
    ),
    GoalText(
        "Keep a list of claims that turned out false",
        "I still believe a comment that sounds sure.",
        competency="Checking claims at the source",
    ),
    GoalText("Lead a session from choosing to closing", "By the end of the quarter."),
    GoalText(
        "Review one change a week from outside my team",
        "I know only one corner of the code.",
        "Twelve changes from four teams.",
        "Building on what is there",
        Level.COMPETENT,
        ("Ask three teams for a change", "The first four", "The other eight"),
    ),
    GoalText(
        "Say how sure I am, and look back at it",
        "I was sure of too many changes that went wrong.",
        competency="Owning the result",
        target=Level.COMPETENT,
    ),
    GoalText(
        "Learn where our tenants are kept apart",
        "Every leak began there.",
        "I can name each place, and what happens if it is left out.",
        "Guarding access and secrets",
        Level.COMPETENT,
        ("Read the three migrations", "Write one query that leaks, on a copy"),
    ),
)
