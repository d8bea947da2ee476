"""One night from file to numbers: the one place where the steps meet."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from psgkit.domain.clock import without_date
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.jobs import Job
from psgkit.domain.night import Night
from psgkit.domain.provenance import Provenance
from psgkit.domain.recording import ArraySource, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.prepare.artefacts import artefact_masks
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import (
    find_header_issues,
    find_issues,
    look_at,
    withhold_amplitudes,
    withhold_channels,
    withhold_eyes,
)
from psgkit.prepare.window import lay_on, mark_lights
from psgkit.read import read_recording, read_scoring
from psgkit.read.input_hash import Original, original
from psgkit.settings import (
    ReadSettings,
    Settings,
    with_overrides,
)

if TYPE_CHECKING:
    from psgkit.measure.night import NightMeasured

# What each step is called where its progress is shown.
STEPS = ("reading", "staging", "measuring", "writing")

# Packages whose versions a number may depend on.
_PACKAGES = ("psgkit", "yasa", "mne", "numpy", "scipy", "pandas", "lightgbm")

_HALF_A_PERSON = Issue(
    Severity.NOTE,
    "demographics_incomplete",
    "YASA's demographic classifiers want age and sex both; one was given, so the others "
    "were used.",
    "Give both, or neither.",
)


def analyse(
    recording: str | Path,
    *,
    scoring: str | Path | None = None,
    settings: Settings | None = None,
    id: str = "",
    lights_off: str | None = None,
    lights_on: str | None = None,
    age_y: float | None = None,
    sex: str | None = None,
    channels: dict[str, str] | None = None,
    unit: str | None = None,
) -> Night:
    """Analyse one night.

    Parameters
    ----------
    recording : str or Path
        An EDF or BDF file.
    scoring : str or Path, optional
        A scoring in any format that `read_scoring` reads; without one, the night is
        staged by YASA's classifier.
    settings : Settings, optional
        Default settings where not given.
    id : str, optional
        Name of the night in every output; the file's stem where not given.
    lights_off, lights_on : str, optional
        Clock times (``"22:47"``) or seconds after the recording's start (``"120s"``).
    age_y, sex : float and str, optional
        Of the person, ``sex`` being ``"F"`` or ``"M"``: with both, YASA's demographic
        classifiers are used.
    channels : dict of str to str, optional
        Role, or ``eeg``, ``eog``, ``emg``, to the label of the channel to use.
    unit : {"nV", "uV", "mV", "V"}, optional
        Unit of EEG, EOG and EMG where the header is silent or wrong.

    Returns
    -------
    Night
        Stages, events, numbers, issues and provenance; ``night.save(folder)`` writes
        its files.

    Raises
    ------
    InputError
        If the recording or the scoring cannot be used; the message says why and what
        would help.
    """
    given: dict[str, object] = {}
    if channels:
        given["channels"] = channels
    if unit:
        given["unit"] = unit
    job = Job(
        recording=Path(recording),
        id=id,
        scoring=None if scoring is None else Path(scoring),
        lights_off=lights_off,
        lights_on=lights_on,
        age_y=age_y,
        sex=sex,
    )
    return analyse_night(job, with_overrides(settings or Settings(), {"read": given}))


def analyse_night(
    job: Job,
    settings: Settings,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Night:
    """Take one night through the steps: read, prepare, stage, measure.

    Parameters
    ----------
    job : Job
        The night.
    settings : Settings
        How each step works.
    progress : callable
        Called with one of `STEPS` when it begins.

    Returns
    -------
    Night

    Raises
    ------
    InputError
        If an input cannot be used.
    """
    if job.recording is None:
        return analyse_scoring(job, settings)
    # Two threads of a BLAS add up in another order than one: the last digits of a night
    # would hang on how many cores a machine has.
    with threadpool_limits(1, user_api="blas"):
        return _analyse_recording(job, job.recording, settings, progress)


def analyse_scoring(job: Job, settings: Settings) -> Night:
    """Measure a night of which only the scoring is there.

    Parameters
    ----------
    job : Job
        The night; its ``recording`` is None.
    settings : Settings
        How each step works.

    Returns
    -------
    Night
        Without channels, and with all numbers that need no signal.

    Raises
    ------
    InputError
        If the scoring cannot be used.
    """
    if job.scoring is None:
        raise InputError(
            f"{job.night_id or 'A night'} has no recording and no scoring."
        )
    files = original(None), original(job.scoring)
    scoring = read_scoring(job.scoring, **_layout(job, settings))
    stand_in = Recording(
        id=job.night_id,
        start=scoring.start,
        duration_s=scoring.end_s,
        channels=(),
        source=ArraySource((), ()),
        age_y=job.age_y,
        sex=job.sex,
    )
    found = scoring.issues
    return _measure(job, settings, stand_in, scoring, {}, found, lambda _: None, files)


def inspect_recording(
    path: Path, settings: ReadSettings, *, signals: bool
) -> tuple[Recording, tuple[Issue, ...]]:
    """Read a recording's header and say what is wrong with it.

    Parameters
    ----------
    path : pathlib.Path
        An EDF or BDF file.
    settings : ReadSettings
        How recordings are read.
    signals : bool
        Whether the signals are read too, which finds more and takes longer.

    Returns
    -------
    recording : Recording
    issues : tuple of Issue
    """
    recording = rereference(read_recording(path, settings=settings))
    rules = find_issues if signals else find_header_issues
    return recording, _in_order(recording.issues, rules(recording))


def _analyse_recording(
    job: Job, path: Path, settings: Settings, progress: Callable[[str], None]
) -> Night:
    progress("reading")
    files = original(path), original(job.scoring)
    as_labelled = _read(job, path, settings)
    look = look_at(as_labelled)
    recording = withhold_channels(look, withhold_amplitudes(look))
    if job.scoring is None:
        from psgkit.stage import stage_recording  # noqa: PLC0415 - see _measured

        progress("staging")
        staging = stage_recording(recording, settings.stage.stager)
        scoring, used, found = staging.scoring, staging.channels_used, staging.issues
        if (job.age_y is None) != (job.sex is None):
            found += (_HALF_A_PERSON,)
    else:
        scoring = read_scoring(
            job.scoring,
            recording_start=recording.start,
            **_layout(job, settings),
        )
        scoring, found = lay_on(scoring, recording, align=settings.window.align)
        used = {}
    found += find_issues(as_labelled, scoring, look=look)
    recording = withhold_eyes(recording, found)
    return _measure(job, settings, recording, scoring, used, found, progress, files)


def _layout(job: Job, settings: Settings) -> dict[str, Any]:
    """Return what the settings and the job say of a scoring's layout."""
    layout = settings.scoring.model_dump()
    return layout if job.epoch_s is None else layout | {"epoch_s": job.epoch_s}


def _read(job: Job, path: Path, settings: Settings) -> Recording:
    if job.age_y is not None and not 0 < job.age_y < 120:
        raise InputError(
            f"{job.night_id}: an age of {job.age_y:g} years cannot be; give years "
            "between 0 and 120, or none."
        )
    recording = read_recording(path, id=job.night_id, settings=settings.read)
    return replace(
        rereference(recording),
        age_y=recording.age_y if job.age_y is None else job.age_y,
        sex=recording.sex if job.sex is None else job.sex,
    )


def _measure(
    job: Job,
    settings: Settings,
    recording: Recording,
    scoring: Scoring,
    used: dict[str, str],
    found: tuple[Issue, ...],
    progress: Callable[[str], None],
    files: tuple[Original, Original],
) -> Night:
    """Take a recording and its scoring to the finished night."""
    progress("measuring")
    scoring, lights_issues = mark_lights(
        scoring,
        recording,
        lights_off=job.lights_off,
        lights_on=job.lights_on,
        whole_recording=settings.window.lights == "recording",
    )
    measured = _measured(recording, scoring, settings)
    for file in files:
        file.check()
    return Night(
        id=recording.id,
        start=_start(recording, settings),
        duration_s=recording.duration_s,
        channels=recording.channels,
        gaps=recording.gaps,
        scoring=_without_date(measured.scoring),
        results=measured.measures,
        issues=_in_order(recording.issues, found, lights_issues, measured.issues),
        provenance=Provenance(
            versions=dict(_versions()),
            settings=settings.model_dump(mode="json"),
            recording_sha256=files[0].sha256,
            recording_bytes=files[0].size,
            scoring_sha256=files[1].sha256,
            channels_used=used | measured.channels_used,
            stager=scoring.scorer,
            arousal_source=measured.arousal_detector
            or _scorer_of_arousals(measured.scoring),
        ),
        tables=measured.tables,
        spectra=measured.spectra,
    )


def _measured(
    recording: Recording, scoring: Scoring, settings: Settings
) -> "NightMeasured":
    # Loads scipy.signal, which costs a second and 70 MB that `inspect` does without.
    from psgkit.measure.night import measure_night, measure_scored  # noqa: PLC0415

    if not (settings.measure.signals and recording.channels):
        return measure_scored(scoring)
    return measure_night(
        recording,
        scoring,
        artefacts=artefact_masks(scoring, recording.artefacts),
        settings=settings.arousals,
    )


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, metadata.version(name)) for name in _PACKAGES)


def _start(recording: Recording, settings: Settings) -> dt.datetime | None:
    """Return when a recording starts, without its date unless dates are kept."""
    if recording.start is None or settings.report.keep_dates:
        return recording.start
    return without_date(recording.start)


def _without_date(scoring: Scoring) -> Scoring:
    if scoring.start is None:
        return scoring
    return replace(scoring, start=without_date(scoring.start))


def _scorer_of_arousals(scoring: Scoring) -> str:
    arousals = scoring.arousals
    if arousals is None:
        return ""
    sources = sorted(set(arousals["source"]))
    return ", ".join(sources) or scoring.scorer


def _in_order(*groups: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Join issues without repeating one, the severest first."""
    rank = {"error": 0, "warning": 1, "note": 2}
    unique = dict.fromkeys(issue for group in groups for issue in group)
    return tuple(sorted(unique, key=lambda issue: rank[issue.severity]))
