"""Export what describes the configuration: its JSON schema, and a page that lists every key.

``python -m symscope.config.export`` writes both; a test keeps them in step with the models.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from symscope.config.project import Project

SCHEMA = Path("workflow/schemas/config.schema.json")
REFERENCE = Path("config/README.md")
MARKER = "<!-- The rest is written by `make schema` from the models in src/symscope/config. -->"


def config_schema() -> str:
    """JSON schema of :class:`~symscope.config.project.Project` as text, for editors and catalogues."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Project.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def config_reference() -> str:
    """Every key of the configuration with type, range, default and meaning, as Markdown; a section for each block."""
    schema = Project.model_json_schema()
    blocks = {"Project": schema, **schema["$defs"]}
    return "\n".join(line for name, block in blocks.items() for line in _section(name, block))


def _section(name: str, block: Mapping[str, Any]) -> Iterator[str]:
    if "properties" not in block:
        return
    yield f"### `{name}`" if name != "Project" else "### Top level"
    yield ""
    yield " ".join(str(block.get("description", "")).split("\n\n")[0].split())
    yield ""
    yield "| key | type and range | default | meaning |"
    yield "|---|---|---|---|"
    required = block.get("required", [])
    for key, value in block["properties"].items():
        default = "required" if key in required else _code(value.get("default"))
        meaning = " ".join(str(value.get("description", "")).split())
        yield f"| `{key}` | {_cell(_type(value))} | {default} | {_cell(meaning)} |"
    yield ""


def _type(value: Mapping[str, Any]) -> str:
    """Type and range of a key in words."""
    if "$ref" in value:
        name = str(value["$ref"]).rsplit("/", 1)[-1]
        return f"block [`{name}`](#{name.lower()})"
    if choices := value.get("enum", [value["const"]] if "const" in value else []):
        return " or ".join(_code(v) for v in choices)
    if members := value.get("anyOf", value.get("oneOf")):
        return " or ".join(dict.fromkeys(_type(v) for v in members))
    kind = str(value.get("type", "any"))
    if kind == "array":
        pair = "; ".join(map(_type, value.get("prefixItems", [])))
        return f"({pair})" if pair else f"list of {_type(value.get('items', {}))}"
    if kind == "object" and isinstance(value.get("additionalProperties"), dict):
        return f"named {_type(value['additionalProperties'])}"
    return kind + _range(value)


def _range(value: Mapping[str, Any]) -> str:
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    limits = [
        f"{sign} {value[key]}" if isinstance(value[key], int) else f"{sign} {value[key]:g}"
        for key, sign in words.items()
        if key in value
    ]
    return f", {', '.join(limits)}" if limits else ""


def _code(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) < 60 else "see the block"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def export(root: Path) -> None:
    """Write schema and reference page below the root of a checkout."""
    (root / SCHEMA).write_text(config_schema())
    page = (root / REFERENCE).read_text().split(MARKER)[0]
    (root / REFERENCE).write_text(f"{page}{MARKER}\n\n{config_reference()}\n")


if __name__ == "__main__":
    export(Path())
