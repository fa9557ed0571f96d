"""Accidents of a whole run, one after the other in one folder: plain reruns, without `--unlock`, end with the same files."""

import os
import random
import shutil
import subprocess
import time

import pytest

from tests.robustness.random_kills import Run, Workplace

TARGET = "results/smoke/discovery/two_bodies_null_space/generators.h5"
ELSE = "results/smoke/data/gaussian_short/dataset.h5"
DATASET = "results/smoke/data/two_bodies/dataset.h5"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A folder with a discovery from orbits to make: four jobs."""
    return Workplace(tmp_path_factory.mktemp("accidents") / "checkout", [TARGET], cores=1)


def told(run: Run) -> str:
    run.process.wait(240)
    return run.told()


@pytest.mark.slow
def test_two_runs_at_once_and_a_kill(place: Workplace) -> None:
    first = place.start()
    assert first.wait_for_first_job(120)
    heard = first.output.rename(place.folder / "first.txt")
    second = place.start()
    words = told(second)
    assert second.process.returncode != 0
    assert "symscope: another run is at work in this folder: process" in words
    assert "what both would make is refused" in words
    assert "Traceback" not in words
    assert first.process.poll() is None or first.process.returncode == 0, heard.read_text()
    if first.process.poll() is None:
        first.kill("snakemake", random.Random(0))
    for orphan in first.members():
        orphan.kill()
    rng = random.Random(20231)
    for _ in range(2):
        again = place.start()
        if again.wait_for_first_job(120) and not again.ended_within(rng.uniform(0.2, 2)):
            again.kill("all", rng)
    third = place.start()
    words = told(third)
    assert third.process.returncode == 0, words
    assert "LockException" not in words
    assert (place.folder / TARGET).is_file()


@pytest.mark.slow
def test_damage_to_a_file_between_two_jobs(place: Workplace) -> None:
    dataset, generators = place.folder / DATASET, place.folder / TARGET
    whole = dataset.read_bytes()
    before = dataset.stat()
    generators.unlink()
    shutil.rmtree(place.folder / "results" / "smoke" / "samples")
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    dataset.write_bytes(damaged)
    os.utime(dataset, ns=(before.st_atime_ns, before.st_mtime_ns))
    run = place.start()
    words = told(run)
    assert run.process.returncode != 0
    assert (
        f"symscope: {DATASET} is damaged: its content does not have the checksum that was written with it; delete it"
        in words
    )
    assert "Traceback" not in words
    dataset.unlink()  # as the sentence says
    # And the clock was wrong when the orbits were made.
    orbits = place.folder / "results" / "smoke" / "data" / "two_bodies" / "orbits.h5"
    os.utime(orbits, (time.time() + 1e7, time.time() + 1e7))
    run = place.start()
    words = told(run)
    assert run.process.returncode == 0, words
    assert "the clock was changed: results/smoke/data/two_bodies/orbits.h5 and 0 other results" in words
    assert "generate_orbits" not in words
    assert dataset.read_bytes() == whole
    assert generators.is_file()


@pytest.mark.slow
def test_the_workflow_dated_in_the_future_is_told_before_any_job(place: Workplace) -> None:
    card = place.folder / "resources" / "published.yaml"
    os.utime(card, (time.time() + 1e7, time.time() + 1e7))
    run = place.start()
    words = told(run)
    os.utime(card)
    assert run.process.returncode != 0
    assert "resources/published.yaml is dated" in words
    assert "so set the clock, or date the file: touch" in words
    assert "Traceback" not in words


@pytest.mark.slow
def test_a_read_only_folder_is_told_before_any_job(place: Workplace) -> None:
    results = place.folder / "results" / "smoke"
    results.mkdir(parents=True, exist_ok=True)
    bind = ["mount", "--bind", str(results), str(results)]
    if subprocess.run(bind, capture_output=True, check=False).returncode != 0:
        pytest.skip("a folder cannot be made read-only here: only root may mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(results)], check=True)
        place.command[place.command.index(TARGET)] = ELSE
        run = place.start()
        words = told(run)
    finally:
        subprocess.run(["umount", "--lazy", str(results)], check=True)
    assert run.process.returncode != 0
    assert "symscope: nothing can be written into results/smoke, because" in words
    assert "is read-only or belongs to somebody else" in words
    assert "Traceback" not in words
