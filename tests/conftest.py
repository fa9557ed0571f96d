"""What every test shares: shapes checked at run time, and where the reference weights lie."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from jaxtyping import install_import_hook

# Checks the shapes in annotations while tests run. It must come before the first import of the package's modules.
install_import_hook("symscope", "beartype.beartype")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def reference_folder() -> Path:
    """Folder with the published LorentzNet weights and the probe of its logits; not part of this repository."""
    folder = Path(os.environ.get("SYMSCOPE_REFERENCE", REPOSITORY.parent / "shared" / "reference"))
    if not (folder / "lorentznet_official.pt").is_file():
        pytest.skip(f"no published LorentzNet weights in {folder}; set SYMSCOPE_REFERENCE to the folder that has them")
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    """A numpy random stream, the same in every run."""
    return np.random.default_rng(20231)


@pytest.fixture
def torch_rng() -> torch.Generator:
    """A torch random stream, the same in every run."""
    return torch.Generator().manual_seed(20231)


class Killed(Exception):
    """Stands for a signal in the middle of a run."""


@pytest.fixture
def killed_at_first_checkpoint(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Call a function that trains, and kill it when it has written its first checkpoint."""
    from symscope.discovery import loop

    def run(train: Callable[..., Any], *arguments: Any, **options: Any) -> None:
        real = loop.write_checkpoint

        def save_and_die(*inner: Any, **more: Any) -> None:
            real(*inner, **more)
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(loop, "write_checkpoint", save_and_die)
            with pytest.raises(Killed):
                train(*arguments, **options)

    return run
