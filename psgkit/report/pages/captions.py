"""Texts for the pictures of a night, for people who do not see them."""

import math

import numpy as np

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.clock import clock_at
from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.report.drawing.picture import Picture
from psgkit.report.language import _
from psgkit.report.wording import hours, number, plain

_KINDS = {Kind.EEG: "EEG", Kind.EOG: "EOG", Kind.EMG: "chin", Kind.ECG: "ECG"}
# Uses of a channel.
PURPOSES = {
    "staging_eeg": "EEG for stages",
    "staging_eog": "EOG for stages",
    "staging_emg": "chin for stages",
    "swa": "slow-wave activity",
    "spindles": "spindles",
    "infraslow": "infraslow fluctuation",
    "eye_movements": "eye movements",
    "rem_atonia": "muscle tone in REM",
    "heart_beats": "heart beats",
    "heart_rate": "heart rate",
    "saturation": "saturation",
    "arousals_central": "central EEG for arousals",
    "arousals_occipital": "occipital EEG for arousals",
    "arousals_eye": "EOG for arousals",
    "arousals_chin": "chin for arousals",
}
# Names of scorers that are words: persons, and files without a scorer's name.
SCORERS = (
    "expert",
    "unknown",
    "corrected by a person",
    "EDF+ annotations",
    "ISRUC sheet (xlsx)",
    "PhysioNet annotations (WFDB)",
    "list of stages (JSON)",
    "one stage per line",
    "psgkit night (HDF5)",
    "table (CSV, BIDS events.tsv)",
    "time and stage per line (Philips Alice text)",
)
_STAGES = ((Stage.W, "Wake"), (Stage.N1, "N1"), (Stage.N2, "N2"), (Stage.N3, "N3"))


def cut_sentence(night: Night) -> str:
    """Say that the scored time begins or ends within REM sleep, empty where neither."""
    sentences = []
    if _begins_in_rem(night):
        sentences.append(
            _(
                "The first stretch of REM was under way when the scored time began and "
                "may have been longer."
            )
        )
    if value_of(night, "last_remp_censored") == 1:
        sentences.append(
            _(
                "The last stretch of REM was cut off by the end of the scored time and "
                "may have been longer."
            )
        )
    return " ".join(sentences)


def _begins_in_rem(night: Night) -> bool:
    bouts = night.tables.get("bouts")
    if bouts is None or bouts.empty:
        return False
    raw = bouts[bouts["form"] == "raw"]
    return bool((raw.loc[raw["onset_s"] == raw["onset_s"].min(), "stage"] == "R").any())


def overview_alt(night: Night) -> str:
    """Describe the night from first to last sleep, and the minutes of each stage."""
    scoring = night.scoring
    asleep = np.flatnonzero(scoring.stages > 0)
    if len(asleep) == 0:
        return _("Stages of the night: no sleep was scored.")
    first_s = scoring.onset_s + asleep[0] * scoring.epoch_s
    last_s = scoring.onset_s + (asleep[-1] + 1) * scoring.epoch_s
    minutes = ", ".join(
        f"{_(name)} {number((scoring.stages == stage).sum() * scoring.epoch_s / 60)}"
        for stage, name in (*_STAGES, (Stage.R, "REM"))
    )
    return _(
        "Stages of the night: asleep from {first} to {last}. Minutes: {minutes}."
    ).format(
        first=clock_at(night.start, first_s)[:5] or hours(first_s),
        last=clock_at(night.start, last_s)[:5] or hours(last_s),
        minutes=minutes,
    )


def rem_alt(night: Night) -> str:
    """Describe each REM period: its minutes and how often it was interrupted."""
    periods = night.tables.get("rem_periods")
    if periods is None or periods.empty:
        return _("REM periods: none.")
    words = [
        f"{number(minutes)} min" for minutes in periods["rem_min"].to_numpy(dtype=float)
    ]
    return _("REM periods, minutes of REM in each: {periods}.").format(
        periods=", ".join(words)
    )


def rem_body_alt(picture: Picture) -> str:
    """Name the tracks beneath REM sleep."""
    tracks = "; ".join(panel.title for panel in picture.panels[1:])
    return _("REM sleep and arousals on the clock. Tracks beneath: {tracks}.").format(
        tracks=tracks
    )


def swa_alt(night: Night) -> str:
    """Describe the bars; their values are above them as text."""
    cycles = night.tables.get("swa_cycles")
    count = 0 if cycles is None else len(cycles)
    return _("Mean slow-wave activity in each of {count} sleep cycles.").format(
        count=count
    )


def arousals_alt(night: Night) -> str:
    """Say how many arousals were found."""
    arousals = night.scoring.arousals
    if arousals is None:
        return _("Arousals: not scored.")
    return _("Arousals by hour and stage: {count} in all.").format(count=len(arousals))


def spectra_alt(night: Night) -> str:
    """Name the channels with spectra."""
    if not night.spectra:
        return _("Power spectra: none.")
    return _("Median power spectrum of the EEG in each stage.")


def value_of(night: Night, name: str) -> float:
    """Return one number of a night, NaN where it is undefined or not there."""
    return next((m.value for m in night.results if m.name == name), math.nan)


def usable_sleep(night: Night) -> str:
    """Return the share of sleep in which EEG, eyes, chin and ECG were usable.

    One line; the lowest and the highest channel of a kind. Rounded down: 100 % means
    all of it.
    """
    shares: dict[str, list[int]] = {}
    for measure in night.results:
        if measure.name.startswith("usable_pct__") and not math.isnan(measure.value):
            kind = _KINDS.get(Role(measure.where[0]).kind, "")
            shares.setdefault(kind, []).append(int(measure.value))
    return ", ".join(f"{_(kind)} {_range(values)} %" for kind, values in shares.items())


def _range(values: list[int]) -> str:
    low, high = min(values), max(values)
    return str(low) if low == high else _("{low} to {high}").format(low=low, high=high)


def purpose_in_words(purpose: str) -> str:
    """Return the use of a channel as a phrase."""
    return _(PURPOSES[purpose]) if purpose in PURPOSES else plain(purpose)


def scorer_in_words(name: str) -> str:
    """Return the scorer; names stay as they are."""
    if not name:
        return _("nobody")
    return _(name) if name in SCORERS else plain(name)
