"""The languages that people may say they speak: codes, and their English names.

The codes are the primary ones of BCP 47. The names are those of Django's own
translations, so that a page shows them in its reader's language.
"""

import re
from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "af": "Afrikaans",
    "ar": "Arabic",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "bs": "Bosnian",
    "ca": "Catalan",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "gl": "Galician",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "ig": "Igbo",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "kn": "Kannada",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mn": "Mongolian",
    "mr": "Marathi",
    "ms": "Malay",
    "my": "Burmese",
    "ne": "Nepali",
    "nl": "Dutch",
    "no": "Norwegian",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "yo": "Yoruba",
    "zh": "Chinese",
    "zu": "Zulu",
}
_CODES = {name.casefold(): code for code, name in NAMES.items()}


class UnknownLanguage(ValueError):
    """Holds the part that is neither a name nor a code."""


def split_languages(text: str, also: Mapping[str, str] | None = None) -> list[str]:
    """Codes out of names or codes with `,` or `;` between them, each once, in order.

    `also` holds further names, in the reader's language, by code. A region is dropped:
    `pt-BR` is `pt`.
    """
    codes = _CODES | {name.casefold(): code for code, name in (also or {}).items()}
    found: dict[str, None] = {}
    for part in re.split(r"[;,\n]", text):
        if said := " ".join(part.split()):
            key = said.casefold()
            primary = re.split(r"[-_]", key)[0]
            code = codes.get(key) or (primary if primary in NAMES else "")
            if not code:
                raise UnknownLanguage(said)
            found[code] = None
    return list(found)
