"""U-Sleep's NumPy file (.npy): one stage per epoch, or the probabilities of five stages.

``ut predict_one`` writes whole numbers of shape (n_epochs, 1): 0 W, 1 N1, 2 N2, 3 N3,
4 REM. With ``--no_argmax`` it writes an array of shape (n_epochs, 5), in the same order,
summed over the groups of channels that it was run on.
"""

import io

import numpy as np

from psgkit.read.scorings.grid import epoch_assumed
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import stages_of_words

_N_STAGES = 5


def recognises(file: ScoringFile) -> bool:
    """Recognise the first bytes of a NumPy file."""
    return file.head.startswith(b"\x93NUMPY")


def read(file: ScoringFile, options: Options) -> Draft:
    """Read the stages, and the probabilities if there are any."""
    array = _array(file)
    proba = None
    if array.ndim == 2 and array.shape[1] == _N_STAGES:
        sums = array.sum(axis=1, keepdims=True)
        if not np.isfinite(array).all() or (array < 0).any() or (sums <= 0).any():
            raise file.fault(
                "its five columns are not probabilities of W, N1, N2, N3 and REM: a "
                "value is negative or missing. Save the output of U-Sleep again."
            )
        proba = (array / sums).astype(np.float32)
        numbers = array.argmax(axis=1)
    elif array.size in array.shape and (array == np.rint(array)).all():
        numbers = array.ravel().astype(int)
    else:
        raise file.fault(
            f"it is an array of shape {array.shape}. U-Sleep writes whole numbers of "
            "shape (epochs, 1), or probabilities of shape (epochs, 5)."
        )
    words = [(str(n), f"epoch {place}") for place, n in enumerate(numbers.tolist(), 1)]
    stages, issues = stages_of_words(words, file, options)
    builder = DraftBuilder(issues=[] if proba is not None else list(issues))
    epoch_s = options.epoch_s or epoch_assumed(builder, len(words), file)
    for number, (stage, (_, where)) in enumerate(zip(stages, words, strict=True)):
        builder.add_stage(number * epoch_s, epoch_s, stage, where)
    return builder.build(epoch_s=epoch_s, is_automatic=proba is not None, proba=proba)


def _array(file: ScoringFile) -> np.ndarray:
    try:
        array = np.load(io.BytesIO(file.content), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        raise file.fault("it is a damaged NumPy file. Copy it again.") from None
    if array.dtype.kind not in "iuf" or not array.size:
        raise file.fault("its array holds no numbers. Name the scoring file.")
    return np.asarray(array, dtype=float)


FORMAT = Format("U-Sleep array (.npy)", recognises, read, frozenset({"codes"}))
