"""Cards of public datasets: what to fetch from where, and how to know that it arrived whole."""

import os
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from symscope.config.base import Settings
from symscope.config.messages import config_error
from symscope.errors import ConfigError
from symscope.yaml_files import yaml_values


class RemoteFile(Settings):
    """One file of a dataset."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://")]
    """Where the file is."""
    size: int = Field(gt=0)
    """Its length [bytes]."""
    md5: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    """Its MD5 checksum, 32 hexadecimal digits."""


class DatasetCard(Settings):
    """A public dataset that consists of files."""

    name: str
    """What the dataset is called."""
    record: str
    """Web page of the dataset."""
    licence: str
    """Licence under which it may be used."""
    files: dict[str, RemoteFile] = Field(min_length=1)
    """The files by name."""


def load_dataset_card(path: str | os.PathLike[str]) -> DatasetCard:
    """Read the card of a dataset, such as ``resources/reference_dataset.yaml``.

    Raises
    ------
    ConfigError
        Where the card is missing, no YAML, or has a wrong key.
    """
    values = yaml_values(path, "the card", ConfigError)
    try:
        return DatasetCard.model_validate(values)
    except ValidationError as error:
        raise config_error(error, DatasetCard, source=str(path)) from None
