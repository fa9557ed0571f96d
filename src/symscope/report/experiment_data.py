"""What the page of an experiment says of its data: where they come from, how many there are, what their components mean."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from symscope.errors import DataError
from symscope.io.files import PathLike
from symscope.io.samples import SamplesHeader, count_samples, read_header, read_split

LISTED = 12
"""Most names and files that are listed."""
ACTIONS = {
    "vector": "a matrix acts on each vector of components",
    "complex_vector": "a complex matrix acts on each vector of components",
    "trivial": "nothing: it stays as it is",
    "image_grid": "an affine map moves the image, read bilinearly",
    "image_grid_cubic": "an affine map moves the image, read bicubically",
}
"""What a group element does to an array."""
GRID = ("x", "y", "1")
"""Components that affine maps of an image act on."""


class DataFacts(NamedTuple):
    """What is said of the data."""

    facts: list[tuple[str, str]]
    """Names and values, most important first."""
    reading: list[tuple[str, str]]
    """What the ingestion counted, such as events that a selection left out."""
    components: tuple[str, ...]
    """Names of what matrices act on; empty where they are not known."""


def describe_data(
    samples: PathLike,
    *,
    dataset: str,
    settings: Mapping[str, Any],
    words: str,
    size: int | None,
    summary: PathLike | None = None,
) -> DataFacts:
    """Say what the data of an experiment are.

    Parameters
    ----------
    samples
        Samples file that the discovery saw.
    dataset, settings
        Name and settings of the dataset, as plain values.
    words
        Size of the discovery in words, such as `12,000 jets, 5,000 steps, 8 seeds`.
    size
        Size of the matrices; None where they have no names.
    summary
        JSON that the ingestion wrote, where it did.

    Raises
    ------
    DataError
        Where a file is missing or damaged.
    """
    header, counts = read_header(samples), count_samples(samples)
    first = read_split(samples, "train", stop=1)
    shape = " \N{MULTIPLICATION SIGN} ".join(f"{length:,}" for length in first.x.shape[1:]) or "1"
    facts = [("Dataset", f"{dataset} (source: {settings.get('source', 'unknown')})")]
    read = _read_summary(summary)
    files = _files(settings, read)
    if files:
        facts.append(("Files", _listed(files)))
    names = header.feature_names
    facts += [
        ("Events", ", ".join(f"{count:,} {split}" for split, count in counts.items())),
        ("The discovery saw", words),
        ("One sample", f"{shape} numbers{f'; unit: {header.units}' if header.units else ''}"),
        ("Components", _listed(names)),
        ("A group element on x", ACTIONS.get(header.x_action, header.x_action)),
    ]
    if first.y.size:
        facts.append(("A group element on y", ACTIONS.get(header.y_action, header.y_action)))
    for key in ("selection", "label", "target", "coordinates", "fractions", "max_jets"):
        if settings.get(key):
            facts.append((key.replace("_", " ").capitalize(), _plain(settings[key])))
    return DataFacts(facts, _flat({k: v for k, v in read.items() if k != "files"}), _components(header, size))


def _components(header: SamplesHeader, size: int | None) -> tuple[str, ...]:
    if size is None:
        return ()
    if header.x_action.startswith("image_grid"):
        return GRID if size == len(GRID) else ()
    return tuple(header.feature_names) if len(header.feature_names) == size else ()


def _read_summary(path: PathLike | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON ({error}); remake it") from error
    return content if isinstance(content, dict) else {}


def _files(settings: Mapping[str, Any], read: Mapping[str, Any]) -> list[str]:
    """Files of the user's own; pieces that were made here are no news."""
    given = settings.get("files")
    if not given:
        return []
    if isinstance(read.get("files"), list):
        return [str(path) for path in read["files"]]
    if isinstance(given, Mapping):
        return [str(path) for paths in given.values() for path in (paths if isinstance(paths, list) else [paths])]
    return [str(path) for path in given] if isinstance(given, list) else [str(given)]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def _flat(value: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Spell out nested counts; zeros and empty lists are left out."""
    lines: list[tuple[str, str]] = []
    for key, item in value.items():
        name = f"{prefix}, {key.replace('_', ' ')}" if prefix else key.replace("_", " ")
        if isinstance(item, Mapping):
            lines += _flat(item, name)
        elif item not in (0, None, "", []):
            lines.append((name, _plain(item)))
    return lines


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return _listed([_plain(item) for item in value])
    return str(value)
