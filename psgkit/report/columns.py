"""Unit and meaning of every column that a report writes, for attributes and headers."""

# The suffix of a column's name says its unit; the longest that fits is taken.
_UNITS = (
    ("_uv2_hz", "µV²/Hz"),
    ("_per_min", "1/min"),
    ("_per_h", "1/h"),
    ("_uv2h", "µV² h"),
    ("_uv2", "µV²"),
    ("_uvs", "µV/s"),
    ("_uv", "µV"),
    ("_min", "min"),
    ("_pct", "%"),
    ("_frac", "fraction"),
    ("_hz", "Hz"),
    ("_rad", "rad"),
    ("_db", "dB"),
    ("_bits", "bit"),
    ("_n", "count"),
    ("_h", "h"),
    ("_s", "s"),
    ("_y", "years"),
)

_MEANINGS = {
    "band": "frequency band",
    "bytes": "size",
    "channel": "role of the channel",
    "clock": "time of day",
    "code": "stable name of the issue",
    "confidence": "largest of the five stage probabilities",
    "cycle": "number of the sleep cycle, from 1",
    "duration_s": "how long it lasted",
    "end_s": "end, after the recording's start",
    "epoch": "number of the epoch, from 1",
    "highpass_hz": "lower limit of the hardware filter as the header gives it",
    "index": "position in the source of the recording, from 0",
    "kind": "what it is",
    "label": "name of the channel in the file",
    "limit_high": "largest physical value that the file can hold, in its unit",
    "limit_low": "smallest physical value that the file can hold, in its unit",
    "lowpass_hz": "upper limit of the hardware filter as the header gives it",
    "message": "what was found, where",
    "name": "name",
    "onset_s": "start, after the recording's start",
    "proba_w": "probability of wake",
    "proba_n1": "probability of N1",
    "proba_n2": "probability of N2",
    "proba_n3": "probability of N3",
    "proba_r": "probability of REM",
    "rate_hz": "samples in a second",
    "reason": "why the value is undefined",
    "reference_index": "position of the signal that is subtracted; -1 for none",
    "remedy": "what would settle it",
    "role": "what the channel is for",
    "severity": "error, warning or note",
    "source": "who or what marked it",
    "stage": "stage at its onset",
    "to_uv": "factor from the physical unit to µV; NaN where it is no voltage",
    "unit": "unit",
    "value": "value",
}


def unit_of(column: str) -> str:
    """Return the unit that a column's name ends in, empty where it has none.

    Examples
    --------
    >>> unit_of("rem_ari_per_h"), unit_of("onset_s"), unit_of("stage")
    ('1/h', 's', '')
    >>> unit_of("rem_wmean_min_b2m"), unit_of("swa_uv2__F3_M2__N2")
    ('min', 'µV²')
    """
    stem = column.partition("__")[0]
    stem = stem.removesuffix("_raw").removesuffix("_b2m")
    return next((unit for end, unit in _UNITS if stem.endswith(end)), "")


def meaning_of(column: str) -> str:
    """Return what a column of a table holds; its name in words where nothing is known.

    Examples
    --------
    >>> meaning_of("onset_s")
    "start, after the recording's start"
    >>> meaning_of("peak_ratio")
    'peak ratio'
    """
    return _MEANINGS.get(column, column.replace("_", " "))
