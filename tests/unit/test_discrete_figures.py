"""Figures and records of finite groups and of SU(2): what is drawn, counted and told."""

from dataclasses import replace

import numpy as np
import pytest

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.evaluation.cyclic import law_errors, score_cyclic, turn_in_plane, turn_of_three
from symscope.evaluation.discovery import canonical_generators, score_discovery
from symscope.groups import known_algebra
from symscope.plotting.cyclic import mixture_density, plot_cyclic_groups, plot_permutation
from symscope.plotting.unitary import change_of_basis, plot_unitary
from symscope.report.discrete import complete, cyclic_records, cyclic_scores, law_records
from symscope.report.records import PublishedValue
from symscope.report.tables import TableLayout, make_table


def ensemble(generators, *, tasks=1, tried=None) -> Discovery:
    generators = np.asarray(generators)
    return Discovery(
        generators=generators,
        seeds=tuple(range(len(generators))),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((len(generators), 0, *generators.shape[1:]), dtype=np.float32),
        tried=tried or {},
        settings={"tasks": tasks},
        seconds=1.0,
        steps=1,
    )


@pytest.fixture
def cyclic() -> Discovery:
    """Orders 4 and 7, two seeds each; one of order 4 is half a turn, which does not generate the group."""
    steps = [np.pi / 2, np.pi, 2 * np.pi / 7, -4 * np.pi / 7]
    norms = np.exp(np.linspace(np.log(0.35), np.log(4.8), 50))
    return ensemble(
        [[step * turn_in_plane()] for step in steps],
        tasks=2,
        tried={"norm": np.tile(norms, (4, 1)), "loss": np.tile(2 + np.cos(norms), (4, 1))},
    )


def test_records_count_generators_only(cyclic: Discovery) -> None:
    scores = cyclic_scores({"liegan": cyclic}, {"liegan": [4, 7]})
    known = {"liegan.table_4.liegan.k7.mae": PublishedValue(value=0.003, source="paper")}
    records = {record.id: record for record in cyclic_records("liegan.table_4", scores, published=known, scale="toy")}
    assert records["liegan.table_4.liegan.k4.success_rate"].value == 0.5
    assert "do not: 2." in records["liegan.table_4.liegan.k4.success_rate"].note
    assert records["liegan.table_4.liegan.k7.success_rate"].value == 1.0
    assert records["liegan.table_4.liegan.k7.mae"].value == pytest.approx(0, abs=1e-12)
    assert records["liegan.table_4.liegan.k7.mae"].published == 0.003


def test_a_table_says_which_orders_were_not_run(cyclic: Discovery) -> None:
    layout = TableLayout.model_validate(
        {
            "prefix": "liegan.table_4",
            "rows": [{"key": "liegan.k4", "label": "4"}, {"key": "liegan.k5", "label": "5"}],
            "columns": [{"key": "mae", "label": "error"}],
        }
    )
    scores = cyclic_scores({"liegan": cyclic}, {"liegan": [4, 7]})
    records = complete(cyclic_records("liegan.table_4", scores, published={}, scale=""), layout, published={})
    table = make_table(records, layout, "Table")
    assert table.cells[0][0] is not None
    assert table.cells[0][0].value is not None
    assert table.cells[1][0] is not None
    assert table.cells[1][0].note == "This order was not run."


def test_the_figure_of_cyclic_groups_shows_every_seed(cyclic: Discovery) -> None:
    scores = cyclic_scores({"liegan": cyclic, "symmetrygan": cyclic}, {"liegan": [4, 7], "symmetrygan": [4, 7]})
    points = np.random.default_rng(0).standard_normal((60, 3))
    known = {"liegan.table_4.liegan.k7.mae": PublishedValue(value=0.003, source="paper")}
    figure = plot_cyclic_groups(cyclic, scores, points, published=known)
    figure.canvas.draw()
    texts = [text.get_text() for axes in figure.axes for text in axes.texts] + [
        label.get_text() for axes in figure.axes for label in axes.get_xticklabels()
    ]
    assert "4\n1/2\n1/2" in texts
    assert "7\n2/2\n2/2" in texts
    assert "k = 4" in texts


def test_the_figure_of_a_permutation_shows_its_powers() -> None:
    found = ensemble([[2 * np.pi / 3 * turn_of_three()], [-2 * np.pi / 3 * turn_of_three()]])
    score = score_cyclic(found, order=3, turn=turn_of_three())
    assert score.success.all()
    figure = plot_permutation(found, score)
    figure.canvas.draw()
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[:5] == ["Truth", "LieGAN", "exp(L)", "exp(2L)", "exp(3L)"]


def test_a_change_of_basis_gives_the_pauli_matrices() -> None:
    algebra = known_algebra("su(2)")
    rotation = np.linalg.qr(np.random.default_rng(2).standard_normal((3, 3)))[0]
    learned = np.einsum("ij,jkl->ikl", 1.7 * rotation, algebra)
    np.testing.assert_allclose(change_of_basis(learned, algebra), rotation.T / 1.7, atol=1e-12)
    found = ensemble([learned, learned])
    score = score_discovery(found, TruthSettings(algebra="su(2)", success_cosine=0.99))
    assert score.success.all()
    figure = plot_unitary(found, score, canonical_generators("su(2)")[0])
    figure.canvas.draw()
    assert "Every seed: 2 of 2 succeed" in [axes.get_title(loc="left") for axes in figure.axes]


def test_the_density_of_a_mixture_integrates_to_one() -> None:
    rng = np.random.default_rng(1)
    parameters = {name: rng.standard_normal((2, 1, 4)) for name in ("logits", "means", "log_sigma")}
    grid = np.linspace(-80, 80, 20001)
    np.testing.assert_allclose(np.trapezoid(mixture_density(parameters, grid), grid), 1.0, atol=1e-3)


def law(turns, weights) -> Discovery:
    means = np.asarray(turns, dtype=float)[None, None] * 2 * np.pi / 3
    parameters = {"logits": np.log(weights)[None, None], "means": means, "log_sigma": np.full(means.shape, -3.0)}
    return replace(ensemble([[turn_in_plane()]]), coefficient_parameters=parameters)


def test_a_law_is_judged_by_its_peaks(cyclic: Discovery) -> None:
    found = law([-1, 0, 1.2, 4.5], [0.25, 0.25, 0.5, 1e-9])
    errors, covered = law_errors(found.coefficient_parameters, order=3)
    np.testing.assert_allclose(errors, 0.1, atol=1e-6)
    np.testing.assert_allclose(covered, 1.0)
    assert law_errors(law([0, 3], [0.5, 0.5]).coefficient_parameters, order=3)[1] == pytest.approx(1 / 3)
    (error, _) = law_records("liegan.figure_4.mixture", found, [3], published={}, scale="")
    assert error.id == "liegan.figure_4.mixture.k3.peak_error"
    scores = cyclic_scores({"liegan": cyclic}, {"liegan": [4, 7]})
    figure = plot_cyclic_groups(cyclic, scores, np.zeros((20, 3)), published={}, laws=found, law_orders=[3])
    figure.canvas.draw()
    assert "density" in [axes.get_ylabel() for axes in figure.axes]
