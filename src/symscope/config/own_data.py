"""One block for an experiment on data of the user's own: the short form, and what it stands for.

An entry of `experiments` may hold its dataset itself (`data`), name several methods (`methods`), and name a method by a word.
:func:`expand` writes this out, before anything is checked: `data` becomes an entry of `datasets`, each method an
experiment, and what is left out gets the recommended settings. The long form, an experiment that names its dataset and
spells its settings out, is left as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pydantic import Field

from symscope.config.algebra_names import AlgebraTerm, algebra_terms
from symscope.config.base import Settings
from symscope.config.datasets import DatasetSettings
from symscope.config.discovery import LieGan, MetricFit, TruthSettings
from symscope.config.methods import Method
from symscope.config.names import Name, Seeds
from symscope.config.sampling import Sampling
from symscope.config.symmetrygan import SymmetryGan
from symscope.errors import ConfigError

MethodWord = Literal[
    "null_space",
    "liegan",
    "symmetrygan",
    "augerino",
    "liegg",
    "msr",
    "symmetrylens_fast",
    "symmetrylens_published",
    "symmetrylens_images",
]
"""Name of a method, which stands for its recommended settings."""

METHOD_NAMES: tuple[str, ...] = tuple(kind.model_fields["name"].default for kind in get_args(Method))
"""Names of all methods."""

PARTS = 8
"""Parts among which the null-space engine deals the events where no seeds are given."""
SMALL_BLOCK = 32
"""Events of a block of the null-space engine where nothing is said, so that a few hundred events make eight parts."""
RUNS = 4
"""Seeds of a trained ensemble where none are given."""

_SAMPLINGS: Mapping[str, Mapping[str, Any]] = {
    "columns": {"take": "events"},
    "trajectories": {"take": "windows"},
    "nbody": {"take": "windows"},
    "matrix": {"take": "rows"},
    "signals": {"take": "rows"},
    "jetclass": {"take": "constituents", "n_samples": 10_000},
    "reference": {"take": "constituents", "n_samples": 10_000},
    "pmu": {"take": "constituents", "n_samples": 10_000},
    "pythia": {"take": "constituents", "n_samples": 10_000},
    "molecules": {"take": "atoms"},
    "qm9": {"take": "atoms"},
    "images": {"take": "rows"},
    "digits": {"take": "images"},
    "functions": {"take": "points"},
}
"""What is taken of an event where nothing is said, by the source of the dataset."""

_JETS = ("jetclass", "reference", "pmu", "pythia")
_SIGNALS = ("matrix", "signals")


class OwnExperiment(Settings):
    """One discovery in the short form: its data in the same block, and recommended settings for all that is left out.

    `snakemake --cores 4 NAME` makes a report page of its own for it.
    """

    data: DatasetSettings | None = None
    """The dataset, as it would stand in `datasets`; `source` is `columns` where it is not given. The dataset gets the name of
    the experiment. Give this, or `dataset`."""
    dataset: Name | None = None
    """Name of an entry of `datasets`."""
    method: MethodWord | dict[str, Any] | None = None
    """Name of a method, which stands for its recommended settings, or a block of settings, which is laid over the recommended ones.
    null takes null_space, and symmetrylens_fast for signals."""
    methods: list[MethodWord | dict[str, Any]] | dict[Name, MethodWord | dict[str, Any]] | None = None
    """Several methods on the same data, instead of `method`: a list, whose experiments are called NAME_METHOD, or a block of
    methods by names of your own, whose experiments are called NAME_OWN."""
    sampling: Sampling | None = None
    """Which events and objects a method sees; null takes what fits the dataset: `events`, `windows`, `rows`, `constituents`."""
    seeds: Seeds | None = Field(default=None, min_length=1, max_length=1024)
    """Random seeds of the ensemble. null takes 0 to 7 for null_space, for which they are parts of the events, and 0 to 3 for
    methods that train."""
    threads: int = Field(default=1, ge=1, le=256)
    """CPU threads of the discovery, as far as Snakemake has cores."""
    metric: MetricFit = MetricFit()
    """How the invariant metric is fitted to the generators."""
    truth: TruthSettings | None = None
    """What the discovery is compared with; null where nothing is known. `liegan` looks for as many generators as the truth has,
    and for one where there is none."""


@dataclass
class Expanded:
    """The configuration written out."""

    values: dict[str, Any]
    """The configuration in the long form."""
    families: dict[str, list[str]] = field(default_factory=dict)
    """Experiments that an entry of the short form stands for, by its name."""
    keys: dict[str, str] = field(default_factory=dict)
    """Key of the long form -> key that the user wrote."""

    def in_the_users_words(self, error: ConfigError) -> ConfigError:
        """Give an error with the keys that the user wrote."""
        text = str(error)
        for key in sorted(self.keys, key=len, reverse=True):
            text = re.sub(rf"(?<![\w.]){re.escape(key)}(?![\w])", self.keys[key], text)
        return ConfigError(text)


def expand(values: Mapping[str, Any]) -> Expanded:
    """Write the short form of experiments out.

    Parameters
    ----------
    values
        A whole configuration as YAML gave it; it stays as it is.

    Raises
    ------
    ConfigError
        Where the short form contradicts itself or names what is there already.
    """
    result = Expanded(dict(values))
    experiments, datasets = values.get("experiments"), values.get("datasets", {})
    if not isinstance(experiments, Mapping) or not isinstance(datasets, Mapping):
        return result  # refused later, with the key
    written: dict[str, Any] = {}
    inline: dict[str, Any] = {}
    for name, block in experiments.items():
        if not isinstance(block, Mapping) or not _is_short(block):
            written[name] = block
            continue
        data = _data_of(name, block, datasets)
        if "data" in block:
            inline[name] = data
            result.keys[f"datasets.{name}"] = f"experiments.{name}.data"
        members = _members(name, block)
        for member, (method, key) in members.items():
            if member != name and member in experiments:
                raise ConfigError(
                    f"experiments.{name}.methods makes an experiment '{member}', and there is one of that name; rename one of them"
                )
            rest = {k: v for k, v in block.items() if k not in ("data", "method", "methods")}
            rest.setdefault("dataset", name)
            written[member] = {**rest, **_completed(method, data, rest)}
            result.keys[f"experiments.{member}.method"] = f"experiments.{name}.{key}"
            result.keys[f"experiments.{member}"] = f"experiments.{name}"
        result.families[name] = list(members)
    result.values["experiments"] = written
    if inline:
        result.values["datasets"] = {**datasets, **inline}
    return result


def _is_short(block: Mapping[str, Any]) -> bool:
    return "data" in block or "methods" in block or isinstance(block.get("method"), str)


def _data_of(name: str, block: Mapping[str, Any], datasets: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings of the dataset of an experiment; nothing where they are no block, which is refused later."""
    if "data" not in block:
        found = datasets.get(block.get("dataset", ""))
        return dict(found) if isinstance(found, Mapping) else {}
    if "dataset" in block:
        raise ConfigError(
            f"experiments.{name} has both 'dataset' ('{block['dataset']}') and 'data'; give one of them, or another name to the "
            "experiment where the default configuration has one of that name"
        )
    if name in datasets:
        raise ConfigError(
            f"experiments.{name}.data makes a dataset '{name}', and 'datasets' has one of that name; rename the experiment"
        )
    data = block["data"]
    if not isinstance(data, Mapping):
        raise ConfigError(f"'experiments.{name}.data' is {data!r}: a block of keys and values is needed here")
    return {"source": "columns", **data}


def _members(name: str, block: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    """Experiments that a block stands for: name -> its method as it was written, and the key where that stands."""
    if "methods" not in block:
        return {name: (block.get("method"), "method")}
    if "method" in block:
        raise ConfigError(f"experiments.{name} has both 'method' and 'methods'; give one of them")
    methods = block["methods"]
    if isinstance(methods, Mapping) and methods:
        return {f"{name}_{suffix}": (method, f"methods.{suffix}") for suffix, method in methods.items()}
    if not isinstance(methods, list) or not methods:
        raise ConfigError(
            f"'experiments.{name}.methods' is {methods!r}: give a list of methods such as [null_space, liegan], or a block of "
            "methods by names of your own"
        )
    found: dict[str, tuple[Any, str]] = {}
    for place, method in enumerate(methods):
        word = method.get("name") if isinstance(method, Mapping) else method
        if not isinstance(word, str) or word not in METHOD_NAMES:
            raise _unknown(f"experiments.{name}.methods.{place}", word)
        if f"{name}_{word}" in found:
            raise ConfigError(
                f"experiments.{name}.methods has '{word}' twice; give methods by names of your own, such as "
                f"'methods: {{first: {{name: {word}}}, second: {{name: {word}}}}}'"
            )
        found[f"{name}_{word}"] = (method, f"methods.{place}")
    return found


def _unknown(key: str, word: object) -> ConfigError:
    return ConfigError(f"'{key}' is {word!r}, and the name of a method is needed; allowed: {', '.join(METHOD_NAMES)}")


def _completed(method: Any, data: Mapping[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what was written over what is recommended: method, sampling and seeds of one experiment."""
    source = data.get("source")
    block = dict(method) if isinstance(method, Mapping) else {}
    word = method if isinstance(method, str) else block.get("name")
    if word is None:
        word = "symmetrylens_fast" if source in _SIGNALS else "null_space"
    if method is not None and not isinstance(method, str | Mapping):
        return {"method": method}  # refused later, with the key
    settings = _laid_over(recommended_method(str(word), data, rest.get("truth")), block)
    seeds = PARTS if word == "null_space" else RUNS
    completed: dict[str, Any] = {"method": settings}
    if "seeds" not in rest:
        completed["seeds"] = list(range(seeds))
    if "sampling" not in rest:  # of a source that is not known, which is refused later, anything
        completed["sampling"] = dict(_SAMPLINGS.get(str(source), {"take": "events"}))
    return completed


def recommended_method(word: str, data: Mapping[str, Any], truth: object = None) -> dict[str, Any]:
    """Spell out the settings of a method that stands as a word alone.

    Parameters
    ----------
    word
        Name of the method.
    data
        The dataset's block, in plain values.
    truth
        The experiment's `truth`, in plain values, or None; it says how many generators to look for.
    """
    if word == "null_space":
        return {"name": word, "statement": _statement(data), "block": SMALL_BLOCK}
    if word == "liegan":
        found = LieGan.recommended(channels=_generators(truth)).model_dump(mode="json", exclude_unset=True)
        return {"name": word, **found}
    if word == "symmetrygan":
        found = SymmetryGan.recommended().model_dump(mode="json", exclude_unset=True)
        return {"name": word, **found, "element": {"search_space": "full"}}
    if word in ("augerino", "liegg"):
        return {"name": word, "optimisation": {"steps": 5000}}
    return {"name": word}


def _statement(data: Mapping[str, Any]) -> str:
    """Choose what the null-space engine asks for: the function, the label, or the support where nothing belongs to an event."""
    source = data.get("source")
    if source in _JETS:
        return "support"
    if source == "columns":
        if data.get("label") is not None:
            return "label"
        return "support" if data.get("target") is None else "function"
    return "function"


def _generators(truth: object) -> int:
    """Count the generators of the known algebra; one where none is known."""
    name = truth.get("algebra") if isinstance(truth, Mapping) else None
    try:
        terms = algebra_terms(str(name)) if name is not None else []
    except ValueError:
        terms = []  # refused later, with the key
    return max(1, min(64, sum(_size(term) for term in terms)))


def _size(term: AlgebraTerm) -> int:
    """Count the generators of one term of the name of an algebra."""
    n = sum(term.sizes)
    sizes = {"so": n * (n - 1) // 2, "su": n * n - 1, "sl": n * n - 1, "gl": n * n}
    sizes |= {"translation": n, "se": n * (n + 1) // 2, "affine_rotation": n * (n - 1) // 2, "dilatation": 1}
    return sizes[term.kind]


def _laid_over(settings: dict[str, Any], block: Mapping[str, Any]) -> dict[str, Any]:
    """Recommended settings with what the user says; blocks of another kind, law or length take their place whole."""
    result = dict(settings)
    for key, value in block.items():
        below = result.get(key)
        if not isinstance(value, Mapping) or not isinstance(below, Mapping):
            result[key] = value
            continue
        tags = [tag for tag in ("kind", "law") if value.get(tag, below.get(tag)) != below.get(tag)]
        if tags:
            result[key] = dict(value)
            continue
        kept = {k: v for k, v in below.items() if not (k == "steps" and "epochs" in value)}
        result[key] = {**kept, **value}
    return result
