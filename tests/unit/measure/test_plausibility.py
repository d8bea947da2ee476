"""What a night's numbers say of themselves: the limits of METRICS, and the issues."""

import math

import pytest
from night_makers import declared

from psgkit.domain.issues import Severity
from psgkit.measure import find_measure_issues


def issues(**values: float):
    return find_measure_issues(declared(name, value) for name, value in values.items())


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        # The alarm limits of the specification
        ("tst_min", 60, 720),
        ("rem_pct", 0, 40),
        ("n3_pct", 0, 50),
        ("cycle_n", 0, 8),
        ("ari_per_h", 2, 100),
        ("rem_frag_per_h", 0, 40),
        ("sp_density_per_min__C4_M1__N2", 0.2, 10),
        ("sp_freq_hz__C4_M1__N2", 11, 15.5),
        ("sw_density_per_min__F4_M1__N3", 0, 30),
        ("rem_density_per_min", 0, 40),
        ("ap_exp_low__C4_M1__N2", 0.5, 5),
        ("isf_peak_hz", 0.01, 0.04),
    ],
)
def test_limits_themselves_raise_no_alarm_and_what_is_beyond_does(name, low, high):
    assert issues(**{name: low}) == ()
    assert issues(**{name: high}) == ()
    for value, words in ((low - 0.001, "outside of"), (high + 0.001, f"to {high:g}.")):
        (issue,) = issues(**{name: value})
        assert issue.code == "unlikely_value"
        assert issue.severity is Severity.WARNING
        assert name in issue.message
        assert words in issue.message
        assert issue.remedy.startswith("Check the scoring")


def test_what_is_undefined_or_has_no_limit_raises_no_alarm():
    assert issues(tst_min=math.nan, waso_min=1e9) == ()


def test_each_value_out_of_its_limits_is_told():
    found = issues(n3_pct=60.0, rem_pct=30.0, tst_min=30.0)
    assert [issue.message for issue in found] == [
        "N3 sleep, share (n3_pct) is 60 percent, outside of 0 to 50.",
        "Total sleep time (tst_min) is 30 minutes, outside of 60 to 720.",
    ]


def test_a_value_out_of_its_limits_is_told_in_words_with_its_place():
    measures = (
        declared("sp_density_per_min__C4_M1__N2", 0.125),
        declared("ap_exp_low__C4_M1__W", 0.05),
        declared("cycle_n", 9.0),
    )
    assert [issue.message for issue in find_measure_issues(measures)] == [
        (
            "Density of spindles, C4_M1, N2 (sp_density_per_min__C4_M1__N2) is "
            "0.125 per minute, outside of 0.2 to 10."
        ),
        (
            "Aperiodic exponent, C4_M1, W (ap_exp_low__C4_M1__W) is 0.05, "
            "outside of 0.5 to 5."
        ),
        "Sleep cycles (cycle_n) is 9, outside of 0 to 8.",
    ]


def test_much_unscored_is_over_10_percent_of_the_sleep_period():
    assert issues(qc_unscored_pct=10.0) == ()
    (issue,) = issues(qc_unscored_pct=10.6)
    assert (issue.code, issue.severity) == ("much_unscored", Severity.WARNING)
    assert issue.message.startswith("11 % of the sleep period")
    assert issue.remedy


def test_lights_that_are_not_known_are_a_note():
    assert issues(lights_known=1.0) == ()
    (issue,) = issues(lights_known=0.0)
    assert (issue.code, issue.severity) == ("lights_unknown", Severity.NOTE)
    for option in ("--lights-off", "--lights-on", "--lights recording"):
        assert option in issue.remedy


def test_issues_of_the_window_come_before_alarms():
    found = issues(n3_pct=60.0, lights_known=0.0, qc_unscored_pct=20.0)
    codes = [issue.code for issue in found]
    assert codes == ["much_unscored", "lights_unknown", "unlikely_value"]


def test_little_sleep_in_a_nap_is_no_alarm_but_in_a_night_it_is():
    assert issues(tst_min=30.0, rec_min=90.0) == ()
    (issue,) = issues(tst_min=30.0, rec_min=180.0)
    assert issue.code == "unlikely_value"


def test_that_a_nap_s_sleep_is_short_is_no_alarm():
    assert issues(rec_min=179.9, tst_min=20.0) == ()
    (issue,) = issues(rec_min=180.0, tst_min=20.0)
    assert issue.code == "unlikely_value"
    # other values of a nap have their limits
    assert len(issues(rec_min=100.0, tst_min=20.0, rem_pct=60.0)) == 1


def test_spontaneous_arousals_are_flagged_where_limbs_were_not_scored():
    assert issues(ari_spont_per_h=4.0, ari_limb_per_h=1.0) == ()
    assert issues(ari_spont_per_h=math.nan, ari_limb_per_h=math.nan) == ()
    (issue,) = issues(ari_spont_per_h=4.0, ari_limb_per_h=math.nan)
    assert (issue.code, issue.severity) == ("limb_movements_not_scored", Severity.NOTE)
    assert "count as spontaneous" in issue.message
