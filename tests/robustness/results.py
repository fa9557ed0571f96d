"""What two runs of one configuration must have in common: all files, byte by byte but for the times that they tell."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
import uproot

TIMES = re.compile(r"(^|[._])(seconds|duration)([._]|$)|_per_second$|\.time$|_seconds")
"""Names of numbers that are times, which no two runs share."""
SKIPPED = ("logs", "benchmarks")
"""Folders that hold nothing but times."""


def compare_runs(one: Path, other: Path) -> tuple[dict[str, str], list[str]]:
    """Compare two folders of results.

    Returns
    -------
    tuple
        How each file agrees (``bytes``, or ``numbers`` where only times and the marks of a library differ), and in words
        what does not.
    """
    agree: dict[str, str] = {}
    wrong: list[str] = []
    names = [{str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} for folder in (one, other)]
    names = [{name for name in found if name.split("/")[0] not in SKIPPED} for found in names]
    wrong += [f"{name}: only in {one}" for name in sorted(names[0] - names[1])]
    wrong += [f"{name}: only in {other}" for name in sorted(names[1] - names[0])]
    timed = _timed_texts(one)
    for name in sorted(names[0] & names[1]):
        first, second = one / name, other / name
        if first.read_bytes() == second.read_bytes():
            agree[name] = "bytes"
            continue
        differences = list(_differences(first, second, timed))[:3]
        if differences:
            wrong += [f"{name}: {text}" for text in differences]
        else:
            agree[name] = "numbers"
    return agree, wrong


def left_behind(folder: Path) -> list[str]:
    """Files that no finished run should have."""
    marks = (".part-", ".checkpoint", ".coming")
    found = [str(p.relative_to(folder)) for p in folder.rglob("*") if any(mark in p.name for mark in marks)]
    found += [str(p.relative_to(folder)) for p in folder.rglob(".*.h5.*")]
    return found


def _differences(one: Path, other: Path, timed: set[str]) -> Iterator[str]:
    if one.suffix == ".h5":
        with h5py.File(one) as a, h5py.File(other) as b:
            yield from _plain_differences(_hdf5(a), _hdf5(b))
    elif one.suffix == ".json":
        yield from _plain_differences(json.loads(one.read_text()), json.loads(other.read_text()))
    elif one.suffix == ".pt":
        yield from _plain_differences(*(torch.load(path, weights_only=True) for path in (one, other)))
    elif one.suffix == ".root":
        yield from _plain_differences(_root(one), _root(other))
    elif one.suffix == ".csv":
        yield from _plain_differences(_csv(one), _csv(other))
    elif one.name == "index.html" or one.stem in timed:
        # Figures are embedded as base64 text; where one shows times, its digits differ.
        yield from _text_differences(one, other)
    else:
        yield "the bytes differ"


def _text_differences(one: Path, other: Path) -> Iterator[str]:
    texts = []
    for path in (one, other):
        text = path.read_text(encoding="utf-8", errors="replace")
        text = re.sub(r"base64,[A-Za-z0-9+/=]+", "base64", text)
        text = re.sub(r"\b[\d ]+(min|h)\b", "", text)  # a minute more or less writes other words
        texts.append(re.sub(r"[\d.,\s⁻⁰¹²³⁴⁵⁶⁷⁸⁹\N{MULTIPLICATION SIGN}]+|\b(ms|s|min|h|kB|MB|B)\b", " ", text))
    words = [text.split() for text in texts]
    if words[0] != words[1]:
        place = next((i for i, pair in enumerate(zip(*words, strict=False)) if pair[0] != pair[1]), len(words[0]))
        yield f"other words: {words[0][place : place + 5]} and {words[1][place : place + 5]}"


def _timed_texts(folder: Path) -> set[str]:
    """Targets that show times: their records or their words say so."""
    found = set()
    for path in (folder / "numbers").glob("*.json"):
        if re.search(r"seconds|\btime\b", path.read_text()):
            found.add(path.stem)
    return found


def _plain_differences(a: Any, b: Any, where: str = "") -> Iterator[str]:  # noqa: PLR0912
    """Compare nested plain values and arrays; what has the name of a time may differ."""
    if TIMES.search(where):
        return
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            yield f"{where}: other names {sorted(map(str, a.keys() ^ b.keys()))}"
            return
        if isinstance(a.get("id"), str) and TIMES.search(a["id"]):
            return
        if a.get("label") == "Time" or str(a.get("unit")) == "s":
            return
        for key in a:
            yield from _plain_differences(a[key], b[key], f"{where}.{key}")
    elif isinstance(a, list | tuple) and isinstance(b, list | tuple):
        if len(a) != len(b):
            yield f"{where}: {len(a)} and {len(b)} entries"
            return
        for number, pair in enumerate(zip(a, b, strict=True)):
            yield from _plain_differences(*pair, f"{where}.{number}")
    elif isinstance(a, torch.Tensor):
        if a.shape != b.shape or not torch.equal(a.nan_to_num(nan=1e99), b.nan_to_num(nan=1e99)):
            yield f"{where}: tensors differ"
    elif isinstance(a, np.ndarray):
        equal_nan = a.dtype.kind in "fc"
        if a.shape != np.shape(b) or not np.array_equal(a, b, equal_nan=equal_nan):
            yield f"{where}: arrays differ"
    elif a != b and not (a != a and b != b):  # noqa: PLR0124 - NaN
        text = isinstance(a, str) and isinstance(b, str) and a.startswith("{")
        if text:
            yield from _plain_differences(json.loads(a), json.loads(b), where)
        else:
            yield f"{where}: {a!r} and {b!r}"


def _hdf5(file: h5py.File) -> dict[str, Any]:
    values: dict[str, Any] = {f"@{name}": value for name, value in file.attrs.items()}

    def visit(name: str, item: Any) -> None:
        values.update({f"{name}@{key}": value for key, value in item.attrs.items()})
        if isinstance(item, h5py.Dataset):
            values[name] = item[()]

    file.visititems(visit)
    return {name.replace("@", "."): value for name, value in values.items()}


def _root(path: Path) -> dict[str, Any]:
    with uproot.open(path) as file:
        return {name: array.tolist() for name, array in file["tree"].arrays(library="np").items()}


def _csv(path: Path) -> list[dict[str, Any]]:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [{key: ("" if re.search("second|time", key) else value) for key, value in row.items()} for row in rows]
