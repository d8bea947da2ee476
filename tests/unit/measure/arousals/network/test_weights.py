"""The weights of the networks: the released file, or none."""

from pathlib import Path

import pytest

from psgkit.errors import InputError
from psgkit.measure.arousals.network import weights
from psgkit.measure.arousals.network.weights import (
    PUBLISHED,
    WEIGHTS,
    detector_name,
    read_weights,
    weights_path,
)


@pytest.mark.parametrize("weight", sorted(WEIGHTS))
def test_the_installed_weights_are_those_that_were_released(weight: str) -> None:
    assert len(read_weights(weight)) > 1_000_000
    assert weight in PUBLISHED
    assert detector_name(weight).startswith(f"psgscoring {weight} 0.37")


def test_the_thresholds_are_their_authors() -> None:
    unet = pytest.importorskip("psgscoring.arousal_unet")
    for name, one in WEIGHTS.items():
        assert one.threshold == unet.default_threshold(name)
        assert one.sha256 == unet.meta(name)["onnx_sha256"]


def test_another_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = weights_path("unet_v2")
    assert found is not None
    changed = bytearray(found.read_bytes())
    changed[5000] ^= 1
    wrong = tmp_path / "arousal_unet_v2.onnx"
    wrong.write_bytes(changed)
    monkeypatch.setattr(weights, "weights_path", lambda _: wrong)
    with pytest.raises(InputError, match=r"arousal_unet_v2\.onnx has another SHA-256"):
        read_weights("unet_v2")


def test_a_missing_file_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weights, "weights_path", lambda _: None)
    with pytest.raises(InputError, match=r"unet_v2 are missing. Install it again"):
        read_weights("unet_v2")
