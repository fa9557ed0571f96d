"""Configuration files laid one over the other, as Snakemake does it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from symscope.errors import ConfigError

CONFIG = Path("config/config.yaml")
"""The base, in the folder where Snakemake runs or else in the repository."""


class Merged(NamedTuple):
    """A configuration that is not checked yet."""

    values: dict[str, Any]
    files: list[Path]
    """The files that it is from, in their order."""
    folder: Path
    """The folder in which Snakemake would run, to which paths are relative."""


def repository() -> Path | None:
    """Find the repository that this package belongs to, which holds the workflow; None where there is none."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "workflow" / "Snakefile").is_file() else None


def base_values(folder: Path = Path()) -> Merged:
    """Read the base: config/config.yaml of a folder, or the default one; empty where there is neither."""
    root = repository()
    places = [folder / CONFIG, *([] if root is None else [root / CONFIG])]
    found = next((place for place in places if place.is_file()), None)
    return Merged({} if found is None else read_yaml(found), [] if found is None else [found], folder)


def merged_configs(configs: Sequence[Path]) -> Merged:
    """Lay files over the base.

    Parameters
    ----------
    configs
        As they would stand behind ``--configfile``. A first one of the name config/config.yaml is the base itself, and its
        folder is the one in which Snakemake would run.

    Raises
    ------
    ConfigError
        Where a file is missing or no YAML, or none is given and there is none.
    """
    first = configs[0] if configs else None
    if first is not None and first.name == CONFIG.name and first.resolve().parent.name == CONFIG.parent.name:
        merged = Merged(read_yaml(first), [first], first.parent / "..")
        configs = configs[1:]
    else:
        merged = base_values()
    values, files = merged.values, list(merged.files)
    for path in configs:
        values = laid_over(values, read_yaml(path))
        files.append(path)
    if not files:
        raise ConfigError(
            f"there is no {CONFIG} in this folder; name a configuration, or make a project with `symscope new FOLDER`"
        )
    return Merged(values, files, merged.folder)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a mapping.

    Raises
    ------
    ConfigError
        Where the file is missing, no YAML, or no mapping.
    """
    if path.is_dir():
        raise ConfigError(f"{path} is a folder, and a configuration file is needed; name the file in it")
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file; mend the path")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds {type(values).__name__}, and a mapping of settings is needed")
    return values


def laid_over(values: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a mapping over another one: blocks are merged, anything else is replaced."""
    result = dict(values)
    for key, item in more.items():
        below = result.get(key)
        result[key] = laid_over(below, item) if isinstance(below, Mapping) and isinstance(item, Mapping) else item
    return result
