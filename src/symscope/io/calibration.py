"""Results of calibration studies as HDF5 files."""

from typing import Any

import h5py
import numpy as np

from symscope.evaluation.calibration.result import CalibrationResult, HeldOut, LawResult, PowerScanResult
from symscope.io.files import PathLike, open_own_hdf5
from symscope.io.sealed import sealed_hdf5

FORMAT = "symscope-calibration"
VERSION = 1


def write_calibration(path: PathLike, result: CalibrationResult) -> None:
    """Write the result of a study; the file appears whole or not at all.

    Layout: `laws/<number>` and `held_out/<number>` with the arrays of :class:`LawResult` and :class:`HeldOut` and their other
    fields as attributes, `power` with the fields of :class:`PowerScanResult`; attributes `level`, `events` and `seconds`.
    """
    with sealed_hdf5(path, FORMAT, version=VERSION) as file:
        for name in ("level", "events", "seconds"):
            file.attrs[name] = getattr(result, name)
        for place, parts in (("laws", result.laws), ("held_out", result.held_out)):
            for number, part in enumerate(parts):
                _write(file.create_group(f"{place}/{number:04d}"), vars(part))
        _write(file.create_group("power"), result.power._asdict())


def read_calibration(path: PathLike) -> CalibrationResult:
    """Read what :func:`write_calibration` wrote.

    Raises
    ------
    DataError
        Where the file is missing, damaged or of another kind.
    """
    with open_own_hdf5(path, FORMAT, version=VERSION, kind="calibration", remedy="make it again") as file:
        return CalibrationResult(
            laws=tuple(LawResult(**_read(group)) for group in file["laws"].values()),
            held_out=tuple(HeldOut(**_read(group)) for group in file["held_out"].values()),
            power=PowerScanResult(**_read(file["power"])),
            level=float(file.attrs["level"]),
            events=int(file.attrs["events"]),
            seconds=float(file.attrs["seconds"]),
        )


def _write(group: h5py.Group, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            group[name] = value
        else:
            group.attrs[name] = value


def _read(group: h5py.Group) -> dict[str, Any]:
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in group.attrs.items()}
    return {**plain, **{name: values[()] for name, values in group.items()}}
