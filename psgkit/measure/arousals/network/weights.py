"""The weights of the networks: where they are, whether they are the right ones."""

import hashlib
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from psgkit.errors import InputError
from psgkit.measure.arousals.network.flat_picture import as_flat_picture

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


@dataclass(frozen=True, slots=True)
class Weights:
    """One network as its authors released it.

    Attributes
    ----------
    sha256 : str
        Of its file in psgscoring 0.37.0.
    threshold : float
        Probability from which its authors call it an arousal.
    """

    sha256: str
    threshold: float


WEIGHTS = {
    "unet_v1": Weights(
        "6fbea2857567f95023e6dd34461fba92cab238c9c334dbe9d66494b258aa715f", 0.35
    ),
    "unet_v2": Weights(
        "9a084f8814a517f5d0dc550261d70c88cf82289c6518e30eceae236060e219b3", 0.30
    ),
}

SECOND_LOOK = "_bands"  # after the name of a network: bands and chin decide, too
# By default: the one of two with the better published figures.
NETWORK = f"unet_v2{SECOND_LOOK}"

# F1 of the events as psgscoring's README (0.37.0) gives it, on nights that the network
# was not trained on; no figures are published elsewhere.
PUBLISHED = {
    "unet_v1": "F1 of 0.676 on 150 nights of SHHS1, 0.687 on 76 of MESA and 0.745 on 5 "
    "of PSG-IPA",
    "unet_v2": "a median F1 of 0.739 on 148 nights of SHHS1 and 0.699 on 76 of MESA, and "
    "0.763 on 5 of PSG-IPA",
}

_REINSTALL = (
    "Install it again: pip install --force-reinstall psgscoring onnx onnxruntime."
)


def detector_name(source: str) -> str:
    """Return the name of a network as the source of arousals, with its version."""
    return f"psgscoring {source} {importlib.metadata.version('psgscoring')}"


def load_network(weight: str) -> "InferenceSession":
    """Load a network after checking the SHA-256 of its file.

    Its sums are done by one thread: parts of a night run beside each other instead, so
    that no number depends on how many cores there are. It is loaded for each night
    anew: that takes 0.1 s, and keeping it takes 50 MB.

    Raises
    ------
    InputError
        If psgscoring, onnx or onnxruntime is not installed, or the file has other
        content.
    """
    content = read_weights(weight)
    try:
        import onnxruntime  # noqa: PLC0415 - costs half a second

        flat = as_flat_picture(content)
    except ImportError as error:
        name = error.name
        raise InputError(f"{name} is not installed. {_REINSTALL}") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # An arena keeps the memory of the largest part for good, and gains no time. A
    # pattern puts all layers into one block, which the system hands out anew each time.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(
        flat, options, providers=["CPUExecutionProvider"]
    )


def read_weights(weight: str) -> bytes:
    """Return the file of a network, once its hash is the known one.

    Raises
    ------
    InputError
        If it is missing or has other content: its arousals would not be those that
        the published figures speak of.
    """
    path = weights_path(weight)
    if path is None or not path.is_file():
        raise InputError(f"The weights of {weight} are missing. {_REINSTALL}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS[weight].sha256:
        raise InputError(
            f"The weights of {weight} are not the file that psgscoring released: "
            f"{path.name} has another SHA-256. {_REINSTALL}"
        )
    return content


def weights_path(weight: str) -> Path | None:
    """Return where the installed psgscoring has a network, without importing it."""
    found = importlib.util.find_spec("psgscoring")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0], "data", f"arousal_{weight}.onnx")
