"""A night to files and text: HDF5, CSV, HTML and a page in the terminal.

Modules are loaded when they are first used, since drawing and HDF5 cost time that a
page of text does not need.
"""

from collections.abc import Mapping
from pathlib import Path

from psgkit.domain.night import Night
from psgkit.domain.recording import Recording
from psgkit.settings import ReportSettings, Settings

_FIELDS = frozenset(ReportSettings.model_fields)

__all__ = ["read_night", "save_night"]


def save_night(
    night: Night,
    folder: str | Path,
    *,
    settings: Settings | None = None,
    recording: Recording | None = None,
) -> Path:
    """Write a night's files into ``folder/<id>/``.

    Either all of them appear, or nothing.

    Parameters
    ----------
    night : Night
    folder : str or pathlib.Path
        Made where it is not there yet.
    settings : Settings, optional
        Their part ``report`` says which files are written, and the page's language; by
        default as the settings say that the night was made with.
    recording : Recording, optional
        The night's own, whose signals the page for corrections shows
        (``settings.report.review``).

    Returns
    -------
    pathlib.Path
        The night's own folder: its id, or `files.safe_name` of it.

    Raises
    ------
    OutputError
        If the folder cannot be written; the files of an earlier call are then as they
        was.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> folder = psgkit.save_night(night, "saved")
    >>> (folder / "night_report.html").is_file()
    True
    """
    from psgkit.report.tables import write_tables  # noqa: PLC0415
    from psgkit.store import night_file as hdf5  # noqa: PLC0415 - h5py costs 0.1 s
    from psgkit.store.file_set import together  # noqa: PLC0415 - with what follows
    from psgkit.store.files import make_folder, refuse_link, safe_name  # noqa: PLC0415

    wanted = settings.report if settings else _settings_of(night)
    name = safe_name(night.id)
    refuse_link(Path(folder) / name)
    home = make_folder(Path(folder) / name)
    mark = f"{name}.h5"
    with together(home, mark=mark) as files:
        write_tables(
            night,
            files,
            name,
            long_tables=wanted.tables,
            explain_arousals=wanted.explain_arousals,
            earlier=hdf5.names_of_tables(home / mark),
        )
        if wanted.page:
            from psgkit.report.pages.night_html import night_page  # noqa: PLC0415 - if wanted

            codes = wanted.names == "codes"
            page = night_page(night, language=wanted.language, codes=codes)
            files.write_text(f"{name}_report.html", page)
        else:
            files.remove(f"{name}_report.html")
        if wanted.page and wanted.pdf:
            from psgkit.report.pages.pdf import print_page  # noqa: PLC0415 - if wanted

            files.write_bytes(f"{name}_report.pdf", print_page(page))
        else:
            files.remove(f"{name}_report.pdf")
        if wanted.review and recording is not None:
            from psgkit.report.review.page import review_page  # noqa: PLC0415 - if wanted

            checked = review_page(night, recording, language=wanted.language)
            files.write_text(f"{name}_review.html", checked)
        else:
            files.remove(f"{name}_review.html")
        files.write_bytes(mark, hdf5.night_bytes(night))
    return home


def _settings_of(night: Night) -> ReportSettings:
    """Return the settings that a night was made with, without those that no longer exist."""
    made_with = night.provenance.settings.get("report")
    if not isinstance(made_with, Mapping):
        return ReportSettings()
    known = {name: made_with[name] for name in made_with if name in _FIELDS}
    return ReportSettings.model_validate(known)


def read_night(path: str | Path) -> Night:
    """Read a night that psgkit saved.

    Parameters
    ----------
    path : str or pathlib.Path
        The ``.h5`` file of a night.

    Returns
    -------
    Night
        Equal to the one that was saved: ``.measures``, ``.reasons``, ``.tables``,
        ``.scoring``, ``.spectra`` and the rest.

    Raises
    ------
    UnreadableNight
        If it is not a night file of psgkit, was written by a newer psgkit, is damaged, or
        points to other files.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> night.id, float(night.measures["tst_min"])  # minutes
    ('night', 19.0)
    """
    from psgkit.store import night_file as hdf5  # noqa: PLC0415 - h5py costs 0.1 s

    return hdf5.read_night(path)
