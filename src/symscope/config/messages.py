"""Validation errors of pydantic as sentences that name the key, what was found, what is allowed and how to mend it."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from symscope.errors import ConfigError


def config_error(error: ValidationError, model: type[BaseModel], *, source: str) -> ConfigError:
    """Turn a validation error into one error with a line for each wrong key.

    Parameters
    ----------
    error
        What pydantic raised.
    model
        The model that was validated, to list the keys that are allowed where an unknown one was found.
    source
        Where the settings come from, such as a file name; it opens each line.
    """
    lines = [f"{source}: {_sentence(e, model)}" for e in _without_union_noise(error.errors(include_url=False))]
    return ConfigError("\n".join(dict.fromkeys(lines)))


def _sentence(error: Mapping[str, Any], model: type[BaseModel]) -> str:
    location: Sequence[str | int] = error["loc"]
    key = ".".join(str(part) for part in location) or "(top level)"
    kind = error["type"]
    if kind == "extra_forbidden":
        allowed = sorted(_fields_at(model, location[:-1]))
        near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return f"unknown key '{key}'{hint} (allowed here: {', '.join(allowed) or 'none'})"
    if kind == "missing":
        return f"key '{key}' is missing; add it (its meaning is in config/README.md)"
    found = repr(error.get("input"))
    if len(found) > 80:
        found = found[:77] + "..."
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return f"'{key}' is {found}: {message[0].lower()}{message[1:]}"


def _fields_at(model: type[BaseModel], location: Sequence[str | int]) -> set[str]:
    """Names of the fields of the block at `location`, through lists, mappings and tagged unions."""
    candidates: set[type[BaseModel]] = {model}
    for part in location:
        following: set[type[BaseModel]] = set()
        for candidate in candidates:
            field = candidate.model_fields.get(str(part))
            if field is not None:
                following |= _models_in((field.annotation, *field.metadata))
            elif any(part in _tags(candidate, name) for name in candidate.model_fields):
                following.add(candidate)  # the tag of a union is part of pydantic's location
        candidates = following or candidates  # an index or a name of a mapping leads to the same models
    return {name for candidate in candidates for name in candidate.model_fields}


def _tags(model: type[BaseModel], field: str) -> tuple[Any, ...]:
    return get_args(model.model_fields[field].annotation)


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    parts = annotation if isinstance(annotation, tuple) else get_args(annotation)
    found: set[type[BaseModel]] = set()
    for part in parts:
        found |= _models_in(part)
    return found


def _without_union_noise(errors: Sequence[Any]) -> list[Any]:
    """Drop the complaints of the other members of an untagged union about the same key."""
    return [e for e in errors if e["type"] != "none_required" or len(errors) == 1]
