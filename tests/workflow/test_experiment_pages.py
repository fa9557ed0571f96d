"""The name of an experiment is a target: its page, and nothing that it does not need."""

from tests.workflow.conftest import Checkout


def test_a_page_needs_its_own_discovery_alone(checkout: Checkout) -> None:
    jobs = checkout.planned("two_bodies_null_space", "gaussian_permuted", "cyclic_mixture")
    assert jobs["experiment_report"] == 3
    assert jobs["identify"] == jobs["discover_null_space"] == jobs["discover_lens"] == jobs["discover_symmetry"] == 1
    assert not {"train_tagger", "generate_jets", "fit_metric", "render_report"} & set(jobs)


def test_every_experiment_has_a_page(checkout: Checkout) -> None:
    jobs = checkout.planned("experiments")
    assert jobs["experiment_report"] == jobs["discover_symmetry"] + jobs["discover_null_space"] + jobs["discover_lens"]


def test_several_methods_of_one_entry_share_a_page_and_alone_are_all_there_is(checkout: Checkout) -> None:
    (checkout.folder / "config" / "config.yaml").write_text(
        "experiments: {orbits: {data: {source: nbody}, methods: [null_space, liegan]}}\n"
    )
    jobs = checkout.planned("orbits")
    assert (jobs["experiment_family"], jobs["experiment_report"], jobs["identify"]) == (1, 2, 2)
    everything = checkout.planned()
    assert everything["experiment_report"] == 2
    assert "render_report" not in everything
