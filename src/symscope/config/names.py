"""Names, seeds and folders, as they may stand in a configuration."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
"""What a name looks like."""

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""Names of datasets, experiments and models become file names: small letters, digits and underscores."""


def _each_once(seeds: list[int]) -> list[int]:
    repeated = sorted({seed for seed in seeds if seeds.count(seed) > 1})
    if repeated:
        raise ValueError(f"seed {repeated[0]} is there twice; the runs of one seed are the same, so give each once")
    return seeds


Seeds = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], AfterValidator(_each_once)]
"""Random seeds of repeated trainings: different whole numbers from 0 to below 2^31."""


def _usable_folder(folder: str) -> str:
    if not re.fullmatch(r"/?[\w.+-]+(/[\w.+-]+)*", folder):
        raise ValueError(
            "a folder is needed whose names have letters, digits, '.', '_', '-' and '+', such as results/mine"
        )
    return folder


Folder = Annotated[str, AfterValidator(_usable_folder)]
"""A folder that can be part of commands and of patterns of file names."""
