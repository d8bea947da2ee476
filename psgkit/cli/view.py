"""`psgkit view`: a night in MNE's browser, with its stages and events."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from psgkit.cli import console, help, options
from psgkit.cli import option_checks as checks
from psgkit.cli.option_errors import Door
from psgkit.domain.channels.roles import Kind, Role
from psgkit.errors import InputError, MissingExtra

if TYPE_CHECKING:
    import mne

    from psgkit.domain.recording import Recording
    from psgkit.domain.scoring import Scoring
    from psgkit.settings import Settings

PAGE_S = 30.0
_ORDER = (
    *(Kind.EEG, Kind.EOG, Kind.EMG, Kind.ECG, Kind.RESPIRATION, Kind.OXIMETRY),
    *(Kind.LEG, Kind.REFERENCE, Kind.OTHER),
)
_MOST_CHANNELS = 24
# Half the height of a channel; "auto" where amplitudes differ from amplifier to amplifier.
_SCALES = {
    "eeg": 50e-6,
    "eog": 100e-6,
    "emg": 50e-6,
    "ecg": 500e-6,
    "resp": "auto",
    "misc": "auto",
}


def view(
    recording: Annotated[
        Path, typer.Argument(metavar="NIGHT", help="A recording of any known format.")
    ],
    scoring: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", rich_help_panel=help.SCORING, help="The scoring to show."
        ),
    ] = None,
    night: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=help.SCORING,
            help="The HDF5 file of the night, as 'psgkit report' wrote it: shows the "
            "stages and events found.",
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=help.RESULTS,
            help="Where a changed scoring is written; NIGHT_edited.csv here if not "
            "given.",
        ),
    ] = None,
    channel: options.Channel = None,
    unit: options.Unit = None,
    codes: options.Codes = None,
    column: options.Column = None,
    epoch: options.Epoch = None,
    annotator: options.Annotator = None,
    align: options.Align = False,
) -> None:
    """Show a night in MNE's browser, and save the changes."""
    from psgkit.prepare.montage import rereference
    from psgkit.read import read_recording
    from psgkit.read.edited_scoring import edited_scoring
    from psgkit.report.export.scoring import export_scoring

    target = save or Path(f"{recording.name.partition('.')[0]}_edited.csv")
    with Door() as door:
        door.check(check_display)
        if scoring is not None and night is not None:
            door.refuse("Give --scoring or --night, not both.")
        if target.exists():
            door.refuse(f"{target} exists already; name another file with --save.")
        door.check(
            partial(
                checks.check_scoring,
                scoring,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
            )
        )
        settings = options.build_settings(
            None,
            unit=unit,
            channel=channel,
            align=align,
            codes=codes,
            column=column,
            epoch=epoch,
            annotator=annotator,
        )
    shown = rereference(read_recording(recording, settings=settings.read))
    before = _scoring_to_show(shown, settings, scoring=scoring, night=night)
    marks = browse(shown, before)
    try:
        after = edited_scoring(before, marks)
    except InputError as fault:
        kept = target.with_name(f"{target.stem}_annot.csv")
        marks.save(kept, overwrite=True, verbose="error")
        raise InputError(f"{fault} The edited annotations are in {kept}.") from None
    if after == before:
        console.out("Nothing was changed.")
        return
    export_scoring(after, target, "csv")
    console.out(f"Changed scoring: {target}")
    console.out(f"Use it with: psgkit report {recording} --scoring {target}")


def check_display() -> None:
    """Refuse if MNE's browser is not installed or the session has no screen.

    Raises
    ------
    MissingExtra
        If a package is missing.
    InputError
        Without a screen: Qt would end the process.
    """
    try:
        import mne_qt_browser  # noqa: F401
        from PySide6 import QtWidgets  # noqa: F401
    except ImportError as fault:
        raise MissingExtra(
            f"psgkit view needs MNE's browser ({fault}); install it with: pip install "
            "'psgkit[view]'."
        ) from None
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, screens)):
        raise InputError("psgkit view needs a screen; this session has no display.")


def browse(recording: "Recording", scoring: "Scoring") -> "mne.Annotations":
    """Open the browser, wait until it is closed, and return the annotations then."""
    import mne
    from PySide6.QtWidgets import QApplication

    # MNE finds a screen only once an application exists.
    application = QApplication.instance() or QApplication(["psgkit view"])
    raw = raw_to_show(recording, scoring)
    with mne.viz.use_browser_backend("qt"):
        raw.plot(
            duration=PAGE_S,
            n_channels=min(len(raw.ch_names), _MOST_CHANNELS),
            title=f"psgkit view {recording.id}",
            scalings=_SCALES,
            precompute=False,  # a page at a time, as the file gives it
            block=True,
            verbose="error",
        )
    del application  # it had to live until here
    return raw.annotations


def raw_to_show(recording: "Recording", scoring: "Scoring") -> "mne.io.BaseRaw":
    """Return the channels in the order of their kinds, with stages and events."""
    from psgkit.read.objects import marked_raw

    known = [c for c in recording.channels if c.role is not Role.OTHER]
    channels = sorted(known, key=lambda c: _ORDER.index(c.role.kind))
    return marked_raw(recording, scoring, channels or recording.channels)


def _scoring_to_show(
    recording: "Recording",
    settings: "Settings",
    *,
    scoring: Path | None,
    night: Path | None,
) -> "Scoring":
    """Return the scoring of a file or a night; without either, one to be filled in."""
    from psgkit.domain.scoring import Scoring
    from psgkit.prepare.window import lay_on
    from psgkit.read import read_scoring
    from psgkit.store.night_file import read_night

    if scoring is not None:
        found = read_scoring(
            scoring,
            recording_start=recording.start,
            **settings.scoring.model_dump(),
        )
    elif night is not None:
        found = read_night(night).scoring
    else:
        epoch_s = settings.scoring.epoch_s or 30.0
        n_epochs = max(int(recording.duration_s // epoch_s), 1)
        found = Scoring.from_stages(["UNS"] * n_epochs, epoch_s=epoch_s)
    return lay_on(found, recording, align=settings.window.align)[0]
