"""What becomes of reminders while servers and processes die under them.

`python -m tests.faults --rounds 200` plays rounds on servers and processes of its own.
In each some reminders fall due, some are cancelled, and at a random moment something
fails. At the end of a round everything runs again, and what arrived is held against
what was due.
"""
