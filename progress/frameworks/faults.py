"""Why a file of a framework, or one competency in it, is refused."""

from enum import StrEnum


class Fault(StrEnum):
    """The sentences live with the views."""

    NOT_UTF8 = "not utf-8"
    BAD_JSON = "bad json"
    TWICE_IN_JSON = "twice in json"
    NO_AREAS = "no areas"
    LONG_HEAD = "long head"
    NOTHING_IN_IT = "nothing in it"
    TOO_MANY = "too many"
    TOO_MANY_AREAS = "too many areas"

    TOO_MANY_CELLS = "too many cells"
    BAD_SHAPE = "bad shape"
    BAD_CHARACTER = "bad character"
    NO_AREA = "no area"
    NO_NAME = "no name"
    TOO_LONG = "too long"
    BAD_KEY = "bad key"
    UNKNOWN_LEVEL = "unknown level"
    LEVEL_COUNT = "level count"
    UNKNOWN_CATEGORY = "unknown category"
    NAME_TWICE = "name twice"
    KEY_TWICE = "key twice"
    NAME_TAKEN = "name taken"


class BadFramework(Exception):
    """The file as a whole is of no use."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail


class BadPart(Exception):
    """One competency can't be taken over; `also` completes the sentence."""

    def __init__(self, fault: Fault, detail: str = "", also: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.detail = detail[:80]
        self.also = also
