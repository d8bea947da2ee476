"""Electrodes of caps and of the 10-5 system are those of MNE's standard montages."""

import pickle
import warnings

import mne
import pytest

from psgkit.domain.channels.electrodes import CAPS, SCALP_SITES, Cap, is_left
from psgkit.domain.channels.roles import Kind, Role


def montage_names(montage: str) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(mne.channels.make_standard_montage(montage).ch_names)


@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: cap.name)
def test_a_cap_has_the_electrodes_of_mne(cap: Cap):
    # MNE's net of 32 has its reference at the vertex among them.
    assert set(montage_names(cap.montage)) - {"Cz"} == set(cap.labels)


def test_scalp_electrodes_are_those_of_mne():
    older = {"T3", "T4", "T5", "T6", "A1", "A2", "M1", "M2"}

    assert set(SCALP_SITES) == set(montage_names("standard_1005")) - older


def test_left_electrodes_have_their_positions_on_the_left():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        montage = mne.channels.make_standard_montage("standard_1005")
    positions = montage.get_positions()["ch_pos"]

    # The midline of MNE's template is up to a few tenths of a millimetre off zero.
    left = {site for site in SCALP_SITES if positions[site][0] < -2e-3}

    assert {site for site in SCALP_SITES if is_left(site)} == left


@pytest.mark.parametrize(
    ("value", "site", "reference"),
    [("FC5", "FC5", ""), ("F4_C4", "F4", "C4"), ("FC5_M1M2", "FC5", "M1M2")],
)
def test_every_electrode_has_a_role_of_its_own(value: str, site: str, reference: str):
    role = Role(value)

    assert (role.site, role.reference, role.kind) == (site, reference, Kind.EEG)
    assert role is Role(value)
    assert pickle.loads(pickle.dumps(role)) is role  # noqa: S301 - its own bytes
    assert not role.is_routine
    assert role not in list(Role)


@pytest.mark.parametrize("value", ["FC7", "C4_C4", "C4_X1", "A1", "", "BioSemi128-E1"])
def test_what_is_no_electrode_has_no_role(value: str):
    with pytest.raises(ValueError, match="is not a valid Role"):
        Role(value)


def test_an_electrode_of_a_cap_is_no_place_of_the_10_20():
    role = Role("BioSemi128-C3")

    assert role.cap
    assert role.kind is Kind.EEG
    assert role.site != "C3"
