"""What a dry run plans: the right jobs, named targets, and nothing at all with a wrong configuration."""

import re

import pytest

from symscope.config.targets import TARGETS
from tests.workflow.conftest import Checkout

SMOKE = ("--configfile", "config/smoke.yaml")


def test_the_default_run_has_every_stage(checkout: Checkout) -> None:
    jobs = checkout.planned()
    assert jobs["train_tagger"] == jobs["evaluate_tagger"] == 4 * 3
    assert jobs["fit_metric"] == jobs["ingest_jets"] == jobs["evaluate_predictors"] == 1
    assert jobs["generate_orbits"] == jobs["ingest_trajectories"] == 2
    assert jobs["discover_symmetry"] == 14 + 5 + 12
    assert jobs["discover_null_space"] == 6
    assert jobs["identify"] == 16
    assert jobs["measure_speed"] == 3
    assert jobs["generate_molecules"] == 2
    assert jobs["predict_properties"] == 3
    assert jobs["generate_functions"] == 5 + 5
    assert jobs["train_predictor"] == 13
    assert jobs["train_adaptor"] == 4
    assert {*TARGETS, "collect_summary", "render_report"} <= set(jobs)


@pytest.mark.parametrize("name", ["smoke", "paper"])
def test_the_other_scales_plan(checkout: Checkout, name: str) -> None:
    jobs = checkout.planned("--configfile", f"config/{name}.yaml")
    assert ("download_reference" in jobs) is (name == "paper")
    assert ("generate_jets" in jobs) is (name == "smoke")


def test_a_figure_alone_needs_no_tagger(checkout: Checkout) -> None:
    jobs = checkout.planned("liegan_figure_5")
    assert "train_tagger" not in jobs
    assert {"generate_jets", "discover_symmetry", "fit_metric", "liegan_figure_5"} <= set(jobs)


def test_molecules_need_no_jets_and_qm9_no_calculations(checkout: Checkout) -> None:
    jobs = checkout.planned("liegan_table_5")
    chain = {"enumerate_molecules", "generate_molecules", "ingest_molecules", "discover_symmetry", "predict_properties"}
    assert chain <= set(jobs)
    assert "generate_jets" not in jobs
    assert jobs["discover_symmetry"] == 1
    jobs = checkout.planned("liegan_table_5", "--configfile", "config/paper.yaml")
    assert not {"enumerate_molecules", "generate_molecules"} & set(jobs)
    assert jobs["ingest_molecules"] == 1


def test_another_model_adds_only_its_own_jobs(checkout: Checkout) -> None:
    before = checkout.planned(*SMOKE)
    overlay = checkout.folder / "config" / "more.yaml"
    overlay.write_text("tagging: {top_tagging: {models: {plain: {metric: euclidean, include_momenta: true}}}}\n")
    after = checkout.planned("--configfile", "config/smoke.yaml", "config/more.yaml")
    assert {rule: after[rule] - before[rule] for rule in after if after[rule] != before[rule]} == {
        "train_tagger": 2,
        "evaluate_tagger": 2,
    }


def test_jets_of_ones_own_need_no_generator(checkout: Checkout) -> None:
    (checkout.folder / "mine.root").touch()
    (checkout.folder / "config" / "mine.yaml").write_text(
        "datasets: {mine: {source: jetclass, files: {all: [mine.root]}}}\nexperiments: {top_tagging: {dataset: mine}}\n"
    )
    jobs = checkout.planned("liegan_figure_5", "--configfile", "config/mine.yaml")
    assert "generate_jets" not in jobs
    assert jobs["ingest_jets"] == 1


def test_an_answer_needs_its_discovery_alone(checkout: Checkout) -> None:
    jobs = checkout.planned("identify_two_bodies_null_space")
    assert {"generate_orbits", "ingest_trajectories", "build_samples", "discover_null_space", "identify"} <= set(jobs)
    assert "discover_symmetry" not in jobs
    assert jobs["identify"] == 1


def test_a_film_alone_trains_no_network(checkout: Checkout) -> None:
    jobs = checkout.planned("orbit_film")
    expected = {"generate_orbits", "ingest_trajectories", "build_samples", "discover_symmetry", "orbit_film"}
    assert expected <= set(jobs)
    assert not {"train_predictor", "generate_jets", "fit_metric"} & set(jobs)
    assert jobs["discover_symmetry"] == 1


def test_a_table_of_predictors_needs_only_the_symmetries_that_it_uses(checkout: Checkout) -> None:
    jobs = checkout.planned("liegan_table_2")
    assert jobs["discover_symmetry"] == 5
    assert "generate_jets" not in jobs


def test_classifiers_need_only_the_discoveries_whose_representation_they_use(checkout: Checkout) -> None:
    jobs = checkout.planned("symmetrylens_figure_adaptor")
    jobs.pop("default", None)
    assert jobs == {
        "generate_signals": 8,
        "discover_lens": 4,
        "train_adaptor": 4,
        "symmetrylens_figure_adaptor": 1,
    }


def test_a_calibration_needs_no_data(checkout: Checkout) -> None:
    jobs = checkout.planned("calibration_table", "calibration_figure")
    assert jobs["calibrate"] == 1
    assert not {"generate_jets", "discover_symmetry", "generate_signals"} & set(jobs)


def test_trajectories_of_ones_own_need_no_simulation(checkout: Checkout) -> None:
    (checkout.folder / "mine.csv").touch()
    (checkout.folder / "config" / "mine.yaml").write_text(
        "datasets: {mine: {source: trajectories, files: {all: [mine.csv]}, columns: [x1, y1, px1, py1, x2, y2, px2, py2]}}\n"
        "experiments: {two_bodies_liegan: {dataset: mine}}\n"
    )
    jobs = checkout.planned("orbit_film", "--configfile", "config/mine.yaml")
    assert "generate_orbits" not in jobs
    assert jobs["ingest_trajectories"] == 1


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ("sclae: x\n", "unknown key 'sclae'; did you mean 'scale'?"),
        ("tagging: {top_tagging: {network: {hidden: wide}}}\n", "'tagging.top_tagging.network.hidden' is 'wide'"),
        (
            "report: {targets: {symmetrylens_figure_found: {experiment: top_tagging}}}\n",
            "shows one step of a hidden translation, and 'top_tagging', whose method is 'liegan', finds generators",
        ),
        ("experiments: {top_tagging: {dataset: nothing}}\n", "allowed: top_jets, top_reference, two_bodies"),
    ],
)
def test_a_wrong_configuration_stops_before_any_job(checkout: Checkout, overlay: str, words: str) -> None:
    (checkout.folder / "config" / "wrong.yaml").write_text(overlay)
    done = checkout.snakemake("--cores", "1", "--configfile", "config/wrong.yaml", check=False)
    told = done.stdout + done.stderr
    assert done.returncode != 0
    assert words in told
    assert "Traceback" not in told
    assert not (checkout.folder / "results").exists()


def test_a_target_that_is_not_configured_is_named(checkout: Checkout) -> None:
    page = checkout.folder / "config" / "config.yaml"
    page.write_text(re.sub(r"    liegan_figure_6: .*\n", "", page.read_text()))
    done = checkout.snakemake("--dry-run", "liegan_figure_6", check=False)
    assert done.returncode != 0
    assert "target 'liegan_figure_6' is not in this configuration" in done.stdout + done.stderr


def test_the_workflow_serves_as_a_module(checkout: Checkout) -> None:
    other = checkout.folder / "other"
    other.mkdir()
    (other / "Snakefile").write_text(
        'configfile: "config/config.yaml"\n'
        "module symscope:\n"
        '    snakefile: "../workflow/Snakefile"\n'
        "    config: config\n"
        "use rule * from symscope as symscope_*\n"
        "rule everything:\n"
        "    default_target: True\n"
        "    input: rules.symscope_all.input\n"
    )
    done = checkout.snakemake("--dry-run", "--directory", ".", "--snakefile", "other/Snakefile")
    assert "symscope_discover_symmetry" in done.stdout + done.stderr


def test_both_ways_to_start_agree(checkout: Checkout) -> None:
    shim = checkout.planned()
    direct = checkout.planned("--snakefile", "workflow/Snakefile")
    shim.pop("default")
    direct.pop("all")
    assert shim == direct
