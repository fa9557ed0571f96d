"""The numbers of the trial of names."""

from symscope.evaluation.zoo import KNOWLEDGE, OUTCOMES, Knowledge, Outcome, ZooTrial
from symscope.report.records import Record, missing_record, summarise_seeds

REFERENCE = 100.0
"""Signal-to-noise ratio at which all algebras should be named right; where it is not among the levels, the largest stands for it."""
_KEYS: dict[Outcome, str] = {
    "right": "named_right",
    "other_name": "other_name",
    "undetermined": "undetermined",
    "wrong": "wrong",
}
_WORDS: dict[Outcome, str] = {
    "right": "named right",
    "other_name": "given another name of the same algebra",
    "undetermined": "left undetermined",
    "wrong": "named wrong",
}
_KNOWN: dict[Knowledge, str] = {"given": "errors given", "closure": "errors from the closure residual"}


def zoo_records(trial: ZooTrial, *, scale: str = "") -> list[Record]:
    """Give ``zoo.{named_right,other_name,undetermined,wrong}`` at the ratio ``zoo.reference``, and the same of each level.

    ``zoo.closure...`` are those without given errors, ``zoo[.closure].snr_LEVEL...`` those of one level; all are shares. ``zoo.algebras``
    is how many have a name, ``zoo.family_named`` the largest share of draws at any level in which a family that has none got one,
    and ``zoo.worst_wrong`` the largest share of wrong names at any level, these of the family among them.
    """
    reference = trial.levels.index(REFERENCE) if REFERENCE in trial.levels else 0
    draws = trial.outcomes("given").shape[2]
    count = len(trial.nameable)
    records = [
        _single("zoo.algebras", float(count), "Algebras in the zoo that have a name", scale),
        _single(
            "zoo.reference", trial.levels[reference], "Signal-to-noise ratio of the numbers without a level", scale
        ),
    ]
    for knowledge in KNOWLEDGE:
        stem = "zoo" if knowledge == "given" else f"zoo.{knowledge}"
        for level, ratio in enumerate(trial.levels):
            places = [f"{stem}.snr_{f'{ratio:g}'.replace('.', '_').replace('+', '')}"]
            if level == reference:
                places.append(stem)
            for outcome in OUTCOMES:
                share = trial.share(knowledge, level, outcome)
                label = f"Draws {_WORDS[outcome]} at a signal-to-noise ratio of {ratio:g}, {_KNOWN[knowledge]}"
                note = f"Of {count} algebras, {draws} random disguises of each."
                records += [
                    _single(f"{place}.{_KEYS[outcome]}", 100.0 * share, label, scale, unit="%", note=note)
                    for place in places
                ]
    families = len(trial.families)
    named, label = trial.family_named(), "Largest share of draws at any level in which a family without a name got one"
    everything = f"Of all draws of a level, those of {families} famil{'y' if families == 1 else 'ies'} without a name among them."
    records += [
        missing_record("zoo.family_named", "There is no family in the trial.", label=label)
        if named is None
        else _single("zoo.family_named", 100.0 * named, label, scale, unit="%"),
        _single(
            "zoo.worst_wrong",
            100.0 * trial.worst_wrong(),
            "Largest share of wrong names at any level",
            scale,
            unit="%",
            note=everything,
        ),
    ]
    return records


def _single(identifier: str, value: float, label: str, scale: str, *, unit: str = "", note: str = "") -> Record:
    return summarise_seeds(identifier, [value], statistic="single", scale=scale, unit=unit, label=label, note=note)
