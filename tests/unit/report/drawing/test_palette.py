import matplotlib as mpl
import numpy as np

from psgkit.report.drawing.palette import power_colours


def test_power_is_shown_in_matplotlibs_viridis_to_five_of_255():
    viridis = np.array([mpl.colormaps["viridis"](place)[:3] for place in range(256)])
    assert np.abs(power_colours(256) - viridis * 255).max() <= 5.5
