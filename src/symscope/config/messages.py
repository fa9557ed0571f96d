"""Validation errors of pydantic as sentences that name the key, what was found, what is allowed and how to mend it."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from symscope.errors import ConfigError

SHOWN = 12
"""Names that a message lists at most."""


class _Place(NamedTuple):
    """Where an error is."""

    key: str
    """The key as the user writes it, without pydantic's names for the members of a union."""
    kinds: list[Any]
    """Types that are possible there."""
    branch: tuple[str | int, ...] | None
    """Location of the union of plain types that the error passes through, if any."""


T = TypeVar("T")


class SettingsReader(Generic[T]):
    """Checks plain values like those in the configuration, and gives the settings that they stand for.

    Parameters
    ----------
    kind
        A model of settings, or a union of them that one key tells apart.
    source
        What the values are, for messages.
    """

    def __init__(self, kind: Any, *, source: str) -> None:
        self.kind = kind
        self.source = source
        self.adapter: TypeAdapter[T] = TypeAdapter(kind)

    def __call__(self, values: Mapping[str, Any]) -> T:
        """Check the values.

        Raises
        ------
        ConfigError
            Naming each wrong key.
        """
        try:
            return self.adapter.validate_python(dict(values))
        except ValidationError as error:
            raise config_error(error, self.kind, source=self.source) from None


def config_error(error: ValidationError, model: Any, *, source: str) -> ConfigError:
    """Turn a validation error into one error with a line for each wrong key.

    Parameters
    ----------
    error
        What pydantic raised.
    model
        The model, or union of models, that was validated: it knows the keys that are allowed where a wrong one was found.
    source
        Where the settings come from, such as a file name; it opens each line.
    """
    lines = [f"{source}: {sentence}" for sentence in _sentences(error.errors(include_url=False), model)]
    return ConfigError("\n".join(dict.fromkeys(lines)))


def _sentences(errors: Iterable[Any], model: Any) -> list[str]:
    """One sentence for each error; of the members of a union of plain types, only the ones that came furthest speak."""
    found: dict[Any, list[tuple[Any, _Place]]] = {}
    for number, error in enumerate(errors):
        place = _place(error, model)
        found.setdefault(number if place.branch is None else place.branch, []).append((error, place))
    sentences = []
    for group in found.values():
        depth = max(len(error["loc"]) for error, _ in group)
        deepest = [(error, place) for error, place in group if len(error["loc"]) == depth]
        first = _sentence(*deepest[0])
        sentences.append(", or ".join([first, *(_message(error) for error, _ in deepest[1:])]))
    return sentences


def _sentence(error: Mapping[str, Any], place: _Place) -> str:
    kind, key, found = error["type"], place.key, error.get("input")
    if kind == "extra_forbidden":
        return _unknown(key, str(error["loc"][-1]), sorted(_fields(place.kinds)))
    if error["loc"] and error["loc"][-1] == "[key]":
        return _wrong_name(error, place)
    if kind == "missing":
        return f"key '{key}' is missing; add it (its meaning is in config/README.md)"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(error, place)
    message = _message(error)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        message = "a block of keys and values is needed here"
    elif isinstance(found, Mapping | BaseModel) and found:  # a block is not worth spelling out
        return f"'{key}': {message}" if key else message
    return f"'{key}' is {_short(found)}: {message}" if key else message


def _wrong_name(error: Mapping[str, Any], place: _Place) -> str:
    """Sentence about a key of a mapping whose names are the user's, or a fixed choice."""
    if error["type"] == "literal_error":
        return _unknown(place.key, str(error["input"]), [str(c) for kind in place.kinds for c in get_args(kind)])
    return f"the name '{place.key}' is not allowed; use small letters, digits and underscores, beginning with a letter"


def _wrong_tag(error: Mapping[str, Any], place: _Place) -> str:
    """Sentence about the key that says of which kind a block is."""
    label = str(error["ctx"]["discriminator"]).strip("'")
    key = f"{place.key}.{label}" if place.key else label
    tags = [str(tag) for model in _models(place.kinds) for tag in get_args(model.model_fields[label].annotation)]
    allowed = f"allowed: {', '.join(tags)}"
    if error["type"] == "union_tag_not_found":
        return f"key '{key}' is missing; {allowed}"
    tag = str(error["ctx"]["tag"])
    return f"'{key}' is '{tag}', which is not known{_hint(tag, tags)}; {allowed}"


def _message(error: Mapping[str, Any]) -> str:
    text = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if error["type"] in ("finite_number", "too_short", "too_long") or text.startswith("Input should"):
        text = text[0].lower() + text[1:]
    return text


def listed(names: Iterable[str]) -> str:
    """Names in a row, the first ones where there are many."""
    found = list(names)
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (", ".join(found[:SHOWN]) or "none") + more


def _unknown(key: str, name: str, allowed: Sequence[str]) -> str:
    return f"unknown key '{key}'{_hint(name, allowed)} (allowed here: {listed(allowed)})"


def _hint(name: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, allowed, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _place(error: Mapping[str, Any], model: Any) -> _Place:
    """Follow pydantic's location through the types; the names that it gives to members of unions lead nowhere."""
    shown: list[str] = []
    kinds = _members(model)
    before = kinds
    branch: tuple[str | int, ...] | None = None
    location: Sequence[str | int] = error["loc"]
    for number, part in enumerate(location):
        models = _models(kinds)
        tagged = [m for m in models if any(part in _choices(f.annotation) for f in m.model_fields.values())]
        if len(models) > 1 and tagged:
            kinds = list(tagged)
            continue
        if part == "[key]":
            kinds = [choice for kind in before for choice in get_args(kind)[:1]]
            continue
        before, following = kinds, [kind for a in kinds for kind in _below(a, part)]
        if following:
            kinds = following
        elif not (error["type"] == "extra_forbidden" and number == len(location) - 1):
            branch = tuple(location[:number])
            kinds = [kind for kind in kinds if get_origin(kind) is not Literal] or kinds
            continue
        shown.append(str(part))
    return _Place(".".join(shown), kinds, branch)


def _members(annotation: Any) -> list[Any]:
    """Types that an annotation allows, without ``Annotated`` and unions around them."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [member for part in get_args(annotation) for member in _members(part)]
    return [annotation]


def _below(annotation: Any, part: str | int) -> list[Any]:
    """Types one step below a type: of a field, of the items of a list, or of the values of a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return _members(field.annotation) if field is not None else []
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple) and isinstance(part, int):
        return _members(arguments[0])
    return _members(arguments[1]) if origin is dict else []


def _models(kinds: Iterable[Any]) -> list[type[BaseModel]]:
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _fields(kinds: Iterable[Any]) -> set[str]:
    return {name for model in _models(kinds) for name in model.model_fields}


def _choices(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()
