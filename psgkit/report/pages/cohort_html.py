"""A cohort as one HTML page: status, failures, and distribution of the nights."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.metrics import Metric
from psgkit.report.language import _, current_language, speaking
from psgkit.report.messages import translated
from psgkit.report.pages.selection import sections
from psgkit.report.pages.strip_plot import Strip, find_outliers, lay_out
from psgkit.report.wording import number, plain
from psgkit.store.files import safe_name

# Names of a manifest's columns for the site, the device or the group.
GROUP_COLUMNS = ("site", "centre", "center", "lab", "device", "group", "arm")
MOST_GROUPS = 12
# Above, a page of links to every night in every picture grows too heavy.
MOST_LINKED = 400

# States of nights that a running batch has not done yet.
UNDER_WAY, NOT_BEGUN = "under way", "not begun"

# Okabe and Ito's colours, for all colour vision; the dots' colour first.
GROUP_COLOURS = ("#1f78b4", "#d55e00", "#009e73", "#cc79a7", "#a07900", "#868c95")


@dataclass(frozen=True, slots=True)
class Plot:
    """The distribution of one column."""

    label: str
    name: str
    unit: str
    strip: Strip
    outliers: frozenset[int]
    missing: int
    is_headline: bool


def cohort_page(
    table: pd.DataFrame, metrics: Iterable[Metric], *, language: str = "en"
) -> str:
    """Return the page of a cohort.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per night: ``id``, ``status`` (done, failed, skipped), ``message``,
        ``issues_n``, ``issues_error_n``, the numbers, and a manifest's columns.
        ``table.attrs["pages"]`` may hold the links to nights' pages, ``["under_way"]`` the nights that a batch
        is at, None where no batch is at work.
    metrics : iterable of Metric
        Rows of the numbers; those with a section are drawn.
    language : {"en", "nl"}
        Of the page's words; text from files stays as it is.

    Returns
    -------
    str
        HTML that loads nothing; it links to each night's own page, which is
        in a folder beside it.
    """
    from psgkit.report.pages.templates import render  # noqa: PLC0415 - jinja2 costs 0.1 s

    with speaking(language):
        return render(
            "cohort.html.j2", **_content(table.reset_index(drop=True), metrics)
        )


def _content(table: pd.DataFrame, metrics: Iterable[Metric]) -> dict[str, object]:
    from psgkit.report.pages.templates import TEMPLATES, policy_hash  # noqa: PLC0415

    nights = _nights(table)
    group = next(iter(_group_columns(table)), None)
    plots = _plots(table, metrics)
    script = (TEMPLATES / "cohort.js").read_text(encoding="utf-8")
    return {
        "script": script,
        "script_hash": policy_hash(script),
        "headlines": _with_headlines(table, nights, plots),
        "language": current_language(),
        "counts": _counts(table, nights),
        "nights": nights,
        "failures": [night for night in nights if night["status"] == "failed"],
        "plots": plots,
        "outliers": _outliers(table, plots),
        "groups": {
            column: _by_group(table, column) for column in _group_columns(table)
        },
        "colours": _colours(table, group),
        "legend": _legend(table, group),
        "is_linked": len(table) <= MOST_LINKED,
    }


def _with_headlines(
    table: pd.DataFrame, nights: list[dict[str, Any]], plots: list[Plot]
) -> list[Plot]:
    """Add each night's main numbers to its status; return their columns."""
    headlines = [plot for plot in plots if plot.is_headline]
    for plot in headlines:
        for night, value in zip(nights, _numbers(table, plot.name), strict=True):
            is_known = np.isfinite(value)
            night["headlines"].append(
                {
                    "value": f"{value:.9g}" if is_known else "",
                    "shown": number(value) if is_known else "",
                }
            )
    return headlines


def _nights(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "id": plain(str(row["id"])),
            "link": _link(table, str(row["id"])) if row["status"] == "done" else "",
            "status": _status(table, row),
            "message": translated(_word(row.get("message"))),
            "issues": number(issues),
            "errors": number(errors),
            "headlines": [],
        }
        for row, issues, errors in zip(
            table.to_dict("records"),
            _numbers(table, "issues_n").tolist(),
            _numbers(table, "issues_error_n").tolist(),
            strict=True,
        )
    ]


def _status(table: pd.DataFrame, row: Mapping[Hashable, Any]) -> str:
    """Return the word for a night's status; for one not done yet, its present state."""
    under_way = table.attrs.get("under_way")
    if row["status"] == "skipped" and under_way is not None:
        return UNDER_WAY if row["id"] in under_way else NOT_BEGUN
    return plain(str(row["status"]))


def link_to(night_id: str) -> str:
    """Return the link from the cohort's page to a night's page.

    Examples
    --------
    >>> link_to("night 1")
    'night%201/night%201_report.html'
    """
    name = quote(safe_name(night_id))
    return f"{name}/{name}_report.html"


def _link(table: pd.DataFrame, night_id: str) -> str:
    pages = table.attrs.get("pages")
    return link_to(night_id) if pages is None else quote(pages.get(night_id, ""))


def _counts(table: pd.DataFrame, nights: list[dict[str, Any]]) -> list[tuple[str, int]]:
    count = Counter(night["status"] for night in nights)
    is_at_work = table.attrs.get("under_way") is not None
    waiting = (UNDER_WAY, NOT_BEGUN) if is_at_work else ("skipped",)
    with_errors = (_numbers(table, "issues_error_n") > 0).sum()
    return [
        (_("night") if len(table) == 1 else _("nights"), len(table)),
        *((_(status), count[status]) for status in ("done", "failed", *waiting)),
        (_("done, with errors to look at"), int(with_errors)),
    ]


def _plots(table: pd.DataFrame, metrics: Iterable[Metric]) -> list[Plot]:
    done = int((table["status"] == "done").sum())
    plots = []
    for metric in (metric for _title, shown in sections(metrics) for metric in shown):
        values = _numbers(table, metric.name)
        strip = lay_out(values)
        if strip is None:
            continue
        plots.append(
            Plot(
                label=plain(_(metric.title)),
                name=metric.name,
                unit=_(metric.unit) if metric.unit else "",
                strip=strip,
                outliers=frozenset(np.flatnonzero(find_outliers(values)).tolist()),
                missing=done - len(strip.dots),
                is_headline=metric.headline,
            )
        )
    return plots


def _outliers(table: pd.DataFrame, plots: list[Plot]) -> list[dict[str, str]]:
    found = []
    for plot in plots:
        values = _numbers(table, plot.name)
        middle = number(float(np.nanmedian(values)))
        found += [
            {
                "id": plain(str(table["id"][row])),
                "link": _link(table, str(table["id"][row])),
                "label": plot.label,
                "value": f"{number(values[row])} {plot.unit}".strip(),
                "middle": middle,
            }
            for row in sorted(plot.outliers)
        ]
    return sorted(found, key=lambda outlier: outlier["id"])


def _group_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns that form groups, in the order of `GROUP_COLUMNS`."""
    by_name = {str(column).casefold(): str(column) for column in table.columns}
    named = [by_name[name] for name in GROUP_COLUMNS if name in by_name]
    return [column for column in named if 2 <= table[column].nunique() <= MOST_GROUPS]


def _by_group(table: pd.DataFrame, column: str) -> list[dict[str, str]]:
    rows = []
    for name, part in table.groupby(_words(table, column), sort=True):
        done = part[part["status"] == "done"]
        rows.append(
            {
                "name": plain(str(name)) or _("not given"),
                "nights": str(len(part)),
                "failed": str(int((part["status"] == "failed").sum())),
                "errors": str(int((_numbers(done, "issues_error_n") > 0).sum())),
                "issues": number(_mean(_numbers(done, "issues_n"))),
                "confidence": number(_mean(_numbers(done, "stage_conf_mean"))),
                "unscored": number(_mean(_numbers(done, "qc_unscored_pct"))),
            }
        )
    return rows


def _colours(table: pd.DataFrame, group: str | None) -> list[str]:
    if group is None:
        return [GROUP_COLOURS[0]] * len(table)
    words = _words(table, group)
    names = sorted(words.unique())
    last = len(GROUP_COLOURS) - 1
    return [GROUP_COLOURS[min(names.index(word), last)] for word in words]


def _legend(table: pd.DataFrame, group: str | None) -> list[tuple[str, str]]:
    if group is None:
        return []
    found = dict(zip(_words(table, group), _colours(table, group), strict=True))
    return [(plain(name) or _("not given"), found[name]) for name in sorted(found)]


def _words(table: pd.DataFrame, column: str) -> "pd.Series[str]":
    return table[column].astype("string").fillna("").astype(str)


def _numbers(table: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in table.columns:
        return np.full(len(table), np.nan)
    values = pd.to_numeric(table[name], errors="coerce")
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _mean(values: npt.NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else float("nan")


def _word(value: object) -> str:
    return "" if pd.isna(value) else plain(str(value))  # type: ignore[call-overload]  # a cell
