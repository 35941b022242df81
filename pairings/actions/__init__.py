"""Every write to programs, enrolments and pairings.

What a person may correct is refused by a `ValidationError` that names the form's field.
The program's row is the lock for all that is in it: dates, seats, people.
"""
