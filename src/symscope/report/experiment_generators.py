"""What is told of a discovery of generators or group elements, with or without a truth."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray

from symscope.discovery.result import Discovery
from symscope.discovery.tasks import split_tasks
from symscope.evaluation.agreement import Answer, answer_of
from symscope.evaluation.discovery import canonical_generators, read_channels, score_discovery
from symscope.evaluation.experiment import FormsFound, forms_of, seed_cosines
from symscope.groups.spans import restrict_to_span
from symscope.plotting.matrix_blocks import Block, Panel, SeedValues, plot_matrix_blocks
from symscope.plotting.primitives import cosine_text
from symscope.plotting.search import Search
from symscope.report.basis import readable_basis_of
from symscope.report.experiment_records import About, answer_records, highlights_of, seconds_record, truth_records
from symscope.report.identity import Identity
from symscope.report.records import Record, summarise_seeds
from symscope.report.told import NamedMatrix, Told


def tell_generators(discovery: Discovery, about: About, identity: Identity | None) -> Told:
    """Say, draw and count what was found.

    Parameters
    ----------
    discovery
        The ensemble.
    about
        What is known of the experiment.
    identity
        What the tests of statements said; None where none were asked.
    """
    if not discovery.finite.any():
        return _told_of_nothing(discovery, about)
    if about.tasks:
        return _told_of_tasks(discovery, about)
    answer = answer_of(discovery, about.truth)
    cosines = seed_cosines(discovery, answer)
    agreeing = int(np.sum(cosines >= about.agreement))
    unit = "part of the events" if answer.solved else "seed"
    matrices = _matrices(discovery, answer, about)
    forms, why_no_form = forms_of(discovery, answer, settings=about.metric)
    matrices += [NamedMatrix("forms", name, form) for name, form in zip(forms.names, forms.forms, strict=True)]
    records = [
        *answer_records(discovery, answer, about, identity, agreeing),
        *truth_records(discovery, about),
        seconds_record(discovery, about),
    ]
    blocks = _blocks(discovery, answer, about, forms, matrices)
    return Told(
        sentence=_sentence(answer, about, agreeing, len(cosines)),
        notes=tuple(note for note in (_form_note(forms, why_no_form), _span_note(discovery)) if note),
        figure=plot_matrix_blocks(blocks, _seed_values(discovery, answer, about, cosines, unit)) if blocks else None,
        caption=_caption(discovery, answer, about, matrices),
        alt=f"{len(answer.generators)} matrices, and the agreement of {len(cosines)} {unit}s.",
        search=search_of(discovery),
        records=tuple(records),
        highlights=highlights_of(records, about),
        matrices=tuple(matrices),
        components=about.components,
        facts={
            "algebra": None if answer.algebra is None else answer.algebra.name,
            "typical_seed": None if answer.solved else int(discovery.seeds[answer.seed]),
            "seeds": [int(seed) for seed in discovery.seeds],
            "agreeing": agreeing,
            "seed_cosines": [None if np.isnan(value) else float(value) for value in cosines],
        },
    )


def search_of(discovery: Discovery) -> Search:
    """Gather what is known of the way to a discovery."""
    found = discovery.null_space
    solved = "singular_values" in found
    return Search(
        history=discovery.history,
        steps=discovery.history_steps,
        spectrum=found["part_values"] if solved else discovery.spectrum,
        whole=found["singular_values"] if solved else None,
        threshold=float(found["threshold"][0]) if solved else None,
        tried=discovery.tried,
    )


def _matrices(discovery: Discovery, answer: Answer, about: About) -> list[NamedMatrix]:
    readings = _readings(discovery, answer, about)
    matrices = [NamedMatrix("generators", name, one) for name, one in zip(readings, answer.generators, strict=True)]
    if discovery.elements is not None and not answer.solved:
        matrices += [NamedMatrix("elements", "", element) for element in discovery.elements[answer.seed]]
    if answer.algebra is None or not answer.algebra.determined or about.discrete:
        return matrices
    partial = discovery.span.shape[0] != discovery.span.shape[1]
    basis = readable_basis_of(answer.generators, about.components or None, span=discovery.span)
    if len(basis.names) > 1 or partial or not basis.names[0].startswith("generator"):
        matrices += [
            NamedMatrix("readable", name, one) for name, one in zip(basis.names, basis.generators, strict=True)
        ]
    return matrices


def _readings(discovery: Discovery, answer: Answer, about: About) -> list[str]:
    """For each generator the nearest known one with the cosine, where a truth is given."""
    if about.truth is None or not len(answer.generators):
        return [""] * len(answer.generators)
    canonical, names = canonical_generators(about.truth.algebra, copies=about.truth.copies)
    found = answer.generators
    if np.iscomplexobj(found) or np.iscomplexobj(canonical):
        canonical, found = canonical.astype(np.complex128), found.astype(np.complex128)
    if about.truth.compare == "data_span":
        canonical, found = (restrict_to_span(stack, discovery.span) for stack in (canonical, found))
    index, cosine = read_channels(found, canonical)
    return [f"{names[k]}, cosine {cosine_text(float(c))}" for k, c in zip(index, cosine, strict=True)]


def _blocks(
    discovery: Discovery, answer: Answer, about: About, forms: FormsFound, matrices: Sequence[NamedMatrix]
) -> list[Block]:
    several = len(answer.generators) != 1
    headings = {
        "generators": f"Generator{'s' * several}" + ("" if answer.solved else f", seed {discovery.seeds[answer.seed]}"),
        "elements": "Group elements",
        "readable": "In a readable basis",
        "forms": "Invariant form" if len(forms.forms) == 1 else "Invariant forms",
    }
    letters = {"generators": "L", "elements": "g", "readable": "", "forms": "J"}
    blocks = []
    for kind, heading in headings.items():
        group = [one for one in matrices if one.kind == kind]
        panels: list[Panel] = []
        for number, one in enumerate(group):
            letter = letters[kind] + (str(number + 1) if len(group) > 1 else "")
            title, line = (one.name, "") if kind == "readable" else (letter, one.name)
            panels += panels_of(one.values, title, line)
        if panels:
            blocks.append(Block(heading, tuple(panels), about.components))
    return blocks


def panels_of(matrix: ndarray, title: str, line: str) -> list[Panel]:
    """Give the panel of a real matrix, or the two of a complex one."""
    if not np.iscomplexobj(matrix):
        return [Panel(title, line, np.asarray(matrix, dtype=np.float64))]
    limit = float(max(np.abs(matrix.real).max(), np.abs(matrix.imag).max()))
    return [Panel(f"Re {title}", line, matrix.real, limit), Panel(f"Im {title}", "", matrix.imag, limit)]


def _seed_values(discovery: Discovery, answer: Answer, about: About, cosines: ndarray, unit: str) -> SeedValues | None:
    if len(cosines) < 2 or not len(answer.generators):
        return None
    apart = cosines.copy()
    columns: dict[str, ndarray] = {"with answer": apart}
    if not answer.solved:
        apart[answer.seed] = np.nan  # it is the answer itself
    if about.truth is not None:
        columns["with truth"] = score_discovery(discovery, about.truth).span_cosine
    return SeedValues(columns, None if answer.solved else answer.seed, unit.partition(" ")[0])


def _sentence(answer: Answer, about: About, agreeing: int, count: int) -> str:
    number = len(answer.generators)
    if not number:
        return "No generator was found."
    words = f"{number} generator{'' if number == 1 else 's'}"
    if about.discrete:
        words += ", of which the exponential and its powers are the symmetries"
    elif answer.algebra is not None and answer.algebra.determined:
        words += f" of the algebra {answer.algebra.name}"
    unit = "parts of the events" if answer.solved else "seeds"
    tail = (
        f"; {agreeing} of {count} {unit} agree" if count > 1 else "; one seed, so that nothing is known of its spread"
    )
    return f"{words}{tail}."


def _form_note(forms: FormsFound, why: str) -> str:
    if why:
        return why
    if len(forms.forms) == 1:
        plus, minus = forms.signature
        return (
            f"The generators, without their traces, leave one symmetric form invariant, with {plus} positive and {minus} negative "
            f"directions; the residual of the next best form is {forms.gap:.3g} times as large."
        )
    return (
        f"The generators, without their traces, leave {forms.number} independent symmetric forms invariant, so that none is the metric"
        + (" (a basis of them is shown)." if forms.forms.size else ".")
    )


def _span_note(discovery: Discovery) -> str:
    directions, rank = discovery.span.shape
    if rank == directions:
        return ""
    return (
        f"The data visit {rank} of {directions} directions; what generators do to the others is not determined, and comparisons leave "
        "it out."
    )


def _caption(discovery: Discovery, answer: Answer, about: About, matrices: Sequence[NamedMatrix]) -> str:
    if not len(answer.generators):
        return "No generator was found, so there is nothing to draw."
    kinds = {one.kind for one in matrices}
    origin = (
        "of all events together"
        if answer.solved
        else f"of seed {discovery.seeds[answer.seed]}"
        + (
            ", the one with the median cosine with the truth"
            if about.truth is not None
            else ", the first that did not diverge"
        )
    )
    reading = f"The generators {origin}: a column is the component that moves things, a row the one that is moved."
    words = [f"{reading} Their scale, and of several the basis, are not determined by data."]
    if about.discrete:
        words[0] = f"The generator {origin}; its exponential, and the powers of that, are the symmetries."
    if about.truth is not None:
        words.append(f"Below a letter stands the nearest element of {about.truth.algebra}.")
    if "elements" in kinds:
        words.append("The method learned the group elements g; the generators are their logarithms.")
    if "readable" in kinds:
        partial = discovery.span.shape[0] != discovery.span.shape[1]
        filled = ", with what it does to directions that the data do not visit filled in the simplest way"
        words.append(
            f"The readable basis spans the same{filled if partial else ''}. Its names follow from the span alone."
        )
    if "forms" in kinds:
        words.append(
            "J solves L\N{MODIFIER LETTER CAPITAL T}J + JL = 0 for generators without their traces; its sign and scale are free."
        )
    if len(discovery.seeds) > 1:
        words.append("At the right, or below: how far each seed or part agrees; the axis counts nines.")
    return " ".join(words)


def _told_of_nothing(discovery: Discovery, about: About) -> Told:
    count = len(discovery.seeds)
    return Told(
        sentence=f"Nothing was found: all {count} seeds diverged. The losses below show where; lower the learning rates.",
        notes=(),
        figure=None,
        caption="All seeds diverged, so there is nothing to draw.",
        alt="",
        search=search_of(discovery),
        records=(seconds_record(discovery, about),),
        highlights=(),
        matrices=(),
        components=about.components,
        facts={"seeds": [int(seed) for seed in discovery.seeds]},
    )


def _told_of_tasks(discovery: Discovery, about: About) -> Told:
    """Tell of several tasks that were learned together: one generator each, and how far its seeds agree."""
    panels: list[Panel] = []
    matrices: list[NamedMatrix] = []
    records: list[Record] = []
    agreeing = 0
    parts = split_tasks(discovery)
    for number, (name, part) in enumerate(zip(about.tasks, parts, strict=True)):
        if not part.finite.any():
            continue
        answer = answer_of(part, about.truth)
        cosines = seed_cosines(part, answer)
        agreeing += int(np.all(cosines >= about.agreement))
        learned = answer.generators if part.elements is None else part.elements[answer.seed]
        for matrix in learned:
            panels += panels_of(matrix, name, f"seed {part.seeds[answer.seed]}")
            matrices.append(NamedMatrix("generators" if part.elements is None else "elements", name, matrix))
        others = np.delete(cosines, answer.seed)
        if len(others):
            records.append(
                summarise_seeds(
                    f"{about.prefix}.task_{number + 1}.cosine",
                    others.tolist(),
                    statistic="median",
                    label=f"{name}: cosine of the other seeds with the one that is drawn",
                    scale=about.scale,
                )
            )
    seeds = len(parts[0].seeds)
    words = f"{len(about.tasks)} tasks learned together, {seeds} seed{'' if seeds == 1 else 's'} each"
    tail = f"; in {agreeing} of them all seeds agree" if seeds > 1 else ""
    block = Block("The first seed of each task that did not diverge", tuple(panels), about.components)
    return Told(
        sentence=f"{words}{tail}.",
        notes=(),
        figure=plot_matrix_blocks([block]) if panels else None,
        caption="One group element for each task."
        if discovery.elements is not None
        else "One generator for each task. "
        + (
            "Its exponential, and the powers of that, are the symmetries."
            if about.discrete
            else "Its scale is not determined."
        ),
        alt=f"{len(panels)} matrices, one for each task.",
        search=search_of(discovery),
        records=(*records, seconds_record(discovery, about)),
        highlights=(),
        matrices=tuple(matrices),
        components=about.components,
        facts={"tasks": list(about.tasks), "seeds": [int(seed) for seed in parts[0].seeds]},
    )
