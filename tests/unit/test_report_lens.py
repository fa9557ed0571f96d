"""Numbers of SymmetryLens: which records there are, what they hold, and the two tables."""

from dataclasses import replace

import numpy as np
import pytest
from tests.makers.lens_results import ROLES, lens_like, lens_view, lens_views, signals_settings

from symscope.data.signals import make_signals
from symscope.errors import DataError
from symscope.evaluation.lens_elements import ElementView, score_elements
from symscope.evaluation.signal_facts import measure_signals
from symscope.io.lens import write_lens
from symscope.io.samples import SamplesHeader, SamplesWriter
from symscope.report.entries import read_target
from symscope.report.lens import (
    agreement_records,
    dataset_records,
    dynamics_records,
    figure_records,
    film_view,
    lens_id,
    lens_table,
    read_lens_views,
)
from symscope.report.lens_elements import element_records
from symscope.report.page import fill_text
from symscope.report.records import load_published
from symscope.report.tables import table_csv, table_html, table_latex

FIGURES = ("samples", "generators", "errors", "filters", "convolution", "reconstruction", "dynamics")


@pytest.fixture(scope="module")
def views():
    return lens_views(np.random.default_rng(20231))


@pytest.fixture(scope="module")
def published(repository):
    return load_published(repository / "resources" / "published.yaml")


def target(repository, name):
    return read_target(repository / "resources" / "targets" / f"symmetrylens_{name}.yaml")


def test_ids():
    assert lens_id("table_2", "gaussian_permuted", "rmse") == "symmetrylens.table_2.gaussian.permuted.rmse"
    assert lens_id("table_2", "published_legendre_frequency", "x") == "symmetrylens.published.legendre.frequency.x"
    assert lens_id("table_1", "published_gaussian_translation", "x") == (
        "symmetrylens.table_1.published.gaussian.translation.x"
    )


def test_every_data_set_has_its_numbers(views, published):
    by_id = {record.id: record for record in agreement_records(views, published=published, scale="small")}
    for view in views:
        cosine = by_id[lens_id("table_2", view.role, "cosine")]
        assert (cosine.statistic, cosine.n_seeds, cosine.scale) == ("median", len(view.result.seeds), "small")
        assert cosine.value == pytest.approx(np.median(view.score.cosine))
        rate = by_id[lens_id("table_2", view.role, "success_rate")]
        assert rate.value == pytest.approx(view.score.success.mean())
        assert f"{view.score.success.sum()} of {len(view.score.seeds)} seeds succeed" in rate.note
        assert by_id[lens_id("table_2", view.role, "seconds")].value == 41.0
        rmse, inner = (by_id[lens_id("table_2", view.role, key)].value for key in ("rmse", "interior_rmse"))
        assert 0 < inner < rmse


def test_a_diverged_seed_counts_as_a_failure(rng):
    view = lens_view(rng, "gaussian_permuted", length=9, n_seeds=3)
    generators = view.result.generators.copy()
    generators[0] = np.nan
    from_files = replace(view.result, generators=generators)
    broken = type(view)(**{**vars(view), "result": from_files})
    records = {r.id.rpartition(".")[2]: r for r in figure_records("figure_convolution", [broken])}
    assert records["diagonal_share"].n_seeds == 2
    assert "1 of 3 seeds gave no finite value" in records["diagonal_share"].note


def test_table_of_results_has_the_rows_that_were_configured(repository, views):
    text = target(repository, "table_2")
    table = lens_table(agreement_records(views), text, views)
    assert [row.key for row in table.layout.rows] == [*ROLES, "published_gaussian_translation"]
    assert all(cell is not None for cells in table.cells for cell in cells)
    assert table.cells[-1][0].id == "symmetrylens.published.gaussian.translation.cosine"
    fast = lens_table(agreement_records(views[:6]), text, views[:6])
    assert len(fast.cells) == 6
    for written in (table_csv(table), table_html(table), table_latex(table)):
        assert "Gaussian, translation, published way" in written
    odd = type(views[0])(**{**vars(views[0]), "role": "other_permuted"})
    with pytest.raises(DataError, match="no row other_permuted"):
        lens_table([], text, [odd])
    with pytest.raises(DataError, match="describes no table"):
        lens_table([], target(repository, "figure_errors"), views)


def test_table_of_data_sets(repository, views, published):
    records = dataset_records(views, [4000] * 7, published=published)
    table = lens_table(records, target(repository, "table_1"), views)
    assert all(cell is not None for cells in table.cells for cell in cells)
    by_id = {record.id: record for record in records}
    length = by_id["symmetrylens.table_1.gaussian.frequency.length"]
    assert (length.value, length.published) == (33, 33)
    widths = by_id["symmetrylens.table_1.legendre.translation.width_to"]
    assert (widths.value, widths.published, widths.unit) == (15, 15, "steps")
    assert by_id["symmetrylens.table_1.gaussian.permuted.samples"].published == 1_650_000
    hidden, given = (
        by_id[f"symmetrylens.table_1.legendre.permuted.neighbours_{key}"].value for key in ("hidden", "given")
    )
    assert hidden > 0.6
    assert abs(given) < 0.2


@pytest.fixture(scope="module")
def on_short_signals(views):
    """The fast way and SymmetryGAN on short signals."""
    short = replace(views[0], role="short_gaussian_translation")
    score = score_elements(np.stack([np.eye(7), np.roll(np.eye(7), 1, axis=1)]), np.eye(7, k=1))
    elements = ElementView(role="symmetrygan", seeds=(0, 1), score=score, seconds=3.0, length=7, success_cosine=0.98)
    return [short], [elements, replace(elements, role="symmetrygan_regularised")]


def test_other_methods_have_rows_of_their_own(repository, on_short_signals):
    short, others = on_short_signals
    records = [*agreement_records(short), *element_records(others)]
    table = lens_table(records, target(repository, "table_2"), [*short, *others])
    ids = [cells[0].id for cells in table.cells]
    assert ids == [
        "symmetrylens.short.gaussian.translation.cosine",
        "symmetrylens.symmetrygan.cosine",
        "symmetrylens.symmetrygan_regularised.cosine",
    ]
    shown = [column.key for column in table.layout.columns if column.shown]
    assert all(
        cell is not None
        for cells in table.cells
        for cell, column in zip(cells, table.layout.columns, strict=True)
        if column.key in shown
    )
    for written in (table_csv(table), table_html(table), table_latex(table)):
        assert "SymmetryGAN with its regulariser" in written


def test_every_text_finds_its_numbers(repository, views, published, on_short_signals):
    short, others = on_short_signals
    records = [
        *agreement_records([*views, *short]),
        *element_records(others),
        *dataset_records(views, [4000] * 7, published=published),
        *dynamics_records(film_view(views)),
    ]
    for figure in FIGURES[1:-1]:
        records += figure_records(f"figure_{figure}", views)
    by_id = {record.id: record for record in records}
    assert len(by_id) == len(records)
    for name in (*(f"figure_{figure}" for figure in FIGURES), "table_1", "table_2"):
        text = target(repository, name)
        for part in (text.finding, text.caption):
            assert "{" not in fill_text(part, by_id, name)
        for highlight in text.highlights:
            assert highlight.record in by_id
        assert all(any(key.startswith(f"{part}.") for key in by_id) for part in text.records)
        assert (repository / "workflow" / "report" / f"symmetrylens_{name}.rst").is_file()


def test_numbers_of_figures(views):
    first = views[:1]
    values = {
        record.id.removeprefix("symmetrylens."): record.value
        for figure in FIGURES[1:-1]
        for record in figure_records(f"figure_{figure}", first)
    }
    assert values["figure_generators.gaussian.translation.minimal"] == 1
    # The maker turns the ends more, so they hold more than their share of 1 - (29/33)^2 = 0.228.
    assert 0.3 < values["figure_errors.gaussian.translation.edge_share"] < 0.8
    assert values["figure_filters.gaussian.translation.width"] == pytest.approx(1, abs=0.1)
    assert values["figure_convolution.gaussian.translation.diagonal_share"] > 0.95
    assert values["figure_reconstruction.gaussian.translation.recovery"] > 0.97


def test_the_film_is_of_the_published_way_where_there_is_one(views):
    assert film_view(views).published
    assert film_view(views[:2]) is views[0]
    end, steps = dynamics_records(views[-1])
    assert end.value == pytest.approx(np.median(views[-1].score.cosine))
    assert steps.value == 3000


def test_results_are_read_with_the_signals_of_their_data_set(rng, tmp_path):
    role = "legendre_permuted"
    settings = signals_settings(role, length=9)
    write_lens(tmp_path / "lens.h5", lens_like(rng, settings))
    header = SamplesHeader(tuple(f"u{i}" for i in range(9)), "", "vector", "trivial")
    test = make_signals(settings, 300, rng=rng)
    with SamplesWriter(tmp_path / "dataset.h5", header) as writer:
        for split in ("train", "test"):
            writer.append(split, test, np.zeros(300, np.float32))
    about = {"dataset": settings.model_dump(mode="json"), "method": {}, "truth": {"success_cosine": 0.2}}
    (view,) = read_lens_views([tmp_path / "lens.h5"], [tmp_path / "dataset.h5"], {role: about})
    assert (view.score.success_cosine, view.score.cosine.min() > 0.8) == (0.2, True)
    np.testing.assert_array_equal(view.samples, test)
    with pytest.raises(DataError, match="no role of this target of SymmetryLens"):
        read_lens_views([tmp_path / "lens.h5"], [tmp_path / "dataset.h5"], {"gaussian": about})
    own = {"dataset": {"source": "matrix"}, "truth": None}
    with pytest.raises(DataError, match="no truth is known"):
        read_lens_views([tmp_path / "lens.h5"], [tmp_path / "dataset.h5"], {role: own})


def test_facts_of_signals_whose_law_is_known(rng):
    # A first-order autoregression with coefficient a has correlations a^k, so they fall to 1/e at -1 / log a.
    steps, a = 40, 0.8
    noise = rng.normal(size=(60_000, steps))
    signals = np.empty_like(noise)
    signals[:, 0] = noise[:, 0]
    for t in range(1, steps):
        signals[:, t] = a * signals[:, t - 1] + np.sqrt(1 - a * a) * noise[:, t]
    order = rng.permutation(steps)
    facts = measure_signals(signals[:, order], np.eye(steps)[:, order])
    assert facts.correlation_length == pytest.approx(-1 / np.log(a), abs=0.1)
    assert facts.neighbours_hidden == pytest.approx(a, abs=0.01)
    assert abs(facts.neighbours_given) < 0.4
    assert facts.kurtosis == pytest.approx(0, abs=0.1)
    ends = measure_signals(np.ones((5, 3)) * rng.normal(size=(5, 1)) + 1e-9 * rng.normal(size=(5, 3)), np.eye(3))
    assert np.isnan(ends.correlation_length)
    assert ends.condition > 1e9
