"""Where an interrupted training continues."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from symscope.errors import CheckpointError
from symscope.io.atomic import atomic_path
from symscope.models.published import read_state

FORMAT = "symscope-training-1"


def fingerprint(**parts: Any) -> str:
    """Digest of what a training depends on: settings, seed, data. Another one must not continue its checkpoint."""
    text = json.dumps({k: _plain(v) for k, v in parts.items()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        # A digest of the numbers; the sums would not notice two jets that changed places.
        return hashlib.sha256(value.detach().cpu().contiguous().numpy().tobytes()).hexdigest()
    return value


def write_checkpoint(path: str | os.PathLike[str], state: Mapping[str, Any], *, run: str) -> None:
    """Write the state of run `run`, replacing an older one in one step."""
    with atomic_path(path) as aside:
        torch.save({"format": FORMAT, "run": run, **state}, aside)


def read_checkpoint(path: str | os.PathLike[str], *, run: str) -> dict[str, Any] | None:
    """State of run `run`, or None if there is no checkpoint yet.

    Raises
    ------
    CheckpointError
        If the file is damaged, is something else, or belongs to a run with other settings, data or seed.
    """
    if not Path(path).exists():
        return None
    state = read_state(path)
    if state.get("format") != FORMAT:
        raise CheckpointError(
            f"{path}: format is {state.get('format')!r}, '{FORMAT}' is needed; remove the file to train from the start"
        )
    if state.get("run") != run:
        raise CheckpointError(
            f"{path}: belongs to a training with other settings, seed or jets ({state.get('run')}, this one is {run}); "
            "remove the file to train from the start"
        )
    return state
