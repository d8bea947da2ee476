"""Every number that Luna 1.7.0 defines alike, on 124 real nights, to 1e-6 of its units.

Where a night differs it is named, with the rule that makes the difference.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracle_nights import luna, oracle_nights

from psgkit.domain.scoring import Stage
from psgkit.measure import measure_all, measure_scoring
from psgkit.measure.stages.evidence import Evidence

# Luna takes the first sleep of these two, hours before the rest, for wake.
DROPPED_BY_LUNA = {"dodo-2d01dc34", "dodo-4b72b905"}

# A run of one or two artefact epochs within a stage is bridged here, and a break there.
BRIDGED_ARTEFACT = {
    "boas-sub-11",
    "boas-sub-15",
    "boas-sub-34",
    "boas-sub-45",
    "boas-sub-46",
    "boas-sub-108",
    "boas-sub-125",
}

# Luna takes artefact before the first R off the latency without wake; only W is here.
ARTEFACT_BEFORE_REM = {
    "boas-sub-34",
    "boas-sub-40",
    "boas-sub-45",
    "boas-sub-50",
    "boas-sub-108",
}

# Artefact after the last sleep: Luna's sleep period lasts until it is over, and of the
# wake after the final awakening it counts the part after it.
ARTEFACT_AFTER_SLEEP = {"boas-sub-60", "boas-sub-83"}

# Over 5 % of the window unscored: efficiency is NaN here.
HOLES = {"boas-sub-60"}

NIGHT_COLUMNS = {
    "TRT": ("tib_min", set()),
    "TST": ("tst_min", set()),
    "SPT": ("spt_min", ARTEFACT_AFTER_SLEEP),
    "WASO": ("waso_min", set()),
    "SOL": ("sol_min", set()),
    "SOL_PER": ("sol10_min", set()),
    "SME": ("sme_pct", set()),
    "REM_LAT": ("rem_lat_min", set()),
    "REM_LAT2": ("rem_lat_nowake_min", ARTEFACT_BEFORE_REM),
    "FWT": ("fwt_min", {"boas-sub-83"}),
}

STAGE_COLUMNS = {
    "MINS": "{}_min",
    "BOUT_N": "{}_bout_n{}",
    "BOUT_MN": "{}_bout_mean_min{}",
    "BOUT_MD": "{}_bout_med_min{}",
    "BOUT_MX": "{}_bout_max_min{}",
}
STAGES = {"N1": "n1", "N2": "n2", "N3": "n3", "NR": "nrem", "R": "rem"}


@pytest.fixture(scope="module")
def ours(real_data: Path) -> pd.DataFrame:
    nights = oracle_nights(real_data)
    return pd.DataFrame(
        {name: measure_scoring(scoring) for name, scoring in nights.items()}
    ).T


def differing(left: pd.Series, right: pd.Series) -> set[str]:
    """Name the nights where two numbers differ; two absent ones are equal."""
    right = right.reindex(left.index)
    same = ((left - right).abs() < 1e-6) | (left.isna() & right.isna())
    return set(left.index[~same])


@pytest.fixture(scope="module")
def theirs(real_data: Path) -> pd.DataFrame:
    return luna(real_data).set_index("ID")


def test_all_nights_of_the_oracle_are_measured(ours, theirs):
    assert set(ours.index) == set(theirs.index)
    assert len(ours) == 124


@pytest.mark.parametrize("column", NIGHT_COLUMNS)
def test_night_columns(ours, theirs, column):
    name, but_for = NIGHT_COLUMNS[column]
    not_comparable = DROPPED_BY_LUNA if column != "TRT" else set()
    found = differing(ours[name], theirs[column])
    assert found - not_comparable == but_for


def test_the_nights_that_luna_shortens_have_sleep_before_its_onset(real_data, theirs):
    for name in DROPPED_BY_LUNA:
        stages = oracle_nights(real_data)[name].stages
        onset = int(theirs.loc[name, "SOL"] * 2)
        assert (stages[:onset] > 0).any()


def test_efficiency_is_of_the_time_without_the_unscored_edge(real_data, ours, theirs):
    # Luna leaves unscored epochs at the end out of the time in bed; METRICS keeps them.
    for name, scoring in oracle_nights(real_data).items():
        if name in DROPPED_BY_LUNA | HOLES:
            continue
        scored = np.flatnonzero(scoring.stages != Stage.UNS)
        tail_min = (scoring.n_epochs - 1 - scored[-1]) / 2
        time_in_bed = ours.loc[name, "tib_min"] - tail_min
        efficiency = 100 * ours.loc[name, "tst_min"] / time_in_bed
        assert efficiency == pytest.approx(theirs.loc[name, "SE"], abs=1e-6)
        if tail_min == 0:
            assert ours.loc[name, "se_pct"] == pytest.approx(efficiency, abs=1e-9)
    assert all(math.isnan(ours.loc[name, "se_pct"]) for name in HOLES)


def test_stage_minutes_and_bouts(real_data, ours):
    table = luna(real_data, "_stages").set_index("ID")
    for stage, own in STAGES.items():
        theirs = table[table["SS"] == stage]
        for column, pattern in STAGE_COLUMNS.items():
            name = pattern.format(own, "_raw" if own == "rem" else "")
            # Luna says 0 where a stage has no bout to be long.
            found = differing(ours[name].fillna(0), theirs[column])
            if column == "MINS":
                assert found - DROPPED_BY_LUNA == set(), (stage, column)
            else:
                assert found <= BRIDGED_ARTEFACT | DROPPED_BY_LUNA, (stage, column)


def test_wake_bouts_within_the_sleep_period(real_data, ours):
    table = luna(real_data, "_stages").set_index("ID")
    theirs = table[table["SS"] == "WASO"]
    for column in ("BOUT_N", "BOUT_MN", "BOUT_MD", "BOUT_MX"):
        name = STAGE_COLUMNS[column].format("w", "")
        found = differing(ours[name].fillna(0), theirs[column])
        # In boas-sub-34 one artefact epoch lies between two of wake.
        assert found - DROPPED_BY_LUNA <= {"boas-sub-34"}, column


@pytest.mark.slow
def test_minutes_in_long_bouts(real_data):
    table = luna(real_data, "_stages").set_index(["ID", "SS"])
    names = {"N1": "N1", "N2": "N2", "N3": "N3", "NREM": "NR", "sleep": "S", "R": "R"}
    for night, scoring in oracle_nights(real_data).items():
        if night in BRIDGED_ARTEFACT | DROPPED_BY_LUNA:
            continue
        bouts = measure_all(scoring)[1]["bouts"]
        raw = bouts[bouts["form"] == "raw"]
        for stage, theirs in names.items():
            lengths = raw.loc[raw["stage"] == stage, "duration_min"]
            for minutes in (5, 10):
                expected = table.loc[(night, theirs), f"BOUT_{minutes:02d}"]
                found = lengths[lengths >= minutes].sum()
                assert found == pytest.approx(expected, abs=1e-6), (night, stage)


def test_rem_in_long_bouts_as_a_share(real_data, ours):
    table = luna(real_data, "_stages").set_index("ID")
    theirs = table[table["SS"] == "R"]
    for minutes in (5, 10):
        expected = 100 * theirs[f"BOUT_{minutes:02d}"] / theirs["MINS"]
        found = differing(ours[f"rem_ge{minutes}_pct_raw"], expected)
        assert found <= BRIDGED_ARTEFACT, minutes


def test_fragmentation_under_luna_s_definitions(real_data, ours, theirs):
    # SFI: steps from sleep to W; SFI1: from N2, N3 or R to N1 as well. Both per minute
    # of sleep, the final awakening included.
    other = set()
    for name, scoring in oracle_nights(real_data).items():
        if name in DROPPED_BY_LUNA:
            continue
        night = Evidence.of(scoring)
        steps = night.transitions
        sfi = int(steps[Stage.N1 :, Stage.W].sum())
        sfi1 = sfi + int(steps[Stage.N2 :, Stage.N1].sum())
        assert sfi / night.sleep_min == pytest.approx(theirs.loc[name, "SFI"]), name
        assert sfi1 / night.sleep_min == pytest.approx(theirs.loc[name, "SFI1"]), name
        # Ours leave the final awakening out and count per hour.
        last = night.bridged[night.offset : night.offset + 2]
        final = int(len(last) == 2 and last[1] == Stage.W)
        if night.sleep_min < 180:
            continue
        counts = np.array([sfi - final, sfi1 - final]) / (night.sleep_min / 60)
        found = ours.loc[name, ["sfi_yasa_per_h", "sfi_morrell_per_h"]]
        if not np.allclose(found.to_numpy(float), counts):
            other.add(name)
    assert other == AWAKENINGS_AFTER_ARTEFACT


# Sleep, artefact, then W: an awakening here, and no step in Luna's count.
AWAKENINGS_AFTER_ARTEFACT = {"boas-sub-108"}


# Where even incomplete cycles counted would not give Luna's number: the rule that does.
OTHER_CYCLES = {
    "100022": "steps 1 and 3: 67 min without R, 64 of them NREM sleep, part two REM "
    "periods; Luna joins them",
    "boas-sub-73": "step 4: 14 min of artefact break the wake, so that no 15 min of W "
    "and N1 are seen; Luna ends a cycle there",
    "boas-sub-115": "steps 3 and 4: two REM periods with 15 min between them, less of "
    "it NREM sleep, are joined, and 19 min of NREM sleep follow before a long wake; "
    "Luna drops what follows",
    "dodo-16450f5a": "no REM, so no cycle; Luna counts three of NREM sleep",
    "dodo-cc3b4b63": "steps 1 and 3: 21.5 min without R, most of it NREM sleep, part "
    "two REM periods; Luna joins them",
    "dodo-cebd3520": "step 4: a long wake after the first REM period, and no N2 until "
    "the second, make an incomplete cycle of what follows the first; Luna drops it",
}


def test_cycles_counted_with_the_incomplete_are_luna_s(real_data, ours, theirs):
    for name, scoring in oracle_nights(real_data).items():
        cycles = Evidence.of(scoring).cycles
        if name in OTHER_CYCLES:
            assert len(cycles) != theirs.loc[name, "NREMC"], name
        else:
            assert len(cycles) == theirs.loc[name, "NREMC"], name
        # Step 6: those without REM, or with under 5 min of sleep to follow, are not
        # complete and not counted.
        assert ours.loc[name, "cycle_n"] == sum(c.is_complete for c in cycles)


def test_complete_cycles_against_luna_s_count(ours, theirs):
    # Luna's count, then ours from 0 to 6; docs/agreement.md has the mean difference.
    expected = {
        2: [0, 6, 0, 0, 0, 0, 0],
        3: [4, 7, 17, 3, 0, 0, 0],
        4: [1, 3, 14, 19, 1, 0, 0],
        5: [1, 0, 1, 9, 21, 4, 0],
        6: [0, 0, 0, 1, 4, 6, 0],
        7: [0, 0, 0, 0, 1, 0, 1],
    }
    found = pd.crosstab(theirs["NREMC"].astype(int), ours["cycle_n"].astype(int))
    assert {luna: row.to_list() for luna, row in found.iterrows()} == expected
