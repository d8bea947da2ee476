"""A BioSemi and an EGI cap through ``report --eeg all``: maps right, wide row silent."""

import csv
from collections.abc import Callable
from pathlib import Path

import mne
import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf

from psgkit import plot_topography, read_night

RATE_HZ = 100
EPOCHS = 24
Run = Callable[..., tuple[int, str, str]]


def make_cap(path: Path, montage: str) -> dict[str, np.ndarray]:
    """Write slow waves that come from the forehead and alpha from the back of the head.

    Returns
    -------
    dict of str to numpy.ndarray
        Where each electrode stands, in metres: x to the right, y to the front.
    """
    places = mne.channels.make_standard_montage(montage).get_positions()["ch_pos"]
    furthest = max(float(place[1]) for place in places.values())
    times_s = np.arange(EPOCHS * 30 * RATE_HZ) / RATE_HZ
    slow = 80 * np.sin(2 * np.pi * 1.5 * times_s)
    alpha = 30 * np.sin(2 * np.pi * 10 * times_s)
    rng = np.random.default_rng(1)
    samples = np.empty((EPOCHS * 30, len(places), RATE_HZ), dtype="<i4")
    for number, place in enumerate(places.values()):
        to_front = float(place[1]) / furthest
        values = max(to_front, 0.0) * slow + max(-to_front, 0.0) * alpha
        values = values + 10 * rng.standard_normal(len(times_s))
        samples[:, number] = np.round(values * 10).reshape(-1, RATE_HZ)
    is_bdf = path.suffix == ".bdf"
    width = 3 if is_bdf else 2
    make_edf(
        path,
        [EdfSignal(label=label, rate=RATE_HZ) for label in places],
        n_records=0,
        declared=str(len(samples)),
        kind="24BIT" if is_bdf else "",
        version=b"\xffBIOSEMI" if is_bdf else b"0",
        tail=samples.view(np.uint8).reshape(-1, 4)[:, :width].tobytes(),
    )
    return places


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "montage"),
    [("bio.bdf", "biosemi128"), ("egi.edf", "GSN-HydroCel-128")],
)
def test_a_cap_gives_maps_and_no_number_of_a_site_it_does_not_have(
    tmp_path: Path, run: Run, name: str, montage: str
):
    places = make_cap(tmp_path / name, montage)
    scoring = tmp_path / "stages.txt"
    scoring.write_text("\n".join(["N2"] * EPOCHS))

    status, _, said = run(
        *("report", tmp_path / name, "--scoring", scoring, "--eeg", "all"),
        *("--epoch", "30", "--out", tmp_path / "out"),
    )

    assert status == 0, said
    (folder,) = (tmp_path / "out").iterdir()
    night = read_night(folder / f"{folder.name}.h5")
    electrodes = night.tables["electrodes"].set_index("electrode")
    assert len(electrodes) == 128
    front = [label for label in electrodes["label"] if is_in(places[label], 1)]
    back = [label for label in electrodes["label"] if is_in(places[label], -1)]
    swa = electrodes.set_index("label")["swa_uv2"]
    assert swa[front].min() > 5 * swa[back].max()
    power = night.tables["electrode_power"].query("band == 'alpha' and stage == 'N2'")
    named = electrodes["label"].to_dict()
    alpha = power.assign(label=power["electrode"].map(named)).set_index("label")
    assert alpha["power_uv2"][back].min() > 5 * alpha["power_uv2"][front].max()
    for values in ("swa_uv2", "alpha_uv2__N2"):
        plot_topography(night, values).savefig(tmp_path / f"{values}.png")
    (summary,) = folder.glob("*_summary.csv")
    (row,) = csv.DictReader(summary.read_text(encoding="utf-8").splitlines())
    of_eeg = {
        column: value
        for column, value in row.items()
        if column.startswith(("swa", "sw_", "spindle", "ari_", "sigma", "delta"))
    }
    assert of_eeg
    assert not any(of_eeg.values()), "a number of an AASM derivation that is not there"


def is_in(place: np.ndarray, direction: int) -> bool:
    """Tell whether an electrode stands far in front (1) or behind (-1)."""
    return float(place[1]) * direction > 0.07
