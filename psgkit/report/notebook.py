"""Views of a night, a scoring and a recording in a notebook."""

from html import escape

from psgkit.domain.clock import clock_at
from psgkit.domain.night import Night
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import SCORED_STAGES, Scoring, Stage
from psgkit.report.drawing.picture import Picture
from psgkit.report.drawing.svg import as_image
from psgkit.report.figures.data import as_night
from psgkit.report.figures.hypnogram import hypnogram_panel
from psgkit.report.figures.overview import STAGES_PX, WIDTH_PX
from psgkit.report.pages.night_html import night_page


def night_html(night: Night) -> str:
    """Return a night's page in an HTML frame.

    A frame keeps the page's styles from the notebook, and the notebook's from it.
    """
    page = escape(night_page(night), quote=True)
    return (
        f'<iframe srcdoc="{page}" title="{escape(night.id, quote=True)}" '
        'sandbox="" style="width:100%;height:48rem;border:0"></iframe>'
    )


def scoring_html(scoring: Scoring) -> str:
    """Return the hypnogram, the minutes of each stage and the number of events."""
    minutes = {
        stage.name: (scoring.stages == stage).sum() * scoring.epoch_s / 60
        for stage in (*SCORED_STAGES, Stage.ART, Stage.UNS)
    }
    said = [f"{name} {value:g} min" for name, value in minutes.items() if value]
    events = scoring.events["kind"].value_counts(sort=False)
    said += [f"{kind}: {count}" for kind, count in events.items()]
    panel = hypnogram_panel(as_night(scoring), WIDTH_PX, STAGES_PX)
    image = as_image(Picture(WIDTH_PX, (panel,)), "Hypnogram")
    facts = f"{scoring.n_epochs} epochs of {scoring.epoch_s:g} s by {scoring.scorer}"
    return (
        f'<img src="{image.src}" alt="{image.alt}" width="{image.width}" '
        f'height="{image.height}"><p>{escape(facts)}: {escape(", ".join(said))}.</p>'
    )


def recording_html(recording: Recording) -> str:
    """Return the length, the issues and a table of the channels."""
    begins = clock_at(recording.start, 0.0)
    facts = f"{recording.id}: {recording.duration_s / 3600:.2f} h"
    facts += f" from {begins}" if begins else ", start unknown"
    rows = "".join(
        f"<tr><td>{escape(channel.label)}</td><td>{channel.role.value}</td>"
        f"<td>{channel.rate_hz:g}</td><td>{escape(channel.unit)}</td>"
        f"<td>{escape(channel.unfit.why if channel.unfit else '')}</td></tr>"
        for channel in recording.channels
    )
    issues = "".join(f"<li>{escape(issue.message)}</li>" for issue in recording.issues)
    heads = "".join(
        f"<th>{name}</th>" for name in ("channel", "role", "Hz", "unit", "not used")
    )
    return (
        f"<p>{escape(facts)}</p><table><tr>{heads}</tr>{rows}</table><ul>{issues}</ul>"
    )
