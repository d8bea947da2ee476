"""497 real nights: what psgkit measures equals plain counting on their strings.

Every sixth night; ``PSGKIT_ALL_NIGHTS=1`` asks for all.
"""

import itertools

import pandas as pd
import pytest
from makers import make_scoring
from surveys import sampled

from psgkit.domain.scoring import Scoring
from psgkit.measure import measure_scoring

SLEEP = "123R"


@pytest.mark.slow
def test_real_nights_equal_plain_counting(real_data) -> None:
    folder = real_data / "cinc2018"
    nights = pd.read_csv(folder / "stages.csv").set_index("night")["stages"]
    arousals = pd.read_csv(folder / "arousals.csv")
    by_night = dict(list(arousals.groupby("night")))
    assert len(nights) == 497
    for name, text in sampled(nights.items()):
        rows = by_night.get(name, arousals.iloc[:0])
        scoring = Scoring.from_stages(
            make_scoring(text).stage_names, arousals=rows[["onset_s", "duration_s"]]
        )
        found = measure_scoring(scoring)
        runs = [len(list(g)) for s, g in itertools.groupby(text) if s == "R"]
        epochs = (rows["onset_s"] // 30).astype(int)
        assert found["tst_min"] == sum(map(text.count, SLEEP)) / 2
        assert found["rem_min"] == text.count("R") / 2
        longest = found["rem_bout_max_min_raw"]
        assert pd.isna(longest) if not runs else longest >= max(runs) / 2
        if "R?" not in text and "?R" not in text and runs:
            assert longest == max(runs) / 2
        assert found["ar_n"] + found["ar_wake_n"] == (epochs < len(text)).sum()
