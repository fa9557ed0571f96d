"""Columns of a file turned into vectors: so many objects for each event, in the order asked for, checked, as momenta."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import awkward as ak
import numpy as np
import vector
from jaxtyping import Bool, Float64, Int64
from numpy import ndarray

from symscope.config.columns import VectorColumns
from symscope.errors import DataError

Evaluate = Callable[[str | float, str], Any]
"""Value of a column, expression or number, given the key that asks for it."""

_ANGLE_ROUNDING = 1e-6


@dataclass(frozen=True)
class Vectors:
    """Vectors of some events."""

    x: Float64[ndarray, "n objects d"]
    """The vectors; zeros where an event has no further object."""
    counts: Int64[ndarray, " n"]
    """Objects that each event has of those asked for."""
    wrong: Bool[ndarray, " n"]
    """Events with a value that is not finite or that no vector has."""
    coordinates: Mapping[str, Float64[ndarray, "n objects"]]
    """Values of each coordinate as they stand in the file, NaN where there is no object."""

    def complaint(self, event: int, names: Mapping[str, str]) -> str:
        """Say which value of an event is wrong, and what is allowed; `names` says which column each coordinate is."""
        for key, values in self.coordinates.items():
            for place in range(int(self.counts[event])):
                value = float(values[event, place])
                allowed = _allowed(key, value)
                if allowed:
                    return f"object {place}: {key} ({names[key]}) is {value:.6g}, and {allowed}"
        return (
            "the momentum that follows from the coordinates is not finite; the pseudorapidity or rapidity is too large"
        )


def build_vectors(block: VectorColumns, evaluate: Evaluate, n: int) -> Vectors:
    """Make the vectors of `n` events.

    Parameters
    ----------
    block
        Which columns, which objects, which order.
    evaluate
        Gives the values of a column or expression.
    n
        Number of events.

    Returns
    -------
    Vectors
        Momenta as (E, px, py, pz); other vectors in the order of `columns`.

    Raises
    ------
    DataError
        Where a column has a list and no number of objects is asked for, or the other way round.
    """
    keys = block.coordinates or block.components
    values = {key: evaluate(source, f"vectors.{key}") for key, source in zip(keys, block.sources, strict=True)}
    if block.objects is None:
        listing = next((key for key, value in values.items() if isinstance(value, ak.Array)), None)
        if listing is not None:
            raise DataError(
                f"'vectors.{listing}' has a list for each event; say with 'objects' how many of it an event gets, such as 'objects: 2'"
            )
        flat = {key: np.broadcast_to(np.asarray(value, np.float64), (n,))[:, None] for key, value in values.items()}
        counts = np.ones(n, np.int64)
    else:
        flat, counts = _leading(values, block, evaluate, n, block.objects)
    present = np.arange(block.count) < counts[:, None]
    if block.coordinates:
        if "phi" in flat and block.angles == "degree":
            flat["phi"] = np.deg2rad(flat["phi"])
        with np.errstate(all="ignore"):
            x = np.stack(momenta(flat), axis=-1)
    else:
        x = np.stack([flat[key] for key in keys], axis=-1)
    x = np.where(present[..., None], x, 0.0)
    fine = np.isfinite(x).all(axis=-1)
    for key, numbers in flat.items():
        fine &= _is_allowed(key if block.coordinates else "", numbers) | ~present
    shown = {key: np.where(present, numbers, np.nan) for key, numbers in flat.items()}
    return Vectors(x, counts, ~fine.all(axis=1), shown)


def _leading(
    values: Mapping[str, Any], block: VectorColumns, evaluate: Evaluate, n: int, objects: int
) -> tuple[dict[str, Float64[ndarray, "n objects"]], Int64[ndarray, " n"]]:
    """Leading objects of each event, and how many there are."""
    lists = {key: value for key, value in values.items() if isinstance(value, ak.Array)}
    if not lists:
        raise DataError(
            f"'objects' is {objects}, and the columns of 'vectors' have one number for each event; leave 'objects' out, and give a list "
            "of blocks where an event has several vectors"
        )
    keep = None if block.where is None else evaluate(block.where, "vectors.where")
    order = None if block.order_by is None else evaluate(block.order_by, "vectors.order_by")
    extra = {"vectors.where": keep, "vectors.order_by": order}
    for key, value in extra.items():
        if value is not None and not isinstance(value, ak.Array):
            raise DataError(
                f"'{key}' has one value for each event, and one for each object is needed; use 'selection' for events"
            )
    first = next(iter(lists))
    counts = ak.to_numpy(ak.num(lists[first], axis=1)).astype(np.int64)
    for key, value in [*lists.items(), *((key, value) for key, value in extra.items() if value is not None)]:
        found = ak.to_numpy(ak.num(value, axis=1))
        wrong = np.flatnonzero(found != counts)
        if len(wrong):
            raise DataError(
                f"'{key}' has {found[wrong[0]]} objects and 'vectors.{first}' has {counts[wrong[0]]} in the same event; name columns of "
                "one collection"
            )
    if keep is not None:
        chosen = keep if str(ak.type(keep)).endswith("bool") else keep != 0
        lists = {key: value[chosen] for key, value in lists.items()}
        order = None if order is None else order[chosen]
        counts = ak.to_numpy(ak.num(lists[first], axis=1)).astype(np.int64)
    if order is not None:
        places = ak.argsort(order, axis=1, ascending=False, stable=True)
        lists = {key: value[places] for key, value in lists.items()}
    flat = {}
    for key, value in values.items():
        if key in lists:
            padded = ak.fill_none(ak.pad_none(lists[key], objects, axis=1, clip=True), 0)
            flat[key] = ak.to_numpy(ak.to_regular(padded)).astype(np.float64).reshape(n, objects)
        else:  # the same for all objects of an event
            flat[key] = np.repeat(np.broadcast_to(np.asarray(value, np.float64), (n,))[:, None], objects, axis=1)
    return flat, np.minimum(counts, objects)


def momenta(flat: Mapping[str, Float64[ndarray, "*shape"]]) -> list[Float64[ndarray, "*shape"]]:
    """Turn coordinates into Cartesian components: E, px, py, pz; or px, py, pz; or px, py.

    The library `vector` knows the azimuth, pseudorapidity and mass of collider physics; rapidity, which it does not take, is
    turned into a longitudinal momentum by p_z = m_T sinh(y) with m_T^2 = m^2 + p_T^2.
    """
    given = dict(flat)
    if "rapidity" in given:
        given["pz"] = np.hypot(given["pt"], given["mass"]) * np.sinh(given.pop("rapidity"))
    if set(given) == {"pt", "phi"}:
        plane = vector.array(given)
        return [np.asarray(getattr(plane, key)) for key in ("px", "py")]
    if set(given) == {"px", "py", "pz"}:
        return [np.asarray(given[key], np.float64) for key in ("px", "py", "pz")]
    found = vector.array(given)
    return [np.asarray(getattr(found, key)) for key in ("E", "px", "py", "pz")]


def _is_allowed(key: str, values: Float64[ndarray, "n objects"]) -> Bool[ndarray, "n objects"]:
    fine: Bool[ndarray, "n objects"] = np.isfinite(values)
    if key in ("pt", "mass", "E"):
        fine &= values >= 0
    if key == "phi":
        fine &= np.abs(values) <= 2 * np.pi * (1 + _ANGLE_ROUNDING)
    return fine


def _allowed(key: str, value: float) -> str:
    """Say what a value must be; nothing where it is that."""
    if not np.isfinite(value):
        return "a finite number is needed"
    if key in ("pt", "mass", "E") and value < 0:
        remedy = "; 'maximum(COLUMN, 0)' takes small negative masses for 0" if key == "mass" else ""
        return f"it must be 0 or more{remedy}"
    if key == "phi" and abs(value) > 2 * np.pi * (1 + _ANGLE_ROUNDING):
        return "an azimuth lies between -2 pi and 2 pi; set 'angles: degree' if it is in degrees"
    return ""
