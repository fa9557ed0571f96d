"""Events of one file of columns: names looked up, expressions computed, events selected, vectors built and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np
from jaxtyping import Bool, Float64, Shaped
from numpy import ndarray

from symscope.config.columns import MOMENTUM, ColumnFiles, VectorColumns
from symscope.config.expressions import Node, parse_expression
from symscope.data.expressions import evaluate, needed_names
from symscope.data.vectors import Vectors, build_vectors
from symscope.errors import ConfigError, DataError
from symscope.io.columns.base import ColumnSource, Values, listed, missing_columns, near

_SPACELIKE = 1e-5  # relative; single precision makes up to about 1e-6
_Ranges = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Events:
    """Some events as the samples get them, and what was left out."""

    x: Float64[ndarray, "n objects d"]
    y: Shaped[ndarray, "n *rest"]
    is_label: bool
    selected: int
    few_objects: int
    invalid: int
    missing: float
    """Objects filled up with zeros, in events (a half where one of two is)."""
    spacelike: int
    coordinates: _Ranges
    components: _Ranges


class EventReader:
    """Turns columns of one file into events.

    Parameters
    ----------
    source
        The open file.
    settings
        What is asked of it.

    Raises
    ------
    DataError
        Where the file lacks a column that is asked for, naming the key and what there is.
    """

    def __init__(self, source: ColumnSource, settings: ColumnFiles) -> None:
        self.source = source
        self.settings = settings
        self._available = set(source.names)
        self._nodes: dict[str, Node] = {}
        asked: dict[str, str] = {}
        for key, text in _texts(settings):
            node = self._nodes[text] = self._node(key, text)
            for name in needed_names(node, self._available):
                asked.setdefault(name, key)
        missing_columns(source, asked)
        if not asked:
            raise DataError("no column is asked for; name some under 'vectors'")
        self.names = list(asked)

    def _node(self, key: str, text: str) -> Node:
        """Take a text for the name of a column where there is one, and for an expression otherwise."""
        if text in self._available:
            return Node("name", text)
        try:
            return parse_expression(text)
        except ConfigError as error:
            raise DataError(
                f"{self.source.path} has no column '{text}'{near(text, self.source.names)}, which '{key}' asks for, and as an "
                f"expression it cannot be read ({error}); it has {listed(self.source.names)}"
            ) from None

    def events(self, columns: Mapping[str, Values], n: int, first: int) -> Events:
        """Make events of `n` entries; `first` is the number of the first in the file, for messages."""
        chosen = np.ones(n, np.bool_)
        if self.settings.selection is not None:
            chosen = self._per_event(columns, self.settings.selection, "selection", n).astype(np.bool_)
        entries = np.flatnonzero(chosen)
        kept: Mapping[str, Values] = (
            columns if chosen.all() else {name: values[chosen] for name, values in columns.items()}
        )
        count = len(entries)

        def value(text: str | float, key: str) -> Any:
            return text if isinstance(text, float) else self._evaluate(kept, text, key)

        vectors = [self._vectors(block, value, count) for block in self.settings.blocks]
        y, y_wrong, y_few, y_told = self._belonging(kept, value, count)
        few = y_few.copy()
        for block, found in zip(self.settings.blocks, vectors, strict=True):
            few |= (found.counts < block.count) & (block.fewer == "drop")
        wrong = y_wrong.copy()
        for found in vectors:
            wrong |= found.wrong
        wrong &= ~few
        if wrong.any() and self.settings.invalid == "error":
            self._complain(vectors, int(np.flatnonzero(wrong)[0]), entries, first, y_told)
        good = ~(few | wrong)
        return self._summed(vectors, y, good, selected=count, few=int(few.sum()), wrong=int(wrong.sum()))

    def _summed(
        self,
        vectors: list[Vectors],
        y: Shaped[ndarray, "n *rest"],
        good: Bool[ndarray, " n"],
        *,
        selected: int,
        few: int,
        wrong: int,
    ) -> Events:
        x = np.concatenate([found.x for found in vectors], axis=1)[good]
        present = np.concatenate([np.arange(found.x.shape[1]) < found.counts[:, None] for found in vectors], axis=1)[
            good
        ]
        coordinates: _Ranges = {}
        for number, (block, found) in enumerate(zip(self.settings.blocks, vectors, strict=True)):
            prefix = f"vectors.{number}." if len(vectors) > 1 else "vectors."
            for key, numbers in found.coordinates.items():
                _widen(coordinates, prefix + (key if block.coordinates else str(key)), numbers[good])
        components: _Ranges = {}
        for place, name in enumerate(self.settings.feature_names):
            _widen(components, name, np.where(present, x[..., place], np.nan))
        spacelike = 0
        if self.settings.feature_names == MOMENTUM:
            square = (x[..., 1:] ** 2).sum(axis=-1)
            spacelike = int((square > (1 + _SPACELIKE) * x[..., 0] ** 2).sum())
        return Events(
            x=x,
            y=y[good],
            is_label=self.settings.label is not None,
            selected=selected,
            few_objects=few,
            invalid=wrong,
            missing=float((~present).sum()) / present.shape[1],
            spacelike=spacelike,
            coordinates=coordinates,
            components=components,
        )

    def _vectors(self, block: VectorColumns, value: Any, n: int) -> Vectors:
        try:
            return build_vectors(block, value, n)
        except DataError as error:
            raise DataError(f"{self.source.path}: {error}") from None

    def _belonging(
        self, columns: Mapping[str, Values], value: Any, n: int
    ) -> tuple[Shaped[ndarray, "n *rest"], Bool[ndarray, " n"], Bool[ndarray, " n"], str]:
        """Label or target, which events have a wrong one and which too few objects, and what is told of a wrong one."""
        none = np.zeros(n, np.bool_)
        if self.settings.label is not None:
            label = self._per_event(columns, self.settings.label, "label", n)
            if label.dtype == np.bool_:
                return label.astype(np.uint8), none, none, ""
            fine: Bool[ndarray, " n"] = np.isfinite(label) & (label == np.floor(label)) & (label >= 0) & (label <= 255)
            told = f"'label' ({self.settings.label}) must be a whole number from 0 to 255, or true or false as 'COLUMN == 1' gives"
            return np.where(fine, label, 0).astype(np.uint8), ~fine, none, told
        target = self.settings.target
        if isinstance(target, VectorColumns):
            found = self._vectors(target, value, n)
            few = (found.counts < target.count) & (target.fewer == "drop")
            return found.x, found.wrong, few, "'target' has a value that is not finite or that no vector has"
        if target is not None:
            parts = [np.broadcast_to(np.asarray(self._number(columns, text, n), np.float64), (n,)) for text in target]
            y = np.stack(parts, axis=1)
            lost: Bool[ndarray, " n"] = np.any(~np.isfinite(y), axis=1)
            return np.where(lost[:, None], 0.0, y), lost, none, "'target' has a value that is not finite"
        return np.zeros(n, np.uint8), none, none, ""

    def _number(self, columns: Mapping[str, Values], text: str | float, n: int) -> Any:
        return text if isinstance(text, float) else self._per_event(columns, text, "target", n)

    def _evaluate(self, columns: Mapping[str, Values], text: str, key: str) -> Any:
        try:
            return evaluate(self._nodes[text], columns)
        except DataError as error:
            raise DataError(f"{self.source.path}: '{key}' cannot be computed: {error}") from None

    def _per_event(self, columns: Mapping[str, Values], text: str, key: str, n: int) -> Shaped[ndarray, " n"]:
        """One value for each event; a list for each is refused."""
        found = self._evaluate(columns, text, key)
        if isinstance(found, ak.Array):
            raise DataError(
                f"{self.source.path}: '{key}' ({text}) has a value for each object, and one for each event is needed; take one object "
                "with [0], or sum(...), any(...), all(...), count(...) over them; to choose objects use 'vectors.where'"
            )
        result: Shaped[ndarray, " n"] = np.broadcast_to(np.asarray(found), (n,))
        if key == "selection" and result.dtype != np.bool_:
            result = (result != 0) & ~np.isnan(result)
        return result

    def _complain(
        self, vectors: list[Vectors], event: int, entries: Shaped[ndarray, " n"], first: int, y_told: str
    ) -> None:
        told = y_told
        for block, found in zip(self.settings.blocks, vectors, strict=True):
            if found.wrong[event]:
                keys = block.coordinates or block.components
                told = found.complaint(event, dict(zip(keys, map(str, block.sources), strict=True)))
                break
        raise DataError(
            f"{self.source.path}, entry {first + int(entries[event])}: {told}; mend the file, leave such events out by 'selection', or set "
            "'invalid: drop' to leave them out and count them"
        )


def _texts(settings: ColumnFiles) -> list[tuple[str, str]]:
    """Key and text of everything that names columns."""
    found: list[tuple[str, Any]] = [("selection", settings.selection), ("label", settings.label)]
    several = len(settings.blocks) > 1
    blocks = [(f"vectors.{i}" if several else "vectors", block) for i, block in enumerate(settings.blocks)]
    if isinstance(settings.target, VectorColumns):
        blocks.append(("target", settings.target))
    elif settings.target is not None:
        found += [("target", text) for text in settings.target]
    for name, block in blocks:
        keys = block.coordinates or ["columns"] * len(block.sources)
        found += [(f"{name}.{key}", text) for key, text in zip(keys, block.sources, strict=True)]
        found += [(f"{name}.where", block.where), (f"{name}.order_by", block.order_by)]
    return [(key, text) for key, text in found if isinstance(text, str)]


def _widen(ranges: _Ranges, name: str, numbers: Float64[ndarray, "n objects"]) -> None:
    finite = numbers[np.isfinite(numbers)]
    if finite.size:
        ranges[name] = (float(finite.min()), float(finite.max()))
