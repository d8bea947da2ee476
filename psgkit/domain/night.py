"""One night, analysed: everything a report is made from."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.clock import has_date
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure
from psgkit.domain.provenance import Provenance
from psgkit.domain.recording import Channel, Gap, Recording
from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.epoch_table import epoch_table

if TYPE_CHECKING:
    import mne


@dataclass(frozen=True, eq=False, slots=True)
class Spectra:
    """Power spectra of one channel, one row per epoch.

    Attributes
    ----------
    freqs_hz : numpy.ndarray of float64, shape (n_freqs,)
    psd_uv2_hz : numpy.ndarray of float32, shape (n_epochs, n_freqs)
        Power spectral density; NaN where an epoch has too little clean signal.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> spectra = night.spectra["C4_M1"]
    >>> spectra.psd_uv2_hz.shape == (night.scoring.n_epochs, len(spectra.freqs_hz))
    True
    """

    freqs_hz: npt.NDArray[np.float64]
    psd_uv2_hz: npt.NDArray[np.float32]

    def __eq__(self, other: object) -> bool:
        """Compare element by element."""
        if not isinstance(other, Spectra):
            return NotImplemented
        return np.array_equal(self.freqs_hz, other.freqs_hz) and np.array_equal(
            self.psd_uv2_hz, other.psd_uv2_hz, equal_nan=True
        )

    __hash__ = None  # type: ignore[assignment]  # holds arrays


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Night:
    """One recording, analysed.

    Attributes
    ----------
    id : str
        Name of the night in every output.
    start : datetime.datetime or None
        Clock time of second zero, its date removed unless dates are kept.
    duration_s : float
        Length of the recording.
    channels : tuple of Channel
        Of the recording, derived ones among them.
    gaps : tuple of Gap
        Stretches without signal.
    scoring : Scoring
        Stages and events, aligned with the recording.
    results : tuple of Measure
        Every number, in the order of the catalogue.
    issues : tuple of Issue
        Notes and warnings for the reader of the numbers.
    provenance : Provenance
        Facts to obtain the numbers again.
    tables : mapping of str to pandas.DataFrame
        Long tables: bouts, periods, cycles …
    spectra : mapping of str to Spectra
        By the channel's role.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> float(night.measures["n3_min"])
    6.0
    >>> night.reasons["ari_per_h"]
    'under 180 min of sleep'
    """

    id: str
    start: dt.datetime | None
    duration_s: float
    channels: tuple[Channel, ...]
    gaps: tuple[Gap, ...]
    scoring: Scoring
    results: tuple[Measure, ...]
    issues: tuple[Issue, ...]
    provenance: Provenance
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    spectra: Mapping[str, Spectra] = field(default_factory=dict, repr=False)

    @property
    def measures(self) -> pd.Series:
        """All numbers; the index holds the column names of the catalogue."""
        return pd.Series(
            {measure.name: measure.value for measure in self.results},
            name=self.id,
            dtype=float,
        )

    @property
    def reasons(self) -> dict[str, str]:
        """Why each undefined number is undefined, by column."""
        return {m.name: m.reason for m in self.results if m.reason}

    @property
    def start_date(self) -> dt.date | None:
        """Date of second zero where the settings in force keep dates, else None.

        Writers of a date ask here: a date that came into a night in another way
        stays out of its files.
        """
        report = self.provenance.settings.get("report")
        kept = isinstance(report, Mapping) and report.get("keep_dates") is True
        if self.start is None or not kept or not has_date(self.start):
            return None
        return self.start.date()

    @property
    def error_count(self) -> int:
        """How many issues are errors."""
        return sum(issue.severity is Severity.ERROR for issue in self.issues)

    def epoch_table(self) -> pd.DataFrame:
        """Return the night for machine learning: one row per epoch.

        Returns
        -------
        pandas.DataFrame
            ``id``, ``epoch`` (from 1), ``onset_s``, ``stage``; ``proba_w`` to
            ``proba_r``, NaN where nothing gave them; ``bp_abs_uv2_<band>__<channel>``,
            NaN where an epoch is not clean; ``arousal_n``, ``respiratory_n``,
            ``desaturation_n``, ``limb_movement_n`` and ``snore_n``, the events that
            begin in the epoch, NaN where they were not looked for; and where they were
            detected ``spindle_n__<channel>``, ``slow_wave_n__<channel>`` and
            ``eye_movement_n``.
        """
        return epoch_table(self)

    def yasa_table(self, name: str) -> pd.DataFrame:
        """Return the events that were detected as YASA's ``summary()`` names columns.

        Parameters
        ----------
        name : {"spindles", "slow_waves", "eye_movements"}

        Returns
        -------
        pandas.DataFrame
            ``Start``, ``End``, ``Duration`` and the other columns of the night's table;
            ``Stage`` in YASA's codes. Without rows if no detector ran.

        Raises
        ------
        InputError
            If the table does not exist.
        """
        from psgkit.read.objects import yasa_table  # noqa: PLC0415 - as to_raw

        return yasa_table(self, name)

    def to_raw(self, recording: Recording) -> "mne.io.BaseRaw":
        """Return its recording as an `mne.io.Raw` with stages and events.

        Parameters
        ----------
        recording : Recording
            The one that was analysed.

        Returns
        -------
        mne.io.BaseRaw
            As from `Recording.to_raw`. Stages, events and lights are annotations with
            the texts of EDF+, such as ``"Sleep stage N2"`` and ``"Arousal"``.

        Raises
        ------
        InputError
            If the recording has another length than the night.
        """
        from psgkit.read.objects import night_to_raw  # noqa: PLC0415 - knows MNE

        return night_to_raw(self, recording)

    def _repr_html_(self) -> str:
        """Return the page that a notebook shows."""
        from psgkit.report import notebook  # noqa: PLC0415 - it draws

        return notebook.night_html(self)

    def __eq__(self, other: object) -> bool:
        """Compare by value; tables and arrays element by element."""
        if not isinstance(other, Night):
            return NotImplemented
        return (
            self._facts() == other._facts()
            and self.scoring == other.scoring
            and self.spectra == other.spectra
            and self.tables.keys() == other.tables.keys()
            and all(
                self.tables[name].equals(other.tables[name]) for name in self.tables
            )
        )

    __hash__ = None  # type: ignore[assignment]  # holds arrays

    def __repr__(self) -> str:
        """Name the night in a line; its numbers are in `measures`."""
        return (
            f"<Night {self.id!r}: {self.duration_s / 3600:.2f} h, "
            f"{self.scoring.n_epochs} epochs by {self.scoring.scorer}, "
            f"{len(self.results)} numbers, {len(self.issues)} issues>"
        )

    def _facts(self) -> tuple[object, ...]:
        return (
            self.id,
            self.start,
            self.duration_s,
            self.channels,
            self.gaps,
            self.results,
            self.issues,
            self.provenance,
        )
