"""Export what describes the configuration: its JSON schema, and pages that list every key.

``python -m symscope.config.export`` writes the schema and one page; a test keeps them in step with the models. The
documentation shows the same keys on a page for each part of the configuration.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from symscope.config.project import Project

SCHEMA = Path("workflow/schemas/config.schema.json")
REFERENCE = Path("config/README.md")
MARKER = "<!-- The rest is written by `make schema` from the models in src/symscope/config. -->"


class Part(NamedTuple):
    """A part of the configuration that has a page of its own in the documentation."""

    title: str
    keys: tuple[str, ...]
    """Keys of the top level whose blocks are on the page."""


PARTS: Mapping[str, Part] = {
    "datasets": Part("Datasets", ("datasets",)),
    "experiments": Part("Experiments: samples, methods, truth", ("experiments",)),
    "studies": Part("Studies: what a discovery is good for", ("tagging", "prediction", "properties", "adaptor")),
    "trials": Part("Trials and tests", ("zoo", "calibration", "discrete", "speed", "identification", "fidelity")),
    "report": Part("The report", ("report",)),
}
"""Pages by name. A block that several parts use is on the first of their pages; what no part uses is on the page `top`."""


def config_schema() -> str:
    """JSON schema of :class:`~symscope.config.project.Project` as text, for editors and catalogues."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Project.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def config_reference() -> str:
    """Every key of the configuration with type, range, default and meaning, as Markdown; a section for each block."""
    schema = Project.model_json_schema()
    blocks = {"Project": schema, **schema["$defs"]}
    return "\n".join(line for name, block in blocks.items() for line in _section(name, block))


def config_pages() -> dict[str, str]:
    """Give the same as pages for the documentation by name: `top`, and one for each of the :data:`PARTS`.

    Headings have targets such as `block-liegan`, so that links lead from page to page.
    """
    schema = Project.model_json_schema()
    blocks: dict[str, Mapping[str, Any]] = {"Project": schema, **schema["$defs"]}
    placed: set[str] = set()
    pages = {}
    for page, part in PARTS.items():
        names = [
            name for key in part.keys for name in _reached(schema["properties"][key], blocks) if name not in placed
        ]
        names = list(dict.fromkeys(names))
        placed.update(names)
        pages[page] = _page(part.title, names, blocks)
    rest = [name for name in blocks if name not in placed]
    return {"top": _page("Top level", rest, blocks), **pages}


def _page(title: str, names: Sequence[str], blocks: Mapping[str, Mapping[str, Any]]) -> str:
    lines = [f"# {title}", ""]
    for name in names:
        section = list(_section(name, blocks[name]))
        if section:
            section[0] = f"## `{name}`" if name != "Project" else "## The keys"
            lines += [f"(block-{name.lower()})=", *(line.replace("](#", "](#block-") for line in section)]
    return "\n".join(lines)


def _reached(value: object, blocks: Mapping[str, Mapping[str, Any]], seen: set[str] | None = None) -> Iterator[str]:
    """Names of all blocks that a part of the schema leads to, each once, before those that it leads to."""
    seen = set() if seen is None else seen
    if isinstance(value, Mapping):
        name = str(value.get("$ref", "")).rsplit("/", 1)[-1]
        if name and name not in seen:
            seen.add(name)
            yield name
            yield from _reached(blocks[name], blocks, seen)
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _reached(one, blocks, seen)


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
    if kind == "object":
        of_a_name = [value.get("additionalProperties"), *value.get("patternProperties", {}).values()]
        for one in of_a_name:
            if isinstance(one, Mapping):
                return f"by name: {_type(one)}"
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
