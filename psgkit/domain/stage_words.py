"""Words for sleep stages, and the codes of `Stage` that they stand for."""

import numpy as np

YASA_NAMES = {
    -2: "UNS",
    -1: "ART",
    0: "WAKE",
    1: "N1",
    2: "N2",
    3: "N3",
    4: "REM",
}
_WORDS = {
    **{name.casefold(): code for code, name in YASA_NAMES.items()},
    "w": 0,
    "r": 4,
    "movement time": -1,
    "?": -2,
}


def code_of(stage: object) -> int | None:
    """Return the code of a stage in AASM's words, YASA's, or as a code; else None.

    Examples
    --------
    >>> code_of("Stage N2"), code_of("WAKE"), code_of(4), code_of("S2")
    (2, 0, 4, None)
    """
    if isinstance(stage, str):
        word = stage.strip().casefold()
        for prefix in ("sleep stage ", "stage "):
            word = word.removeprefix(prefix)
        return _WORDS.get(word)
    if isinstance(stage, bool | np.bool_):
        return None
    if isinstance(stage, float | np.floating) and not float(stage).is_integer():
        return None
    is_number = isinstance(stage, int | float | np.integer | np.floating)
    known = is_number and stage in YASA_NAMES
    return int(stage) if known else None  # type: ignore[call-overload]
