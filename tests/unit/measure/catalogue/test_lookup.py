"""One row per metric: every name that is used is declared, and each row is whole."""

import ast
import re
from pathlib import Path

import psgkit
from psgkit.domain.metrics import Family, Scale
from psgkit.measure import ALL_METRICS, metric_of
from psgkit.store.columns import COLUMNS, NIGHT_COLUMNS

PACKAGE = Path(psgkit.__file__).parent
# The parts that name metrics without declaring them.
ASKING = ("report", "cohort", "cli", "stage", "measure/plausibility.py")
NUMBER = re.compile(
    r"[a-z][a-z0-9]*(_[a-z0-9]+)*_(min|pct|frac|per_h|per_min|uv2|uv|hz|bits|bpm)"
    r"(_raw|_b2m|_b6m)?(_low|_high)?"
)


def names_used() -> set[str]:
    """Find what looks like a metric's column in the code that asks for metrics."""
    found = set()
    for module in PACKAGE.rglob("*.py"):
        if not module.relative_to(PACKAGE).as_posix().startswith(ASKING):
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if NUMBER.fullmatch(node.value) else set()
    return found


def test_every_metric_that_is_named_anywhere_is_declared() -> None:
    known = {*COLUMNS, *NIGHT_COLUMNS}
    used = names_used() - known
    assert len(used) > 10
    assert {name for name in used if metric_of(name) is None} == set()


def test_what_a_row_names_is_declared() -> None:
    for metric in ALL_METRICS:
        for column in metric.denominator:
            assert metric_of(column).unit == "minutes", metric.name
        assert set(metric.same) <= set(NIGHT_COLUMNS), metric.name


def test_names_are_declared_once() -> None:
    names = [metric.name for metric in ALL_METRICS]
    assert len(set(names)) == len(names)


def test_counted_events_have_the_hours_in_which_they_were_counted() -> None:
    for metric in ALL_METRICS:
        assert (metric.scale is Scale.COUNT) == bool(metric.denominator), metric.name


def test_shares_alone_are_on_logits() -> None:
    for metric in ALL_METRICS:
        if metric.scale is Scale.LOGIT:
            assert metric.unit in ("percent", "fraction"), metric.name
        if metric.unit == "radians":
            assert metric.scale is Scale.ANGLE


def test_a_number_with_an_alarm_or_a_section_has_a_plain_name() -> None:
    for metric in ALL_METRICS:
        if metric.plausible or metric.section:
            assert metric.label, metric.name
        assert metric.headline <= bool(metric.section), metric.name
        assert metric.family is not Family.OTHER, metric.name


def test_a_column_is_found_with_its_channel_and_stage() -> None:
    assert metric_of("bp_abs_uv2_delta__C4_M1__N2").unit == "square microvolts"
    assert metric_of("coup_z__C4_M1").name == "coup_z"
    assert metric_of("rswa_any_pct__chin").name == "rswa_any_pct__chin"
    assert metric_of("swa_uv2__C4_M1") is None  # one a night
    assert metric_of("bp_abs_uv2_delta__C4_M1") is None  # without its stage
    assert metric_of("hr_bpm") is None
