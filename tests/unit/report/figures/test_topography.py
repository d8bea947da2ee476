"""The map of the head: what is drawn, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from night_makers import make_night

from psgkit.domain.night import Night
from psgkit.errors import InputError
from psgkit.report.figures import plot_topography

SITES = ("F3", "F4", "C3", "C4", "O1", "O2")


def night_of_cap(n_placed: int = 6) -> Night:
    angles = np.linspace(0, 2 * np.pi, len(SITES), endpoint=False)
    placed = np.arange(len(SITES)) < n_placed
    electrodes = pd.DataFrame(
        {
            "electrode": SITES,
            "label": SITES,
            "x_m": np.where(placed, 0.05 * np.cos(angles), np.nan),
            "y_m": np.where(placed, 0.08 * np.sin(angles), np.nan),
            "z_m": np.where(placed, 0.07, np.nan),
            "reference": "average",
            "usable_pct": 90.0,
            "swa_uv2": np.arange(6.0) * 100,
            "swa_n3_uv2": np.arange(6.0) * 150,
        }
    )
    powers = pd.DataFrame(
        {
            "electrode": SITES,
            "stage": "N2",
            "band": "sigma",
            "power_uv2": np.arange(6.0),
            "clean_min": 30.0,
        }
    )
    tables = {"electrodes": electrodes, "electrode_power": powers}
    return replace(make_night("cap"), tables=tables)


@pytest.mark.parametrize(
    ("values", "title", "top"),
    [
        ("swa_uv2", "swa_uv2 against average", 500.0),
        ("sigma_uv2__N2", "sigma_uv2, N2 against average", 5.0),
    ],
)
def test_a_map_has_its_title_its_scale_and_the_values(
    values: str, title: str, top: float
):
    axes, bar = plot_topography(night_of_cap(), values).axes
    assert axes.get_title() == title
    assert bar.get_ylabel() == "µV²"
    assert bar.get_ylim() == (0.0, top)


def test_it_draws_into_axes_that_are_given():
    from matplotlib.figure import Figure

    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plot_topography(night_of_cap(), ax=right) is figure
    assert not left.has_data()


def test_a_night_without_its_electrodes_says_how_to_measure_them():
    with pytest.raises(InputError, match="--eeg all"):
        plot_topography(make_night("n1"))


def test_an_unknown_number_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match=r"swa_uv2.*sigma_uv2__N2"):
        plot_topography(night_of_cap(), "rem_min")


def test_three_electrodes_are_no_map():
    with pytest.raises(InputError, match="3 electrodes have a position"):
        plot_topography(night_of_cap(3))


def test_a_notebook_shows_a_map_without_pyplot():
    assert plot_topography(night_of_cap())._repr_png_().startswith(b"\x89PNG")
