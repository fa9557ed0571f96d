"""States of interrupted runs, and other files of plain tensors: written whole, read without running any code."""

import hashlib
import io
import json
import logging
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from symscope.errors import CheckpointError
from symscope.io.atomic import atomic_path, sync_folder

logger = logging.getLogger(__name__)

Trained = TypeVar("Trained")

FORMAT = "symscope-checkpoint-1"

_UNREADABLE = (
    OSError,
    RuntimeError,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    AssertionError,
    MemoryError,
    struct.error,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What ``torch.load`` raises on bytes that are no checkpoint; its old format trips over almost anything."""


def fingerprint(description: Mapping[str, Any], *arrays: Tensor) -> str:
    """Digest of what a run depends on: settings, seeds, code and data; only a run with the same continues its state."""
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
    for array in arrays:
        digest.update(f"{tuple(array.shape)} {array.dtype}".encode())
        digest.update(array.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def write_checkpoint(path: str | os.PathLike[str], state: Mapping[str, Any], *, run: str) -> None:
    """Write the state of the run with fingerprint `run`, replacing an older one in one step."""
    with atomic_path(path) as aside:
        aside.write_bytes(_packed({"format": FORMAT, "run": run, "state": dict(state)}))


@contextmanager
def kept_until_written(output: str | os.PathLike[str]) -> Iterator[Path]:
    """Give the checkpoint of a job beside its output, and remove it when the block has written that output.

    A job that is killed between its last step and its output thus loses nothing.
    """
    checkpoint = Path(f"{os.fspath(output)}.checkpoint")
    yield checkpoint
    sync_folder(checkpoint.parent)  # the output's name must be there before the checkpoint's is gone
    checkpoint.unlink(missing_ok=True)


def read_checkpoint(
    path: str | os.PathLike[str], *, run: str, device: torch.device | str = "cpu"
) -> dict[str, Any] | None:
    """State of the run with fingerprint `run`, or None where there is nothing to continue.

    A file that is damaged, is something else, or belongs to another run is not used, and a warning says why: the run
    then starts afresh and replaces it.
    """
    if not Path(path).exists():
        return None
    try:
        content = read_state(path, device=device)
    except CheckpointError as error:
        logger.warning("%s; starting afresh", error)
        return None
    if content.get("format") != FORMAT:
        logger.warning("%s: format is %r, '%s' is needed; starting afresh", path, content.get("format"), FORMAT)
        return None
    if content.get("run") != run:
        logger.warning("%s: belongs to a run with other settings, seeds, data or code; starting afresh", path)
        return None
    state: dict[str, Any] = content["state"]
    return state


def read_state(path: str | os.PathLike[str], *, device: torch.device | str = "cpu") -> dict[str, Any]:
    """Contents of a ``torch.save`` file that is a mapping of names, without running any code in it.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged, or holds something else.
    """
    try:
        damaged = _damaged_member(Path(path))
        state = None if damaged else torch.load(path, map_location=device, weights_only=True)
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: no such file; give the path of a checkpoint") from error
    except _UNREADABLE as error:
        # torch's own words on a refused pickle advise to load it with code and all.
        refused = isinstance(error, pickle.UnpicklingError)
        reason = "its pickle holds something else" if refused else str(error).split("\n", 1)[0]
        raise CheckpointError(
            f"{path}: no readable torch checkpoint of plain tensors ({reason}); it may be cut off, remove it or give another"
        ) from error
    if damaged:
        raise CheckpointError(
            f"{path}: is damaged ('{damaged}' in it does not have its checksum); remove it or give another"
        )
    if not isinstance(state, Mapping) or not all(isinstance(k, str) for k in state):
        raise CheckpointError(f"{path}: holds a {type(state).__name__}; a mapping from names to tensors is expected")
    return dict(state)


def write_trained(path: str | os.PathLike[str], trained: object, *, format_name: str) -> None:
    """Write the fields of a trained network, plain values and tensors, whole or not at all."""
    with atomic_path(path) as aside:
        aside.write_bytes(_packed({"format": format_name, **vars(trained)}))


def read_trained(path: str | os.PathLike[str], kind: type[Trained], *, format_name: str, what: str) -> Trained:
    """Read what :func:`write_trained` wrote, without running any code in it.

    Parameters
    ----------
    path
        The file.
    kind
        Class of the trained network.
    format_name
        Its format.
    what
        What it is, for messages.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or something else.
    """
    state = read_state(path)
    if state.pop("format", None) != format_name:
        raise CheckpointError(f"{path}: no trained {what} of symscope ('{format_name}'); give the output of a training")
    try:
        return kind(**state)
    except TypeError as error:
        raise CheckpointError(f"{path}: incomplete trained {what} ({error}); train it again") from error


def _damaged_member(path: Path) -> str | None:
    """Find a part of the file whose checksum is wrong, which torch does not look at; None where all are right."""
    if not zipfile.is_zipfile(path):
        return None  # torch's old format has no checksums
    with zipfile.ZipFile(path) as archive:
        return archive.testzip()


def _packed(values: Mapping[str, Any]) -> memoryview:
    """Values as torch saves them, in memory: torch does not tell why it could not write a file."""
    buffer = io.BytesIO()
    torch.save(dict(values), buffer)
    return buffer.getbuffer()
