"""What a notebook shows of a scoring and of a recording."""

import subprocess
import sys

import numpy as np

from psgkit.domain.channels.roles import Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import ArraySource, Channel, Recording, Unfit
from psgkit.domain.scoring import Scoring


def test_a_scoring_shows_its_hypnogram_and_minutes() -> None:
    stages = ["W"] * 4 + ["N2"] * 20 + ["N3"] * 10 + ["R"] * 7
    scoring = Scoring.from_stages(stages, arousals=[(200, 5), (400, 4)])
    shown = scoring._repr_html_()
    assert 'src="data:image/svg+xml;base64,' in shown
    assert "41 epochs of 30 s" in shown
    assert "W 2 min, N2 10 min, N3 5 min, R 3.5 min, arousal: 2." in shown
    assert "N1" not in shown.partition("<p>")[2]


def test_a_recording_shows_its_channels_and_issues() -> None:
    channels = (
        Channel(Role("C4_M1"), "C4<M1>", 0, 100.0),
        Channel(Role("EMG_CHIN"), "chin", 1, 50.0, unfit=Unfit("sees no muscle")),
    )
    recording = Recording(
        id="n1",
        start=None,
        duration_s=5400.0,
        channels=channels,
        source=ArraySource((np.zeros(100), np.zeros(50)), (100.0, 50.0)),
        issues=(Issue(Severity.WARNING, "label_blank", "A channel has no label."),),
    )
    shown = recording._repr_html_()
    assert "n1: 1.50 h, start unknown" in shown
    assert "C4&lt;M1&gt;</td><td>C4_M1</td><td>100</td><td>uV</td>" in shown
    assert "<td>sees no muscle</td>" in shown
    assert "<li>A channel has no label.</li>" in shown


def test_a_scoring_is_shown_without_loading_matplotlib() -> None:
    code = (
        "import sys, psgkit; psgkit.Scoring.from_stages(['N2', 'R'])._repr_html_();"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
