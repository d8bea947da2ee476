"""The stager of a night: psgkit's own, one of another package, or the caller's."""

from dataclasses import replace
from importlib import metadata

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.stages import probability_faults
from psgkit.errors import InputError, UnknownClassifier
from psgkit.stage import yasa_fast, yasa_stager
from psgkit.stage.stager import Stager, Staging

ENTRY_POINTS = "psgkit.stagers"

_OWN: dict[str, Stager] = {
    yasa_fast.NAME: yasa_fast.stage_fast,
    yasa_stager.NAME: yasa_stager.stage_with_yasa,
}


def stage_recording(
    recording: Recording, stager: str | Stager | None = None
) -> Staging:
    """Stage a recording.

    Parameters
    ----------
    recording : Recording
    stager : str or Stager, optional
        ``"yasa-fast"``, ``"yasa"``, the name of another package's stager, or a
        function. By default ``yasa-fast``, and ``yasa`` where the installed YASA has a
        classifier that psgkit does not know.

    Returns
    -------
    Staging

    Raises
    ------
    InputError
        If the stager is unknown, the recording cannot be staged, or the
        stager's result is not a scoring of this recording.
    """
    if stager is None:
        return _stage_by_default(recording)
    if isinstance(stager, str):
        return _checked(find_stager(stager)(recording), stager, recording)
    name = getattr(stager, "__name__", type(stager).__name__)
    return _checked(stager(recording), name, recording)


def stager_names() -> tuple[str, ...]:
    """Return the names of all stagers that are installed."""
    others = {point.name for point in metadata.entry_points(group=ENTRY_POINTS)}
    return (*_OWN, *sorted(others - set(_OWN)))


def find_stager(name: str) -> Stager:
    """Return the stager of a name.

    Raises
    ------
    InputError
        If the stager is unknown, or its package cannot be loaded.
    """
    if name in _OWN:
        return _OWN[name]
    points = tuple(metadata.entry_points(group=ENTRY_POINTS, name=name))
    if not points:
        raise InputError(
            f"There is no stager {name!r}. Installed are: {', '.join(stager_names())}."
        )
    try:
        loaded = points[0].load()
    except (ImportError, AttributeError) as fault:
        raise InputError(
            f"The stager {name!r} ({points[0].value}) cannot be loaded: {fault}."
        ) from fault
    if not callable(loaded):
        raise InputError(f"The stager {name!r} ({points[0].value}) is not a function.")
    found: Stager = loaded
    return found


def _stage_by_default(recording: Recording) -> Staging:
    try:
        return yasa_fast.stage_fast(recording)
    except UnknownClassifier:
        staging = yasa_stager.stage_with_yasa(recording)
        changed = Issue(
            Severity.NOTE,
            "classifier_unknown",
            f"YASA itself staged the night: the installed yasa "
            f"{metadata.version('yasa')} has a classifier that yasa-fast does not know.",
            "Compare the stages only with nights that the same version staged.",
        )
        return replace(staging, issues=(*staging.issues, changed))


def _checked(found: Scoring | Staging, name: str, recording: Recording) -> Staging:
    """Return a stager's scoring after checking that it fits the recording."""
    staging = found if isinstance(found, Staging) else Staging(scoring=found)
    scoring = staging.scoring
    if not isinstance(scoring, Scoring):
        raise InputError(
            f"The stager {name!r} returned a {type(scoring).__name__}; it must return "
            "a psgkit.Scoring."
        )
    faults = []
    if not scoring.n_epochs:
        faults.append("it holds no epoch")
    if scoring.end_s > recording.duration_s + scoring.epoch_s:
        faults.append(
            f"it ends at {scoring.end_s:g} s, the recording at "
            f"{recording.duration_s:g} s"
        )
    if scoring.proba is not None:
        faults += probability_faults(scoring.proba, scoring.n_epochs)
    if faults:
        raise InputError(
            f"{recording.id}: the scoring of the stager {name!r} cannot be used: "
            f"{'; '.join(faults)}."
        )
    return replace(
        staging,
        scoring=replace(
            scoring,
            start=recording.start,
            scorer=name if scoring.scorer == "unknown" else scoring.scorer,
            is_automatic=True,
        ),
        issues=(*staging.issues, *scoring.issues),
    )
