"""The numbers of the benchmarks: rates, ratios to plain references, what bounds them, how costs grow, and a plan from them."""

import re

from symscope.evaluation.speed import Measurement, Speeds, step_growth
from symscope.report.records import Record
from symscope.report.tables import TableColumn, TableLayout, TableRow

PREFIX = "speed"
PLANNED_JETS = 1e8
"""Jets of the plan: as many as JetClass has."""
PLANNED_CORES = 1000
"""Processor cores of the plan."""

_COLUMNS = (
    TableColumn(key="rate", label="Rate", notation="plain"),
    TableColumn(key="ratio", label="Times plain reference", better="neither", decimals=1),
    TableColumn(key="goal", label="Wanted", decimals=0),
    TableColumn(key="share", label="Share of best arithmetic", unit="%", decimals=0),
    TableColumn(key="peak", label="Memory at most", unit="MiB", decimals=0),
)


def speed_records(speeds: Speeds, *, scale: str = "") -> list[Record]:
    """Give ``speed.<step>[.<size>].{rate,ratio,goal,share,peak}``, ``speed.machine.*``, ``speed.growth.*``, ``speed.plan.*``."""
    machine = speeds.machine
    records = [
        _single("machine.arithmetic", machine.arithmetic / 1e9, "Best product of float32 matrices", "Gflop/s"),
        _single("machine.bandwidth", machine.bandwidth / 1e9, "Best sum of long arrays, read and written", "GB/s"),
        _single("machine.threads", float(machine.threads), "Threads of the arithmetic"),
        Record(id=f"{PREFIX}.machine.processor", value=None, text=machine.processor or "unknown", label="Processor"),
    ]
    for one in speeds.measurements:
        key = _key(one)
        share = one.share_of_peak(machine)
        records.append(_single(f"{key}.rate", one.rate, one.label, one.unit, note=one.note))
        for name, value, words, unit in (
            ("ratio", one.ratio, "times the plain reference", ""),
            ("goal", one.goal, "wanted ratio", ""),
            ("share", None if share is None else 100.0 * share, "share of the machine's best arithmetic", "%"),
            ("peak", None if one.peak is None else one.peak / 2**20, "memory at most", "MiB"),
        ):
            if value is not None:
                records.append(_single(f"{key}.{name}", value, f"{one.label}: {words}", unit))
    for step, law in step_growth(speeds):
        axis = speeds.of(step)[0].axis
        about = f"Exponent by which the time of {step.replace('_', ' ')} grows with the number of {axis}"
        records.append(_single(f"growth.{step}.exponent", law.exponent, about))
        records.append(_single(f"growth.{step}.last_exponent", law.last, f"{about}, between the two largest"))
    return [record.model_copy(update={"scale": scale}) for record in [*records, *_plan(speeds)]]


def speed_layout(speeds: Speeds) -> TableLayout:
    """Rows for all measurements, in the order in which they were made."""
    rows = []
    for one in speeds.measurements:
        has = ["rate"]
        has += ["ratio"] if one.ratio is not None else []
        has += ["goal"] if one.goal is not None else []
        has += ["share"] if one.operations is not None else []
        has += ["peak"] if one.peak is not None else []
        key = _key(one)
        rows.append(TableRow(key=key, label=f"{one.label} [{one.unit}]", columns=tuple(has)))
    return TableLayout(prefix=PREFIX, row_heading="Step", rows=tuple(rows), columns=_COLUMNS)


def _plan(speeds: Speeds) -> list[Record]:
    """Hours that 100 million jets would take on a thousand cores, at the rates of one process."""
    threads = speeds.machine.threads
    steps = {
        "generation": ("generation_top", "generating them from collisions", 1),
        "ingestion": ("ingestion", "reading them from ROOT", 1),
        "training": ("tagger_training", "one epoch of LorentzNet, were the training shared evenly", threads),
        "inference": ("tagger_inference", "scoring them by LorentzNet", threads),
    }
    found = []
    for key, (step, words, cores) in steps.items():
        measured = speeds.of(step)
        if not measured:
            continue
        at = [one for one in measured if one.goal is not None] or measured
        hours = PLANNED_JETS * cores / (at[-1].rate * PLANNED_CORES) / 3600.0
        label = f"{PLANNED_JETS:,.0f} jets on {PLANNED_CORES:,} cores: {words}"
        note = "On paper: the rate of one process times their number; nothing was run at this size."
        found.append(_single(f"plan.{key}_hours", hours, label, "h", note=note))
    return found


def _key(one: Measurement) -> str:
    size = "" if one.size is None else "." + re.sub(r"[^a-z0-9]+", "_", f"at_{one.size:g}").strip("_")
    return f"{one.step}{size}"


def _single(key: str, value: float, label: str, unit: str = "", *, note: str = "") -> Record:
    return Record(id=f"{PREFIX}.{key}", value=float(value), label=label, unit=unit, note=note)
