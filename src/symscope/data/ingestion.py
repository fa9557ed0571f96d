"""Read jets of any source into the one form of samples, checked, split and counted, in constant memory."""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from symscope.config.jet_datasets import (
    JetClassDataset,
    JetDataset,
    JetReading,
    PmuDataset,
    PythiaDataset,
    RootColumns,
)
from symscope.config.splits import SPLIT_NAMES
from symscope.data.jet_checks import check_momenta, spacelike_constituents
from symscope.data.jet_sources import JetReader, jet_reader, reading_tasks
from symscope.data.shuffle import JetShuffler, scratch_folder
from symscope.data.splits import RandomAssignment, quotas_by_fractions
from symscope.errors import DataError
from symscope.io.atomic import atomic_path
from symscope.io.files import PathLike
from symscope.io.jets import (
    SIGNAL,
    UNLABELLED,
    JetBatch,
    JetBlock,
    jets_out_of_order,
    leading_jet_constituents,
    select_jets,
    sort_constituents,
)
from symscope.io.root import refuse_unlabelled
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.provenance import provenance

logger = logging.getLogger(__name__)


@dataclass
class SplitSummary:
    """What was found in the jets of one split."""

    jets: int = 0
    """Jets written."""
    signal: int = 0
    """Jets written with label 1."""
    background: int = 0
    """Jets written with label 0."""
    constituents: int = 0
    """Constituents written."""
    empty_jets: int = 0
    """Jets without constituents that were found."""
    empty_jets_dropped: int = 0
    """Of those, the ones left out because of `drop_empty_jets`."""
    unlabelled_dropped: int = 0
    """Jets of neither class, left out because of `unlabelled: drop`."""
    jets_sorted: int = 0
    """Jets whose constituents were not by falling transverse momentum and were sorted."""
    jets_shortened: int = 0
    """Jets that lost soft constituents to `max_constituents`."""
    spacelike_constituents: int = 0
    """Constituents with E < |p| beyond the tolerance."""


@dataclass(frozen=True)
class IngestionSummary:
    """What was read and written."""

    splits: dict[str, SplitSummary]
    """Counts of each split."""
    jets_read: int
    """Jets that the files hold, including those of no split."""
    seconds: float
    """Wall-clock time [s]."""
    files: list[str]
    """The files, in the order in which they were read."""

    @property
    def jets_per_second(self) -> float:
        """Jets read in a second."""
        return self.jets_read / self.seconds if self.seconds > 0 else float("inf")

    def as_dict(self) -> dict[str, Any]:
        """All numbers as plain values that fit into JSON."""
        return asdict(self) | {"jets_per_second": round(self.jets_per_second, 1)}

    def write(self, path: PathLike) -> None:
        """Write the numbers as JSON."""
        with atomic_path(path) as aside:
            aside.write_text(json.dumps(self.as_dict(), indent=1) + "\n")


def ingest_jets(
    sources: Mapping[str, Sequence[PathLike]] | Sequence[PathLike],
    *,
    settings: JetDataset,
    output: PathLike,
    seed: int,
    step_jets: int = 20_000,
) -> IngestionSummary:
    """Read jets, check them and write one samples file with ragged x (n_constituents, 4) in GeV and labels y.

    Parameters
    ----------
    sources
        Files of each split. Where the settings split by fractions: one list, or the same list for each split.
    settings
        The dataset's block of the configuration.
    output
        The samples file; it appears whole or not at all.
    seed
        Decides which jets go to which split, which are drawn under `max_jets`, and the order of the jets.
    step_jets
        Jets in memory at once while reading; enters the random choices.

    Returns
    -------
    IngestionSummary
        Counts of each split and label, and what was done to the jets.

    Raises
    ------
    DataError
        In one sentence that names file, entry, what was found, what is allowed and how to mend it.
    """
    start = time.perf_counter()
    reader = jet_reader(settings, step_jets=step_jets)
    tasks = reading_tasks(sources, settings)
    summaries: dict[str, SplitSummary] = {split: SplitSummary() for split in SPLIT_NAMES}
    header = SamplesHeader(
        feature_names=("E", "px", "py", "pz"),
        units="GeV",
        x_action="vector",
        y_action="trivial",
        provenance=provenance(step="ingest_jets", settings=settings.model_dump(mode="json"), seeds=[seed]),
    )
    output = Path(output)
    jets_read = 0
    with SamplesWriter(output, header) as writer:
        for number, (splits, files) in enumerate(tasks):
            jets_read += _ingest(
                files,
                {split: summaries[split] for split in splits},
                reader=reader,
                settings=settings,
                writer=writer,
                rng=np.random.default_rng([seed, number]),
            )
        for split, found in summaries.items():
            _report(split, found, output)
        writer.update_provenance({"splits": {split: asdict(found) for split, found in summaries.items()}})
    files_read = [str(path) for _, files in tasks for path in files]
    summary = IngestionSummary(summaries, jets_read, round(time.perf_counter() - start, 3), files_read)
    logger.info("%s: %d jets read, %.0f jets/s", output, jets_read, summary.jets_per_second)
    return summary


def _ingest(
    files: list[Path],
    summaries: dict[str, SplitSummary],
    *,
    reader: JetReader,
    settings: JetDataset,
    writer: SamplesWriter,
    rng: np.random.Generator,
) -> int:
    """Read files once and deal their jets to the splits of `summaries`; returns the number of jets in the files."""
    splits = list(summaries)
    n_jets = sum(reader.count(path) for path in files)
    quotas = _quotas(n_jets, splits, settings)
    assignment = RandomAssignment(n_jets, quotas, rng=rng)
    with ExitStack() as stack:
        shufflers = {}
        if settings.shuffle:
            for split in splits:
                folder = writer.path.with_name(f".{writer.path.name}.{split}")
                shufflers[split] = JetShuffler(stack.enter_context(scratch_folder(folder)), quotas[split], rng=rng)
        for path in files:
            for block in reader.blocks(path):
                _check(block, settings)
                places = assignment.draw(block.batch.n_jets)
                for place, split in enumerate(splits):
                    chosen = block.batch if (places == place).all() else select_jets(block.batch, places == place)
                    batch = _prepare(chosen, settings, summaries[split])
                    if split in shufflers:
                        shufflers[split].add(batch)
                    else:
                        writer.append(split, batch.momenta, batch.labels, batch.counts)
        for split, shuffler in shufflers.items():
            for batch in shuffler.drain():
                writer.append(split, batch.momenta, batch.labels, batch.counts)
    return n_jets


def _quotas(n_jets: int, splits: Sequence[str], settings: JetDataset) -> dict[str, int]:
    if isinstance(settings, JetClassDataset | PmuDataset) and settings.split_by_fractions:
        shares = quotas_by_fractions(n_jets, {split: settings.fractions[split] for split in SPLIT_NAMES})
    else:
        shares = dict.fromkeys(splits, n_jets)
    limits: Mapping[Any, int] = {} if isinstance(settings, PythiaDataset) else settings.max_jets
    return {split: min(share, limits.get(split, share)) for split, share in shares.items()}


def _check(block: JetBlock, settings: JetDataset) -> None:
    if isinstance(settings, JetClassDataset):
        if settings.unlabelled == "error":
            refuse_unlabelled(block, settings.columns)
    elif isinstance(settings, PythiaDataset):
        refuse_unlabelled(block, RootColumns())
    check_momenta(block, settings)


def _prepare(batch: JetBatch, settings: JetReading, summary: SplitSummary) -> JetBatch:
    """Leave out, sort and shorten as the settings say, and count all of it."""
    unlabelled = batch.labels == UNLABELLED
    if unlabelled.any():
        summary.unlabelled_dropped += int(unlabelled.sum())
        batch = select_jets(batch, ~unlabelled)
    empty = batch.counts == 0
    if empty.any():
        summary.empty_jets += int(empty.sum())
        if settings.drop_empty_jets:
            summary.empty_jets_dropped += int(empty.sum())
            batch = select_jets(batch, ~empty)
    summary.spacelike_constituents += int(spacelike_constituents(batch, settings).sum())
    if settings.constituent_order == "sort":
        summary.jets_sorted += int(jets_out_of_order(batch).sum())
        batch = sort_constituents(batch)
    if settings.max_constituents is not None:
        summary.jets_shortened += int((batch.counts > settings.max_constituents).sum())
        batch = leading_jet_constituents(batch, settings.max_constituents)
    summary.jets += batch.n_jets
    summary.signal += int((batch.labels == SIGNAL).sum())
    summary.background += int((batch.labels != SIGNAL).sum())
    summary.constituents += len(batch.momenta)
    return batch


def _report(split: str, summary: SplitSummary, output: Path) -> None:
    """Say what was found; an empty split is an error, a split of one class a warning."""
    dropped = summary.empty_jets_dropped + summary.unlabelled_dropped
    if not summary.jets:
        raise DataError(
            f"{output}: the split '{split}' would be empty ({dropped} jets were left out because they have no "
            "constituents or no label); give it more jets under 'files', 'fractions' or 'max_jets'"
        )
    logger.info("%s, %s: %d signal and %d background jets", output, split, summary.signal, summary.background)
    for entry in fields(SplitSummary)[4:]:
        count = getattr(summary, entry.name)
        if count:
            level = logging.INFO if entry.name.startswith("jets_") else logging.WARNING
            logger.log(level, "%s, %s: %s = %d", output, split, entry.name, count)
    if not summary.signal or not summary.background:
        only = "signal" if summary.signal else "background"
        logger.warning("%s, %s: all jets are %s; no classifier can be trained or measured on them", output, split, only)
