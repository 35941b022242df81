"""What a program's closed months say, and who stays: numbers, each with its interval.

`quarter(program, Quarter(2026, 3))` gives what a page or a report of a quarter shows,
and `retention(programs, as_of)` the curves.
"""
