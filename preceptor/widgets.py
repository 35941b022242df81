from django import forms


class DateInput(forms.DateInput):
    """The browser's own calendar, which wants dates as 2026-11-22."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
