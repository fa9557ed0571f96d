"""Reading generator and detector cards."""

import os
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from symscope.config.generation import DetectorCard, GenerationCard
from symscope.config.messages import config_error
from symscope.errors import ConfigError
from symscope.yaml_files import yaml_values

Card = TypeVar("Card", bound=BaseModel)


def load_generation_card(path: str | os.PathLike[str]) -> GenerationCard:
    """Read what is collided and which jets are kept, from YAML.

    Raises
    ------
    ConfigError
        If the file is missing, is no YAML mapping, or a key or value in it is wrong.
    """
    return _load_card(path, GenerationCard)


def load_detector_card(path: str | os.PathLike[str]) -> DetectorCard:
    """Read the detector, from YAML; raises as :func:`load_generation_card` does."""
    return _load_card(path, DetectorCard)


def _load_card(path: str | os.PathLike[str], model: type[Card]) -> Card:
    values = yaml_values(path, "card", ConfigError)
    if not isinstance(values, dict):
        raise ConfigError(f"card {path} holds {type(values).__name__}, and a mapping of settings is needed")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise config_error(error, model, source=f"card {path}") from None
