"""The calibration study at toy size: what it returns, its file, its numbers, its figure; and predicted against measured power."""

import re

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import chi2, ncx2

from symscope.config.calibration import Calibration, PowerScan
from symscope.config.density import Boosting, PolynomialSettings, TwoSample
from symscope.errors import DataError
from symscope.evaluation.calibration.power import scan_power
from symscope.evaluation.calibration.result import optimum
from symscope.evaluation.calibration.study import calibrate
from symscope.io.calibration import read_calibration, write_calibration
from symscope.plotting.calibration import plot_calibration
from symscope.report.calibration import calibration_records, complete_table
from symscope.report.entries import read_target

STUDY = Calibration(
    sets=12,
    events=400,
    reference_events=5000,
    laws=["round", "axial", "laplace", "mixture", "shuffled_labels"],
    breakings=[0.1],
    observables=PolynomialSettings(degree=2),
    power=PowerScan(breakings=[0.3, 0.1], expected=[10.0], sets=5),
    two_sample=TwoSample(classifier=Boosting(trees=5, leaves=4)),
    two_sample_sets=3,
    two_sample_events=120,
)


@pytest.fixture(scope="module")
def study():
    return calibrate(STUDY)


def test_the_study_tests_every_law(study):
    assert [law.key for law in study.laws] == ["round", "axial", "laplace", "mixture", "shuffled_labels", "broken_0_1"]
    assert [law.dimension for law in study.laws] == [3, 1, 0, 0, 0, 0]
    for law in study.laws:
        for name in ("exact", "certificate", "undercut", "bound", "defect"):
            values = getattr(law, name)
            assert values.shape == (12,)
            assert np.isfinite(values).all()
        assert law.region.shape == ((12,) if law.key == "axial" else (0,))
    # The defect of a Gaussian is an integral: 0 about the axis, and the relative difference of the variances elsewhere.
    assert study.laws[1].smallest_defect == pytest.approx(0.0, abs=1e-7)
    assert 0.05 < study.laws[-1].smallest_defect < 0.11


def test_a_study_with_the_same_seed_is_the_same(study):
    again = calibrate(STUDY)
    for one, two in zip(study.laws, again.laws, strict=True):
        np.testing.assert_array_equal(one.certificate, two.certificate)
    np.testing.assert_array_equal(study.held_out[0].auc, again.held_out[0].auc)


def test_the_file_gives_back_the_study(study, tmp_path):
    write_calibration(tmp_path / "study.h5", study)
    found = read_calibration(tmp_path / "study.h5")
    assert [law.label for law in found.laws] == [law.label for law in study.laws]
    np.testing.assert_array_equal(found.laws[1].region, study.laws[1].region)
    np.testing.assert_array_equal(found.power.curve, study.power.curve)
    assert (found.power.half, found.events, found.level) == (study.power.half, 400, 0.05)
    (tmp_path / "empty.h5").touch()
    with pytest.raises(DataError, match="empty"):
        read_calibration(tmp_path / "empty.h5")


def test_the_numbers_are_shares_of_the_data_sets(study, repository):
    records = {record.id: record for record in calibration_records(study, scale="tiny")}
    none = np.concatenate([law.certificate for law in study.laws if not law.dimension])
    assert records["calibration.false_positive_rate"].value == pytest.approx((none < 0.05).mean())
    assert records["calibration.coverage"].value == pytest.approx((study.laws[1].region > 0.05).mean())
    assert records["calibration.axial.dimension"].value == 1
    assert "calibration.axial.noticed" not in records
    assert records["calibration.five_sigma_optimum"].value == pytest.approx(1.053e8, rel=1e-3)
    assert {record.scale for record in records.values()} == {"tiny"}
    layout = read_target(repository / "resources" / "targets" / "calibration_table.yaml").table
    complete = {record.id: record for record in complete_table(list(records.values()), layout)}
    assert complete["calibration.distinct_axes.certified"].value is None
    assert "calibration.round.coverage" not in complete


def test_the_text_names_numbers_that_exist(study, repository):
    known = {record.id for record in calibration_records(study)}
    target = read_target(repository / "resources" / "targets" / "calibration_table.yaml")
    named = re.findall(r"\{(calibration[a-z0-9_.]+)", target.finding + target.caption)
    assert len(named) > 5
    assert set(named) <= known


def test_the_default_study_fills_the_table(repository):
    """Rows of the table are the laws of the default configuration."""
    layout = read_target(repository / "resources" / "targets" / "calibration_table.yaml").table
    default = Calibration()
    expected = {*default.laws, *(f"broken_{size:g}".replace(".", "_") for size in default.breakings)}
    assert {row.key for row in layout.rows} == expected


def test_the_figure_has_four_panels(study):
    figure = plot_calibration(study)
    assert [panel.get_title(loc="left") for panel in figure.axes] == [
        "Exact symmetry rejected, true dimension",
        "Symmetry certified where there is none",
        "Power",
        "Breaking as measured",
    ]


def test_predicted_power_is_that_of_the_data():
    settings = PowerScan(breakings=[0.05], expected=[10.0, 40.0], sets=300, budget=1e7)
    found = scan_power(settings, level=0.05, rng=np.random.default_rng(5))
    share = found.detected / found.sets
    np.testing.assert_allclose(share, found.predicted, atol=4 * np.sqrt(0.25 / 300))
    assert found.predicted[1] > found.predicted[0] + 0.2
    # Only the product x y of all observables sees the breaking at all, and all of it.
    np.testing.assert_allclose(found.defect, 0.05, rtol=1e-3)
    assert np.all(np.abs(found.squared - found.defect**2) < 4.0 * found.squared_error)


def test_no_test_beats_the_one_that_knows_the_law():
    settings = PowerScan(breakings=[0.001], expected=[1.0], sets=1, budget=1e3)
    found = scan_power(settings.model_copy(update={"breakings": [0.2]}), level=0.05, rng=np.random.default_rng(5))
    assert optimum(0.05) < found.half < 3 * optimum(0.05)
    # At the optimum a chi-squared test of one degree of freedom has a power of one half.
    assert ncx2.sf(chi2.isf(0.05, 1), 1, optimum(0.05) / 4.0) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"breakings": [0.1, 0.1]}, "each once"),
        ({"power": {"breakings": [0.01, 0.01]}}, "each once"),
        ({"laws": ["round", "round"]}, "give each once"),
        ({"observables": {"kind": "waves", "number": 7}}, "give an even number"),
        ({"level": 0.7}, "less than 0.5"),
    ],
)
def test_wrong_settings_are_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        Calibration.model_validate(wrong)
