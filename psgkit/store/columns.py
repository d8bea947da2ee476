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

MEANINGS = {
    "after": "stage that follows",
    "amplitude_uv": "peak-to-peak amplitude",
    "arousal_probability": "highest probability of an arousal that the network gives",
    "artefact_frac": "share of it that is artefact",
    "band": "frequency band",
    "before": "stage that is left or stays",
    "bytes": "size",
    "chance": "share of all steps from that stage, staying among them",
    "chance_30s": "chance of staying, converted to epochs of 30 s",
    "channel": "role of the channel",
    "channels": "channels that show it",
    "clean_min": "time without artefact that it rests on",
    "clock": "time of day",
    "code": "stable name of the issue",
    "confidence": "largest of the five stage probabilities",
    "count": "how often it was counted",
    "cycle": "number of the sleep cycle, from 1",
    "density_per_min": "events in a minute without artefact",
    "duration_min": "how long it lasted",
    "duration_s": "how long it lasted",
    "emg": "whether the chin EMG rises with it",
    "end_s": "end, after the recording's start",
    "epoch": "number of the epoch, from 1",
    "exit_share": "share of all exits from that stage",
    "eye_movement_n": "how many eye movements",
    "form": "raw, or b2m where interruptions of up to 2 min are filled",
    "freq_hz": "frequency",
    "frequency_hz": "frequency of the oscillation",
    "has_rem": "whether a REM period closes it",
    "highpass_hz": "lower limit of the hardware filter as the header gives it",
    "index": "position in the source of the recording, from 0",
    "interruption_n": "how many interruptions",
    "interruption_w_n": "how many of them hold wake",
    "is_arousal": "whether it was taken for an arousal",
    "is_censored": "whether the edge of the window or unscored time cuts it",
    "is_complete": "whether a REM period closes it and sleep follows",
    "is_long": "whether it lasts over 15 s",
    "kind": "what it is",
    "label": "name of the channel in the file",
    "left_uv": "amplitude at the left eye",
    "limit_high": "largest physical value that the file can hold, in its unit",
    "limit_low": "smallest physical value that the file can hold, in its unit",
    "lowpass_hz": "upper limit of the hardware filter as the header gives it",
    "message": "what was found, where",
    "midpoint_h": "its middle, after the first epoch of sleep",
    "movement": "whether it overlaps artefact with a rise of the EMG",
    "n3_min": "time in N3 in it",
    "name": "name",
    "ndpac": "normalised direct phase-amplitude coupling with sigma power",
    "neg_peak_s": "time of the negative peak, after the recording's start",
    "nrem_period_min": "length of its NREM period",
    "onset_s": "start, after the recording's start",
    "peak_ratio": "largest power of fast rhythms over that of the sleep before it",
    "peak_s": "time of the peak, after the recording's start",
    "period": "number of the REM period, from 1",
    "proba_n1": "probability of N1",
    "proba_n2": "probability of N2",
    "proba_n3": "probability of N3",
    "proba_r": "probability of REM",
    "proba_w": "probability of wake",
    "psd_uv2_hz": "power spectral density",
    "ptp_uv": "peak-to-peak amplitude",
    "rate_hz": "samples in a second",
    "reason": "why it is undefined, or why it was not taken",
    "reference_index": "position of the signal that is subtracted; -1 for none",
    "rem_min": "time in REM in it",
    "remedy": "what would settle it",
    "right_uv": "amplitude at the right eye",
    "role": "what the channel is for",
    "severity": "error, warning or note",
    "sigma_phase_rad": "phase of the wave at the peak of sigma power",
    "slope_uvs": "slope from the negative peak to the zero crossing",
    "source": "who or what marked it",
    "span": "window, or sleep_period",
    "span_min": "from its first to its last REM epoch",
    "spindle_s": "time of it that is spindles",
    "stage": "stage it belongs to",
    "sustained_ratio": "power of fast rhythms over that of the sleep before it, held throughout",
    "swa_rel": "slow-wave activity as a share of the night's mean",
    "swa_uv2": "mean power from 0.5 to 4 Hz in its N2 and N3",
    "to_uv": "factor from the physical unit to µV; NaN where it is no voltage",
    "to_wake": "whether it ends in an epoch scored as wake",
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
    >>> meaning_of("new_column")
    'new column'
    """
    return MEANINGS.get(column, column.replace("_", " "))
