"""Unit and meaning of every column of the long tables, for attributes of HDF5 files.

The numbers of a night are metrics, whose rows say it; see `psgkit.domain.metrics`.
"""

COLUMNS: dict[str, tuple[str, str]] = {
    "after": ("", "stage that follows"),
    "ahi_per_h": ("1/h", "apnoeas and hypopnoeas per hour of the time"),
    "amplitude_uv": ("µV", "peak-to-peak amplitude"),
    "arousal_n": ("count", "arousals of the cause in the stage"),
    "arousal_per_h": ("1/h", "arousals of the cause per hour of the stage"),
    "arousal_probability": (
        "",
        "highest probability of an arousal that the network gives",
    ),
    "artefact_frac": ("fraction", "share of it that is artefact"),
    "band": ("", "frequency band"),
    "before": ("", "stage that is left or stays"),
    "bytes": ("", "size"),
    "cause": ("", "cause named by the scorer; empty if not given"),
    "chance": ("", "share of all steps from that stage, staying among them"),
    "chance_30s": ("", "chance of staying, converted to epochs of 30 s"),
    "change": ("", "mean of 1 less the correlation of patterns that follow each other"),
    "channel": ("", "role of the channel"),
    "channels": ("", "channels that show it"),
    "channels_n": ("count", "channels"),
    "clean_min": ("min", "time without artefact that it rests on"),
    "clock": ("", "time of day"),
    "code": ("", "stable name of the issue"),
    "confidence": ("", "largest of the five stage probabilities"),
    "correction": ("", "change made by a person"),
    "count": ("", "how often it was counted"),
    "cycle": ("", "number of the sleep cycle, from 1"),
    "denominator": ("", "columns of minutes that a rate was divided by"),
    "density_per_min": ("1/min", "events in a minute without artefact"),
    "duration_before_s": ("s", "how long it lasted before a person changed it"),
    "duration_min": ("min", "how long it lasted"),
    "duration_s": ("s", "how long it lasted"),
    "emg": ("", "whether the chin EMG rises with it"),
    "p": ("", "share of surrogates that reach it"),
    "steps_n": ("count", "steps from one clean epoch to the next"),
    "theta_ratio": ("", "largest theta power relative to the half minute before"),
    "alpha_ratio": ("", "largest alpha power relative to the half minute before"),
    "beta_ratio": ("", "largest beta power relative to the half minute before"),
    "emg_ratio": ("", "highest chin tone relative to the half minute before"),
    "explanation": ("", "course of bands, chin and spindles, in words"),
    "end_s": ("s", "end, after the recording's start"),
    "epoch": ("", "number of the epoch, from 1"),
    "exit_share": ("", "share of all exits from that stage"),
    "eye_movement_n": ("count", "how many eye movements"),
    "fall_pct": ("%", "points by which saturation falls"),
    "family": ("", "metrics that it is shown with"),
    "form": ("", "raw, or b2m where interruptions of up to 2 min are filled"),
    "freq_hz": ("Hz", "frequency"),
    "frequency_hz": ("Hz", "frequency of the oscillation"),
    "has_rem": ("", "whether a REM period closes it"),
    "headline": ("", "whether it answers one of the three main questions"),
    "hf_ms2": ("ms²", "power of heart beat intervals from 0.15 to 0.4 Hz"),
    "highpass_hz": ("Hz", "lower limit of the hardware filter as the header gives it"),
    "hr_bpm": ("1/min", "mean heart rate"),
    "hr_infraslow_bpm": (
        "1/min",
        "fluctuation of heart rate from 0.01 to 0.04 Hz, 2 min around the epoch",
    ),
    "index": ("", "position in the source of the recording, from 0"),
    "interruption_n": ("count", "how many interruptions"),
    "interruption_w_n": ("count", "how many of them hold wake"),
    "is_arousal": ("", "whether it was taken for an arousal"),
    "is_censored": ("", "whether the edge of the window or unscored time cuts it"),
    "is_complete": ("", "whether a REM period closes it and sleep follows"),
    "is_long": ("", "whether it lasts over 15 s"),
    "kind": ("", "its kind"),
    "label": ("", "name of the channel in the file"),
    "left_uv": ("µV", "amplitude at the left eye"),
    "lf_ms2": ("ms²", "power of heart beat intervals from 0.04 to 0.15 Hz"),
    "limit_high": ("", "largest physical value that the file can hold, in its unit"),
    "limit_low": ("", "smallest physical value that the file can hold, in its unit"),
    "lowpass_hz": ("Hz", "upper limit of the hardware filter as the header gives it"),
    "meaning": ("", "meaning"),
    "message": ("", "finding and its place"),
    "midpoint_h": ("h", "its middle, after the first epoch of sleep"),
    "movement": ("", "whether it overlaps artefact with a rise of the EMG"),
    "n3_min": ("min", "time in N3 in it"),
    "name": ("", "name"),
    "ndpac": ("", "normalised direct phase-amplitude coupling with sigma power"),
    "neg_peak_s": ("s", "time of the negative peak, after the recording's start"),
    "nrem_period_min": ("min", "length of its NREM period"),
    "odi_per_h": ("1/h", "desaturations per hour of the time"),
    "onset_before_s": ("s", "onset before a person changed it"),
    "onset_s": ("s", "start, after the recording's start"),
    "peak_ratio": (
        "",
        "largest power of fast rhythms relative to the sleep before it",
    ),
    "peak_s": ("s", "time of the peak, after the recording's start"),
    "per": ("", "further parts of the column's name: channel, stage"),
    "period": ("", "number of the REM period, from 1"),
    "place": ("", "order among the metrics of all sections"),
    "plausible_high": ("", "greatest value that raises no alarm"),
    "plausible_low": ("", "least value that raises no alarm"),
    "plmi_per_h": ("1/h", "periodic limb movements per hour of the time"),
    "position": ("", "body position"),
    "proba_n1": ("", "probability of N1"),
    "proba_n2": ("", "probability of N2"),
    "proba_n3": ("", "probability of N3"),
    "proba_r": ("", "probability of REM"),
    "proba_w": ("", "probability of wake"),
    "psd_uv2_hz": ("µV²/Hz", "power spectral density"),
    "ptp_uv": ("µV", "peak-to-peak amplitude"),
    "rate_hz": ("Hz", "samples in a second"),
    "rdi_per_h": ("1/h", "apnoeas, hypopnoeas and RERAs per hour of the time"),
    "reason": ("", "why it is undefined, or why it was not taken"),
    "reference_index": ("", "position of the signal that is subtracted; -1 for none"),
    "reliability_automatic": (
        "",
        "Spearman's rho between an automatic scoring and experts",
    ),
    "reliability_experts": ("", "Spearman's rho between experts"),
    "rem_min": ("min", "time in REM in it"),
    "remedy": ("", "remedy"),
    "right_uv": ("µV", "amplitude at the right eye"),
    "rmssd_ms": (
        "ms",
        "root mean square of successive differences between heart beats",
    ),
    "role": ("", "role of the channel"),
    "same": ("", "columns that must be equal in nights that are compared"),
    "scale": ("", "scale on which statistics compare it"),
    "section": ("", "section at the top of a page that shows it"),
    "severity": ("", "error, warning or note"),
    "sigma_infraslow_uv2": (
        "µV²",
        "fluctuation of sigma power from 0.01 to 0.04 Hz, 2 min around the epoch",
    ),
    "sigma_phase_rad": ("rad", "phase of the wave at the peak of sigma power"),
    "slope_uvs": ("µV/s", "slope from the negative peak to the zero crossing"),
    "source": ("", "person or program that marked it"),
    "span": ("", "window, or sleep_period"),
    "span_min": ("min", "from its first to its last REM epoch"),
    "spindle_s": ("s", "time of it that is spindles"),
    "spo2_min_pct": ("%", "lowest oxygen saturation"),
    "spo2_pct": ("%", "mean oxygen saturation"),
    "stage": ("", "stage it belongs to"),
    "stage_after": ("", "stage after a person changed it"),
    "stage_before": ("", "stage before a person changed it"),
    "stage_min": ("min", "time in the stage"),
    "sustained_ratio": (
        "",
        "power of fast rhythms relative to the sleep before it, held throughout",
    ),
    "swa_rel": ("", "slow-wave activity as a share of the night's mean"),
    "swa_uv2": ("µV²", "mean power from 0.5 to 4 Hz in its N2 and N3"),
    "to_uv": ("µV", "factor from the physical unit to µV; NaN if it is not a voltage"),
    "to_wake": ("", "whether it ends in an epoch scored as wake"),
    "unit": ("", "unit"),
    "value": ("", "value"),
    "electrode": ("", "electrode of the scalp"),
    "power_uv2": ("µV²", "power in the band"),
    "reference": ("", "reference, recorded or computed"),
    "swa_n3_uv2": ("µV²", "mean power from 0.5 to 4 Hz in N3"),
    "usable_pct": ("%", "share of sleep that is clean enough to measure"),
    "x_m": ("m", "position from the middle of the head to the right"),
    "y_m": ("m", "position from the middle of the head to the front"),
    "z": ("", "difference from surrogates, in their standard deviations"),
    "z_m": ("m", "position from the middle of the head upwards"),
}


# Unit and meaning of columns that are not metrics.
NIGHT_COLUMNS: dict[str, tuple[str, str]] = {
    "id": ("", "name of the night"),
    "status": (
        "",
        "done, failed, or skipped: not done yet, for which message says why",
    ),
    "age_y": ("years", "age of the person, as given"),
    "sex": ("", "sex of the person, as given: F or M"),
    "start_date": ("", "date of the recording's start, kept on request"),
    "duration_min": ("minutes", "length of the recording"),
    "scorer": ("", "person or program that scored the stages"),
    "is_automatic": ("", "whether a program scored the stages: 1 or 0"),
    "epoch_s": ("seconds", "length of an epoch in seconds"),
    "arousal_source": (
        "",
        "person or program that marked the arousals; empty without arousals",
    ),
    "swa_derivation": (
        "",
        "derivations of slow-wave activity; empty if not measured",
    ),
    "swa_highpass_hz": (
        "hertz",
        "hardware high-pass of the derivations of slow-wave activity, by the header",
    ),
    "spindle_source": (
        "",
        "detector of spindles: YASA, A7, or empty for none",
    ),
    "heart_source": ("", "channel of heart rate: ECG, PULSE, or empty for none"),
    "net_channels": ("", "EEG channels of the network and their reference"),
    "format_version": ("", "version of the layout of psgkit's tables"),
    "metric_version": ("", "version of the definitions of all numbers"),
    "issues_n": ("count", "issues that a reader of the numbers should know"),
    "issues_error_n": ("count", "issues that put numbers in doubt"),
    "error": ("", "kind of error"),
    "message": ("", "the error, or why the night is not done yet, in a sentence"),
}


def unit_of(column: str) -> str:
    """Return the unit of a table's column, empty without a unit.

    Examples
    --------
    >>> unit_of("onset_s"), unit_of("psd_uv2_hz"), unit_of("stage")
    ('s', 'µV²/Hz', '')
    """
    return COLUMNS[column][0] if column in COLUMNS else ""


def meaning_of(column: str) -> str:
    """Return the meaning of a column of a table, else its name in words.

    Examples
    --------
    >>> meaning_of("onset_s")
    "start, after the recording's start"
    >>> meaning_of("new_column")
    'new column'
    """
    return COLUMNS[column][1] if column in COLUMNS else column.replace("_", " ")
