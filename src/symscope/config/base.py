"""The base of every settings model: closed, frozen, documented."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, model_validator


class NotANumber:
    """Stands for a value that pydantic would quietly turn into a number; no field takes it, and it prints as the value."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        """Spell the value that was found."""
        return repr(self.value)


class Settings(BaseModel):
    """A closed, immutable block of the configuration.

    Unknown keys are refused, so that a misspelt one cannot be silently ignored. So are true and false where a number is
    meant, and a decimal number where a count is meant. A number may be given as a string,
    because that is how the command line passes it. Every field carries a description with its unit and meaning; the JSON
    schema under ``workflow/schemas`` is exported from these models.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_numbers(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        kinds = {name: _leaf_types(field.annotation) for name, field in cls.model_fields.items()}
        return {key: _mark(value, kinds[key]) if key in kinds else value for key, value in values.items()}


class FiniteSettings(Settings):
    """A block in which every number is finite; cards are no such blocks, because a range may be open above."""

    model_config = ConfigDict(allow_inf_nan=False)


def _leaf_types(annotation: Any) -> set[Any]:
    """Types and literal values inside an annotation, through lists, mappings, unions and ``Annotated``."""
    parts = get_args(annotation)
    return set().union(*(_leaf_types(part) for part in parts)) if parts else {_hashable(annotation)}


def _hashable(annotation: Any) -> Any:
    return annotation if isinstance(annotation, type | str | int) else type(annotation)


def _mark(value: Any, kinds: set[Any]) -> Any:
    """Replace what is no number for a field of these types; blocks inside it are left to their own models."""
    if any(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds):
        return value
    if isinstance(value, bool):
        return value if bool in kinds else NotANumber(value)
    if isinstance(value, float):
        return NotANumber(value) if int in kinds and float not in kinds else value
    if isinstance(value, list | tuple):
        return [_mark(part, kinds) for part in value]
    if isinstance(value, Mapping):
        return {key: _mark(part, kinds) for key, part in value.items()}
    return value
