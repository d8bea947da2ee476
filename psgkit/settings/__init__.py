"""Settings: one frozen model a step, and the file they are read from.

`configs/default.toml` lists every setting with its default; a lab's own file has its
changes. Facts that differ from night to night are part of a `Job`.
"""

import difflib
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator

from psgkit.domain.sleep.bands import band_faults
from psgkit.domain.sleep.events import label_faults
from psgkit.errors import InputError, SettingsError
from psgkit.settings.demands import demand_of
from psgkit.settings.detectors import Detector as Detector
from psgkit.settings.detectors import DetectorSettings as DetectorSettings
from psgkit.settings.detectors import Frozen, Range, Rising
from psgkit.settings.detectors import SlowWaveRules as SlowWaveRules
from psgkit.settings.detectors import SpindleDetector as SpindleDetector
from psgkit.settings.detectors import SpindleRules as SpindleRules

MAX_SETTINGS_BYTES = 1_000_000

Unit = Literal["nV", "uV", "mV", "V"]


class ReadSettings(Frozen):
    """How recordings are read.

    Attributes
    ----------
    channels : dict of str to str
        Role (``C4_M1``, ``EMG_CHIN``), or use (``eeg``, ``central``), to the label of
        its channel.
    unit : str or None
        Unit of EEG, EOG and EMG if headers have no unit or a wrong unit.
    units : dict of str to str
        Label, role or kind (``eeg``, ``eog``, ``emg``) of a channel to its unit; counts
        before ``unit``.
    ignore_clock : bool
        Whether the records of an EDF+D are read one after another, without their times.
    stall_s : float
        Seconds without a byte that end a download from the web. A slow download is never
        cut. A change does not repeat nights.

    Examples
    --------
    >>> import psgkit
    >>> settings = psgkit.ReadSettings(channels={"EMG_CHIN": "Chin1-Chin2"}, unit="uV")
    >>> psgkit.read_recording("night.edf", settings=settings).duration_s
    1320.0
    """

    channels: dict[str, str] = Field(default_factory=dict)
    unit: Unit | None = None
    units: dict[str, Unit] = Field(default_factory=dict)
    ignore_clock: bool = False
    stall_s: float = Field(default=60.0, gt=0, allow_inf_nan=False)


class ScoringSettings(Frozen):
    """How to read scoring files that do not explain themselves.

    Attributes
    ----------
    codes : str or None
        Meanings of numbers as stages: a preset (``aasm``, ``rk``, ``ucddb``,
        ``dreams``, ``sleepecg``, ``deltamed``) or a map such as
        ``W=0,N1=1,N2=2,N3=3,R=5``. None chooses by the numbers that occur.
    column : dict of str to str
        Role (``stage``, ``onset``, ``end``, ``duration``, ``epoch``, ``annotator``) to
        the column of a table that has it. A name alone is the column of stages.
    epoch_s : float or None
        Length of an epoch where the file does not give it.
    annotator : str or None
        Whose scoring to read if a file has several.
    events : dict of str to str
        Meanings of names of events that psgkit does not know, as a kind or a kind and a
        cause: ``"Their words" = "arousal:respiratory"``.
    """

    codes: str | None = None
    column: dict[str, str] = Field(default_factory=dict)
    epoch_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    annotator: str | None = None
    events: dict[str, str] = Field(default_factory=dict)

    @field_validator("column", mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"stage": value} if isinstance(value, str) else value

    @field_validator("events")
    @classmethod
    def _known_meanings(cls, names: dict[str, str]) -> dict[str, str]:
        if names and (faults := label_faults(names, _event_kinds())):
            raise ValueError(" ".join(faults))
        return names


class WindowSettings(Frozen):
    """How time in bed is defined.

    Attributes
    ----------
    lights : {"marked", "recording"}
        ``marked``: from lights-off to lights-on, where the scoring or the call gives
        them. ``recording``: the whole recording.
    align : bool
        Whether a scoring that does not fit its recording is cut to it.
    """

    lights: Literal["marked", "recording"] = "marked"
    align: bool = False


class StageSettings(Frozen):
    """Which stager is used.

    Attributes
    ----------
    stager : str or None
        ``yasa-fast``, ``yasa`` or the name of another package's stager. Given, the
        night is staged anew where its file holds stages. None: ``yasa-fast``, or
        ``yasa`` where the installed YASA has a classifier that psgkit does not know.
    """

    stager: str | None = Field(default=None, min_length=1, max_length=100)


class ArousalSettings(Frozen):
    """Whose arousals are counted, and the threshold of the rules.

    Attributes
    ----------
    source : {"auto", "scored", "rules", "unet_v1", "unet_v2", "unet_v2_bands"}
        ``auto``: the scorer's where arousals were scored, else ``unet_v2_bands``, else
        (a channel is missing) the rules. ``scored``: the scorer's alone. ``unet_v1``,
        ``unet_v2``: by that network of psgscoring. ``unet_v2_bands``: by ``unet_v2``;
        where it is unsure, bands and chin EMG decide.
    seed : float
        By how much a fast band must exceed its baseline for an arousal to begin.
    calibration : str
        The nights that the threshold was fitted on, and the result on others; empty
        without a calibration. ``scripts/judge_real.py`` writes it.
    """

    source: Literal[
        "auto", "scored", "rules", "unet_v1", "unet_v2", "unet_v2_bands"
    ] = "auto"
    seed: float = Field(default=2.5, gt=1, le=20)
    calibration: str = Field(default="", max_length=2000)


class MeasureSettings(Frozen):
    """Which signals are measured.

    Attributes
    ----------
    signals : bool
        Whether numbers that need the signals themselves are computed: spectra, slow
        waves, spindles, eye movements, muscle tone, and arousals where nobody scored
        them.
    eeg : {"roles", "all"}
        Which EEG is measured: the derivations of routine polysomnography, or every
        scalp electrode too, re-referenced alike, in separate tables.
    network : bool
        Whether the rearrangement of the network of EEG channels is computed, which is
        exploratory and takes about a minute.
    bands : dict of str to tuple of float
        Frequency bands of your own: name to limits in hertz. Each gives the columns
        ``bp_abs_uv2_<name>`` and ``bp_rel_frac_<name>`` of every channel and stage.
    """

    signals: bool = True
    eeg: Literal["roles", "all"] = "roles"
    network: bool = False
    bands: dict[str, Rising] = Field(default_factory=dict)

    @field_validator("bands")
    @classmethod
    def _usable_bands(cls, bands: dict[str, Range]) -> dict[str, Range]:
        faults = band_faults(bands)
        if faults:
            raise ValueError(" ".join(faults))
        return bands


class ReportSettings(Frozen):
    """Which files are written.

    Attributes
    ----------
    page : bool
        Whether the page of pictures is written.
    explain_arousals : bool
        Whether every candidate of the arousal rules is written as CSV, with the reason
        for its verdict.
    tables : bool
        Whether the long tables are written as CSV too.
    keep_dates : bool
        Whether the date of the recording's start stays in the results.
    language : {"en", "nl"}
        Language of the page and of the terminal.
    pdf : bool
        Whether the page is written as PDF, too.
    names : {"plain", "codes"}
        Whether the page shows the names of columns beside the plain names.
    review : bool
        Whether the page for corrections is written.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> settings = psgkit.Settings(report=psgkit.ReportSettings(page=False))
    >>> folder = psgkit.save_night(night, "short", settings=settings)
    >>> (folder / "night.h5").is_file(), (folder / "night_report.html").exists()
    (True, False)
    """

    page: bool = True
    explain_arousals: bool = False
    tables: bool = False
    keep_dates: bool = False
    language: Literal["en", "nl"] = "en"
    pdf: bool = False
    names: Literal["plain", "codes"] = "plain"
    review: bool = False


class Settings(Frozen):
    """Every setting, by the step that uses it.

    Attributes
    ----------
    read : ReadSettings
        Channels and units.
    scoring : ScoringSettings
        Codes, columns, epoch length, annotator and names of events.
    window : WindowSettings
        Time in bed, and scorings that do not fit.
    stage : StageSettings
        The stager.
    arousals : ArousalSettings
        Source of the arousals.
    detectors : DetectorSettings
        Detectors of psgkit or of YASA.
    measure : MeasureSettings
        Signals that are measured.
    report : ReportSettings
        Files that are written, and their language.

    Examples
    --------
    >>> import psgkit
    >>> settings = psgkit.Settings(arousals={"source": "rules"})
    >>> settings.arousals.source, settings.window.lights
    ('rules', 'marked')
    """

    read: ReadSettings = ReadSettings()
    scoring: ScoringSettings = ScoringSettings()
    window: WindowSettings = WindowSettings()
    stage: StageSettings = StageSettings()
    arousals: ArousalSettings = ArousalSettings()
    detectors: DetectorSettings = DetectorSettings()
    measure: MeasureSettings = MeasureSettings()
    report: ReportSettings = ReportSettings()


def load_settings(path: str | Path) -> Settings:
    """Read a settings file.

    Parameters
    ----------
    path : str or Path
        A TOML file; other settings keep their defaults.

    Returns
    -------
    Settings

    Raises
    ------
    SettingsError
        If the file cannot be read, or has an unknown setting or value; every fault is
        named, a misspelt name with the nearest one.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.load_settings("my.toml").report.language
    'nl'
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise SettingsError(f"No settings file {path.name!r}.")
        if path.stat().st_size > MAX_SETTINGS_BYTES:
            raise SettingsError(
                f"{path.name} is over {MAX_SETTINGS_BYTES} bytes, no settings file."
            )
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:  # as TOML's errors are
        raise SettingsError(
            f"The settings file {path.name} is not TOML: {fault}."
        ) from None
    return settings_from(values, path.name)


def settings_from(values: dict[str, Any], where: str) -> Settings:
    """Build settings from nested values; see `load_settings` for its errors."""
    try:
        return Settings.model_validate(values)
    except ValidationError as fault:
        lines = [_sentence(error) for error in fault.errors(include_url=False)]
        raise SettingsError(f"{where}: {' '.join(lines)}") from None


def with_overrides(
    settings: Settings,
    overrides: dict[str, dict[str, Any]],
    faults: Sequence[str] = (),
) -> Settings:
    """Return settings with some values replaced, checked anew.

    Raises
    ------
    SettingsError
        If a value cannot be used.
    InputError
        If the call has other ``faults``; all of them are named together.
    """
    values = settings.model_dump()
    for section, changes in overrides.items():
        values[section].update(changes)
    try:
        changed = settings_from(values, "The call's options")
    except SettingsError as fault:
        if not faults:
            raise
        raise InputError(" ".join((*faults, str(fault)))) from None
    if faults:
        raise InputError(" ".join(faults))
    return changed


def config_folder() -> Path:
    """Return the folder of psgkit's own configuration files.

    The wheel carries it inside the package; a checkout has it beside the package.
    """
    package = Path(__file__).parents[1]
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


@cache
def _event_kinds() -> frozenset[str]:
    words = (config_folder() / "scoring.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(words)["events"])


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "value_error":
        return f"[{place}] {error['ctx']['error']}"
    if error["type"] != "extra_forbidden":
        found = str(error["input"])[:60]
        return f"{place} cannot be {found!r}: {demand_of(error)}."
    known = _names_at(error["loc"][:-1])
    near = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
    return f"No setting {place!r}; {hint}"


def _names_at(location: tuple[Any, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for name in location:
        annotation = model.model_fields[str(name)].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)
