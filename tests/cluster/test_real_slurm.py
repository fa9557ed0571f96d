"""The workflow through a real SLURM on this machine: memory, arrays, GPUs, cancelled jobs, a drained node, a dead controller."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster.conftest import GENERIC, ORBITS, PLUGIN, Submitted, jobs_done
from tests.cluster.one_node_slurm import OneNodeSlurm

CHAIN = "results/smoke/discovery/two_bodies_liegan/generators.h5"
"""After the orbits: windows of them, and a discovery that is made to take some seconds."""

SLOW = """
experiments:
  two_bodies_liegan: {method: {optimisation: {steps: 3000}}}
"""


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.2)


def of_rule(slurm: OneNodeSlurm, rule: str, *states: str) -> list[dict[str, str]]:
    """Jobs of a rule that SLURM knows of; the plugin names the rule in the comment."""
    return [job for job in slurm.jobs(*states) if f"rule_{rule}" in job["comment"]]


@pytest.fixture
def known(slurm: OneNodeSlurm) -> set[str]:
    """Jobs that SLURM remembers from earlier tests."""
    return {job["id"] for job in slurm.jobs()}


@pytest.fixture
def slow(continued: Submitted) -> tuple[str, ...]:
    """Target and options of the chain with its slow last job."""
    (continued.folder / "slow.yaml").write_text(SLOW)
    return (CHAIN, *PLUGIN, "slow.yaml", "--retries", "0")


@pytest.mark.slow
def test_a_job_that_uses_too_much_memory_is_killed_by_slurm_and_comes_back_with_more(
    submitted: Submitted, slurm: OneNodeSlurm, known: set[str]
) -> None:
    """Through the generic profile: SLURM kills the first attempt at 60 MB, the second has the memory that it needs."""
    limits = ("--set-resources", "generate_orbits:mem_mb=60 if attempt == 1 else 1500")
    said = submitted.submit(ORBITS, *limits, *GENERIC, SYMSCOPE_SCHEDULER="slurm")
    assert "Trying to restart job" in said
    assert jobs_done(said) == 2
    new = [job for job in slurm.jobs() if job["id"] not in known]
    assert [(job["state"] == "COMPLETED", job["memory"]) for job in sorted(new, key=lambda job: int(job["id"]))] == [
        (False, "60M"),
        (True, "1500M"),
        (True, "1500M"),
    ]
    logs = (submitted.folder / ".snakemake" / "cluster_logs").glob("generate_orbits-*.log")
    assert (submitted.smoke / "data" / "two_bodies" / "dataset.h5").is_file()
    assert [path.name for path in logs]


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_the_plugin_retries_with_more_memory(submitted: Submitted, slurm: OneNodeSlurm, known: set[str]) -> None:
    limits = ("--set-resources", "generate_orbits:mem_mb=60 if attempt == 1 else 1500")
    said = submitted.submit(ORBITS, *limits, *PLUGIN)
    assert "SLURM status is: 'OUT_OF_MEMORY'" in said or "SLURM status is: 'FAILED'" in said
    new = [job for job in of_rule(slurm, "generate_orbits") if job["id"] not in known]
    assert sorted((job["memory"], job["state"] == "COMPLETED") for job in new) == [("1500M", True), ("60M", False)]
    (again,) = [job for job in of_rule(slurm, "ingest_trajectories") if job["id"] not in known]
    assert (again["state"], again["memory"], again["limit"]) == ("COMPLETED", "1500M", "20:00")


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_jobs_of_one_rule_are_one_array_and_two_processes_train_together(
    submitted: Submitted, slurm: OneNodeSlurm, known: set[str]
) -> None:
    """The chunks of jets as one array, with run time and memory from the measured rates; then a tagger on two cores."""
    said = submitted.submit("results/smoke/data/top_jets/dataset.h5", *PLUGIN)
    chunks = [job for job in of_rule(slurm, "generate_jets") if job["id"] not in known]
    assert len(chunks) == 6
    assert {job["state"] for job in chunks} == {"COMPLETED"}
    assert len({job["array"] for job in chunks}) == 1
    assert "Submitted array job" in said
    # The plugin adds some MB for the text of the array itself.
    assert all(1000 <= int(job["memory"].removesuffix("M")) <= 1010 for job in chunks)
    assert all(job["limit"] == "10:00" for job in chunks)
    assert jobs_done(said) == 7
    (submitted.folder / "together.yaml").write_text("compute: {device: cpu, processes: 2}\n")
    submitted.submit("results/smoke/training/top_tagging/lorentznet/seed-0/network.pt", *PLUGIN, "together.yaml")
    (job,) = [job for job in of_rule(slurm, "train_tagger") if job["id"] not in known]
    assert (job["state"], job["cpus"]) == ("COMPLETED", "2")
    told = (submitted.smoke / "logs" / "train_tagger" / "top_tagging" / "lorentznet-0.log").read_text()
    assert told.count("epoch 1: loss") == 1


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_a_gpu_is_asked_for_and_seen_by_the_job(continued: Submitted, slurm: OneNodeSlurm, known: set[str]) -> None:
    """The node's GPU is a fake one: SLURM gives it to one job at a time, and torch, which sees none, takes the CPU."""
    continued.submit(CHAIN, *PLUGIN, SYMSCOPE_GPU_PARTITION="main")
    (job,) = [job for job in of_rule(slurm, "discover_symmetry") if job["id"] not in known]
    assert job["state"] == "COMPLETED"
    assert "gres:gpu:1" in slurm.about(job["id"])
    (other,) = [job for job in of_rule(slurm, "build_samples") if job["id"] not in known]
    assert "gres:gpu" not in slurm.about(other["id"])


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_the_whole_smoke_run(submitted: Submitted, slurm: OneNodeSlurm) -> None:
    """Some two hundred jobs; where SYMSCOPE_WHOLE_SMOKE is set, because they take a quarter of an hour."""
    if not os.environ.get("SYMSCOPE_WHOLE_SMOKE"):
        pytest.skip("a quarter of an hour; export SYMSCOPE_WHOLE_SMOKE=1 to run it")
    submitted.submit(*PLUGIN, seconds=7200)
    assert (submitted.smoke / "report" / "index.html").is_file()
    assert "Nothing to be done" in submitted.submit(*PLUGIN)


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_after_a_cancelled_job_a_plain_rerun_ends_right(
    continued: Submitted, slurm: OneNodeSlurm, slow: tuple[str, ...]
) -> None:
    process = continued.start(*slow)
    wait_until(lambda: of_rule(slurm, "discover_symmetry", "RUNNING"), "the discovery never ran")
    slurm.cancel(*(job["id"] for job in of_rule(slurm, "discover_symmetry", "RUNNING")))
    assert process.wait(timeout=600) != 0
    assert "SLURM status is: 'CANCELLED'" in continued.said
    ends_right_without_doing_it_again(continued, slow, left=1)


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_after_a_drained_node_and_an_interrupted_run_a_plain_rerun_ends_right(
    continued: Submitted, slurm: OneNodeSlurm, slow: tuple[str, ...]
) -> None:
    """The job that runs on a node when it is drained ends well; what comes after waits until the user has had enough."""
    process = continued.start(*slow)
    wait_until(lambda: of_rule(slurm, "build_samples", "RUNNING"), "the first job never ran")
    slurm.drain()
    wait_until(lambda: of_rule(slurm, "discover_symmetry", "PENDING"), "the second job was never submitted")
    time.sleep(3)
    assert not of_rule(slurm, "discover_symmetry", "RUNNING")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=600) != 0
    wait_until(lambda: not slurm.jobs("PENDING", "RUNNING"), "an interrupted run left jobs behind")
    slurm.resume()
    ends_right_without_doing_it_again(continued, slow, left=1)


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_a_node_that_goes_down_costs_only_the_job_on_it(
    continued: Submitted, slurm: OneNodeSlurm, slow: tuple[str, ...]
) -> None:
    """SLURM puts the job back into its queue and starts it again, and the run waits for that."""
    process = continued.start(*slow)
    wait_until(lambda: of_rule(slurm, "discover_symmetry", "RUNNING"), "the discovery never ran")
    before = continued.finished()
    slurm.down()
    time.sleep(2)
    slurm.resume()
    slurm.start_at_once()
    code = process.wait(timeout=600)
    assert {name: continued.finished()[name] for name in before if "checkpoint" not in name} == {
        name: at for name, at in before.items() if "checkpoint" not in name
    }
    ends_right_without_doing_it_again(continued, slow, left=0 if code == 0 else 1)


@pytest.mark.slurm
@pytest.mark.usefixtures("plugin")
def test_a_controller_that_dies_and_comes_back_is_outlived(
    continued: Submitted, slurm: OneNodeSlurm, slow: tuple[str, ...]
) -> None:
    process = continued.start(*slow)
    wait_until(lambda: of_rule(slurm, "build_samples", "RUNNING"), "the first job never ran")
    slurm.stop_controller()
    time.sleep(8)
    slurm.start_controller()
    code = process.wait(timeout=600)
    ends_right_without_doing_it_again(continued, slow, left=None if code else 0)


def ends_right_without_doing_it_again(continued: Submitted, command: tuple[str, ...], *, left: int | None) -> None:
    """A plain rerun does the jobs that are left (None: some), and writes nothing anew that was finished."""
    before = continued.finished()
    done = {name: at for name, at in before.items() if not name.endswith(".checkpoint")}
    said = continued.submit(*command)
    assert left is None or jobs_done(said) == left
    after = continued.finished()
    assert {name: after[name] for name in done} == done
    assert Path(CHAIN).relative_to("results/smoke").as_posix() in after
    assert not [name for name in after if name.endswith(".checkpoint")]
    assert "Nothing to be done" in continued.submit(*command)


@pytest.mark.slow
def test_nothing_of_the_node_stays_behind(slurm: OneNodeSlurm) -> None:
    """Last in this file: jobs of all tests have ended, and the node is as it was."""
    assert not slurm.jobs("PENDING", "RUNNING")
    assert slurm.node_state() == "idle"
