"""Caps that number their electrodes, recognised by all their labels together.

On these caps ``A1``, ``C3`` and ``E1`` are not the mastoid, the site and the eye.
"""

import re
from collections.abc import Collection, Iterable

from psgkit.domain.channels.electrodes import CAPS, Cap
from psgkit.domain.channels.roles import Role

# Bad electrodes are sometimes left out of an export.
LEAST_SHARE = 0.8
_BANKED = re.compile(r"([a-h])([1-9]|[12]\d|3[0-2])")
_EGI = re.compile(r"e([1-9]\d{0,2})")
# The 10-10 system has fewer names of this form, and no number above 10.
_LEAST_BANKED = 24
_LEAST_EGI = 16


def read_cap(labels: Iterable[str]) -> dict[str, Role]:
    """Return the roles of labels that number the electrodes of a cap.

    Parameters
    ----------
    labels : iterable of str
        In plain form, without a prefix such as "EEG".

    Returns
    -------
    dict of str to Role
        A role of the cap, or ``OTHER`` where the electrodes are numbered but no whole
        cap is there. Empty where nothing is numbered.
    """
    found = set(labels)
    numbered = _banked(found) or _egi(found)
    if not numbered:
        return {}
    cap = _cap_of(numbered)
    if cap is None:
        return dict.fromkeys(numbered, Role.OTHER)
    sites = {label.casefold(): Role(cap.site(label)) for label in cap.labels}
    return {label: sites.get(label, Role.OTHER) for label in numbered}


def _banked(labels: Collection[str]) -> set[str]:
    """Return labels such as A1 to D32, as BioSemi's amplifiers give them."""
    matches = [m for label in labels if (m := _BANKED.fullmatch(label))]
    is_cap = len({"a1", "a2", "a3", "a4"} & set(labels)) > 2 or (
        len(matches) >= _LEAST_BANKED
        and any(m[1] == "a" and int(m[2]) > 10 for m in matches)
    )
    return {match[0] for match in matches} if is_cap else set()


def _egi(labels: Collection[str]) -> set[str]:
    """Return labels such as E1 to E128, as EGI's nets have them."""
    found = {label for label in labels if _EGI.fullmatch(label)}
    is_net = len({"e1", "e2", "e3", "e4"} & found) > 2 or len(found) >= _LEAST_EGI
    return found if is_net else set()


def _cap_of(numbered: Collection[str]) -> Cap | None:
    """Return the smallest cap with all of these labels, if most of it is recorded."""
    for cap in CAPS:
        labels = {label.casefold() for label in cap.labels}
        # Nets record their reference at the vertex as one electrode more.
        vertex = {f"e{len(labels) + 1}"}
        is_whole = len(labels & set(numbered)) >= LEAST_SHARE * len(labels)
        if is_whole and set(numbered) <= labels | vertex:
            return cap
    return None
