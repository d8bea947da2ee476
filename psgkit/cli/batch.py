"""`psgkit batch`: many nights to one table."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from psgkit.cli import console, help, options
from psgkit.cli import option_checks as checks
from psgkit.cli.batch_progress import (
    STATUSES,
    following,
    interrupts,
    log_outcome,
    status_of,
)
from psgkit.cli.option_errors import Door
from psgkit.errors import PsgkitError

if TYPE_CHECKING:
    from psgkit.domain.jobs import Job
    from psgkit.settings import Settings

EXIT_SOME_FAILED = 1


IdChoice = Literal["stem", "hash"]


def batch(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT...",
            help="Recordings, folders of them, or addresses such as s3://bucket/n.edf.",
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=help.INPUTS,
            help="A CSV or TSV table with one row per night.",
        ),
    ] = None,
    bids: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            rich_help_panel=help.INPUTS,
            help="Root of a BIDS data set.",
        ),
    ] = None,
    out: options.Out = Path("results"),
    scoring: Annotated[
        str,
        typer.Option(
            metavar="PATTERN",
            rich_help_panel=help.SCORING,
            help="Pattern of the scorings, e.g. '../scored/{stem}*.xml', from each recording's folder; 'auto' for the usual names, 'none' for none.",
        ),
    ] = "auto",
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="NUMBER",
            rich_help_panel=help.RUN,
            help="Nights at a time; by default as many as cores and memory allow.",
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            metavar="SECONDS",
            rich_help_panel=help.RUN,
            help="Seconds after which a night counts as failed.",
        ),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            rich_help_panel=help.RUN,
            help="A Dask scheduler whose workers do the nights.",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            rich_help_panel=help.RUN,
            help="List what would be done, and why.",
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            rich_help_panel=help.RUN,
            help="Compare the whole content of inputs to find changes.",
        ),
    ] = False,
    no_resume: Annotated[
        bool,
        typer.Option(
            "--no-resume",
            rich_help_panel=help.RUN,
            help="Do finished nights again.",
        ),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            rich_help_panel=help.RUN,
            help="Show the outcome only, no progress.",
        ),
    ] = False,
    id: Annotated[
        IdChoice,
        typer.Option(
            rich_help_panel=help.RESULTS,
            help="Name nights after their files, where no manifest names them, or all "
            "by a hash of their content, where file names carry names of people.",
        ),
    ] = "stem",
    config: options.Config = None,
    lights_off: options.LightsOff = None,
    lights_on: options.LightsOn = None,
    lights: options.Lights = None,
    unit: options.Unit = None,
    ignore_clock: options.IgnoreClock = False,
    channel: options.Channel = None,
    align: options.Align = False,
    codes: options.Codes = None,
    column: options.Column = None,
    epoch: options.Epoch = None,
    annotator: options.Annotator = None,
    tables: options.Tables = False,
    keep_dates: options.KeepDates = False,
    only: options.Only = None,
    eeg: options.Eeg = None,
    language: options.Language = None,
    pdf: options.Pdf = False,
    names: options.Names = None,
    review: options.Review = False,
    arousals: options.Arousals = None,
    explain_arousals: options.ExplainArousals = False,
    stager: options.Stager = None,
    spindles: options.Spindles = None,
) -> None:
    """Report many nights, each on its own, and make one table of them.

    The same command goes on where it was stopped: nights with a result are skipped.
    """
    from psgkit.cohort.batch.run import check_ids, run_cohort
    from psgkit.cohort.batch.workers import count_workers

    with Door() as door:
        door.refuse_empty(scoring=scoring, dask=dask, stager=stager)
        door.check(
            partial(
                checks.check_layout,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
            )
        )
        door.check(partial(checks.check_lights, lights, lights_off, lights_on))
        door.check(
            partial(
                checks.check_work,
                only,
                arousals=arousals,
                explain_arousals=explain_arousals,
                pdf=pdf,
                names=names,
                review=review,
                spindles=spindles,
            )
        )
        if no_resume:
            door.refuse_idle("with --no-resume", verify=verify)
        if sum((bool(inputs), manifest is not None, bids is not None)) != 1:
            door.refuse(
                "Give recordings and folders, or --manifest FILE, or --bids ROOT: one "
                "of the three."
            )
        settings = options.build_settings(
            config,
            unit=unit,
            ignore_clock=ignore_clock,
            channel=channel,
            lights=lights,
            align=align,
            tables=tables,
            keep_dates=keep_dates,
            only=only,
            eeg=eeg,
            language=language,
            pdf=pdf,
            names=names,
            review=review,
            arousals=arousals,
            explain_arousals=explain_arousals,
            codes=codes,
            column=column,
            epoch=epoch,
            annotator=annotator,
            stager=stager,
            spindles=spindles,
        )
    jobs = [
        replace(
            job,
            lights_off=job.lights_off or lights_off,
            lights_on=job.lights_on or lights_on,
        )
        for job in _find_jobs(inputs, manifest, bids, scoring, id, out)
    ]
    with Door() as door:
        if not any(_is_scored(job) for job in jobs):
            door.refuse_idle(
                "where no night has a scoring",
                align=align,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
            )
        if jobs and all(_is_scored(job) for job in jobs):
            door.refuse_idle("where every night has a scoring", stager=stager)
        check_ids(jobs)
    if dry_run:
        _tell_plan(jobs, settings, out, verify=verify, resume=not no_resume)
        return
    if inputs and id == "stem" and not quiet:
        console.error(
            "nights are named after their files, and file names often contain names of "
            "people; use --id hash for other names."
        )
    if dask is None:
        workers = count_workers(workers, nights=len(jobs))
    counts: Counter[str] = Counter()
    done: list[Job] = []
    try:
        with (
            _counting_at_an_error(counts),
            interrupts() as stop,
            following(len(jobs), workers, quiet=quiet) as show,
        ):
            for outcome in run_cohort(
                jobs,
                out=out,
                settings=settings,
                workers=workers,
                timeout_s=timeout,
                resume=not no_resume,
                verify=verify,
                dask=dask,
                should_stop=stop.is_set,
            ):
                status = status_of(outcome)
                counts[status] += 1
                done += [outcome.job] * (status == "done")
                show(outcome)
                log_outcome(out, outcome)
    except KeyboardInterrupt:
        console.error("stopped at once; the same command goes on from here.")
        raise typer.Exit(console.EXIT_STOPPED) from None
    _tell_end(counts, done, settings, out)
    if stop.is_set():
        raise typer.Exit(console.EXIT_STOPPED)
    if counts["failed"]:
        raise typer.Exit(EXIT_SOME_FAILED)


@contextmanager
def _counting_at_an_error(counts: Counter[str]) -> Iterator[None]:
    """Print the outcomes of the nights even if the batch ends in an error."""
    try:
        yield
    except PsgkitError:
        if counts:
            console.say(_counted(counts))
        raise


def _tell_end(
    counts: Counter[str], done: "list[Job]", settings: "Settings", out: Path
) -> None:
    console.say(_counted(counts))
    if done:
        console.say(_stagers(done, settings))
    console.say(f"Table: {out / 'cohort.csv'}")
    if counts["failed"]:
        console.say(f"Failures, with reasons: {out / 'failures.csv'}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[word]} {word}" for word in STATUSES)


def _find_jobs(
    inputs: list[str] | None,
    manifest: Path | None,
    bids: Path | None,
    scoring: str,
    naming: IdChoice,
    out: Path,
) -> "list[Job]":
    from psgkit.cohort.jobs.bids import find_bids_jobs
    from psgkit.cohort.jobs.discovery import find_jobs, with_hashed_ids
    from psgkit.cohort.jobs.manifest import read_manifest

    if manifest is not None:
        jobs = read_manifest(manifest, scoring=scoring, out=out)
    elif bids is not None:
        jobs = find_bids_jobs(bids, scoring=scoring)
    else:
        jobs = find_jobs(inputs or [], scoring=scoring, out=out)
    return with_hashed_ids(jobs) if naming == "hash" else jobs


def _is_scored(job: "Job") -> bool:
    return job.scoring is not None or "scoring" in job.addresses


def _stagers(jobs: "list[Job]", settings: "Settings") -> str:
    """Name the source of each night's stages, so that a missed scoring is noticed."""
    scored = sum(map(_is_scored, jobs))
    stager = settings.stage.stager or "YASA"
    counts = {"a scoring": scored, stager: len(jobs) - scored}
    return "Stages: " + ", ".join(
        f"{count} night{'' if count == 1 else 's'} from {source}"
        for source, count in counts.items()
        if count
    )


def _tell_plan(
    jobs: "list[Job]", settings: "Settings", out: Path, *, verify: bool, resume: bool
) -> None:
    from psgkit.cohort.batch.resume import why_to_do
    from psgkit.cohort.jobs.manifest import missing_files

    to_do = missing_n = 0
    for job in jobs:
        if missing := missing_files(job):
            missing_n += 1
            console.say(f"{job.night_id}: its {' and its '.join(missing)} is not there")
            continue
        why = why_to_do(job, settings, out, verify=verify)
        if not (why or resume):
            why = "--no-resume was given"
        to_do += bool(why)
        console.say(f"{job.night_id}: {f'to do, {why}' if why else 'done'}")
    done_n = len(jobs) - to_do - missing_n
    without = f", {missing_n} without their files" if missing_n else ""
    console.say(f"{to_do} to do, {done_n} done{without}")
    console.say(_stagers(jobs, settings))
    if missing_n:
        raise typer.Exit(EXIT_SOME_FAILED)
