"""Blocks of configuration as a person would write them: short lists and blocks on one line."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

WIDTH = 100
"""Characters of a line at most, where it can be broken."""


def yaml_text(value: Mapping[str, Any], *, indent: int = 0) -> str:
    """Write a mapping as YAML, blocks of plain values on one line where they fit.

    Parameters
    ----------
    value
        Strings, numbers, lists and mappings of these.
    indent
        Spaces before each line.
    """
    lines: list[str] = []
    pad = " " * indent
    for key, item in value.items():
        flow = _flow(item)
        if not isinstance(item, Mapping | list) or (
            len(pad) + len(str(key)) + len(flow) + 2 <= WIDTH and _is_flat(item)
        ):
            lines.append(f"{pad}{_scalar(key)}: {flow}")
        elif isinstance(item, Mapping):
            lines += [f"{pad}{_scalar(key)}:", yaml_text(item, indent=indent + 2).rstrip("\n")]
        else:
            lines.append(f"{pad}{_scalar(key)}:")
            lines += [f"{pad}- {_flow(one)}" for one in item]
    return "\n".join(lines) + "\n"


def _is_flat(item: Any) -> bool:
    """Whether something is a list of plain values, or a mapping of plain values and short lists."""
    if isinstance(item, list):
        return not any(isinstance(one, Mapping | list) for one in item)
    return all(not isinstance(one, Mapping) for one in item.values())


def _flow(item: Any) -> str:
    if isinstance(item, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(one)}" for key, one in item.items()) + "}"
    if isinstance(item, list | tuple):
        return "[" + ", ".join(_flow(one) for one in item) + "]"
    return _scalar(item)


def _scalar(value: Any) -> str:
    """Write one value; a string without quotes where YAML reads it back as the same string, also inside a flow."""
    if not isinstance(value, str):
        return json.dumps(value)
    if re.fullmatch(r"[\w./*?+-][\w./*?+ -]*", value) and not value.endswith(" "):
        try:
            if yaml.safe_load(f"{{a: {value}}}") == {"a": value} and yaml.safe_load(f"a: {value}") == {"a": value}:
                return value
        except yaml.YAMLError:
            pass
    return json.dumps(value, ensure_ascii=False)
