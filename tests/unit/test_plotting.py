"""Figures: numbers behind them, files that are the same bits twice, and nothing drawn outside the page."""

import numpy as np
import pytest
from tests.makers.report_results import discovery, jets, transform

from symscope.config.discovery import TruthSettings
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.discovery import score_discovery
from symscope.plotting.fidelity import plot_jets_fidelity
from symscope.plotting.generators import plot_generators_and_metric, plot_scored_discovery
from symscope.plotting.primitives import median_seed, nines
from symscope.plotting.roc import plot_roc_curves, roc_curve
from symscope.plotting.style import figure_style, save_figure
from symscope.plotting.training import plot_training_history
from symscope.plotting.transformations import azimuth_sector, plot_transformed_marginals
from symscope.report.records import Record


def generators(rng):
    return plot_generators_and_metric(**discovery(rng), published={"span_cosine": 0.978})


def generators_one_seed(rng):
    return plot_generators_and_metric(**discovery(rng, n_seeds=1))


def marginals(rng):
    momenta = jets(rng, 600)["momenta"]
    return plot_transformed_marginals(momenta, transform(momenta, rng), azimuth_sector(momenta))


def marginals_nothing_marked(rng):
    momenta = jets(rng, 600)["momenta"]
    return plot_transformed_marginals(momenta, momenta, np.zeros(len(momenta), dtype=bool))


def fidelity(rng):
    sample = {key: value for key, value in jets(rng, 600).items() if key != "momenta"}
    return plot_jets_fidelity(**sample, auc=0.98, published_auc=0.987)


def fidelity_without_scores(rng):
    sample = {key: value for key, value in jets(rng, 600).items() if key != "momenta"}
    return plot_jets_fidelity(**(sample | {"scores": None}))


def roc(rng):
    sample = jets(rng, 600)
    scores = sample["scores"]
    return plot_roc_curves({"a": [scores, scores + 0.1 * rng.normal(size=600)], "b": [scores]}, sample["labels"])


def history(rng):
    values = rng.normal(size=(4, 20))
    values[1, 5:] = np.nan
    return plot_training_history({"loss": values, "overlap": values, "third": values}, np.arange(20))


BUILDERS = (
    generators,
    generators_one_seed,
    marginals,
    marginals_nothing_marked,
    fidelity,
    fidelity_without_scores,
    roc,
    history,
)


@pytest.mark.parametrize("build", BUILDERS)
def test_figure_is_small_and_holds_no_text_outside(build, rng, tmp_path):
    figure = build(rng)
    save_figure(figure, tmp_path / "a.svg", tmp_path / "a.pdf")
    svg = (tmp_path / "a.svg").read_bytes()
    assert len(svg) < 1_000_000
    assert b"<dc:date>" not in svg
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.pdf", "a.svg"]
    with figure_style():
        figure.draw_without_rendering()
        tight = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert tight.x0 >= -0.02
    assert tight.y0 >= -0.02
    assert tight.x1 <= width + 0.02
    assert tight.y1 <= height + 0.02


@pytest.mark.parametrize("build", [roc, marginals])
def test_the_same_numbers_give_the_same_files(build, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        save_figure(build(np.random.default_rng(5)), tmp_path / folder / "a.svg", tmp_path / folder / "a.pdf")
    for kind in ("svg", "pdf"):
        assert (tmp_path / "one" / f"a.{kind}").read_bytes() == (tmp_path / "two" / f"a.{kind}").read_bytes()


def test_the_style_leaves_the_users_settings_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with figure_style():
        assert mpl.rcParams["svg.hashsalt"] == "symscope"
    assert dict(mpl.rcParams) == before


def test_median_seed_is_a_seed():
    assert median_seed(np.array([0.9, np.nan, 0.5, 0.7])) == 3
    assert median_seed(np.array([0.9, 0.5, 0.7, 0.8])) == 2
    with pytest.raises(DataError, match="none of the 2"):
        median_seed(np.array([np.nan, np.nan]))


def test_a_scored_discovery_shows_its_median_seed_and_published_values(rng):
    found = discovery(rng, n_seeds=3)
    result = Discovery(
        generators=found["generators"],
        seeds=(5, 6, 7),
        history={},
        history_steps=np.zeros(0, dtype=np.int64),
        history_generators=np.zeros((3, 0, 7, 4, 4), dtype=np.float32),
        settings={},
        seconds=1.0,
        steps=1,
    )
    score = score_discovery(result, TruthSettings(algebra="so(1,3)+dilatation"))
    ours = {"published": 0.978, "published_label": "published code, run by us"}
    records = [Record(id="x.y.span_cosine", value=0.9, **ours), Record(id="x.y.success_rate", value=1.0)]
    figure = plot_scored_discovery(found["generators"], found["metrics"], score, list(found["metric_cosines"]), records)
    blocks = [block.get_suptitle() for block in figure.subfigs]
    assert f"seed {5 + score.best}, the median of 3" in blocks[0]
    titles = [axes.get_title(loc="left") for axes in figure.subfigs[1].get_axes()]
    assert sorted(titles) == sorted(score.canonical_names)
    dashed = [
        line for axes in figure.subfigs[2].get_axes() for line in axes.get_lines() if line.get_linestyle() == "--"
    ]
    assert [float(line.get_ydata()[0]) for line in dashed] == [pytest.approx(nines(np.array(0.978)))]

    legend = [text.get_text() for text in figure.subfigs[2].legends[0].get_texts()]
    assert legend[-1] == "published code, run by us"
    subtitles = [text.get_text() for axes in figure.subfigs[0].get_axes() for text in axes.texts]
    assert f"cosine {score.reading_cosine[score.best, 0]:.4f}" in subtitles


def test_the_seed_that_learned_the_transformations_is_named(rng):
    momenta = jets(rng, 600)["momenta"]
    figure = plot_transformed_marginals(momenta, momenta, azimuth_sector(momenta), learned_by="seed 3, the median of 8")
    headings = [text.get_text() for axes in figure.get_axes() for text in axes.texts]
    assert "After the learned transformations (seed 3, the median of 8)" in headings


def test_roc_counts_the_background_that_passes():
    labels = np.repeat([1, 0], [4, 8])
    scores = np.array([0.9, 0.8, 0.7, 0.2, 0.85, 0.75, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    curve = roc_curve(scores, labels)
    at = dict(zip(np.round(curve.efficiency, 3), curve.rejection, strict=True))
    assert at[0.25] == np.inf  # cut at 0.9
    assert at[0.5] == 8.0  # cut at 0.8: one background jet passes
    assert at[0.75] == 4.0  # cut at 0.7: two pass
    assert at[1.0] == 4.0  # cut at 0.2: two pass
    with pytest.raises(DataError, match="both classes"):
        roc_curve(scores, np.ones(12))


def test_sector_is_periodic():
    angle = np.array([3.1, -3.1, 0.0, 2.8])
    momenta = np.stack([np.ones(4), np.cos(angle), np.sin(angle), np.zeros(4)], axis=1)
    assert azimuth_sector(momenta, centre=np.pi, half_width=0.2).tolist() == [True, True, False, False]


def test_nines():
    np.testing.assert_allclose(nines(np.array([0.0, 0.9, 0.999, 1.0])), [0, 1, 3, 8], atol=1e-9)
