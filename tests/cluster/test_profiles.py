"""What the cluster profiles ask for, and the way that jobs take to a scheduler, tried without one."""

import importlib.util
import json
import os
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
import yte

from symscope import cluster
from symscope.config.project import Project, read_project
from symscope.workload import WORK, work
from tests.cluster import one_node_slurm
from tests.cluster.conftest import GENERIC, ORBITS, Submitted, jobs_done

EXAMPLES = {
    "generate_jets": {"dataset": "top_jets", "process": "top", "split": "train", "chunk": "0000"},
    "ingest_jets": {"dataset": "top_jets"},
    "generate_molecules": {"dataset": "small_molecules", "chunk": "0000"},
    "discover_symmetry": {"experiment": "top_tagging"},
    "discover_lens": {"experiment": "gaussian_permuted"},
    "train_tagger": {"study": "top_tagging", "model": "lorentznet", "seed": "0"},
    "evaluate_tagger": {"study": "top_tagging", "model": "lorentznet", "seed": "0"},
    "train_predictor": {"prediction": "two_bodies_prediction", "model": "mlp"},
    "predict_properties": {"properties": "molecules_orbitals", "model": "none"},
    "measure_fidelity": {"dataset": "top_jets"},
    "calibrate": {"calibration": "density"},
}


def project_of(repository: Path, scale: str) -> Project:
    """A configuration as Snakemake merges it."""

    def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
        both = {key: merge(base[key], over[key]) for key in base.keys() & over.keys() if isinstance(over[key], dict)}
        return {**base, **over, **both}

    values = yaml.safe_load((repository / "config" / "config.yaml").read_text())
    if scale != "config":
        values = merge(values, yaml.safe_load((repository / "config" / f"{scale}.yaml").read_text()))
    return read_project(yaml.safe_dump(values), source=scale, folder=repository)


def profile_of(repository: Path, name: str) -> dict[str, Any]:
    """A profile as Snakemake reads it."""
    with (repository / "profiles" / name / "profile.yaml").open() as stream:
        read: dict[str, Any] = yte.process_yaml(stream, require_use_yte=True)
    return read


def asked(profile: dict[str, Any], rule: str, resource: str, *, attempt: int = 1) -> int:
    """What a profile asks for a job of a rule, evaluated as Snakemake does."""
    expression = profile["set-resources"].get(rule, profile["default-resources"]).get(resource)
    value = eval(expression, {"wildcards": EXAMPLES.get(rule, {}), "attempt": attempt, "input": []})
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("name", ["slurm", "cluster"])
def test_time_and_memory_follow_the_sizes_of_the_configuration(repository: Path, name: str) -> None:
    profile = profile_of(repository, name)
    assert set(profile["set-resources"]) == set(EXAMPLES) == set(WORK)
    minutes = {}
    for scale in ("smoke", "config", "paper"):
        cluster.declare(project_of(repository, scale))
        minutes[scale] = {
            rule: asked(profile, rule, "runtime") for rule in EXAMPLES if scale != "paper" or rule != "generate_jets"
        }
        assert all(500 <= asked(profile, rule, "mem_mb") <= 16_000 for rule in minutes[scale])
    assert set(minutes["smoke"].values()) == {10}
    assert max(minutes["config"].values()) <= 30
    # Days: as long as is allowed, and the training goes on from its checkpoint in the next attempt.
    assert minutes["paper"]["train_tagger"] == 24 * 60
    # 1.56 million steps of 8 seeds took 6 hours.
    assert 6 * 60 <= minutes["paper"]["discover_symmetry"] <= 24 * 60
    assert minutes["paper"]["train_predictor"] > minutes["config"]["train_predictor"]


def test_a_further_attempt_gets_more(repository: Path) -> None:
    profile = profile_of(repository, "slurm")
    cluster.declare(project_of(repository, "config"))
    for rule in ("train_tagger", "liegan_figure_5"):
        first, second, third = (
            (asked(profile, rule, "mem_mb", attempt=k), asked(profile, rule, "runtime", attempt=k)) for k in (1, 2, 3)
        )
        assert second == (2 * first[0], 2 * first[1])
        assert third == (4 * first[0], 3 * first[1])


def test_the_measured_default_run_fits_into_what_is_asked_for(repository: Path) -> None:
    """Measured on one core of the machine that the rates come from: seconds of the slowest job of each rule."""
    measured = {"generate_jets": 12, "discover_symmetry": 98, "discover_lens": 50, "train_tagger": 57, "calibrate": 84}
    profile = profile_of(repository, "slurm")
    cluster.declare(project_of(repository, "config"))
    for rule, seconds in measured.items():
        assert 2 * seconds < 60 * asked(profile, rule, "runtime") < 20 * seconds + 600, rule


def test_both_profiles_ask_for_the_same(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SBATCH_ACCOUNT", "SBATCH_PARTITION", "SYMSCOPE_GPU_PARTITION"):
        monkeypatch.delenv(name, raising=False)
    ours, other = profile_of(repository, "slurm"), profile_of(repository, "cluster")
    for key in ("set-resources", "default-resources", "retries", "rerun-incomplete", "keep-going"):
        assert ours[key] == other[key]
    default = yaml.safe_load((repository / "profiles" / "default" / "profile.yaml").read_text())
    assert all(
        ours[key] == value for key, value in default.items() if key not in ("resources", "max-jobs-per-timespan")
    )


def test_account_and_partitions_come_from_the_surroundings(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SBATCH_ACCOUNT", "atlas")
    monkeypatch.setenv("SBATCH_PARTITION", "long")
    monkeypatch.setenv("SYMSCOPE_GPU_PARTITION", "a100")
    monkeypatch.setenv("SYMSCOPE_MAX_MINUTES", "120")
    profile = profile_of(repository, "slurm")
    assert profile["default-resources"]["slurm_account"] == "'atlas'"
    assert profile["default-resources"]["slurm_partition"] == "'long'"
    assert profile["set-resources"]["train_tagger"]["slurm_partition"] == "'a100'"
    assert "slurm_partition" not in profile["set-resources"]["generate_jets"]
    cluster.declare(project_of(repository, "paper"))
    assert asked(profile, "train_tagger", "runtime") == 120


def test_work_is_counted_in_the_units_of_the_rates(repository: Path) -> None:
    project = project_of(repository, "config")
    assert work(project, "generate_jets", EXAMPLES["generate_jets"]) == 1000
    assert work(project, "ingest_jets", EXAMPLES["ingest_jets"]) == 12_000 + 2000 + 6000
    assert work(project, "discover_symmetry", EXAMPLES["discover_symmetry"]) == 8 * 5000
    assert work(project, "train_tagger", EXAMPLES["train_tagger"]) == 12_000 * 8 * 3 * 16 * (16 + 2) ** 2
    assert work(project, "render_report", {}) == 0


@pytest.mark.parametrize(
    ("storage", "command"),
    [
        ("accounting_storage/slurmdbd", "sacct"),
        ("accounting_storage/none", "squeue"),
        ("(null)", "squeue"),
        (None, "squeue"),
    ],
)
def test_finished_jobs_are_asked_for_where_they_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str | None, command: str
) -> None:
    program = tmp_path / "scontrol"
    lines = [
        "Configuration data as of 2026-11-22T00:00:00",
        f"AccountingStorageType   = {storage}",
        "MinJobAge = 300 sec",
    ]
    program.write_text(
        "#!/bin/sh\n" + ("exit 1" if storage is None else f"cat <<'EOF'\n{chr(10).join(lines)}\nEOF") + "\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert cluster.status_command() == command


@pytest.fixture
def scheduler(repository: Path) -> ModuleType:
    """The program of the generic profile."""
    spec = importlib.util.spec_from_file_location("scheduler", repository / "profiles" / "cluster" / "scheduler.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "told", "state"),
    [
        ("pbs", "Job Id: 12.head\n    job_state = Q\n", "running"),
        ("pbs", "Job Id: 12.head\n    job_state = R\n", "running"),
        ("pbs", "Job Id: 12.head\n    job_state = F\n    Exit_status = 0\n", "success"),
        ("pbs", "Job Id: 12.head\n    job_state = F\n    Exit_status = 271\n", "failed"),
        ("pbs", "", ""),
        ("lsf", "PEND\n", "running"),
        ("lsf", "DONE\n", "success"),
        ("lsf", "EXIT\n", "failed"),
        ("lsf", "", ""),
        ("slurm", "JobId=7 JobName=x\n   JobState=PENDING Reason=Resources\n", "running"),
        ("slurm", "JobId=7 JobName=x\n   JobState=COMPLETED Reason=None\n", "success"),
        ("slurm", "JobId=7 JobName=x\n   JobState=OUT_OF_MEMORY Reason=OutOfMemory\n", "failed"),
        ("slurm", "slurm_load_jobs error: Invalid job id specified", ""),
    ],
)
def test_answers_of_schedulers_are_understood(scheduler: ModuleType, name: str, told: str, state: str) -> None:
    assert scheduler.SCHEDULERS[name]().state(told) == state


@pytest.mark.parametrize(
    ("name", "program", "answer", "words"),
    [
        ("pbs", "qsub", "4711.head", ["select=1:ncpus=2:mem=3000mb:ngpus=1", "walltime=2:05:00"]),
        ("lsf", "bsub", "Job <4711> is submitted to queue <normal>.", ["-n 2", "-M 3000MB", "-W 125", "num=1"]),
        ("slurm", "sbatch", "4711", ["--cpus-per-task=2", "--mem=3000", "--time=125", "--gpus=1"]),
    ],
)
def test_submissions_carry_the_resources(  # noqa: PLR0917
    repository: Path, tmp_path: Path, name: str, program: str, answer: str, words: list[str]
) -> None:
    """With a program that writes down how it was called, in place of the scheduler's."""
    (tmp_path / program).write_text(f'#!/bin/sh\necho "$@" > called\necho "{answer}"\n')
    (tmp_path / program).chmod(0o755)
    resources = {"mem_mb": 3000, "runtime": 125, "gpu": 1}
    properties = {"type": "single", "rule": "train_tagger", "jobid": 5, "threads": 2, "resources": resources}
    script = tmp_path / "job.sh"
    script.write_text(f"#!/bin/sh\n# properties = {json.dumps(properties)}\ntrue\n")
    done = subprocess.run(
        [repository / "profiles" / "cluster" / "submit", script],
        cwd=tmp_path,
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "SYMSCOPE_SCHEDULER": name,
            "SYMSCOPE_SUBMIT_OPTIONS": "-q 'my queue'",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ("4711.head" if name == "pbs" else "4711")
    called = (tmp_path / "called").read_text()
    for word in [*words, "-q my queue", str(script)]:
        assert word in called


def test_a_scheduler_that_is_not_named_is_asked_for(repository: Path) -> None:
    program = repository / "profiles" / "cluster" / "submit"
    done = subprocess.run([program, "x"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "export one of pbs, lsf, slurm, local" in done.stderr


def test_an_existing_slurm_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, gres = tmp_path / "slurm.conf", tmp_path / "gres.conf"
    for name, path in (("ETC", tmp_path), ("CONFIG", config), ("GRES", gres)):
        monkeypatch.setattr(one_node_slurm, name, path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for path in (config, gres):
        path.write_text("ClusterName=theirs\n")
    node = one_node_slurm.OneNodeSlurm(tmp_path / "base")
    with pytest.raises(one_node_slurm.NoSlurm, match="there is a SLURM on this machine already"):
        node.start()
    node.stop()
    assert config.read_text() == gres.read_text() == "ClusterName=theirs\n"


def test_a_node_in_use_is_left_to_its_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_node_slurm, "CONFIG", tmp_path / "slurm.conf")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "slurm.conf").write_text(f"{one_node_slurm.MARK}{tmp_path}\n")
    (tmp_path / "owner").write_text(str(os.getpid()))
    assert f"in use by process {os.getpid()}" in (one_node_slurm.obstacle(install=True) or "")
    (tmp_path / "owner").write_text("")
    assert "started it by hand" in (one_node_slurm.obstacle(install=True) or "")


@pytest.mark.slow
def test_jobs_go_through_a_submit_command_and_a_failed_one_comes_back(submitted: Submitted) -> None:
    """Processes of this machine in place of a cluster; the first try of one job finds its scheduler out of order."""
    broken = submitted.folder / "broken"
    broken.touch()
    program = submitted.folder / "profiles" / "cluster" / "submit"
    real = program.read_text()
    program.write_text(real.replace("exec", f'if rm "{broken}" 2>/dev/null; then exit 1; fi\nexec', 1))
    said = submitted.submit(ORBITS, *GENERIC, SYMSCOPE_SCHEDULER="local")
    assert jobs_done(said) == 2
    assert "Trying to restart job" in said
    logs = sorted(path.name for path in (submitted.folder / ".snakemake" / "cluster_logs").glob("*.log"))
    assert [name.split("-")[0] for name in logs] == ["generate_orbits", "ingest_trajectories"]
    before = submitted.finished()
    assert "Nothing to be done" in submitted.submit(ORBITS, *GENERIC, SYMSCOPE_SCHEDULER="local")
    assert submitted.finished() == before
