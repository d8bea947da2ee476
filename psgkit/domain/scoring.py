"""Sleep stages and events of a night."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.clock import without_date
from psgkit.domain.issues import Issue
from psgkit.domain.sleep.event_tables import (
    arousal_events,
    arousal_faults,
    concat_events,
    make_events,
)
from psgkit.domain.sleep.scoring_faults import find_faults, is_epoch
from psgkit.domain.sleep.stages import YASA_NAMES, code_of, probability_faults
from psgkit.errors import InputError

if TYPE_CHECKING:
    import mne
    import yasa


class Stage(IntEnum):
    """Sleep stages of the AASM manual, with the codes that YASA uses.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.Stage.R.value, psgkit.Stage["N2"].value
    (4, 2)
    """

    UNS = -2  # not scored
    ART = -1  # scored as artefact or movement
    W = 0
    N1 = 1
    N2 = 2
    N3 = 3
    R = 4


SLEEP_STAGES = (Stage.N1, Stage.N2, Stage.N3, Stage.R)
SCORED_STAGES = (Stage.W, *SLEEP_STAGES)

# Words of the `kind` column; configs/scoring.toml has the others.
AROUSAL_KINDS = ("arousal",)
APNEA_KINDS = ("apnea_obstructive", "apnea_central", "apnea_mixed", "apnea")
HYPOPNEA_KINDS = ("hypopnea",)
RESPIRATORY_KINDS = (*APNEA_KINDS, *HYPOPNEA_KINDS)
DESATURATION_KINDS = ("desaturation",)
LIMB_KINDS = ("limb_movement",)

# A scorer scores a group of kinds at once: where hypopnoeas are scored, apnoeas are too.
EVENT_GROUPS = {
    "arousal": AROUSAL_KINDS,
    "respiratory": (*RESPIRATORY_KINDS, "rera", "respiratory_event"),
    "desaturation": DESATURATION_KINDS,
    "limb_movement": LIMB_KINDS,
    "snore": ("snore",),
}
NREM_AROUSALS = "arousal_in_nrem"  # scored without a chin EMG, which REM needs
AROUSALS_UNSEEN = "arousals_unseen"  # sleep in which a detector lost a channel


@dataclass(frozen=True, eq=False, slots=True)
class Scoring:
    """Stages of a night, epoch by epoch, and the events marked in it.

    Seconds count from a common zero: the recording's start once the scoring is laid on
    one, else the start of the first epoch.

    Attributes
    ----------
    stages : numpy.ndarray of int8, shape (n_epochs,)
        Codes of `Stage`; read-only.
    epoch_s : float
        Length of an epoch in seconds.
    onset_s : float
        Start of the first epoch, in seconds.
    start : datetime.datetime or None
        Clock time of second zero.
    lights_off_s, lights_on_s : float or None
        Times of lights-off and lights-on; None if unknown.
    events : pandas.DataFrame
        Columns ``onset_s, duration_s, kind, cause, source``, ordered by onset.
    kinds_scored : frozenset of str
        Groups of `EVENT_GROUPS` that the scorer looked for; `NREM_AROUSALS` if
        arousals were scored in NREM sleep alone.
    scorer : str
        Person or program that scored it.
    is_automatic : bool
        Whether a program assigned the stages.
    proba : numpy.ndarray of float32, shape (n_epochs, 5), or None
        A classifier's probabilities of W, N1, N2, N3, R; read-only.
    issues : tuple of Issue
        Findings of the reader; not compared by ``==``.
    original : Scoring or None
        The scoring before a person corrected it; not compared by ``==``.
    changes : tuple of str
        Each change of the corrections as JSON, in order; not compared by ``==``.

    Examples
    --------
    >>> import psgkit
    >>> scoring = psgkit.Scoring.from_stages(["W", "N2", "N3", "R"], arousals=[(40, 5)])
    >>> scoring.n_epochs, scoring.end_s, len(scoring.arousals)
    (4, 120.0, 1)
    """

    stages: npt.NDArray[np.int8]
    epoch_s: float = 30.0
    onset_s: float = 0.0
    start: dt.datetime | None = None
    lights_off_s: float | None = None
    lights_on_s: float | None = None
    events: pd.DataFrame = field(default_factory=lambda: make_events(()), repr=False)
    kinds_scored: frozenset[str] = frozenset()
    scorer: str = "unknown"
    is_automatic: bool = False
    proba: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    issues: tuple[Issue, ...] = ()
    original: "Scoring | None" = field(default=None, repr=False)
    changes: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Check the values, and take read-only copies."""
        _refuse(find_faults(self, frozenset(Stage._value2member_map_)))
        for name, dtype in (("stages", np.int8), ("proba", np.float32)):
            if (given := getattr(self, name)) is not None:
                copied = np.array(given, dtype=dtype)
                copied.setflags(write=False)
                object.__setattr__(self, name, copied)

    @classmethod
    def from_stages(
        cls,
        stages: Sequence[str | Stage | int],
        epoch_s: float = 30.0,
        start: dt.datetime | None = None,
        lights_off_s: float | None = None,
        lights_on_s: float | None = None,
        arousals: pd.DataFrame | Sequence[tuple[float, float]] | None = None,
        *,
        scorer: str = "unknown",
        proba: pd.DataFrame | npt.NDArray[np.floating] | None = None,
    ) -> "Scoring":
        """Build a scoring from a list of stages.

        Parameters
        ----------
        stages : sequence of str, Stage or int
            One per epoch: AASM's names (``"W"``, ``"N2"``), YASA's (``"WAKE"``,
            ``"REM"``, ``"ART"``, ``"UNS"``) or YASA's codes, 0 to 4.
        epoch_s : float
            Length of an epoch in seconds.
        start : datetime.datetime, optional
            Clock time of the first epoch.
        lights_off_s, lights_on_s : float, optional
            Seconds after the first epoch's start.
        arousals : DataFrame or sequence of (onset_s, duration_s), optional
            None: arousals were not scored, and their indices are NaN. An empty table:
            the scorer found no arousal.
        scorer : str
            Person or program that scored the night.
        proba : DataFrame or numpy.ndarray, optional
            Probability of each stage, one row per epoch, as U-Sleep, GSSC or YASA give it.
            Columns of a table are found by name; an array has W N1 N2 N3 R.

        Returns
        -------
        Scoring
            ``is_automatic`` where it has probabilities.

        Raises
        ------
        InputError
            If a stage, the epoch length, an arousal or the probabilities cannot be
            used; every fault is named.
        """
        found = [(f"epoch {n} is {s!r}", code_of(s)) for n, s in enumerate(stages, 1)]
        codes = [code for _, code in found if code is not None]
        faults = [fault for fault, code in found if code is None]
        if not found:
            faults.append("there is no epoch")
        if not is_epoch(epoch_s):
            faults.append(f"an epoch of {epoch_s} s")
        events = make_events(())
        if arousals is not None:
            events = arousal_events(arousals, scorer)
            faults += arousal_faults(events)
        table = None if proba is None else _proba_array(proba)
        if table is not None and not faults:
            faults += probability_faults(table, len(codes))
        _refuse(faults)
        return cls(
            stages=np.array(codes, dtype=np.int8),
            epoch_s=float(epoch_s),
            start=start,
            lights_off_s=lights_off_s,
            lights_on_s=lights_on_s,
            events=events,
            kinds_scored=frozenset() if arousals is None else frozenset({"arousal"}),
            scorer=scorer,
            is_automatic=table is not None,
            proba=table,
        )

    @classmethod
    def of(cls, source: object) -> "Scoring":
        """Make a scoring from a file or an object.

        Parameters
        ----------
        source : Scoring, str, Path, yasa.Hypnogram, mne.Annotations or sequence
            A file, a `Night`, an object of YASA or MNE, or the stages of 30-s epochs.

        Raises
        ------
        InputError
            If it is something else, or cannot be used.
        """
        if isinstance(source, cls):
            return source
        from psgkit.read.objects import scoring_of  # noqa: PLC0415 - knows MNE

        return scoring_of(source)

    @property
    def n_epochs(self) -> int:
        """Number of epochs."""
        return len(self.stages)

    @property
    def has_stages(self) -> bool:
        """Whether an epoch is scored."""
        return bool((self.stages != Stage.UNS.value).any())

    @property
    def end_s(self) -> float:
        """End of the last epoch, in seconds."""
        return self.onset_s + self.n_epochs * self.epoch_s

    @property
    def stage_names(self) -> list[str]:
        """The name of each epoch's stage."""
        return [Stage(code).name for code in self.stages]

    @property
    def arousals(self) -> pd.DataFrame | None:
        """The arousals; None if they were not scored."""
        if self.kinds_scored.isdisjoint(("arousal", NREM_AROUSALS)):
            return None
        return self.events_of(AROUSAL_KINDS)

    @property
    def arousal_scorer(self) -> str:
        """Person or program that scored the arousals; empty if nobody did."""
        arousals = self.arousals
        if arousals is None:
            return ""
        return ", ".join(sorted(set(arousals["source"]))) or self.scorer

    @property
    def knows_rem_arousals(self) -> bool:
        """Whether arousals were scored in REM sleep too."""
        return self.arousals is not None and NREM_AROUSALS not in self.kinds_scored

    @property
    def hypnogram(self) -> "yasa.Hypnogram":
        """The same stages as a `yasa.Hypnogram`."""
        import yasa  # noqa: PLC0415 - costs seconds, and few callers want it

        names = ["WAKE", "N1", "N2", "N3", "REM"]
        proba = None if self.proba is None else pd.DataFrame(self.proba, columns=names)
        return yasa.Hypnogram(
            [YASA_NAMES[code] for code in self.stages.tolist()],
            n_stages=5,
            freq=f"{self.epoch_s:g}s",
            start=self.start,
            scorer=self.scorer,
            proba=proba,
        )

    def to_annotations(self) -> "mne.Annotations":
        """Return stages, events and lights as `mne.Annotations`.

        Texts follow EDF+ (``"Sleep stage N2"``, ``"Lights off"``). Set them on a
        Raw with ``raw.set_annotations(scoring.to_annotations())``.
        """
        from psgkit.read import objects  # noqa: PLC0415 - knows MNE

        return objects.scoring_to_annotations(self)

    def events_of(self, kinds: Iterable[str]) -> pd.DataFrame:
        """Return the events of some kinds, in order."""
        return self.events[self.events["kind"].isin([*kinds])].reset_index(drop=True)

    def looked_for(self, kinds: Iterable[str]) -> bool:
        """Return whether the scorer looked for events of any of these kinds."""
        groups = (EVENT_GROUPS.get(group, ()) for group in self.kinds_scored)
        return not {*kinds}.isdisjoint(kind for group in groups for kind in group)

    def with_events(
        self, events: pd.DataFrame, kinds_scored: Iterable[str]
    ) -> "Scoring":
        """Return the scoring with more events and more kinds that were scored."""
        return replace(
            self,
            events=concat_events(self.events, events),
            kinds_scored=self.kinds_scored | frozenset(kinds_scored),
        )

    def without_date(self) -> "Scoring":
        """Return the scoring with EDF's own date for unknown in place of its date."""
        start = self.start
        return self if start is None else replace(self, start=without_date(start))

    def with_arousals(
        self, arousals: pd.DataFrame | Sequence[tuple[float, float]] | None
    ) -> "Scoring":
        """Return the scoring with these arousals in place of any others, if any.

        Raises
        ------
        InputError
            If an arousal starts or lasts less than zero.
        """
        if arousals is None:
            return self
        events = arousal_events(arousals, "own arousals")
        _refuse(arousal_faults(events))
        others = self.events[~self.events["kind"].isin(AROUSAL_KINDS)]
        unseen = {NREM_AROUSALS, AROUSALS_UNSEEN}
        return replace(
            self,
            events=concat_events(others, events),
            kinds_scored=(self.kinds_scored - unseen) | {"arousal"},
        )

    def _repr_html_(self) -> str:
        """Return the hypnogram and the minutes of each stage for a notebook."""
        from psgkit.report import notebook  # noqa: PLC0415 - it draws

        return notebook.scoring_html(self)

    def __eq__(self, other: object) -> bool:
        """Compare by value; arrays and tables element by element."""
        if not isinstance(other, Scoring):
            return NotImplemented
        none = np.empty(0, np.float32)
        mine = none if self.proba is None else self.proba
        theirs = none if other.proba is None else other.proba
        return (
            np.array_equal(mine, theirs, equal_nan=True)
            and np.array_equal(self.stages, other.stages)
            and self._facts() == other._facts()
            and self.events.equals(other.events)
        )

    __hash__ = None  # type: ignore[assignment]  # holds arrays

    def _facts(self) -> tuple[object, ...]:
        return (
            self.epoch_s,
            self.onset_s,
            self.start,
            self.lights_off_s,
            self.lights_on_s,
            self.kinds_scored,
            self.scorer,
            self.is_automatic,
        )


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        shown = "; ".join(faults[:10]) + ("; …" if len(faults) > 10 else "")
        codes = ", ".join(f"{stage.name} ({stage.value})" for stage in Stage)
        raise InputError(f"The scoring cannot be used: {shown}. Stages are {codes}.")


def _proba_array(
    proba: pd.DataFrame | npt.NDArray[np.floating],
) -> npt.NDArray[np.float32]:
    """Return W, N1, N2, N3, R as columns; fewer where a table does not have them all."""
    if isinstance(proba, pd.DataFrame):
        names = {code_of(str(name)): name for name in proba.columns}
        proba = proba[[names[s] for s in SCORED_STAGES if s in names]].to_numpy(float)
    return np.asarray(proba, dtype=np.float32)
