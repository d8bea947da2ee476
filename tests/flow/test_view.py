"""`psgkit view` in MNE's browser, offscreen: opened, edited, saved, read again."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from psgkit.read import read_scoring

Run = Callable[..., tuple[int, str, str]]
SAMPLE = Path(__file__).parents[2] / "sample_data"

# Qt ends a process that has no screen, and keeps one application a process.
SESSION = """
import sys, warnings
warnings.simplefilter("ignore")
from PySide6.QtWidgets import QApplication
application = QApplication(["test"])
import mne
from psgkit.cli import main

plot = mne.io.BaseRaw.plot

def plot_and_edit(raw, *, block, **options):
    assert block  # the command waits for the person; here nobody sits
    figure = plot(raw, block=False, **options)
    application.processEvents()
    print(figure.mne.duration, *figure.mne.inst.ch_names[:3])
    if sys.argv[1] == "edit":
        figure.mne.inst.annotations.append(600.0, 60.0, "Sleep stage R")
    elif sys.argv[1] != "look":
        application.processEvents()
        figure.grab().save(sys.argv[1])
    figure.close()
    application.processEvents()

mne.io.BaseRaw.plot = plot_and_edit
main(sys.argv[2:])
"""


def _view(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    pytest.importorskip("mne_qt_browser", reason="the extra view is not installed")
    pytest.importorskip("PySide6", reason="the extra view is not installed")
    return subprocess.run(
        [sys.executable, "-c", SESSION, *words],
        cwd=folder,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "MNE_LOGGING_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.slow
def test_a_stage_drawn_in_the_browser_is_saved_as_a_scoring(tmp_path: Path) -> None:
    truth = SAMPLE / "nap_hypnogram.csv"
    words = ("view", str(SAMPLE / "nap.edf"), "--scoring", str(truth))
    done = _view(tmp_path, "edit", *words)
    assert done.returncode == 0, done.stderr
    assert "30.0 " in done.stdout
    before = read_scoring(truth)
    after = read_scoring(tmp_path / "nap_edited.csv")
    assert after.stage_names[20:22] == ["R", "R"]
    assert after.stage_names[:20] == before.stage_names[:20]
    assert after.stage_names[22:] == before.stage_names[22 : after.n_epochs]
    again = _view(tmp_path, "edit", *words)
    assert again.returncode == 2
    assert "nap_edited.csv exists already" in again.stderr


@pytest.mark.slow
def test_what_was_only_looked_at_is_not_saved(tmp_path: Path) -> None:
    truth = SAMPLE / "nap_hypnogram.csv"
    done = _view(
        tmp_path, "look", "view", str(SAMPLE / "nap.edf"), "--scoring", str(truth)
    )
    assert done.returncode == 0, done.stderr
    assert "Nothing was changed." in done.stdout
    assert not list(tmp_path.iterdir())


def test_without_a_screen_the_command_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mne_qt_browser", reason="the extra view is not installed")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    status, _, told = run("view", str(SAMPLE / "nap.edf"))
    assert status == 2
    assert "needs a screen" in told
