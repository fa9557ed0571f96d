"""State of an interrupted discovery."""

import hashlib
import json
import logging
import os
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from symscope.errors import CheckpointError
from symscope.io.atomic import atomic_path

logger = logging.getLogger(__name__)


def fingerprint(description: Mapping[str, Any], *arrays: Tensor) -> str:
    """Digest of settings and data, so that a checkpoint is only continued by the run that it belongs to."""
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for array in arrays:
        digest.update(f"{tuple(array.shape)} {array.dtype}".encode())
        digest.update(array.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def save_checkpoint(path: str | os.PathLike[str], state: Mapping[str, Any]) -> None:
    """Write the state; the file appears whole or not at all."""
    with atomic_path(path) as aside:
        torch.save(dict(state), aside)


def load_checkpoint(path: str | os.PathLike[str], wanted: str, device: torch.device) -> dict[str, Any] | None:
    """Read the state of an interrupted run.

    Returns
    -------
    dict or None
        None where there is no file, or where it belongs to other settings or data; the latter is logged.

    Raises
    ------
    CheckpointError
        Where the file is no checkpoint.
    """
    file = Path(path)
    if not file.exists():
        return None
    try:
        state = torch.load(file, map_location=device, weights_only=True)
        found = state["fingerprint"]
    except (RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError, zipfile.BadZipFile, OSError) as error:
        raise CheckpointError(
            f"checkpoint {file} is not readable as a discovery's state ({type(error).__name__}); delete it to start afresh"
        ) from error
    if found != wanted:
        logger.warning("checkpoint %s belongs to other settings or data; starting afresh", file)
        return None
    return dict(state)
