"""Files like those that a user brings: a NanoAOD-like ROOT file of Z -> mu mu, tables, arrays, in every form."""

from pathlib import Path

import awkward as ak
import h5py
import numpy as np
import pyarrow as pa
import uproot
from pyarrow import csv, parquet

MUON_MASS = 0.105658  # GeV
Z_MASS, Z_WIDTH = 91.19, 2.5  # GeV


def z_to_mumu(n: int, rng: np.random.Generator) -> np.ndarray:
    """Momenta (n, 2, 4) of the muons of Z bosons, (E, px, py, pz) in GeV: isotropic decay at rest, then two boosts."""
    mass = np.clip(Z_MASS + Z_WIDTH / 2 * rng.standard_cauchy(n), 60, 130)
    p = np.sqrt(mass**2 / 4 - MUON_MASS**2)
    cosine, azimuth = rng.uniform(-1, 1, n), rng.uniform(-np.pi, np.pi, n)
    sine = np.sqrt(1 - cosine**2)
    one = np.stack([mass / 2, p * sine * np.cos(azimuth), p * sine * np.sin(azimuth), p * cosine], axis=1)
    pair = np.stack([one, one * [1, -1, -1, -1]], axis=1)
    pt, phi, rapidity = rng.exponential(20, n), rng.uniform(-np.pi, np.pi, n), rng.normal(0, 1.2, n)
    transverse = np.sqrt(mass**2 + pt**2)
    z = np.stack(
        [transverse * np.cosh(rapidity), pt * np.cos(phi), pt * np.sin(phi), transverse * np.sinh(rapidity)], axis=1
    )
    return boosted(pair, z / mass[:, None])


def boosted(pair: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """Take momenta (n, k, 4) from the rest frame of bodies with four-velocities (n, 4) into the laboratory."""
    gamma, along = velocity[:, None, 0], velocity[:, None, 1:]
    inner = (pair[..., 1:] * along).sum(axis=-1)
    energy = gamma * pair[..., 0] + inner
    return np.concatenate(
        [energy[..., None], pair[..., 1:] + along * (pair[..., 0] + inner / (gamma + 1))[..., None]], axis=-1
    )


def muon_columns(n: int, rng: np.random.Generator) -> dict[str, ak.Array | np.ndarray]:
    """Columns of events with the two muons of a Z boson, some soft muons besides, and now and then one muon or none."""
    momenta = z_to_mumu(n, rng)
    pt = np.hypot(momenta[..., 1], momenta[..., 2])
    eta, phi = np.arcsinh(momenta[..., 3] / pt), np.arctan2(momenta[..., 2], momenta[..., 1])
    soft = rng.poisson(0.4, n)
    lost = rng.choice(3, n, p=[0.9, 0.07, 0.03])  # muons of the pair that were not seen
    counts = 2 - lost + soft
    events = np.repeat(np.arange(n), counts)
    starts = np.cumsum(counts) - counts
    place = np.arange(len(events)) - starts[events]
    hard = place < (2 - lost)[events]
    which = np.minimum(place, 1)
    flat = {
        "pt": np.where(hard, pt[events, which], rng.exponential(3, len(events)) + 1),
        "eta": np.where(hard, eta[events, which], rng.uniform(-2.4, 2.4, len(events))),
        "phi": np.where(hard, phi[events, which], rng.uniform(-np.pi, np.pi, len(events))),
    }
    charge = np.where(hard, 1 - 2 * which, rng.choice([-1, 1], len(events)))
    order = np.argsort(rng.random(len(events)) + events)  # in no order within an event
    lists = {f"Muon_{key}": ak.unflatten(values[order].astype(np.float32), counts) for key, values in flat.items()}
    lists["Muon_mass"] = ak.unflatten(np.full(len(events), MUON_MASS, np.float32), counts)
    lists["Muon_charge"] = ak.unflatten(charge[order].astype(np.int32), counts)
    return {"run": np.full(n, 362439, np.uint32), "nMuon": counts.astype(np.uint32), **lists}


def write_muons(path: Path, n: int, rng: np.random.Generator, *, baskets: int = 1) -> None:
    """Write a NanoAOD-like file with the tree Events, and another tree beside it."""
    with uproot.recreate(path) as file:
        file["Runs"] = {"run": np.array([362439], np.uint32)}
        for _ in range(baskets):
            columns = muon_columns(n // baskets, rng)
            if "Events" not in file:
                file.mktree(
                    "Events",
                    {name: ak.type(ak.Array(values)).content for name, values in columns.items() if name != "nMuon"},
                    counter_name=lambda name: f"n{name.split('_')[0]}",
                )
            file["Events"].extend(columns)


def write_events(path: Path, columns: dict[str, np.ndarray]) -> None:
    """Write columns with one number for each event in the form that the suffix says."""
    match path.suffix:
        case ".root":
            with uproot.recreate(path) as file:
                file.mktree("events", {name: values.dtype for name, values in columns.items()})
                file["events"].extend(columns)
        case ".h5":
            with h5py.File(path, "w") as file:
                for name, values in columns.items():
                    file[name] = values
        case ".npz":
            np.savez_compressed(path, **columns)
        case ".parquet":
            parquet.write_table(pa.table(columns), path, row_group_size=100)
        case ".csv":
            csv.write_csv(pa.table(columns), path)


def central_orbits(n: int, steps: int, rng: np.random.Generator, *, time_step: float = 0.1) -> np.ndarray:
    """States (n, steps, 4) = (x, y, px, py) of unit masses in the potential r^4 / 4, whose only linear symmetry is rotation."""
    place, momentum = rng.normal(0, 0.7, (2, n, 2))
    states = []
    fine = 20
    for step in range(steps * fine):
        if step % fine == 0:
            states.append(np.concatenate([place, momentum], axis=1))
        momentum = momentum - 0.5 * time_step / fine * (place**2).sum(axis=1, keepdims=True) * place
        place = place + time_step / fine * momentum
        momentum = momentum - 0.5 * time_step / fine * (place**2).sum(axis=1, keepdims=True) * place
    return np.stack(states, axis=1)
