"""Benchmarks: what they measure is the same function, their numbers are put together rightly, and costs that must not rise."""

import importlib
import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from tests.benchmarks.bench_discovery import jets
from tests.benchmarks.bench_predictors import dense_basis
from tests.benchmarks.bench_startup import imports_of
from tests.benchmarks.bench_tagger import PaddedReference, make_batches, make_network, pad
from tests.benchmarks.suite import operations, peak_memory, run
from tests.makers.counted import count_operations

from symscope.config.discovery import LieGan
from symscope.config.speed import BenchmarkName
from symscope.config.symmetrylens import SymmetryLensPublished
from symscope.discovery.building import build_trainer
from symscope.discovery.loop import seed_streams
from symscope.discovery.samples import prepare_samples
from symscope.discovery.symmetrylens.published.trainer import LensTrainer
from symscope.discovery.trainer import EnsembleTrainer
from symscope.errors import DataError
from symscope.evaluation.speed import Machine, Measurement, Speeds, growth, merge_speeds, step_growth
from symscope.groups.algebras import known_algebra
from symscope.io.speed import read_speeds, write_speeds
from symscope.plotting.speed import plot_speed
from symscope.report.speed import speed_layout, speed_records
from symscope.report.tables import make_table, table_html

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
MACHINE = Machine(processor="a processor", threads=2, arithmetic=1e11, bandwidth=2e10, versions={"torch": "2"})


def some_speeds() -> Speeds:
    return Speeds(
        MACHINE,
        (
            *(
                Measurement(
                    "discovery", f"LieGAN, {n} seeds", "seed-steps/s", rate=100.0 * n, plain=50.0, size=float(n), axis="seeds",
                    in_rate=True, peak=2.0**20 * n, operations=1e7,
                )
                for n in (1, 8, 32)
            ),
            Measurement("tagger_training", "LorentzNet", "jets/s", rate=40.0, plain=8.0, goal=4.0),
            Measurement("ingestion", "reading", "jets/s", rate=1e5),
        ),
    )  # fmt: skip


def test_growth_finds_a_power_law_and_where_it_breaks() -> None:
    sizes = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    law = growth(sizes, 3e-3 * sizes**1.7)
    assert law is not None
    assert law.exponent == pytest.approx(1.7)
    assert law.last == pytest.approx(1.7)
    assert law.breaks_at is None
    broken = growth(sizes, np.where(sizes < 16, 1.0, 4.0) * sizes)
    assert broken is not None
    assert broken.breaks_at == 16
    assert growth(sizes[:2], sizes[:2]) is None


def test_measurements_survive_a_file_and_are_joined_on_one_machine_only(tmp_path) -> None:
    speeds = some_speeds()
    write_speeds(tmp_path / "speeds.json", speeds)
    assert read_speeds(tmp_path / "speeds.json") == speeds
    joined = merge_speeds([speeds, speeds])
    assert len(joined.measurements) == 2 * len(speeds.measurements)
    other = Speeds(Machine("another processor", 2, 1e11, 2e10), ())
    with pytest.raises(DataError, match="different machines"):
        merge_speeds([speeds, other])
    with pytest.raises(DataError, match="no measurements"):
        merge_speeds([])
    (tmp_path / "wrong.json").write_text(json.dumps({"machine": {}}))
    with pytest.raises(DataError, match="make it again"):
        read_speeds(tmp_path / "wrong.json")


def test_records_table_and_figure_show_every_measurement() -> None:
    speeds = some_speeds()
    records = {record.id: record for record in speed_records(speeds, scale="test")}
    assert records["speed.discovery.at_8.ratio"].value == pytest.approx(16)
    assert records["speed.discovery.at_8.share"].value == pytest.approx(100 * 800 * 1e7 / 1e11)
    assert records["speed.tagger_training.goal"].value == 4
    # 32 seed-steps take 0.01 s whatever the number of seeds: the time of all seeds does not grow.
    assert records["speed.growth.discovery.exponent"].value == pytest.approx(0, abs=1e-12)
    # Two threads make 40 jets/s, so a thousand cores make 20,000.
    assert records["speed.plan.training_hours"].value == pytest.approx(1e8 / 20_000 / 3600)
    assert records["speed.plan.ingestion_hours"].value == pytest.approx(1e8 / 1e8 / 3600)
    table = make_table(list(records.values()), speed_layout(speeds), "speeds")
    html = table_html(table)
    assert all(one.label in html for one in speeds.measurements)
    assert [name for name, _ in step_growth(speeds)] == ["discovery"]
    assert plot_speed(speeds).get_size_inches()[0] == pytest.approx(9.6)


def test_the_tagger_and_its_reference_are_the_same_function() -> None:
    batch = make_batches(6, 8)[0]
    ours, plain = make_network(readout="padded_mean").double(), PaddedReference(make_network()).double()
    ours.train()
    plain.train()
    mine, theirs = ours(*batch), plain(*(part.double() for part in pad(*batch)[:2]), pad(*batch)[2])
    torch.testing.assert_close(mine, theirs, rtol=1e-8, atol=1e-10)
    mine.sum().backward()
    theirs.sum().backward()
    for name, parameter in ours.named_parameters():
        other = plain.network.get_parameter(name)
        if parameter.grad is not None and other.grad is not None:
            torch.testing.assert_close(parameter.grad, other.grad, rtol=1e-6, atol=1e-8, msg=name)


def test_the_plain_basis_counts_what_schur_says() -> None:
    # Maps of 1 + V + VV of so(3): multiplicities 2, 2, 1 of spins 0, 1, 2, so 4 + 4 + 1 of them.
    assert dense_basis(known_algebra("so(3)"), ("", "V", "VV")) == 9


def test_memory_and_operations_are_measured() -> None:
    assert 60 * 2**20 < peak_memory(_take, 64 * 2**20) < 100 * 2**20
    left = torch.ones(8, 16)
    assert operations(lambda: left @ left.T) == 2 * 8 * 8 * 16


def _take(size: int) -> None:
    torch.ones(size // 4).sum()


def test_a_benchmark_prints_and_writes_its_measurements(tmp_path, capsys) -> None:
    found = some_speeds().measurements
    threads = torch.get_num_threads()
    run(
        lambda _, __: list(found),
        "words",
        ["--size", "smoke", "--json", str(tmp_path / "s.json"), "--threads", "1"],
    )
    torch.set_num_threads(threads)
    assert "5.00 times plain (4 wanted)" in capsys.readouterr().out
    assert read_speeds(tmp_path / "s.json").measurements == found


@pytest.mark.parametrize("script", sorted(path.stem for path in FOLDER.glob("bench_*.py")))
def test_every_benchmark_is_known_to_the_configuration_and_can_be_run(script: str) -> None:
    assert script.removeprefix("bench_") in get_args(BenchmarkName)
    assert callable(importlib.import_module(f"tests.benchmarks.{script}").measure)


def test_an_adapters_imports_leave_out_those_for_type_checkers() -> None:
    found = imports_of("liegan_table_3")
    assert "from symscope.joblog import job_log" in found
    assert "iocontainers" not in found


def liegan(seeds: int) -> EnsembleTrainer:
    device = torch.device("cpu")
    method = LieGan.published(channels=7, epochs=1.0)
    x, y = jets(640)
    samples = prepare_samples(
        x, y, x_action="vector", y_action="trivial", method=method, dtype=torch.float32, device=device, tasks=1
    )
    span = torch.as_tensor(samples.visited(), dtype=torch.float32)
    return build_trainer(method, samples, span, seed_streams(range(seeds), device))


def lens(seeds: int) -> LensTrainer:
    settings = SymmetryLensPublished.model_validate({"optimisation": {"steps": 100, "batch": 70}})
    x = torch.randn(210, 7, generator=torch.Generator().manual_seed(0))
    return LensTrainer(settings, x, streams=seed_streams(range(seeds), torch.device("cpu")), steps=100, batch=70)


@pytest.mark.parametrize("seeds", [1, 6])
def test_a_step_of_liegan_is_few_operations_and_none_waits_for_the_device(seeds: int) -> None:
    trainer = liegan(seeds)
    noise = trainer.draw(2)
    trainer.step(noise[0])
    trainer.step_index = 1
    counted = count_operations(lambda: trainer.step(noise[1]))
    assert counted.read_back == {}
    assert counted.total <= 400, counted.counts


@pytest.mark.parametrize("seeds", [1, 4])
def test_a_step_of_the_lens_is_few_operations_and_none_waits_for_the_device(seeds: int) -> None:
    trainer = lens(seeds)
    trainer.advance()
    counted = count_operations(trainer.advance)
    assert counted.read_back == {}
    assert counted.total <= 1200 + 2 * seeds, counted.counts


def test_a_step_of_the_tagger_has_no_more_products_than_its_edges_need() -> None:
    network, batch = make_network(), make_batches(2, 69)[0]
    width, layers = network.settings.hidden, network.settings.layers
    nodes = batch[1].diff() + 2
    edges = float((nodes**2).sum())
    # Of each edge: two square products in every layer but the last, which has one; three times that with a backward pass.
    needed = 3 * edges * 2 * width**2 * (2 * layers - 1)

    def step() -> None:
        network(*batch).logsumexp(1).mean().backward()

    assert needed < operations(step) < 1.1 * needed
    assert count_operations(step).total <= 4450
