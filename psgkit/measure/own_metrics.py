"""Metrics of one's own: declared by a decorator, computed of every finished night."""

import inspect
import math
import re
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, TypeVar

from psgkit.domain.issues import Issue, Severity, in_order
from psgkit.domain.metrics import Family, Measure, Metric, Scale, Undefined, Value
from psgkit.errors import InputError
from psgkit.measure.catalogue.lookup import BY_NAME
from psgkit.measure.catalogue.own_rows import (
    REGISTERED,
    OwnMetric,
    load_faults,
    own_metrics,
)
from psgkit.store.columns import NIGHT_COLUMNS

if TYPE_CHECKING:
    from psgkit.domain.night import Night

Function = TypeVar("Function", bound="Callable[[Night], Value | None]")

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_ENDINGS = ("_low", "_high", "_version")  # columns that go with another


def metric(
    name: str, unit: str, meaning: str, *, scale: str = "plain"
) -> Callable[[Function], Function]:
    """Declare a metric of your own; psgkit computes it of every night.

    Its number is in every table, with the function as its source.

    Parameters
    ----------
    name : str
        The column: small letters, digits and single underscores.
    unit : str
        In words; empty for a bare number.
    meaning : str
        One sentence.
    scale : {"plain", "minutes", "log", "logit", "angle", "none"}
        Scale for `compare_groups`; ``none``: not an endpoint.

    Returns
    -------
    callable
        Decorator of a function that takes the `Night` and returns a number, or
        `Undefined` with the reason. None and NaN are undefined too.

    Raises
    ------
    InputError
        If the name is taken or has another form, the meaning is empty or the scale is
        unknown; every fault is named.

    Examples
    --------
    >>> import psgkit
    >>> @psgkit.metric("unscored_n", "count", "Epochs without a stage.")
    ... def unscored(night):
    ...     return night.scoring.stage_names.count("UNS")
    >>> _ = REGISTERED.pop("unscored_n")
    """

    def declare(function: Function) -> Function:
        source = _source_of(function)
        if faults := _faults(name, meaning, scale, source):
            raise InputError(f"The metric {name!r} cannot be declared: {faults}.")
        row = Metric(name, unit, meaning, source, Family.OTHER, scale=Scale(scale))
        REGISTERED[name] = OwnMetric(row, function)
        return function

    return declare


def with_own_metrics(night: "Night") -> "Night":
    """Add every metric of one's own to a night.

    A function or package that fails gives a warning, and the reason of its number.
    """
    measures, issues = [], [_not_loaded(*fault) for fault in load_faults()]
    for name, own in own_metrics().items():
        try:
            value = _number(own.compute(night))
        except Exception as fault:  # noqa: BLE001 - another's function
            what = f"{type(fault).__name__}: {fault}"
            value = Undefined(f"the function of this metric failed ({what})")
            issues.append(_not_computed(name, what))
        measures.append(Measure.of(own.metric, value))
    return replace(
        night,
        results=(*night.results, *measures),
        issues=in_order(night.issues, tuple(issues)),
    )


def _number(value: Value | None) -> Value:
    if isinstance(value, Undefined):
        return value
    number = math.nan if value is None else float(value)
    if math.isfinite(number):
        return number
    return Undefined("the function of this metric returned no number")


def _not_computed(name: str, what: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "own_metric_failed",
        f"The metric {name} was not computed: {what}.",
        "Correct its function, and analyse the night again.",
    )


def _not_loaded(package: str, what: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "own_metrics_not_loaded",
        f"The metrics of the package {package} were not loaded: {what}.",
        "Correct the package, and analyse the night again.",
    )


def _faults(name: str, meaning: str, scale: str, source: str) -> str:
    faults = []
    before = REGISTERED.get(name)
    if not _NAME.fullmatch(name) or name.endswith(_ENDINGS):
        faults.append(
            "a name holds small letters, digits and single underscores, and does not "
            f"end in {', '.join(_ENDINGS)}"
        )
    elif name in BY_NAME or name in NIGHT_COLUMNS:
        faults.append("psgkit has a column of that name")
    elif before is not None and before.metric.source != source:
        faults.append(f"{before.metric.source} declares that name")
    if not meaning.strip():
        faults.append("its meaning is empty")
    known = [each.value for each in Scale if each is not Scale.COUNT]
    if scale not in known:
        faults.append(f"its scale is {scale!r}; choose {', '.join(known)}")
    return "; ".join(faults)


def _source_of(function: "Callable[[Night], Value | None]") -> str:
    """Return where a function is defined, with the version of its package."""
    module = function.__module__
    if module == "__main__":
        module = inspect.getsourcefile(function) or module
        module = re.split(r"[/\\]", module)[-1]
    name = f"{module}.{function.__qualname__}"
    package = function.__module__.partition(".")[0]
    try:
        return f"{name} ({package} {metadata.version(package)})"
    except metadata.PackageNotFoundError:
        return name
