"""How days are written where a page leaves that to the language."""

DATE_FORMAT = "j F Y"
