"""Words of an events table: causes of arousals, and names that were not understood."""

import difflib
from collections.abc import Collection, Mapping, Sequence

# An event whose name was not understood.
UNKNOWN_KIND = "other"

# Words of the `cause` column: the scorer's cause of an arousal; empty without a
# cause.
UNKNOWN_CAUSE = "unknown"  # a cause was given and not understood
CAUSES = (
    "respiratory",
    "limb",
    "snore",
    "spontaneous",
    "noise",
    "movement",
    "other",
    UNKNOWN_CAUSE,
)


def label_faults(names: Mapping[str, str], kinds: Collection[str]) -> list[str]:
    """Find faults in the meanings that a caller gives to names of events.

    Parameters
    ----------
    names : mapping of str to str
        A name to a kind, or to a kind and a cause: ``arousal:respiratory``.
    kinds : collection of str
        Every kind of event.

    Examples
    --------
    >>> label_faults({"Zork": "arousal:limp"}, ["arousal"])
    ["'Zork': no cause 'limp'; did you mean 'limb'?"]
    """
    faults = []
    for name, label in names.items():
        kind, colon, cause = label.partition(":")
        if kind not in kinds and kind != UNKNOWN_KIND:
            faults.append(
                f"{name!r}: no kind of event {kind!r}; {_hint(kind, sorted(kinds), 'kinds')}"
            )
        elif colon and cause not in CAUSES:
            faults.append(
                f"{name!r}: no cause {cause!r}; {_hint(cause, CAUSES, 'causes')}"
            )
    return faults


def _hint(word: str, known: Sequence[str], noun: str) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"{noun}: {', '.join(known)}."
