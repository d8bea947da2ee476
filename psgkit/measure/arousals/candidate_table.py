"""Result of the arousal rules: a table of candidates, and issues."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel
from psgkit.domain.true_runs import true_runs
from psgkit.measure.arousals.bands import BoolArray
from psgkit.measure.arousals.candidates import ARTEFACT_S
from psgkit.measure.arousals.chin_rises import LEAST_RATE_HZ
from psgkit.measure.arousals.criteria import Candidate
from psgkit.measure.arousals.input_channels import LARGEST_MISSING_SHARE
from psgkit.measure.arousals.thresholds import ArousalRules

CANDIDATE_COLUMNS = (
    *("onset_s", "duration_s", "stage", "band", "peak_ratio", "sustained_ratio"),
    *(
        "emg",
        "movement",
        "is_long",
        "to_wake",
        "channels",
        "spindle_s",
        "artefact_frac",
    ),
    *("is_arousal", "reason"),
)


@dataclass(frozen=True, slots=True, eq=False)
class ArousalsFound:
    """Result of the arousal rules for a night.

    Attributes
    ----------
    candidates : pandas.DataFrame
        Every shift to faster rhythms, an arousal (``is_arousal``) or not, for the
        ``reason`` given: ``not_asleep``, ``too_short``, ``spindle``,
        ``occipital_without_emg``, ``rem_without_emg``, ``weak_without_emg``,
        ``artefact``, ``no10s`` (no ten seconds of sleep before it) or ``joined`` (to
        the arousal before it).
    channels_used : dict of str to str
        ``arousals_central``, ``arousals_occipital``, ``arousals_chin`` to role and
        label.
    issues : tuple of Issue
        Notes for the reader of the arousals.
    knows_rem : bool
        Whether arousals in REM sleep are known: chin EMG is missing in at most a tenth
        of it.
    lost : tuple of (onset_s, duration_s)
        Sleep without a usable channel, where no arousal can be found.
    """

    candidates: pd.DataFrame
    channels_used: dict[str, str]
    issues: tuple[Issue, ...]
    knows_rem: bool = True
    lost: tuple[tuple[float, float], ...] = ()

    @property
    def arousals(self) -> pd.DataFrame:
        """The candidates that are arousals, without the verdict."""
        taken = self.candidates[self.candidates["is_arousal"]]
        return taken.drop(columns=["is_arousal", "reason"]).reset_index(drop=True)


def lost_spans(is_lost: BoolArray) -> tuple[tuple[float, float], ...]:
    """Return onset and duration of the runs of lost windows of 5 s."""
    return tuple(
        (first * ARTEFACT_S, (last - first) * ARTEFACT_S)
        for first, last in true_runs(is_lost).tolist()
    )


def candidate_table(judged: Iterable[Candidate], rules: ArousalRules) -> pd.DataFrame:
    """Return all candidates with their verdicts, columns typed however few rows."""
    rows = [
        (
            one.shift.onset_s,
            one.shift.duration_s,
            one.stage.name,
            one.shift.band,
            one.shift.peak_ratio,
            one.shift.sustained,
            one.emg,
            one.emg and one.shift.artefact > rules.artefact_share,
            one.shift.duration_s > rules.long_s,
            one.to_wake,
            "+".join(one.shift.channels),
            one.shift.spindle_s,
            one.shift.artefact,
            one.is_taken,
            one.reason,
        )
        for one in judged
    ]
    table = pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS))
    numbers = (
        *("onset_s", "duration_s", "peak_ratio", "sustained_ratio"),
        *("spindle_s", "artefact_frac"),
    )
    flags = ("emg", "movement", "is_long", "to_wake", "is_arousal")
    words = ("stage", "band", "channels", "reason")
    return table.astype(
        dict.fromkeys(numbers, float)
        | dict.fromkeys(flags, bool)
        | dict.fromkeys(words, object)
    )


NO_OCCIPITAL = Issue(
    Severity.NOTE,
    "arousals_without_occipital",
    "Arousals were detected in the central EEG alone: there is no usable occipital "
    "EEG.",
)


def no_chin(chin: Channel | None) -> Issue:
    """Return the issue that arousals in REM sleep are unknown.

    Parameters
    ----------
    chin : Channel or None
        The chin EMG, which cannot be used.
    """
    why = "" if chin is None else f"{chin.label} {_shortfall(chin)}. "
    which = "a" if chin is None else "another"
    return Issue(
        Severity.WARNING,
        "arousals_without_chin",
        f"{why}Without a usable chin EMG no arousal can be scored in REM sleep: their "
        "number in REM sleep is unknown, not zero.",
        f"If there is {which} chin EMG, name it with --channel emg=LABEL.",
    )


def _shortfall(chin: Channel) -> str:
    """Return why a chin EMG cannot be used, to be read after its label."""
    if chin.unfit is not None:
        return chin.unfit.why
    if chin.to_uv is None:
        return "has no known unit"
    if chin.rate_hz < LEAST_RATE_HZ:
        return f"has {chin.rate_hz:g} samples a second, {LEAST_RATE_HZ:g} are needed"
    return f"holds no signal for over {LARGEST_MISSING_SHARE:.0%} of REM sleep"
