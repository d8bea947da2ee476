"""The summary that a sleep laboratory expects, after the AASM manual's list of results.

Lights and times, stages, arousals by stage and cause, breathing and limbs, heart and
saturation: each a table of words, the same on every page. Where lights are unknown,
efficiency and latency over the whole recording are shown under other names.
"""

import math
from dataclasses import dataclass

from psgkit.domain.clock import clock_at
from psgkit.domain.metrics import Measure
from psgkit.domain.night import Night
from psgkit.report.language import _
from psgkit.report.messages import translated
from psgkit.report.wording import hours, marked, number, plain, shown_value

DASH = "\N{EN DASH}"
# Stage, minutes, share of sleep, latency from sleep onset; N1 has no latency.
_STAGES = (
    ("N1", "n1_min", "n1_pct", ""),
    ("N2", "n2_min", "n2_pct", "n2_lat_min"),
    ("N3", "n3_min", "n3_pct", "n3_lat_min"),
    ("REM", "rem_min", "rem_pct", "rem_lat_min"),
)
AROUSAL_ROWS = (
    ("all arousals", "ari_per_h"),
    ("in NREM sleep", "ari_nrem_per_h"),
    ("in REM sleep", "rem_ari_per_h"),
    ("respiratory", "ari_resp_per_h"),
    ("limb movement", "ari_limb_per_h"),
    ("snoring", "ari_snore_per_h"),
    ("spontaneous", "ari_spont_per_h"),
)
# Label, and the column of all sleep, of NREM and of REM sleep.
BREATHING_ROWS = (
    ("apnoeas and hypopnoeas (AHI)", "ahi"),
    ("with RERAs (RDI)", "rdi"),
    ("desaturations, as scored (ODI)", "odi"),
    ("desaturations of 3 %, measured", "odi3_auto"),
    ("desaturations of 4 %, measured", "odi4_auto"),
    ("periodic limb movements (PLMI)", "plmi"),
    ("periodic limb movements with arousal", "plmai"),
)
BODY_ROWS = (
    ("mean heart rate in sleep", "hr_mean_bpm"),
    ("lowest heart rate in sleep", "hr_min_bpm"),
    ("highest heart rate in sleep", "hr_max_bpm"),
    ("heart rate, REM less NREM", "hr_rem_nrem_diff_bpm"),
    ("rise of heart rate at an arousal", "ar_hr_rise_bpm"),
    ("mean saturation", "spo2_mean_pct"),
    ("lowest saturation", "spo2_min_pct"),
    ("time under 90 %", "t90_min"),
    ("share of sleep under 90 %", "t90_pct"),
)
_UNITS = {"beats per minute": "/min", "percent": "%", "minutes": "min"}


@dataclass(frozen=True, slots=True)
class Line:
    """A name with its value, or with the reason why it is missing."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table: headings of its columns, its rows, and why a number is absent."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SleepSummary:
    """Everything that a laboratory looks for first.

    Attributes
    ----------
    times : tuple of Line
        Lights, time in bed, sleep, efficiency, latencies, wake, awakenings.
    stages : Grid
        Minutes, share of sleep and latency of each stage.
    arousals : tuple of Line
        Indices by stage and cause; empty where arousals are unknown.
    breathing : Grid or None
        Indices an hour of sleep, NREM and REM; None where nothing is known.
    body : tuple of Line
        Heart rate and saturation; empty where nothing is known.
    """

    times: tuple[Line, ...]
    stages: Grid
    arousals: tuple[Line, ...]
    breathing: Grid | None
    body: tuple[Line, ...]


def sleep_summary(night: Night) -> SleepSummary:
    """Return a night's summary in the language in force."""
    found = {measure.name: measure for measure in night.results}
    return SleepSummary(
        times=(*_lights(night), *_times(found)),
        stages=_stages(found),
        arousals=_lines(found, AROUSAL_ROWS, unit=_("per hour")),
        breathing=_breathing(found),
        body=_lines(found, BODY_ROWS),
    )


POSITIONS = {
    "supine": "on the back",
    "left": "on the left side",
    "right": "on the right side",
    "prone": "on the belly",
    "upright": "upright",
    "unknown": "position unknown",
}


def position_grid(night: Night) -> Grid | None:
    """Return minutes of sleep and indices by position; None without scored positions."""
    table = night.tables.get("position_indices")
    if table is None or table.empty:
        return None
    asleep = table[table["stage"] == "sleep"]
    columns = [
        (name, column)
        for name, column in (
            (_("min"), "stage_min"),
            *(
                (name, f"{name.lower()}_per_h")
                for name in ("AHI", "RDI", "ODI", "PLMI")
            ),
        )
        if column in asleep and asleep[column].notna().any()
    ]
    rows = tuple(
        (
            _(POSITIONS.get(str(row["position"]), str(row["position"]))),
            *(number(float(row[column])) or DASH for _name, column in columns),
        )
        for row in asleep.to_dict("records")
    )
    return Grid((_("Sleep"), *(name for name, _column in columns)), rows)


def not_available(reason: str) -> str:
    """Return why a number is absent, as every page says it.

    Examples
    --------
    >>> not_available("no REM")
    'Not available: no REM.'
    """
    words = plain(translated(reason)).rstrip(".")
    return _("Not available: {reason}.").format(reason=words)


def _lights(night: Night) -> list[Line]:
    scoring = night.scoring
    rows = (
        (_("Lights off"), scoring.lights_off_s),
        (_("Lights on"), scoring.lights_on_s),
    )
    return [
        Line(label, DASH, _("unknown"))
        if seconds is None
        else Line(label, clock_at(night.start, seconds)[:5] or hours(seconds))
        for label, seconds in rows
    ]


def _times(found: dict[str, Measure]) -> list[Line]:
    has_lights = _is_known(found, "tib_min")
    lines = []
    if has_lights:
        lines.append(_line(found, "tib_min", _("Time in bed")))
    else:
        lines.append(_line(found, "rec_min", _("Recording time")))
    lines.append(_line(found, "tst_min", _("Total sleep time")))
    lines.append(_line(found, "se_pct", _("Sleep efficiency")))
    if not has_lights:
        lines += _of_the_recording(found)
    lines.append(_line(found, "sol_min", _("Sleep latency")))
    lines.append(_line(found, "rem_lat_min", _("REM latency, from sleep onset")))
    if _is_known(found, "waso_aasm_min"):
        lines.append(_line(found, "waso_aasm_min", _("Wake after sleep onset")))
    else:
        label = _("Wake after sleep onset, within the sleep period")
        lines.append(_line(found, "waso_min", label))
    lines.append(_line(found, "awak_n", _("Awakenings")))
    unscored = found.get("unscored_min")
    if unscored is not None and unscored.value > 0:
        lines.append(_line(found, "unscored_min", _("Unscored time")))
    return lines


def _of_the_recording(found: dict[str, Measure]) -> list[Line]:
    """Return efficiency over the whole recording, where lights are unknown."""
    asleep, whole = found.get("tst_min"), found.get("rec_min")
    if asleep is None or whole is None or asleep.reason or not whole.value > 0:
        return []
    share = marked(f"{100 * asleep.value / whole.value:.1f}")
    return [Line(_("Sleep efficiency over the whole recording"), f"{share} %")]


def _stages(found: dict[str, Measure]) -> Grid:
    rows = tuple(
        (name, *(_cell(found, column) for column in columns))
        for name, *columns in _STAGES
    )
    head = (_("Stage"), _("min"), _("% of sleep"), _("latency from sleep onset, min"))
    return Grid(head, rows)


def _breathing(found: dict[str, Measure]) -> Grid | None:
    rows, reasons = [], []
    for label, stem in BREATHING_ROWS:
        columns = (f"{stem}_per_h", f"{stem}_nrem_per_h", f"{stem}_rem_per_h")
        if any(_is_known(found, column) for column in columns):
            rows.append((_(label), *(_cell(found, column) for column in columns)))
            whole = found.get(columns[0])
            reasons += [whole.reason] if whole is not None and whole.reason else []
    if not rows:
        return None
    note = f"{DASH} {not_available(reasons[0])}" if reasons else ""
    return Grid((_("per hour of"), _("sleep"), "NREM", "REM"), tuple(rows), note)


def _lines(
    found: dict[str, Measure], rows: tuple[tuple[str, str], ...], unit: str = ""
) -> tuple[Line, ...]:
    """Return the rows that are known; empty if the first is missing."""
    return tuple(
        _line(found, column, _(label), unit=unit)
        for label, column in rows
        if _is_known(found, column)
    )


def _line(found: dict[str, Measure], column: str, label: str, unit: str = "") -> Line:
    measure = found.get(column)
    if measure is None:
        return Line(label, DASH)
    if measure.reason:
        return Line(label, DASH, not_available(measure.reason))
    shown = unit or _UNITS.get(measure.unit, "")
    return Line(label, f"{shown_value(measure)} {shown}".strip())


def _cell(found: dict[str, Measure], column: str) -> str:
    if not column:
        return ""
    measure = found.get(column)
    return DASH if measure is None or measure.reason else shown_value(measure)


def _is_known(found: dict[str, Measure], column: str) -> bool:
    measure = found.get(column)
    return measure is not None and not math.isnan(measure.value)
