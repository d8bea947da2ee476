"""One night from file to numbers: the one place where the steps meet."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from psgkit.domain.clock import without_date
from psgkit.domain.issues import in_order
from psgkit.domain.jobs import NO_OBJECTS, Job, Objects, Scored
from psgkit.domain.night import Night
from psgkit.domain.provenance import Provenance, installed_versions, whole_years
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.prepare.artefacts import artefact_masks
from psgkit.prepare.lights import without_settled
from psgkit.prepare.montage import rereference
from psgkit.prepare.night_values import value_faults
from psgkit.prepare.own_marks import NO_MARKS, OwnMarks, lay_own_marks, with_marks
from psgkit.prepare.quality import (
    find_issues,
    look_at,
    withhold_amplitudes,
    withhold_channels,
    withhold_eyes,
)
from psgkit.prepare.window import lay_on, mark_lights
from psgkit.read import read_recording, read_scoring, with_positions
from psgkit.read.annotations import read_marks
from psgkit.read.input_hash import Original, original
from psgkit.read.read_ahead import read_ahead
from psgkit.settings import Settings, with_overrides

if TYPE_CHECKING:
    import mne
    import pandas as pd
    import yasa

    from psgkit.measure.night import NightMeasured
    from psgkit.simulate.night import SimulatedNight
    from psgkit.stage.stager import Stager

STEPS = ("reading", "staging", "measuring", "writing")  # as progress shows them


def analyse(
    recording: "str | Path | Recording | mne.io.BaseRaw | SimulatedNight | None" = None,
    *,
    scoring: "str | Path | Scoring | yasa.Hypnogram | mne.Annotations | Sequence[str | int] | None" = None,
    stager: "str | Stager | None" = None,
    settings: Settings | None = None,
    id: str = "",
    lights_off: str | None = None,
    lights_on: str | None = None,
    age_y: float | None = None,
    sex: str | None = None,
    channels: dict[str, str] | None = None,
    unit: str | dict[str, str] | None = None,
    arousals: "pd.DataFrame | Sequence[tuple[float, float]] | None" = None,
) -> Night:
    """Analyse one night.

    Parameters
    ----------
    recording : str, Path, mne.io.BaseRaw, Recording or SimulatedNight, optional
        A file, or an object in memory; without it, the scoring alone is measured.
    scoring : str, Path, Scoring, yasa.Hypnogram, mne.Annotations or sequence, optional
        A file, an object of psgkit, YASA or MNE, or the stages of 30-s epochs; by
        default the night is staged.
    stager : str or Stager, optional
        ``"yasa-fast"``, ``"yasa"``, the name of another package's stager, or a function
        that stages a `Recording`.
    settings : Settings, optional
        The default settings if not given.
    id : str, optional
        Name of the night in every output; by default the file's stem.
    lights_off, lights_on : str, optional
        Clock times (``"22:47"``) or seconds after the recording's start (``"120s"``).
    age_y, sex : float and str, optional
        Age in years, and ``"F"`` or ``"M"``; with both, YASA's stager uses them.
    channels : dict of str to str, optional
        Role (``C4_M1``) or use (``eeg``, ``central``) to the label of the channel.
    unit : {"nV", "uV", "mV", "V"} or dict, optional
        Unit of EEG, EOG and EMG; or a dict by channel: ``{"Chin 1": "mV"}``.
    arousals : DataFrame or sequence of (onset_s, duration_s), optional
        In place of any others; in seconds after the recording's start.

    Returns
    -------
    Night
        Stages, events, numbers, issues and provenance.

    Raises
    ------
    InputError
        If a value, the recording or the scoring cannot be used; it names all faults.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.analyse("night.edf", scoring="night.csv")
    >>> float(night.measures["rem_min"])  # minutes
    8.0
    """
    given: dict[str, object] = {}
    if channels is not None:
        given["channels"] = channels
    if unit is not None:
        given["units" if isinstance(unit, dict) else "unit"] = unit
    faults = value_faults(age_y, sex, lights_off, lights_on)
    if scoring is not None and stager is not None:
        faults.append(
            "Both a scoring and a stager were given; give the scoring to use it, or "
            "the stager to stage the night anew."
        )
    staging = {"stager": stager} if isinstance(stager, str) else {}
    chosen = with_overrides(
        settings or Settings(), {"read": given, "stage": staging}, faults
    )
    file = Path(recording) if isinstance(recording, str | Path) else None
    held = None
    if file is None and recording is not None:
        from psgkit.read.objects import recording_of  # noqa: PLC0415 - loads MNE

        held = recording_of(recording, id=id, settings=chosen.read)
    scored = Path(scoring) if isinstance(scoring, str | Path) else None
    job = Job(
        recording=file,
        id=id or ("" if held is None else held.id),
        scoring=scored,
        lights_off=lights_off,
        lights_on=lights_on,
        age_y=age_y,
        sex=sex,
    )
    objects = Objects(
        recording=held,
        scoring=scoring if scored is None else None,
        stager=None if isinstance(stager, str) else stager,
        arousals=arousals,
    )
    return analyse_night(job, chosen, objects=objects)


def analyse_night(
    job: Job,
    settings: Settings,
    *,
    progress: Callable[[str], None] = lambda _: None,
    objects: Objects = NO_OBJECTS,
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
    objects : Objects
        Inputs in memory.

    Raises
    ------
    InputError
        If an input cannot be used.
    """
    if faults := value_faults(job.age_y, job.sex, job.lights_off, job.lights_on):
        raise InputError(f"{job.night_id}: {' '.join(faults)}")
    if job.recording is None and objects.recording is None:
        return analyse_scoring(job, settings, objects)
    # Two threads of a BLAS add in another order than one; the last digits of a number
    # would depend on the machine's cores.
    with threadpool_limits(1, user_api="blas"):
        return _analyse_recording(job, objects, settings, progress)


def analyse_scoring(
    job: Job, settings: Settings, objects: Objects = NO_OBJECTS
) -> Night:
    """Measure a night from its scoring alone.

    Parameters
    ----------
    job, settings, objects
        As of `analyse_night`, without a recording.

    Returns
    -------
    Night
        Without channels; with all numbers that need no signal.

    Raises
    ------
    InputError
        If the scoring cannot be used.
    """
    if not _is_scored(job, objects):
        name = job.night_id or "A night"
        raise InputError(f"{name} has no recording and no scoring.")
    files = original(None), original(job.scoring), original(job.scoring_beside)
    given = _read_scoring(job, objects, settings, None)
    scoring = given.with_arousals(objects.arousals)
    stand_in = Recording(
        id=job.night_id,
        start=scoring.start,
        duration_s=scoring.end_s,
        channels=(),
        source=ArraySource((), ()),
        age_y=job.age_y,
        sex=job.sex,
    )
    scored = Scored(scoring, {}, scoring.issues)
    return _measure(job, settings, stand_in, scored, lambda _: None, files)


def _analyse_recording(
    job: Job, objects: Objects, settings: Settings, progress: Callable[[str], None]
) -> Night:
    progress("reading")
    paths = job.recording, job.scoring, job.scoring_beside
    files = tuple(original(path) for path in paths)
    as_labelled = open_recording(job, settings, objects)
    look = look_at(as_labelled)
    recording = withhold_channels(look, withhold_amplitudes(look))
    own = _own_marks(job, objects, settings, recording)
    is_staged = not (_is_scored(job, objects) or own.holds_stages)
    recording = _read_together(recording, settings, is_staged=is_staged)
    look = replace(look, recording=replace(as_labelled, source=recording.source))
    scored = _scored(job, objects, settings, recording, own, progress)
    scored = scored._replace(scoring=scored.scoring.with_arousals(objects.arousals))
    found = scored.issues + objects.issues
    found += find_issues(as_labelled, scored.scoring, look=look)
    recording, scored = withhold_eyes(recording, found), scored._replace(issues=found)
    return _measure(job, settings, recording, scored, progress, files)


def _scored(
    job: Job,
    objects: Objects,
    settings: Settings,
    recording: Recording,
    own: OwnMarks,
    progress: Callable[[str], None],
) -> Scored:
    """Take the scoring that is given, else the recording's own, else stage it."""
    if _is_scored(job, objects):
        given = _read_scoring(job, objects, settings, recording.start)
        scoring, issues = lay_on(given, recording, align=settings.window.align)
        return Scored(scoring, {}, issues)
    if own.scoring is not None and own.holds_stages:
        return Scored(own.scoring, {}, own.issues)
    from psgkit.stage import HALF_A_PERSON, stage_recording  # noqa: PLC0415

    progress("staging")
    staging = stage_recording(recording, objects.stager or settings.stage.stager)
    issues = staging.issues
    if (job.age_y is None) != (job.sex is None):
        issues += (HALF_A_PERSON,)
    scoring = with_marks(staging.scoring, own.scoring)
    return Scored(scoring, staging.channels_used, issues + own.issues)


def _is_scored(job: Job, objects: Objects) -> bool:
    return job.scoring is not None or objects.scoring is not None


def _read_together(
    recording: Recording, settings: Settings, *, is_staged: bool
) -> Recording:
    """Have the channels that are staged and measured read in one pass."""
    staged: tuple[Channel, ...] = ()
    channels: tuple[Channel, ...] = ()
    if is_staged:
        from psgkit.stage.channels import first_choices  # noqa: PLC0415 - see _measured

        staged = first_choices(recording)
    if settings.measure.signals:
        from psgkit.measure.signals import derivations  # noqa: PLC0415 - see _measured

        channels = derivations.choose_derivations(recording).all
    return read_ahead(recording, channels, staged)


def _own_marks(
    job: Job, objects: Objects, settings: Settings, recording: Recording
) -> OwnMarks:
    """Return the scoring in the recording's annotations if no scoring is given."""
    if _is_scored(job, objects) or not recording.annotations:
        return NO_MARKS
    epoch_s = job.epoch_s or settings.scoring.epoch_s
    anew = settings.stage.stager is not None or objects.stager is not None
    marks = read_marks(recording, epoch_s=epoch_s, names=settings.scoring.events)
    return lay_own_marks(marks, recording, stages_anew=anew)


def _read_scoring(
    job: Job, objects: Objects, settings: Settings, start: dt.datetime | None
) -> Scoring:
    layout = settings.scoring.model_dump()
    if job.epoch_s is not None:
        layout["epoch_s"] = job.epoch_s
    if job.scoring is not None:
        layout["beside"] = job.scoring_beside
        return read_scoring(job.scoring, recording_start=start, **layout)
    from psgkit.read.objects import scoring_of  # noqa: PLC0415 - loads MNE

    return scoring_of(objects.scoring, recording_start=start, **layout)


def open_recording(
    job: Job, settings: Settings, objects: Objects = NO_OBJECTS
) -> Recording:
    """Open the recording of a job and re-reference its channels."""
    recording = objects.recording or read_recording(
        job.recording or "", id=job.night_id, settings=settings.read
    )
    return replace(
        rereference(recording),
        age_y=recording.age_y if job.age_y is None else job.age_y,
        sex=recording.sex if job.sex is None else job.sex,
    )


def _measure(
    job: Job,
    settings: Settings,
    recording: Recording,
    scored: Scored,
    progress: Callable[[str], None],
    files: tuple[Original, ...],
) -> Night:
    """Take a recording and its scoring to the finished night."""
    progress("measuring")
    scoring, lights_issues = mark_lights(
        scored.scoring,
        recording,
        lights_off=job.lights_off,
        lights_on=job.lights_on,
        whole_recording=settings.window.lights == "recording",
    )
    found = without_settled(scored.issues, scoring)
    measured = _measured(recording, scoring, settings)
    for file in files:
        file.check()
    scoring, start = measured.scoring.without_date(), recording.start
    if start is not None and not settings.report.keep_dates:
        start = without_date(start)
    from psgkit.measure.own_metrics import with_own_metrics  # noqa: PLC0415 - see below

    night = Night(
        id=recording.id,
        start=start,
        duration_s=recording.duration_s,
        channels=recording.channels,
        gaps=recording.gaps,
        scoring=scoring,
        results=measured.measures,
        issues=in_order(recording.issues, found, lights_issues, measured.issues),
        provenance=Provenance(
            versions=installed_versions(),
            settings=settings.model_dump(mode="json"),
            recording_sha256=files[0].sha256,
            recording_bytes=files[0].size,
            scoring_sha256="+".join(file.sha256 for file in files[1:] if file.sha256),
            channels_used=scored.channels_used | measured.channels_used,
            stager=scoring.scorer,
            arousal_source=measured.arousal_detector or scoring.arousal_scorer,
            age_y=whole_years(recording.age_y),
        ),
        tables=measured.tables,
        spectra=measured.spectra,
    )
    return with_own_metrics(night)


def _measured(
    recording: Recording, scoring: Scoring, settings: Settings
) -> "NightMeasured":
    # Loads scipy.signal, which costs a second and 70 MB that `inspect` does without.
    from psgkit.measure.night import measure_night, measure_scored  # noqa: PLC0415

    if not (settings.measure.signals and recording.channels):
        return measure_scored(scoring)
    return measure_night(
        with_positions(recording) if settings.measure.eeg == "all" else recording,
        scoring,
        artefacts=artefact_masks(scoring, recording.artefacts),
        settings=settings.arousals,
        detectors=settings.detectors,
        every_electrode=settings.measure.eeg == "all",
        network=settings.measure.network,
        bands=settings.measure.bands,
    )
