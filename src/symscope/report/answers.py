"""From the files of a discovery to what is said of it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symscope.config.discovery import TruthSettings
from symscope.config.identification import Identification
from symscope.discovery.nullspace.streams import class_values
from symscope.evaluation.agreement import answer_of, count_agreeing, held_out
from symscope.evaluation.cases import Events
from symscope.evaluation.discrete_part import discrete_part
from symscope.evaluation.identification import identify
from symscope.io.generators import read_discovery
from symscope.io.samples import read_header, read_split
from symscope.report.basis import readable_elements
from symscope.report.identity import Identity, compose, describe_flip, describe_row

PathLike = str | os.PathLike[str]
PIXELS = (
    "Moved pixels are interpolated, which a classifier sees whatever the symmetry, and no linear system asks about their density: "
    "for images there is no held-out test here."
)


def identity_of(samples: PathLike, generators: PathLike, settings: Mapping[str, Any]) -> Identity:
    """Ask of which statements about the samples a discovery is a symmetry, and put the answers into words.

    Parameters
    ----------
    samples
        Samples file of the discovery.
    generators
        What it found.
    settings
        As plain values: `experiment`, its name; `identification`; `truth`, the known algebra or null; `independent`, whether
        samples are independent of each other; `scale`, the size of the run in words.
    """
    asked = Identification(**settings["identification"])
    header = read_header(samples)
    train, test = (
        read_split(samples, "train", stop=asked.events),
        read_split(samples, "test", stop=asked.held_out_events),
    )
    unseen = Events(test.x, test.y)
    discovery = read_discovery(generators)
    answer = answer_of(discovery, TruthSettings(**settings["truth"]) if settings["truth"] else None)
    on_vectors = header.x_action in ("vector", "complex_vector")
    # Pixels are moved by a grid, so that no linear system asks about their density.
    verdicts = (
        []
        if not on_vectors
        else identify(
            Events(train.x, train.y),
            unseen,
            answer.generators,
            x_action=header.x_action,
            y_action=header.y_action,
            classes=class_values(Path(samples), "train"),
            independent=settings["independent"],
            settings=asked,
        )
    )
    actions = {"x_action": header.x_action, "y_action": header.y_action}
    # Moved pixels are interpolated, which a classifier sees whatever the symmetry.
    told_apart = held_out(discovery, answer, unseen, **actions, settings=asked) if on_vectors else None
    flips = None
    # Where the law breaks the continuous part, one element does not stand for its component of the group.
    broken = any(verdict.statement == "density" and verdict.outcome == "broken" for verdict in verdicts)
    if on_vectors and settings["independent"] and not broken:
        flips = discrete_part(answer.generators, unseen, **actions, components=header.feature_names, settings=asked)
    error = told_apart.error if told_apart is not None and settings["independent"] else None
    agreeing = count_agreeing(discovery, answer, least=asked.agreement)
    name = "none" if answer.algebra is None else answer.algebra.name
    sentence = compose(
        verdicts,
        dimension=len(answer.generators),
        algebra=name,
        auc=None if told_apart is None else (told_apart.auc, error),
        agreement=(agreeing, len(discovery.seeds)),
        parts=answer.solved,
        level=asked.level,
    )
    return Identity(
        experiment=settings["experiment"],
        sentence=sentence,
        dimension=len(answer.generators),
        algebra=name,
        reason="" if answer.algebra is None else answer.algebra.reason,
        auc=None if told_apart is None else told_apart.auc,
        auc_error=error,
        agreeing=agreeing,
        seeds=len(discovery.seeds),
        rows=tuple(describe_row(verdict, level=asked.level) for verdict in verdicts),
        flips=tuple(describe_flip(flip, level=asked.level / max(len(flips or ()), 1)) for flip in flips or ()),
        note="" if on_vectors else PIXELS,
        basis=readable_elements(answer.generators, header.feature_names if on_vectors else (), span=discovery.span),
        scale=settings["scale"],
    )
