"""A BioSemi and an EGI cap through ``report --eeg all``: maps right, wide row silent.

Each electrode holds a slow wave that comes from the forehead, alpha that comes from the
back of the head, and noise of EEG's shape (power as 1/f) that neighbours share. What
each electrode must show is worked out with scipy from the same samples.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mne
import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf
from scipy.integrate import trapezoid
from scipy.signal import welch

from psgkit import measure_scoring, plot_topography, read_night

RATE_HZ = 100
EPOCHS = 20
NOISE_UV = 15.0
# Columns that are not measured.
FACTS = re.compile(
    r"id|duration_min|scorer|is_automatic|epoch_s|\w+_version|issues_\w+"
)
Run = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Cap:
    """A cap and its samples.

    Attributes
    ----------
    places : dict of str to numpy.ndarray
        Where each electrode is, in metres from the ears' middle: x to the right, y to the front,
        z up.
    values_uv : numpy.ndarray, shape (n_electrodes, n_samples)
    """

    places: dict[str, np.ndarray]
    values_uv: np.ndarray

    def powers_uv2(self, low_hz: float, high_hz: float) -> dict[str, float]:
        """Return the power of a band against the mean of all electrodes."""
        freqs, psd = welch(
            self.values_uv - self.values_uv.mean(axis=0), RATE_HZ, nperseg=4 * RATE_HZ
        )
        inside = (freqs >= low_hz) & (freqs <= high_hz)
        powers = trapezoid(psd[:, inside], freqs[inside], axis=1)
        return dict(zip(self.places, powers.tolist(), strict=True))

    def labels(self, direction: int) -> list[str]:
        """Return the electrodes far in front (1) or far behind (-1)."""
        return [k for k, place in self.places.items() if place[1] * direction > 0.07]


def make_cap(montage: str) -> Cap:
    standard = mne.channels.make_standard_montage(montage)
    info = mne.create_info(standard.ch_names, RATE_HZ, "eeg").set_montage(standard)
    places = {one["ch_name"]: one["loc"][:3] for one in info["chs"]}
    at = np.array(list(places.values()))
    times_s = np.arange(EPOCHS * 30 * RATE_HZ) / RATE_HZ
    rng = np.random.default_rng(1)
    to_front = at[:, 1:2] / at[:, 1].max()
    values = np.clip(to_front, 0, None) * 80 * np.sin(2 * np.pi * 1.5 * times_s)
    values += np.clip(-to_front, 0, None) * 30 * np.sin(2 * np.pi * 10 * times_s)
    # Sources all over the head, each seen within some centimetres, and each electrode's.
    sources = at[rng.choice(len(at), 24, replace=False)]
    apart_m = np.linalg.norm(at[:, np.newaxis] - sources, axis=2)
    noise = np.exp(-((apart_m / 0.05) ** 2)) @ pink(24, times_s.size, rng)
    noise += 0.3 * pink(len(at), times_s.size, rng)
    values += NOISE_UV * noise / noise.std(axis=1, keepdims=True)
    return Cap(places, values)


def pink(count: int, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Return noise whose power falls as 1/f from 0.5 Hz on, of size 1."""
    waves = np.fft.rfft(rng.standard_normal((count, n_samples)), axis=1)
    waves /= np.sqrt(np.maximum(np.fft.rfftfreq(n_samples, 1 / RATE_HZ), 0.5))
    noise = np.fft.irfft(waves, n_samples, axis=1)
    return np.asarray(noise / noise.std(axis=1, keepdims=True))


def write(cap: Cap, path: Path) -> None:
    is_bdf = path.suffix == ".bdf"
    counts = np.round(cap.values_uv * 10).reshape(len(cap.places), -1, RATE_HZ)
    samples = np.ascontiguousarray(counts.transpose(1, 0, 2), dtype="<i4")
    make_edf(
        path,
        [EdfSignal(label=label, rate=RATE_HZ) for label in cap.places],
        n_records=0,
        declared=str(len(samples)),
        kind="24BIT" if is_bdf else "",
        version=b"\xffBIOSEMI" if is_bdf else b"0",
        tail=samples.view(np.uint8).reshape(-1, 4)[:, : 3 if is_bdf else 2].tobytes(),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "montage"),
    [("bio.bdf", "biosemi128"), ("egi.edf", "GSN-HydroCel-128")],
)
def test_a_cap_gives_maps_and_no_number_of_a_site_it_does_not_have(
    tmp_path: Path, run: Run, name: str, montage: str
):
    cap = make_cap(montage)
    write(cap, tmp_path / name)
    scoring = tmp_path / "stages.txt"
    scoring.write_text("\n".join(["N2"] * EPOCHS))

    status, _, said = run(
        *("report", tmp_path / name, "--scoring", scoring, "--eeg", "all"),
        *("--epoch", "30", "--out", tmp_path / "out"),
    )

    assert status == 0, said
    (folder,) = (tmp_path / "out").iterdir()
    night = read_night(folder / f"{folder.name}.h5")
    electrodes = night.tables["electrodes"].set_index("label")
    assert set(electrodes.index) == set(cap.places)
    assert set(electrodes["reference"]) == {"average"}
    for label, row in electrodes.iterrows():
        assert row[["x_m", "y_m", "z_m"]].astype(float).tolist() == pytest.approx(
            cap.places[str(label)].tolist(), abs=1e-6
        )
    swa = electrodes["swa_uv2"]
    assert swa.to_dict() == pytest.approx(cap.powers_uv2(0.5, 4), rel=0.1)
    power = night.tables["electrode_power"].query("band == 'alpha' and stage == 'N2'")
    alpha = power.set_index("electrode")["power_uv2"][electrodes["electrode"]]
    alpha.index = electrodes.index
    assert alpha.to_dict() == pytest.approx(cap.powers_uv2(8, 12), rel=0.1)
    front, back = cap.labels(1), cap.labels(-1)
    assert swa[front].median() > 2 * swa[back].median()
    assert alpha[back].median() > 2 * alpha[front].median()
    for values in ("swa_uv2", "alpha_uv2__N2"):
        plot_topography(night, values).savefig(tmp_path / f"{values}.png")
    (summary,) = folder.glob("*_summary.csv")
    (row,) = csv.DictReader(summary.read_text(encoding="utf-8").splitlines())
    assert float(row["n2_min"]) == float(row["tst_min"]) == EPOCHS / 2
    # The AASM derivations do not exist: each number comes from the stages alone.
    numbers = {k: v for k, v in row.items() if v and not FACTS.fullmatch(k)}
    of_stages = measure_scoring(["N2"] * EPOCHS)
    assert set(numbers) <= set(of_stages.index)
    assert {k: float(v) for k, v in numbers.items()} == pytest.approx(
        of_stages[list(numbers)].to_dict(), rel=1e-4
    )
    (told,) = [i.message for i in night.issues if i.code == "arousals_not_found"]
    assert "128 electrodes numbered as on" in told
    assert "E12" not in told
    assert "C4," not in told.partition("there are:")[2]
