"""Quote file content in messages without leaking personal data.

A message names the place, so that a reader can look there. It repeats the content only
if it cannot identify a person: messages end up in logs, and a shifted field or column
may be a name.
"""

import re

_LETTERS = re.compile(r"[^\W\d_]+")
_LONG_NUMBER = re.compile(r"\d{6}")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
# Words of stages and of numbers; names of people are others.
_HARMLESS = frozenset(
    [
        "am",
        "art",
        "false",
        "inf",
        "mt",
        "nan",
        "na",
        "none",
        "nrem",
        "null",
        "pm",
        "rem",
        "sleep",
        "stage",
        "std",
        "true",
        "uns",
        "uv",
        "mv",
        "nv",
        "wake",
    ]
)


def quoted(text: str, limit: int = 20) -> str:
    """Return a cell of a file as a message may show it.

    Parameters
    ----------
    text : str
        The content.
    limit : int
        How many characters are shown at most.

    Returns
    -------
    str
        In quotes; only its length if it could be a name, a date or a person's number.

    Examples
    --------
    >>> quoted("N7"), quoted("25:61"), quoted("Smith"), quoted("02.05.51")
    ("'N7'", "'25:61'", 'a text of 5 characters', 'a text of 8 characters')
    """
    words = _LETTERS.findall(text)
    may_name = any(len(w) > 1 and w.casefold() not in _HARMLESS for w in words)
    # Letters one by one spell a name too.
    may_name |= sum(len(word) == 1 for word in words) > 3
    if may_name or _LONG_NUMBER.search(text) or _DATE.search(text):
        return f"a text of {len(text)} characters"
    return repr(text[:limit])
