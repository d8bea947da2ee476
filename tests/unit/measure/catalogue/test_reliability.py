"""What the catalogue carries of the measured reliabilities."""

import math

import pytest

from psgkit.domain.metrics import Tier
from psgkit.measure import METRICS
from psgkit.measure.catalogue.reliability import (
    StagingError,
    _rating,
    load_ratings,
    rating_of,
    staging_interval,
)


def test_every_rated_column_is_in_the_catalogue():
    assert set(load_ratings()) <= {spec.name for spec in METRICS}


@pytest.mark.parametrize(
    ("name", "experts", "automatic"),
    [
        ("rem_min", 0.88, 0.68),
        ("remp_n", 0.83, 0.77),
        ("remp_mean_min", 0.75, 0.74),
        ("remp1_lat_min", 0.68, 0.73),
        ("rem_lat_min", 0.69, 0.52),
        ("n3_min", 0.43, 0.75),
        ("rem_wmean_min_raw", 0.57, 0.44),
        ("rem_wmean_min_b2m", 0.76, 0.68),
        ("rem_bout_max_min_b2m", 0.81, 0.69),
    ],
)
def test_the_figures_of_the_specification_come_out_again(name, experts, automatic):
    # From the specification; docs/reliability.md says where and why others differ.
    found = rating_of(name).reliability
    assert found.experts == pytest.approx(experts, abs=0.005)
    assert found.automatic == pytest.approx(automatic, abs=0.005)


def test_a_column_that_was_not_measured_is_unrated():
    assert rating_of("ahi_per_h").reliability.tier is Tier.UNRATED
    assert all(math.isnan(end) for end in staging_interval("ahi_per_h", "per hour", 5))


def test_counting_interruptions_is_exploratory():
    assert rating_of("rem_frag_per_h").reliability.tier is Tier.EXPLORATORY


def test_an_interval_on_the_plain_scale():
    assert StagingError("plain", -3, 5).around(10) == (7, 15)
    assert StagingError("plain", -3, 5).around(1) == (0, 6)


def test_an_interval_on_the_square_root_scale():
    assert StagingError("sqrt", -1, 2).around(9) == (4, 25)
    assert StagingError("sqrt", -4, 2).around(9) == (0, 25)


def test_percent_ends_at_100():
    assert staging_interval("rem_pct", "percent", 99)[1] == 100


def test_what_is_undefined_has_no_interval():
    assert all(math.isnan(x) for x in staging_interval("rem_min", "minutes", math.nan))


def test_an_interval_needs_both_of_its_ends():
    row = {"experts": "0.9", "automatic": "", "low": "-1", "high": "", "scale": "plain"}
    assert _rating(row).staging_error is None
    assert _rating(row | {"high": "2"}).staging_error == StagingError("plain", -1, 2)
    assert _rating(row).reliability.experts == 0.9
    assert _rating(row).reliability.automatic is None
