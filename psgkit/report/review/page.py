"""The page for corrections as one HTML file: the places, their signals, one script."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from psgkit.domain.night import Night
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.report.language import current_language, speaking
from psgkit.report.review.items import DOUBTFUL, Item, find_items, window_s
from psgkit.report.review.signals import (
    choose_channels,
    join_stretches,
    pack_signals,
    packed_rate,
)
from psgkit.report.review.words import script_reasons, script_words
from psgkit.report.wording import plain
from psgkit.store.files import safe_name

# Of the signals, as text: a page of 8 MB has room for its scoring and script.
MOST_SIGNAL_BYTES = 7_200_000
FORMAT = "psgkit corrected scoring"
FORMAT_VERSION = 1
_TEMPLATES = Path(__file__).parents[1] / "pages" / "templates"
_SCRIPTS = ("review_answers.js", "review_state.js", "review_view.js", "review.js")


def review_page(night: Night, recording: Recording, *, language: str = "en") -> str:
    """Return the page on which a person checks a night and corrects its scoring.

    Parameters
    ----------
    night : Night
    recording : Recording
        The night's own.
    language : {"en", "nl"}

    Returns
    -------
    str
        HTML that loads nothing. Its script and style are allowed by their
        hashes.
    """
    # jinja2 costs 0.1 s
    from psgkit.report.pages.templates import policy_hash, render  # noqa: PLC0415

    with speaking(language):
        script, style = _script(), _style()
        return render(
            "review.html.j2",
            language=current_language(),
            id=plain(night.id),
            script=script,
            style=style,
            script_hash=policy_hash(script),
            style_hash=policy_hash(style),
            payload=_as_data(_payload(night, recording)),
        )


def _payload(night: Night, recording: Recording) -> dict[str, Any]:
    channels = choose_channels(recording)
    items, left_out = find_items(night)
    length_s = window_s(night.scoring)
    items, dropped = _within_budget(items, channels, length_s, recording.duration_s)
    stretches = join_stretches(
        (item.start_s for item in items), length_s, recording.duration_s
    )
    scoring = scoring_content(night.scoring)
    before = night.scoring.original
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "id": plain(night.id),
        "file": f"{safe_name(night.id)}_corrected.json",
        "night": content_key(night),
        "recording_sha256": night.provenance.recording_sha256,
        "start": None
        if night.start is None
        else night.start.time().isoformat(timespec="microseconds"),
        "scoring": scoring,
        "original": scoring if before is None else scoring_content(before),
        "earlier_changes": [json.loads(change) for change in night.scoring.changes],
        "proba": _proba(night.scoring),
        "items": [
            {
                "kinds": item.kinds,
                "start_s": item.start_s,
                "epoch": item.epoch,
                "event": item.event,
                "reasons": item.reasons,
            }
            for item in items
        ],
        "left_out": left_out + dropped,
        "window_s": length_s,
        "channels": pack_signals(recording, channels, stretches),
        "words": script_words(),
        "reasons": script_reasons(),
    }


def content_key(night: Night) -> str:
    """Return a name for a night's content: its recording and its scoring.

    Corrections are kept under it, so that those of two nights, or of two scorings of
    one night, do not mix.
    """
    content = {
        "recording": night.provenance.recording_sha256 or night.id,
        "scoring": scoring_content(night.scoring),
    }
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def scoring_content(scoring: Scoring) -> dict[str, Any]:
    """Return a scoring for the page and the corrected file, without date and name."""
    return {
        "scorer": plain(scoring.scorer),
        "is_automatic": scoring.is_automatic,
        "epoch_s": scoring.epoch_s,
        "onset_s": scoring.onset_s,
        "lights_off_s": scoring.lights_off_s,
        "lights_on_s": scoring.lights_on_s,
        "kinds_scored": sorted(scoring.kinds_scored),
        "stages": [Stage(code).name for code in scoring.stages.tolist()],
        "events": [
            {
                "onset_s": float(event["onset_s"]),
                "duration_s": _finite(float(event["duration_s"])),
                "kind": str(event["kind"]),
                "cause": str(event["cause"]),
                "source": plain(str(event["source"])),
            }
            for event in scoring.events.to_dict("records")
        ],
    }


def _within_budget(
    items: list[Item], channels: list[Channel], length_s: float, end_s: float
) -> tuple[list[Item], int]:
    """Leave out doubtful epochs, the least doubtful first, until the signals fit."""
    # Base64 writes three bytes as four letters.
    bytes_s = sum(packed_rate(channel.rate_hz) for channel in channels) * 4 / 3
    only = sorted(
        (item for item in items if item.kinds == [DOUBTFUL]), key=lambda i: i.margin
    )
    n_before = len(items)
    while only and bytes_s * _seconds(items, length_s, end_s) > MOST_SIGNAL_BYTES:
        last = only.pop()
        items = [item for item in items if item is not last]
    return items, n_before - len(items)


def _seconds(items: list[Item], length_s: float, end_s: float) -> float:
    stretches = join_stretches((item.start_s for item in items), length_s, end_s)
    return sum(stop - start for start, stop in stretches)


def _proba(scoring: Scoring) -> list[list[float] | None] | None:
    if scoring.proba is None:
        return None
    rows = scoring.proba.astype(np.float64)
    return [
        None if np.isnan(row).any() else [round(value, 6) for value in row.tolist()]
        for row in rows
    ]


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


@cache
def _script() -> str:
    """Return the page's script, without its tags."""
    parts = [(_TEMPLATES / name).read_text(encoding="utf-8") for name in _SCRIPTS]
    return "\n" + "\n".join(parts)


@cache
def _style() -> str:
    parts = [
        (_TEMPLATES / name).read_text(encoding="utf-8")
        for name in ("page.css", "review.css")
    ]
    return "\n" + "\n".join(parts)


def _as_data(payload: dict[str, Any]) -> str:
    """Return JSON for a script element, which no text in it can end."""
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
