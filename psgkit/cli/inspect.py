"""`psgkit inspect`: content and faults of a recording."""

import textwrap
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from psgkit.cli import console, help, options

if TYPE_CHECKING:
    from psgkit.domain.issues import Issue
    from psgkit.domain.recording import Recording
    from psgkit.domain.scoring import Scoring

WIDTH = 80  # characters of a line


def inspect(
    recording: Annotated[
        Path,
        typer.Argument(
            metavar="NIGHT.edf", help="A recording: EDF, BDF, or a format of MNE."
        ),
    ],
    signals: Annotated[
        bool,
        typer.Option(
            "--signals",
            rich_help_panel=help.RESULTS,
            help="Read the signals, too, and check them.",
        ),
    ] = False,
    patient: Annotated[
        bool,
        typer.Option(
            "--patient",
            rich_help_panel=help.RESULTS,
            help="Show age and sex from the header.",
        ),
    ] = False,
    json: options.Json = False,
    config: options.Config = None,
    unit: options.Unit = None,
    ignore_clock: options.IgnoreClock = False,
    channel: options.Channel = None,
) -> None:
    """Show a recording's header, channels and roles, gaps, and faults."""
    from psgkit.domain.issues import in_order
    from psgkit.prepare.montage import rereference
    from psgkit.prepare.quality import find_header_issues, find_issues
    from psgkit.read import read_recording
    from psgkit.read.annotations import read_marks

    settings = options.build_settings(
        config, unit=unit, ignore_clock=ignore_clock, channel=channel
    )
    found = rereference(read_recording(recording, settings=settings.read))
    issues = in_order(
        found.issues, (find_issues if signals else find_header_issues)(found)
    )
    marks = read_marks(found)
    facts = _facts(found, issues, patient=patient)
    facts["annotations"] = {} if marks is None else _counts(marks)
    if json:
        console.json_out(facts)
    else:
        console.out(_page(facts))


def _facts(
    recording: "Recording", issues: "tuple[Issue, ...]", *, patient: bool
) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": recording.id,
        "start": None if recording.start is None else f"{recording.start:%H:%M:%S}",
        "duration_s": recording.duration_s,
        "gaps": [
            {"onset_s": gap.onset_s, "duration_s": gap.duration_s}
            for gap in recording.gaps
        ],
        "channels": [
            {
                "label": channel.label,
                "role": channel.role.value,
                "rate_hz": channel.rate_hz,
                "unit": channel.unit,
                "highpass_hz": channel.highpass_hz,
                "lowpass_hz": channel.lowpass_hz,
                "derived": channel.reference_index is not None,
            }
            for channel in recording.channels
        ],
        "issues": console.issues_as_json(issues),
    }
    if patient:
        facts["age_y"], facts["sex"] = recording.age_y, recording.sex
    return facts


def _counts(marks: "Scoring") -> dict[str, int]:
    """Return how many annotations of each kind a recording holds."""
    counts = Counter(
        f"Sleep stage {name}" for name in marks.stage_names if marks.has_stages
    )
    counts.update(str(kind).replace("_", " ") for kind in marks.events["kind"])
    counts.update({"lights-off": 1} if marks.lights_off_s is not None else {})
    counts.update({"lights-on": 1} if marks.lights_on_s is not None else {})
    left_out = next(
        (i for i in marks.issues if i.code == "free_text_not_understood"), None
    )
    if left_out is not None:
        counts["not understood"] = int(left_out.message.split()[0])
    return dict(sorted(counts.items()))


def _page(facts: dict[str, Any]) -> str:
    hours, rest = divmod(round(facts["duration_s"]), 3600)
    minutes, seconds = divmod(rest, 60)
    start = facts["start"] or "at an unknown time"
    counts = ", ".join(
        f"{len(facts[name])} {name.removesuffix('s') if len(facts[name]) == 1 else name}"
        for name in ("channels", "gaps")
    )
    lines = [
        f"{facts['id']}: {hours} h {minutes:02} min {seconds:02} s, starts {start}",
        counts,
    ]
    if "age_y" in facts:
        age = "unknown" if facts["age_y"] is None else f"{facts['age_y']:.0f} y"
        lines.append(f"age {age}, sex {facts['sex'] or 'unknown'}")
    lines += ["", *_channel_lines(facts["channels"])]
    for gap in facts["gaps"]:
        lines.append(f"gap at {gap['onset_s']:.1f} s for {gap['duration_s']:.1f} s")
    if facts["annotations"]:
        held = ", ".join(f"{n} {kind}" for kind, n in facts["annotations"].items())
        lines += [
            "",
            *textwrap.wrap(f"annotations: {held}", WIDTH, subsequent_indent="  "),
        ]
    if facts["issues"]:
        lines.append("")
    for issue in facts["issues"]:
        remedy = f" {issue['remedy']}" if issue["remedy"] else ""
        words = f"{issue['severity']}: {issue['message']}{remedy}"
        lines += textwrap.wrap(
            words, WIDTH, subsequent_indent="  ", break_on_hyphens=False
        )
    return "\n".join(lines)


def _channel_lines(channels: list[dict[str, Any]]) -> list[str]:
    width = max([5, *(len(channel["label"]) for channel in channels)])
    head = f"{'label':{width}}  {'role':9}  {'rate':>8}  {'unit':6}  filter"
    rows = [
        f"{c['label']:{width}}  {c['role']:9}  {c['rate_hz']:>5g} Hz  "
        f"{c['unit'] or '?':6}  {_band(c)}"
        for c in channels
    ]
    return [line.rstrip() for line in (head, *rows)]


def _band(channel: dict[str, Any]) -> str:
    low, high = channel["highpass_hz"], channel["lowpass_hz"]
    if low is None and high is None:
        return ""
    first, last = ("?" if hz is None else f"{hz:.3g}" for hz in (low, high))
    return f"{first} to {last} Hz"
