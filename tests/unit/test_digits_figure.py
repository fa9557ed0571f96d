"""What is shown of discoveries on rotated digits: views, figure and numbers."""

from dataclasses import replace

import numpy as np
import pytest

from symscope.config.digits import DigitsDataset
from symscope.config.discovery import TruthSettings
from symscope.data.digits import make_digits
from symscope.discovery.result import Discovery
from symscope.errors import DataError
from symscope.evaluation.digits import learned_angles, rotation_rate
from symscope.groups import known_algebra
from symscope.io.generators import write_discovery
from symscope.io.samples import read_split
from symscope.plotting.digits import plot_rotated_digits
from symscope.plotting.style import save_figure
from symscope.report.digits import digits_records, read_rotated_digits

TRUTH = known_algebra("affine_rotation(2)")[0]


def found(generators, law, parameters=None) -> Discovery:
    generators = np.asarray(generators, dtype=np.float64)[:, None]
    return Discovery(
        generators=generators,
        seeds=tuple(range(len(generators))),
        history={},
        history_steps=np.array([1]),
        history_generators=generators[:, None].astype(np.float32),
        coefficient_parameters=parameters or {},
        settings={"method": {"coefficients": law}},
        seconds=1.0,
        steps=1,
    )


UNIFORM = {"law": "uniform", "half_width": 0.5, "width": "learned"}


def widths(*degrees: float) -> Discovery:
    factors = np.log(np.deg2rad(degrees) / 0.5)[:, None]
    return found([TRUTH] * len(degrees), UNIFORM, {"log_factor": factors})


def nearly(error: float) -> np.ndarray:
    stretch = np.zeros((3, 3))
    stretch[0, 0] = np.sqrt(2.0) * error
    return TRUTH + stretch


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Files of four discoveries and of the digits, with the settings of each role."""
    folder = tmp_path_factory.mktemp("digits")
    make_digits(DigitsDataset(max_angle=45), folder / "digits.h5", seed=0)
    discoveries = {
        "rotation": found([-2.0 * nearly(0.05), nearly(0.0), nearly(0.5)], {"law": "normal", "sigma": 1.0}),
        "range": widths(50.0, 52.0, 54.0),
        "range_narrow": widths(30.0),
        "upright": found([nearly(1.0), nearly(2.0)], {"law": "normal", "sigma": 1.0}),
    }
    angles = {"rotation": 45.0, "range": 45.0, "range_narrow": 22.5, "upright": 0.0}
    about, files = {}, []
    for role, discovery in discoveries.items():
        write_discovery(folder / f"{role}.h5", discovery)
        files.append(folder / f"{role}.h5")
        settings = DigitsDataset(max_angle=angles[role]).model_dump(mode="json")
        about[role] = {
            "dataset": settings,
            "truth": TruthSettings(algebra="affine_rotation(2)").model_dump(mode="json"),
        }
    return files, folder / "digits.h5", about


def test_scores_and_ranges(results):
    view = read_rotated_digits(*results)
    np.testing.assert_allclose(view.score.span_cosine, 1 / np.sqrt(1 + np.array([0.05, 0.0, 0.5]) ** 2), rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(view.generators, axis=(1, 2)), np.sqrt(2))
    assert (np.sum(view.generators * TRUTH, axis=(1, 2)) > 0).all()
    np.testing.assert_allclose(view.laws["range"].ranges, [50, 52, 54], rtol=0.01)
    assert view.laws["range_narrow"].largest == 22.5
    np.testing.assert_allclose(view.others["upright"].span_cosine, [2**-0.5, 5**-0.5], rtol=1e-6)


def test_a_translation_and_a_stretch_count_as_errors(results):
    files, dataset, about = results
    moved = TRUTH.copy()
    moved[0, 2] = np.sqrt(2.0)
    write_discovery(files[0].with_name("moved.h5"), found([moved], {"law": "normal", "sigma": 1.0}))
    view = read_rotated_digits([files[0].with_name("moved.h5"), *files[1:]], dataset, about)
    np.testing.assert_allclose(view.score.span_cosine, 2**-0.5, rtol=1e-6)


def test_digits_are_moved_forth_and_back(results):
    view = read_rotated_digits(*results)
    before, forth, back = view.strips.values()
    test = read_split(results[1], "test")
    assert before.shape == (10, 16, 16)
    assert all((test.x[test.y == digit][0, 0] == before[digit]).all() for digit in range(10))
    assert np.abs(forth - before).max() > 0.3
    assert np.abs(forth - back).max() > 0.3
    assert abs(forth.sum() / before.sum() - 1) < 0.05


def test_numbers(results):
    records = digits_records("liegan.figure_11", read_rotated_digits(*results), published={}, scale="toy")
    by_id = {record.id.removeprefix("liegan.figure_11."): record for record in records}
    assert set(by_id) == {
        "rotation_cosine",
        "success_rate",
        "upright.rotation_cosine",
        "angle_range",
        "narrow.angle_range",
    }
    assert by_id["success_rate"].value == pytest.approx(2 / 3)
    assert by_id["angle_range"].value == pytest.approx(52, rel=0.01)
    assert by_id["angle_range"].unit == "degrees"
    assert by_id["narrow.angle_range"].note.startswith(("1.33 times", "1.34 times"))
    assert by_id["upright.rotation_cosine"].note == "0 of 2 seeds reach 0.98."


def test_the_figure_shows_all(results, tmp_path):
    figure = plot_rotated_digits(read_rotated_digits(*results))
    save_figure(figure, tmp_path / "a.svg", tmp_path / "a.pdf")
    told = " ".join(text.get_text() for text in figure.findobj(lambda one: hasattr(one, "get_text")))
    for words in (
        "turned\n2 of 3",
        "upright\n0 of 2",
        "learned, data within ±22.5°",
        "moved by \N{MINUS SIGN}40°",
        "seed 0",
    ):
        assert words in told
    assert (tmp_path / "a.svg").stat().st_size < 2_000_000


def test_other_data_are_refused(results):
    files, dataset, about = results
    with pytest.raises(DataError, match="source 'signals'"):
        read_rotated_digits(files, dataset, about | {"range": {**about["range"], "dataset": {"source": "signals"}}})
    one = found([TRUTH], {"law": "normal", "sigma": 1.0})
    doubled = {name: np.repeat(getattr(one, name), 2, axis=-3) for name in ("generators", "history_generators")}
    with pytest.raises(DataError, match="2 generators"):
        learned_angles(replace(one, **doubled))


def test_the_rate_of_a_rotation_is_one_and_of_the_rest_nothing():
    assert rotation_rate(TRUTH) == 1
    assert rotation_rate(np.diag([1.0, -1.0, 0.0])) == 0
