"""Read scorings in any format of a laboratory's software."""

import datetime as dt
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from psgkit.domain.clock import has_date, within_half_a_day
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.scoring import (
    AROUSAL_KINDS,
    EVENT_GROUPS,
    NREM_AROUSALS,
    Scoring,
    Stage,
)
from psgkit.domain.sleep.event_tables import concat_events, make_events
from psgkit.domain.sleep.scoring_faults import MAX_EPOCH_S, MIN_EPOCH_S, is_epoch
from psgkit.errors import InputError, UnreadableScoring
from psgkit.read.formats import FORMATS, table
from psgkit.read.scorings.grid import ASSUMED_S, lay_grid
from psgkit.read.scorings.listed import (
    COLUMN_ROLES,
    HEAD_BYTES,
    Draft,
    Format,
    Options,
    ScoringFile,
    StageMark,
    open_scoring,
)
from psgkit.read.scorings.scored_events import check_names, read_events
from psgkit.read.scorings.stage_codes import parse_codes
from psgkit.read.scorings.vocabulary import groups_of

# Programs, and raters without a name; any other scorer may be a person's name.
_NO_PERSON = re.compile(
    r"(yasa(-fast)?|psgkit|luna|u-?sleep|gssc|stages)( v?\d[\w.]*)?( \([a-z0-9+, ]*\))?"
    r"|arousal_rule_v\d+|psgscoring( [\w.]+){0,2}"
    r"|(expert|human|consensus|manual|rater|scorer|unknown)([ _-]?\w{1,2})?"
    r"|corrected by a person" + "".join(f"|{re.escape(form.name)}" for form in FORMATS),
    re.IGNORECASE,
)


def read_scoring(
    path: str | Path,
    *,
    recording_start: dt.datetime | None = None,
    codes: str | None = None,
    column: str | Mapping[str, str] | None = None,
    epoch_s: float | None = None,
    annotator: str | None = None,
    events: Mapping[str, str] | None = None,
    beside: str | Path | None = None,
) -> Scoring:
    """Read a scoring; its content decides the format.

    Parameters
    ----------
    path : str or Path
        A file of any format that ``docs/scorings.md`` lists.
    recording_start : datetime.datetime, optional
        Clock time of the recording's first sample. Where the file has clock times,
        it is then second zero of the result.
    codes : str, optional
        The code: ``aasm`` (4 is REM), ``rk`` (4 is S4), ``ucddb``, ``dreams``,
        ``sleepecg``, ``deltamed``, or a map such as ``W=0,N1=1,N2=2,N3=3,R=5``. By
        default it is chosen by the numbers that occur, and noted as an issue.
    column : str or mapping of str to str, optional
        The column of stages in a table; or roles (``stage``, ``onset``,
        ``end``, ``duration``, ``epoch``, ``annotator``) to columns.
    epoch_s : float, optional
        Length of an epoch where the file does not give it.
    annotator : str, optional
        Whose scoring to read if the file has several.
    events : mapping of str to str, optional
        Meanings of names of events that psgkit does not know, as a kind or a kind and a
        cause: ``{"Their words": "arousal:respiratory"}``.
    beside : str or Path, optional
        A second file of the same night: stages come from one, events from the other.

    Returns
    -------
    Scoring
        Seconds count from the recording's start where it is known, else from the
        file's own zero or its first epoch. ``issues`` has the faults found.

    Raises
    ------
    UnreadableScoring
        If the file does not exist, no format fits, or it has a fault; the line or
        epoch is named.
    MissingExtra
        If the format needs an optional package.

    Examples
    --------
    >>> import psgkit
    >>> scoring = psgkit.read_scoring("night.csv")
    >>> scoring.stage_names[:5], scoring.epoch_s
    (['W', 'W', 'W', 'W', 'N1'], 30.0)
    """
    if epoch_s is not None and not is_epoch(epoch_s):
        raise InputError(
            f"An epoch cannot last {epoch_s:g} s; it lasts {MIN_EPOCH_S:g} to "
            f"{MAX_EPOCH_S:g} s."
        )
    options = Options(
        None if codes is None else parse_codes(codes),
        columns_by_role(column),
        epoch_s,
        annotator,
    )
    names = {} if events is None else events
    check_names(names)
    if beside is None:
        return _read(Path(path), options, recording_start, names)
    return _of_two(Path(path), Path(beside), options, recording_start, names)


def _of_two(
    first: Path,
    second: Path,
    options: Options,
    recording_start: dt.datetime | None,
    names: Mapping[str, str],
) -> Scoring:
    """Return the stages of one file with the events of another.

    Kinds of events in both are taken from the file of events.
    """
    stages = _read(first, options, recording_start, names, needs_stages=False)
    if not stages.has_stages:
        first, second = second, first
        stages = _read(first, options, recording_start, names, needs_stages=False)
    if not stages.has_stages:
        raise UnreadableScoring(
            f"Neither {first.name} nor {second.name} holds a sleep stage."
        )
    start = recording_start or stages.start
    events = _read(second, options, None, names, needs_stages=False)
    if recording_start is None and (stages.start is None) != (events.start is None):
        raise UnreadableScoring(
            f"Only one of {first.name} and {second.name} has clock times. "
            "Give them with the recording, whose start joins them."
        )
    events = _read(second, options, start, names, needs_stages=False)
    taken = {
        kind for group in events.kinds_scored for kind in EVENT_GROUPS.get(group, ())
    }
    kept = stages.events.loc[~stages.events["kind"].isin(taken)]
    note = Issue(
        Severity.NOTE,
        "stages_and_events_of_two_files",
        f"The stages come from {first.name}, and {len(events.events)} events from "
        f"{second.name}.",
    )
    return replace(
        stages,
        events=concat_events(kept, events.events),
        kinds_scored=stages.kinds_scored | events.kinds_scored,
        lights_off_s=_first_known(stages.lights_off_s, events.lights_off_s),
        lights_on_s=_first_known(stages.lights_on_s, events.lights_on_s),
        issues=(*stages.issues, *events.issues, note),
    )


def _first_known(one: float | None, other: float | None) -> float | None:
    return other if one is None else one


def _read(
    path: Path,
    options: Options,
    recording_start: dt.datetime | None,
    names: Mapping[str, str],
    *,
    needs_stages: bool = True,
) -> Scoring:
    file = _open(path)
    form = _recognise(file, options)
    draft = form.read(file, options)
    if needs_stages:
        return assemble(draft, form.name, file.name, recording_start, names)
    return assemble_marks(draft, form.name, file.name, recording_start, names)


def assemble_marks(
    draft: Draft,
    form_name: str,
    where: str,
    recording_start: dt.datetime | None,
    names: Mapping[str, str],
) -> Scoring:
    """Assemble a draft; without stages it has a single unscored epoch."""
    if not draft.stages:
        mark = StageMark(0.0, ASSUMED_S, Stage.UNS, "no stage")
        draft = replace(draft, stages=(mark,), epoch_s=ASSUMED_S)
    return assemble(draft, form_name, where, recording_start, names)


def columns_by_role(column: str | Mapping[str, str] | None) -> dict[str, str]:
    """Return the columns of a table by their roles; a name alone names the stages.

    Raises
    ------
    InputError
        If a role is not known.
    """
    if column is None or isinstance(column, str):
        return {} if column is None else {"stage": column}
    unknown = [role for role in column if role not in COLUMN_ROLES]
    if unknown:
        raise InputError(
            f"--column: {unknown[0]!r} is not a role of a column. Roles are "
            f"{', '.join(COLUMN_ROLES)}; for example --column onset=NAME."
        )
    return dict(column)


def options_unused(
    path: str | Path, *, column: Mapping[str, str] | None = None
) -> tuple[str, frozenset[str]]:
    """Return the layout options that a file does not use.

    Parameters
    ----------
    path : str or Path
        A scoring.
    column : mapping of str to str, optional
        Columns by their roles, as the call names them.

    Returns
    -------
    name : str
        Of the file's format.
    unused : frozenset of str
        Of ``codes``, ``column`` and ``annotator``.

    Raises
    ------
    UnreadableScoring
        If the file does not exist or no format fits.
    """
    form = _recognise(_open(Path(path)), Options(columns=columns_by_role(column)))
    return form.name, frozenset({"codes", "column", "annotator"}) - form.uses


def _open(path: Path) -> ScoringFile:
    try:
        if path.is_dir():
            raise UnreadableScoring(f"{path.name} is a folder; name the scoring file.")
        if path.exists() and not path.is_file():
            # Opening a pipe would wait for ever.
            raise UnreadableScoring(
                f"{path.name} is a pipe or device, not a regular file."
            )
        with open_scoring(path) as stream:
            head = stream.read(HEAD_BYTES)
    except FileNotFoundError:
        raise UnreadableScoring(
            f"There is no scoring file {path.name!r}; check its path."
        ) from None
    except (EOFError, zlib.error):
        raise UnreadableScoring(
            f"{path.name} is damaged: its gzip data break off."
        ) from None
    except OSError as fault:
        raise UnreadableScoring(
            f"{path.name} cannot be read: {fault.strerror or fault}."
        ) from None
    if not head.strip():
        raise UnreadableScoring(f"{path.name} is empty.")
    return ScoringFile(path, head)


def _recognise(file: ScoringFile, options: Options) -> Format:
    for form in FORMATS:
        if form.recognises(file):
            return form
    if options.columns and file.head_text:
        return table.FORMAT  # the caller says that it has columns
    if not file.head_text and _is_mostly_text(file.head):
        _ = file.text  # its error names the line that is not text
    names = ", ".join(form.name for form in FORMATS)
    raise file.fault(
        f"this is not a scoring format that psgkit knows; it knows {names}."
    )


def _is_mostly_text(head: bytes) -> bool:
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in head)
    return printable > 0.9 * len(head)


def assemble(
    draft: Draft,
    form_name: str,
    where: str,
    recording_start: dt.datetime | None,
    names: Mapping[str, str] | None = None,
) -> Scoring:
    """Place the content of a file or an object on a grid.

    Parameters
    ----------
    draft : Draft
        The draft.
    form_name, where : str
        The format, and the file's name for messages.
    recording_start : datetime.datetime or None
        Clock time of the recording's first sample.
    names : mapping of str to str, optional
        Meanings of names of events; see `read_scoring`.
    """
    grid = lay_grid(draft.stages, draft.epoch_s, where)
    shift_s, start = _shift(draft.start, recording_start)
    scorer = draft.scorer if _NO_PERSON.fullmatch(draft.scorer) else form_name
    found_by = draft.arousal_source
    sources = dict.fromkeys(
        AROUSAL_KINDS, found_by if _NO_PERSON.fullmatch(found_by) else scorer
    )
    rows, issues = read_events(draft.events, names or {}, draft.start)
    events = make_events(
        (
            onset_s + shift_s,
            duration_s,
            label,
            source or sources.get(label.partition(":")[0], scorer),
        )
        for onset_s, duration_s, label, source in rows
    )
    scored = groups_of(events["kind"], draft.groups_scored)
    if NREM_AROUSALS in scored:
        scored -= {"arousal"}  # those that are there are of NREM sleep alone
    return Scoring(
        stages=grid.stages,
        epoch_s=grid.epoch_s,
        onset_s=grid.onset_s + shift_s,
        start=start,
        lights_off_s=_shifted(draft.lights_off_s, shift_s),
        lights_on_s=_shifted(draft.lights_on_s, shift_s),
        events=events,
        kinds_scored=scored,
        scorer=scorer,
        is_automatic=draft.is_automatic,
        proba=draft.proba,
        original=None
        if draft.original is None
        else assemble(draft.original, form_name, where, recording_start, names),
        changes=draft.changes,
        issues=(*draft.issues, *grid.issues, *issues),
    )


def _shift(
    start: dt.datetime | None, recording_start: dt.datetime | None
) -> tuple[float, dt.datetime | None]:
    """Return the seconds to add, and the clock time of the new second zero."""
    if start is None or recording_start is None:
        return 0.0, start or recording_start
    gap_s = (start - recording_start).total_seconds()
    if not (has_date(start) and has_date(recording_start)):
        gap_s = within_half_a_day(gap_s)
    return gap_s, recording_start


def _shifted(seconds: float | None, shift_s: float) -> float | None:
    return None if seconds is None else seconds + shift_s
