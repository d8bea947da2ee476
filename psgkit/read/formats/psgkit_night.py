"""psgkit's own HDF5 file of a night: the scoring in it.

The layout is documented where the file is written and read,
``psgkit/store/night_file.py``.
"""

from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import UnreadableNight, UnreadableScoring
from psgkit.read.scorings.listed import (
    Draft,
    EventMark,
    Format,
    Options,
    ScoringFile,
    StageMark,
)
from psgkit.read.scorings.vocabulary import group_names

_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def recognises(file: ScoringFile) -> bool:
    """Recognise by HDF5's signature."""
    return file.head.startswith(_SIGNATURE)


def read(file: ScoringFile, _options: Options) -> Draft:
    """Read the scoring of a night."""
    # Here, for other formats do without HDF5.
    from psgkit.store.night_file import read_night_scoring  # noqa: PLC0415

    try:
        return _draft(read_night_scoring(file.path))
    except UnreadableNight as fault:
        raise UnreadableScoring(str(fault)) from None


def _draft(scoring: Scoring) -> Draft:
    epoch_s, onset_s = scoring.epoch_s, scoring.onset_s
    columns = ["onset_s", "duration_s", "kind", "cause", "source"]
    rows = scoring.events[columns].itertuples(index=False, name=None)
    return Draft(
        stages=tuple(
            StageMark(onset_s + n * epoch_s, epoch_s, Stage(code), f"epoch {n + 1}")
            for n, code in enumerate(scoring.stages.tolist())
        ),
        events=tuple(
            EventMark(on, length, f"{kind}:{cause}" if cause else kind, source=source)
            for on, length, kind, cause, source in rows
        ),
        start=scoring.start,
        epoch_s=epoch_s,
        lights_off_s=scoring.lights_off_s,
        lights_on_s=scoring.lights_on_s,
        groups_scored=group_names() & scoring.kinds_scored,
        scorer=scoring.scorer,
        is_automatic=scoring.is_automatic,
        proba=scoring.proba,
    )


FORMAT = Format("psgkit night (HDF5)", recognises, read)
