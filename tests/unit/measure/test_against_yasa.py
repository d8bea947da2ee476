"""YASA's sleep statistics on simulated nights, where both define the same.

Every sixth of 1,000 nights; ``PSGKIT_ALL_NIGHTS=1`` asks for all.

YASA measures REM latency from the start of the hypnogram, so that ours from lights-off
is the one to compare, and it rounds to four decimals.
"""

import numpy as np
import pytest
from surveys import sampled

from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure import measure_scoring

PAIRS = {
    "TIB": "tib_min",
    "SPT": "spt_min",
    "TST": "tst_min",
    "WASO": "waso_min",
    "SE": "se_pct",
    "SME": "sme_pct",
    "SOL": "sol_min",
    "Lat_REM": "rem_lat_lo_min",
    "N1": "n1_min",
    "N2": "n2_min",
    "N3": "n3_min",
    "REM": "rem_min",
    "%N1": "n1_pct",
    "%N2": "n2_pct",
    "%N3": "n3_pct",
    "%REM": "rem_pct",
}


@pytest.mark.slow
def test_sleep_statistics_of_simulated_nights():
    import yasa

    for seed in sampled(range(1000)):
        hypnogram = yasa.simulate_hypnogram(tib=480, seed=seed)
        codes = hypnogram.as_int().to_numpy()
        end_s = len(codes) * 30.0
        ours = measure_scoring(
            Scoring.from_stages(codes, lights_off_s=0, lights_on_s=end_s)
        )
        theirs = hypnogram.sleep_statistics()
        for name, column in PAIRS.items():
            assert ours[column] == pytest.approx(theirs[name], abs=1e-4, nan_ok=True), (
                seed,
                name,
            )


@pytest.mark.slow
def test_transition_matrix_of_simulated_nights():
    import yasa

    from psgkit.measure.stages.evidence import Evidence

    for seed in sampled(range(100)):
        hypnogram = yasa.simulate_hypnogram(tib=480, seed=seed)
        theirs, _ = hypnogram.transition_matrix()
        night = Evidence.of(Scoring.from_stages(hypnogram.as_int().to_numpy()))
        codes = [
            Stage[name.replace("WAKE", "W").replace("REM", "R")] for name in theirs
        ]
        ours = night.transitions[np.ix_(codes, codes)]
        assert np.array_equal(ours, theirs.to_numpy()), seed
