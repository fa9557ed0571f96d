"""From the columns of a file to a block of configuration that works: what the columns may mean, and which methods are apt."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from symscope.config.file_facts import ColumnFacts, FileFacts, Proposal

_KEYS: Mapping[str, tuple[str, ...]] = {
    "pt": ("pt", "p_t"),
    "eta": ("eta",),
    "rapidity": ("rapidity", "rap", "y"),
    "phi": ("phi",),
    "mass": ("mass", "m"),
    "E": ("energy", "e", "en"),
    "px": ("px",),
    "py": ("py",),
    "pz": ("pz",),
}
"""Key of a coordinate -> what the last part of a column's name may be, in small letters."""
_SYSTEMS = (
    ("E", "px", "py", "pz"),
    ("px", "py", "pz", "mass"),
    ("pt", "eta", "phi", "mass"),
    ("pt", "eta", "phi", "E"),
    ("pt", "rapidity", "phi", "mass"),
    ("pt", "eta", "phi"),
    ("px", "py", "pz"),
    ("pt", "phi"),
)
"""Coordinates of a vector, the fullest first; pt, eta, phi alone lack a mass, which is then a number."""
_MASSES = {"muon": 0.10566, "mu": 0.10566, "electron": 0.000511, "ele": 0.000511, "el": 0.000511, "tau": 1.77686}
"""Masses by the name of the object [GeV]; others count as massless."""
_LABELS = ("label", "labels", "is_signal", "is_signal_new", "issignal", "class", "target", "is_top", "signal")
_ROWS = ("event", "run", "index", "entry", "lumi", "luminosityblock", "eventnumber", "runnumber", "id")
_TRAJECTORY = ("trajectory", "traj", "orbit", "run", "track", "episode", "simulation", "sim")
_TIME = ("t", "time", "step", "timestep", "frame")
_STATES = re.compile(r"state|traj|orbit|coords|positions|series", re.IGNORECASE)
_FOUR = re.compile(r"^(p|x)?mu|p4|four|momenta|momentum|kinematics|jets?$|particles?|constituents?", re.IGNORECASE)
WIDE = 5
"""Columns of a table from which it may be a matrix of signals."""
LARGEST = 16
"""Most components of a vector that are proposed."""


def propose(facts: FileFacts, paths: Sequence[str]) -> list[Proposal]:
    """Say how a file may be read, the likeliest way first; nothing where nothing is recognised.

    Parameters
    ----------
    facts
        Columns of the first file.
    paths
        All files, as they are to stand in the configuration.
    """
    files = paths[0] if len(paths) == 1 else list(paths)
    facts = replace(facts, columns=tuple(column for column in facts.columns if not _counts(column, facts.columns)))
    return [
        *_momenta(facts, files),
        *_four_arrays(facts, files),
        *_trajectory_arrays(facts, files),
        *_trajectory_table(facts, files),
        *_plain(facts, files),
        *_matrix_arrays(facts, files),
    ]


def experiment_name(path: str) -> str:
    """Make a name for an experiment from that of a file."""
    stem = re.sub(r"[^a-z0-9]+", "_", PurePath(path).name.split(".")[0].lower()).strip("_")
    return f"my_{stem}" if not stem or not stem[0].isalpha() else stem


def label_of(columns: Sequence[ColumnFacts]) -> str | None:
    """Find a column with the class of an event: by its name, with few whole numbers from 0 on."""
    for column in columns:
        last = re.split(r"[/.]", column.name)[-1].lower()
        if column.is_number and column.whole and last in _LABELS and _is_class(column):
            return column.name
    ones = [one for one in columns if one.is_number and one.name.lower().startswith("label_") and one.distinct == 2]
    return ones[0].name if ones else None


def _is_class(column: ColumnFacts) -> bool:
    low, high = column.lowest, column.highest
    return low is not None and high is not None and low >= 0 and high <= 255 and column.distinct <= 64


def _base(facts: FileFacts, files: str | list[str]) -> dict[str, Any]:
    data: dict[str, Any] = {"files": files}
    if facts.tree is not None and (facts.several_trees or facts.format == "hdf5"):
        data["tree"] = facts.tree
    if facts.format == "csv" and facts.delimiter not in (",", "\t"):
        data["delimiter"] = facts.delimiter
    return data


def _quoted(name: str) -> str:
    """Write the name of a column as an expression takes it."""
    return name if re.fullmatch(r"[^\W\d]\w*((\.|::)\w+)*", name) else f"`{name}`"


def _momenta(facts: FileFacts, files: str | list[str]) -> list[Proposal]:
    """Momenta by names such as Muon_pt, Muon_eta, Muon_phi, Muon_mass, or part_px, part_py, part_pz, part_energy."""
    groups: dict[str, dict[str, ColumnFacts]] = {}
    for column in facts.columns:
        if not column.numeric or column.shape:
            continue
        prefix, key = _split(column.name)
        if key:
            groups.setdefault(prefix, {}).setdefault(key, column)
    found = []
    for prefix, keys in groups.items():
        system = next((keys_of for keys_of in _SYSTEMS if set(keys_of) <= set(keys)), None)
        if system is None or len({keys[key].is_list for key in system}) > 1:
            continue
        found.append((prefix, system, {key: keys[key] for key in system}))
    merged = _numbered(found)
    label = label_of(facts.columns)
    return [_of_momenta(facts, files, members, label) for members in merged]


_Group = tuple[str, tuple[str, ...], dict[str, ColumnFacts]]


def _numbered(found: Sequence[_Group]) -> list[list[_Group]]:
    """Put groups of one kind together, such as jet1 and jet2; lists first, then fuller coordinates."""
    by_stem: dict[tuple[str, tuple[str, ...]], list[_Group]] = {}
    for group in found:
        prefix, system, columns = group
        single = not next(iter(columns.values())).is_list
        stem = re.sub(r"\d+", "", prefix) if single else prefix
        by_stem.setdefault((stem, system), []).append(group)
    rank = {system: number for number, system in enumerate(_SYSTEMS)}
    return sorted(
        by_stem.values(), key=lambda members: (not next(iter(members[0][2].values())).is_list, rank[members[0][1]])
    )


def _counts(column: ColumnFacts, columns: Sequence[ColumnFacts]) -> bool:
    """Tell whether a column counts the objects of lists, as nMuon does those of Muon_pt."""
    if not column.is_number or not column.whole or not column.name.startswith("n"):
        return False
    counted = column.name[1:].lstrip("_")
    lists = [one.name for one in columns if one.is_list]
    return bool(counted) and any(name == counted or name.startswith(f"{counted}_") for name in lists)


def _split(name: str) -> tuple[str, str]:
    """Split the name of a column into the object and the coordinate; no coordinate where it is none."""
    match = re.fullmatch(r"(?:(.*?)[_./])?([A-Za-z]+_?[A-Za-z]*?)(\d*)", name)
    if match is None:
        return name, ""
    prefix, last, number = match[1] or "", match[2].lower(), match[3]
    for key, spellings in _KEYS.items():
        if last in spellings:
            return f"{prefix}{number}", key
    return name, ""


def _of_momenta(facts: FileFacts, files: str | list[str], members: Sequence[_Group], label: str | None) -> Proposal:
    blocks = []
    notes = []
    for prefix, system, columns in members:
        block: dict[str, Any] = {key: columns[key].name for key in system}
        if set(system) == {"pt", "eta", "phi"}:
            name = re.sub(r"\W|\d", "", prefix).lower()
            block["mass"] = _MASSES.get(name, 0)
            notes.append(
                f"There is no mass among the columns of '{prefix}', so it is {block['mass']:g} for all of them."
            )
        first = next(iter(columns.values()))
        if first.is_list:
            block["objects"] = max(1, min(2, first.most))
            if "pt" in system:
                block["order_by"] = _quoted(columns["pt"].name)
        if max(abs(columns[key].highest or 0) for key in system if key == "phi") > 7 if "phi" in system else False:
            block["angles"] = "degree"
        blocks.append(block)
    data = {**_base(facts, files), "vectors": blocks[0] if len(blocks) == 1 else blocks}
    methods: tuple[str, ...] = ("null_space", "liegan")
    if members[0][1] == ("pt", "phi") or members[0][1] == ("px", "py", "pz"):
        kind = "Transverse momenta" if members[0][1] == ("pt", "phi") else "Momenta without energies"
    else:
        kind = "Four-momenta"
    if label is not None:
        data["label"] = _quoted(label)
        notes.append(f"'{label}' looks like the class of an event; without it the support of the data is asked about.")
    else:
        notes.append("Nothing belongs to an event, so the null-space engine asks where the vectors lie.")
    if "objects" in blocks[0]:
        notes.append("Events with fewer objects are left out; 'objects' says how many an event gets.")
    names = ", ".join(
        str(value) for block in blocks for key, value in block.items() if key in _KEYS and isinstance(value, str)
    )
    return Proposal(title=f"{kind} from {names}", data=data, methods=methods, why=tuple(notes))


def _four_arrays(facts: FileFacts, files: str | list[str]) -> list[Proposal]:
    """Arrays whose last axis has four entries, such as Pmu."""
    label = label_of(facts.columns)
    found = []
    for column in facts.columns:
        if not column.numeric or not column.shape or column.shape[-1] != 4 or len(column.shape) > 2:
            continue
        last = re.split(r"[/.]", column.name)[-1]
        if (len(column.shape) == 1 and not _FOUR.search(last)) or _STATES.search(last):
            continue
        vectors: dict[str, Any] = {"E": "E", "px": "px", "py": "py", "pz": "pz"}
        if len(column.shape) == 2:
            vectors["objects"] = min(2, column.shape[0])
        data = {**_base(facts, files), "unpack": {column.name: ["E", "px", "py", "pz"]}, "vectors": vectors}
        notes = ["The last axis is taken as E, px, py, pz; give 'unpack' another order where it is one."]
        if label is not None:
            data["label"] = _quoted(label)
        found.append(
            Proposal(
                title=f"Four-momenta from the array {column.name}",
                data=data,
                methods=("null_space", "liegan"),
                why=tuple(notes),
            )
        )
    return found


def _trajectory_arrays(facts: FileFacts, files: str | list[str]) -> list[Proposal]:
    """Arrays (trajectory, time, feature) of trajectories."""
    found = []
    for column in facts.columns:
        wide = len(column.shape) == 2 and 2 <= column.shape[1] <= LARGEST and column.shape[0] >= 2
        if facts.format not in ("hdf5", "npz") or not column.numeric or not wide:
            continue
        if not _STATES.search(column.name) and column.shape[1] == 4:
            continue  # four-momenta are likelier
        names = [f"x{number + 1}" for number in range(column.shape[1])]
        data: dict[str, Any] = {"source": "trajectories", "files": files, "columns": names, "array": column.name}
        found.append(
            Proposal(
                title=f"Trajectories of {column.shape[0]} states from the array {column.name}",
                data=data,
                methods=("null_space", "liegan"),
                why=(
                    "The axes are taken as trajectory, time, feature; give 'axes' where they stand otherwise.",
                    f"The {len(names)} features have no names in the file; they are called {names[0]}, {names[1]}, ... here.",
                    "The symmetry is that of the step from one state to the next.",
                ),
            )
        )
    return found


def _trajectory_table(facts: FileFacts, files: str | list[str]) -> list[Proposal]:
    """Text tables with a column for the trajectory, or the time, and columns for the state."""
    if facts.format != "csv":
        return []
    lower = {column.name.lower(): column.name for column in facts.columns}
    time = next((lower[name] for name in _TIME if name in lower), None)
    run = next((lower[name] for name in _TRAJECTORY if name in lower), None)
    states = [column.name for column in facts.columns if column.is_number and column.name not in (time, run)]
    if time is None or not 2 <= len(states) <= LARGEST:
        return []
    data: dict[str, Any] = {"source": "trajectories", "files": files, "columns": states}
    data["trajectory_column"], data["time_column"] = run, time
    if facts.delimiter not in (",", "\t"):
        data["delimiter"] = facts.delimiter
    notes = ["The symmetry is that of the step from one state to the next; time steps must be even."]
    if run is None:
        notes.append(
            "No column says to which trajectory a row belongs, so each file counts as one; at least three files are needed."
        )
    return [
        Proposal(
            title=f"Trajectories with the state {', '.join(states)}",
            data=data,
            methods=("null_space", "liegan"),
            why=tuple(notes),
        )
    ]


def _plain(facts: FileFacts, files: str | list[str]) -> list[Proposal]:
    """Tables with one number for each column: vectors of these, or signals where they are many."""
    numbers = [column for column in facts.columns if column.is_number and column.name.lower() not in _ROWS]
    label = label_of(numbers)
    components = [column for column in numbers if column.name != label and not column.name.lower().startswith("label_")]
    components = [column for column in components if column.distinct > 2]
    names = [_quoted(column.name) for column in components]
    if len(names) < 2 or len({column.name for column in components}) < 2:
        return []
    found: list[Proposal] = []
    vectors = {"columns": names[:LARGEST]}
    data = {**_base(facts, files), "vectors": vectors}
    notes = []
    if len(names) > LARGEST:
        notes.append(
            f"Only the first {LARGEST} of {len(names)} columns are taken; a matrix then has {LARGEST**2} entries."
        )
    if label is not None:
        data["label"] = _quoted(label)
    else:
        notes.append("Nothing belongs to an event; name a column under 'label' or 'target' where one does.")
    found.append(
        Proposal(
            title=f"Vectors of the columns {', '.join(names[:4])}{', ...' if len(names) > 4 else ''}",
            data=data,
            methods=("null_space", "liegan"),
            why=tuple(notes),
        )
    )
    alike = len({re.sub(r"\d+", "", column.name) for column in components}) == 1
    plain = facts.format == "parquet" or (facts.format == "csv" and facts.delimiter in (",", "\t"))
    if label is None and len(names) == len(facts.columns) >= WIDE and plain:
        signals = Proposal(
            title=f"Signals of {len(names)} components, one a row, in which a translation may be hidden",
            data={"source": "matrix", "files": files, "components": len(names)},
            methods=("symmetrylens_fast",),
            why=("All columns are taken, in their order, which may be any.",),
        )
        found = [signals, *found] if alike and len(names) > 6 else [*found, signals]
    return found


def _matrix_arrays(facts: FileFacts, files: str | list[str]) -> list[Proposal]:
    """Arrays with one row for each sample."""
    found = []
    for column in facts.columns:
        if facts.format not in ("hdf5", "npz") or not column.numeric or len(column.shape) != 1:
            continue
        size = column.shape[0]
        if size < 2 or (size == 4 and _FOUR.search(re.split(r"[/.]", column.name)[-1])):
            continue
        if size >= WIDE:
            found.append(
                Proposal(
                    title=f"Signals of {size} components from the array {column.name}, in which a translation may be hidden",
                    data={"source": "matrix", "files": files, "components": size, "array": column.name},
                    methods=("symmetrylens_fast",),
                    why=("All components are taken, in their order, which may be any.",),
                )
            )
        if size <= LARGEST:
            names = [f"x{number + 1}" for number in range(size)]
            data = {**_base(facts, files), "unpack": {column.name: names}, "vectors": {"columns": names}}
            label = label_of(facts.columns)
            if label is not None:
                data["label"] = _quoted(label)
            vectors = Proposal(
                title=f"Vectors from the array {column.name}",
                data=data,
                methods=("null_space", "liegan"),
                why=(f"Its entries are called {names[0]}, {names[1]}, ...; name them as you like.",),
            )
            found = [vectors, *found] if size <= 6 else [*found, vectors]
    return found
