"""Nights by hand, with every kind of value that a report must carry."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from makers import make_scoring

from psgkit.domain.channels.roles import Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure, Metric, Reliability, find_metric
from psgkit.domain.night import Night, Spectra
from psgkit.domain.provenance import Provenance
from psgkit.domain.recording import Channel, Gap
from psgkit.domain.scoring import Scoring
from psgkit.measure.catalogue.lookup import BY_NAME
from psgkit.store.night_file import night_bytes
from psgkit.store.seal import sealed

# Two cycles in 100 minutes: REM 10 min, broken once for a minute, then 15 min.
STAGES = "".join(
    (
        *("WWWW", "1" * 6, "2" * 30, "3" * 40, "2" * 8, "R" * 10, "WW", "R" * 10),
        *("2" * 20, "3" * 14, "2" * 20, "R" * 30, "WW1?A"),
    )
)

PRIMARY = Reliability(experts=0.76, automatic=0.68)
SECONDARY = Reliability(experts=0.69, automatic=0.52)
EXPLORATORY = Reliability(experts=0.39, automatic=0.21)


def make_measure(name: str, value: float = math.nan, **changes: object) -> Measure:
    """Build a measure; what is NaN gets a reason unless one is given."""
    stem, *where = name.split("__")
    declared = BY_NAME.get(stem, Metric(stem, "", "", ""))
    facts: dict[str, object] = {
        "unit": "minutes",
        "meaning": f"The meaning of {stem}.",
        "source": "made for a test",
        "reliability": Reliability(),
        "per": ("chan", "stage")[: len(where)],
    }
    own = ("reason", "low", "high")
    row = {name: fact for name, fact in changes.items() if name not in own}
    measure: dict[str, object] = {
        "reason": "REM sleep was not seen" if math.isnan(value) else "",
        **{name: changes[name] for name in own if name in changes},
    }
    return Measure(replace(declared, **(facts | row)), value, tuple(where), **measure)


def declared(column: str, value: float) -> Measure:
    """Build the measure of a column of the catalogue."""
    found = find_metric(column, BY_NAME)
    assert found is not None, column
    return Measure(found[0], value, found[1])


def make_results() -> tuple[Measure, ...]:
    """Build a dozen measures of every tier, two of them undefined."""
    return (
        make_measure("tst_min", 94.0, reliability=PRIMARY),
        make_measure("se_pct", 94.0, unit="percent", reliability=SECONDARY),
        make_measure("n3_min", 27.0, reliability=SECONDARY),
        make_measure("rem_min", 25.0, reliability=PRIMARY),
        make_measure(
            "rem_wmean_min_b2m", 13.2, low=11.0, high=15.5, reliability=PRIMARY
        ),
        make_measure("rem_lat_min", 44.0, reliability=SECONDARY),
        make_measure("rem_frag_per_h", 2.4, unit="per hour", reliability=EXPLORATORY),
        make_measure("ari_per_h", unit="per hour", reason="arousals were not scored"),
        make_measure("bp_abs_uv2_sigma__C4_M1__N2", 12.5, unit="µV²"),
        make_measure("isf_relpeak", unit="", reason="fewer than 3 bouts of N2"),
    )


def make_channels() -> tuple[Channel, ...]:
    """Build three channels: one full, one derived, one that is no voltage."""
    return (
        Channel(
            Role.C4_M1,
            "EEG C4-A1",
            0,
            256.0,
            highpass_hz=0.3,
            lowpass_hz=35.0,
            limits=(-500.0, 500.0),
        ),
        Channel(Role.EOG_L, "E1 - M2", 1, 200.0, reference_index=3),
        Channel(Role.SPO2, "SaO₂ «%»", 2, 1.0, unit="%", to_uv=None),
    )


def make_night(
    night_id: str = "night-1",
    *,
    scoring: Scoring | None = None,
    stages: str = STAGES,
    arousals: tuple[tuple[float, float], ...] | None = ((1000.0, 5.0), (2700.0, 8.0)),
    with_proba: bool = True,
    with_spectra: bool = True,
    results: tuple[Measure, ...] | None = None,
    issues: tuple[Issue, ...] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Night:
    """Build a night whose stages are given as in `make_scoring`."""
    start = dt.datetime(1985, 1, 1, 22, 47, 30)
    if scoring is None:
        scoring = _scoring(stages, start, arousals, with_proba=with_proba)
    return Night(
        id=night_id,
        start=start,
        duration_s=scoring.end_s,
        channels=make_channels(),
        gaps=(Gap(60.0, 2.5),),
        scoring=scoring,
        results=make_results() if results is None else results,
        issues=make_issues() if issues is None else issues,
        provenance=Provenance(
            versions={"psgkit": "0.1.0", "yasa": "0.8.1"},
            settings={"read": {"unit": None}, "report": {"tables": False}},
            recording_sha256="ab" * 32,
            recording_bytes=123456,
            channels_used={"staging_eeg": "C4_M1 (EEG C4-A1)"},
            stager=scoring.scorer,
            arousal_source="" if arousals is None else "expert",
        ),
        tables=make_tables() if tables is None else tables,
        spectra={"C4_M1": make_spectra(scoring)} if with_spectra else {},
    )


def make_issues() -> tuple[Issue, ...]:
    """Build one issue of each severity, not in order of severity."""
    return (
        Issue(Severity.NOTE, "one_eeg", "Only one EEG channel was found."),
        Issue(
            Severity.ERROR,
            "unit_unknown",
            "Channel 'Chin' has no unit.",
            "Name it with --unit.",
        ),
        Issue(
            Severity.WARNING,
            "lights_unknown",
            "Lights-off is not known.",
            "Give it with --lights-off.",
        ),
    )


def make_tables() -> dict[str, pd.DataFrame]:
    """Build long tables with text, numbers, whole numbers, booleans and gaps."""
    return {
        "rem_bouts": pd.DataFrame(
            {
                "onset_s": [2820.0, 3180.0],
                "duration_s": [300.0, 300.0],
                "next_stage": ["W", None],
                "censored": [False, True],
                "number": [1, 2],
            }
        ),
        "rem_periods": pd.DataFrame(
            {
                "onset_s": [88 * 30.0, 164 * 30.0],
                "span_min": [11.0, 15.0],
                "rem_min": [10.0, 15.0],
                "interruption_n": [1, 0],
                "interruption_w_n": [1, 0],
                "is_censored": [False, False],
            }
        ),
        "cycles": pd.DataFrame(
            {
                "onset_s": [4 * 30.0, 110 * 30.0],
                "duration_min": [53.0, 42.0],
                "nrem_period_min": [42.0, 27.0],
                "has_rem": [True, True],
                "is_complete": [True, False],
            }
        ),
        "swa_cycles": pd.DataFrame({"cycle": [1, 2], "swa_uv2": [420.0, np.nan]}),
        "empty": pd.DataFrame({"onset_s": pd.Series(dtype=float), "kind": []}),
    }


def make_spectra(scoring: Scoring) -> Spectra:
    """Build spectra that fall off as 1/f, steeper in N3, with one epoch undefined."""
    freqs_hz = np.arange(0.5, 35.25, 0.25)
    gain = np.select([scoring.stages == 3, scoring.stages == 2], [4.0, 2.0], 1.0)
    psd = (gain[:, None] * 50.0 / freqs_hz[None, :] ** 1.5).astype(np.float32)
    psd[0] = np.nan
    return Spectra(freqs_hz, psd)


def _scoring(
    stages: str,
    start: dt.datetime,
    arousals: tuple[tuple[float, float], ...] | None,
    *,
    with_proba: bool,
) -> Scoring:
    made = make_scoring(stages, arousals=arousals)
    proba = None
    if with_proba:
        proba = np.full((made.n_epochs, 5), 0.05, dtype=np.float32)
        proba[np.arange(made.n_epochs), np.clip(made.stages, 0, 4)] = 0.8
    return Scoring(
        stages=made.stages,
        start=start,
        lights_off_s=made.lights_off_s,
        lights_on_s=made.lights_on_s,
        events=made.events,
        kinds_scored=made.kinds_scored,
        scorer="YASA 0.8.1" if with_proba else "expert",
        is_automatic=with_proba,
        proba=proba,
    )


@contextmanager
def tampered(path: Path) -> Iterator[h5py.File]:
    """Change a saved night as somebody does who knows how it is sealed."""
    with h5py.File(path, "r+") as file:
        yield file
    content, _, _ = path.read_bytes().rpartition(b"\npsgkit sha-256 ")
    path.write_bytes(sealed(content or path.read_bytes()))


def write_night(night: Night, path: Path) -> None:
    """Write a night as an HDF5 file."""
    path.write_bytes(night_bytes(night))
