"""The numbers of the adaptor studies: how well signals are classified in each representation."""

from collections.abc import Mapping

from symscope.report.lens import lens_name, lens_prefix
from symscope.report.quantities import Quantity, quantity_records
from symscope.report.records import Record
from symscope.training.adaptor import AdaptorResult

MODEL_NAMES = {
    "true": "convolutional network, hidden signals",
    "learned": "convolutional network, learned representation",
    "raw": "convolutional network, data as given",
    "mlp": "perceptron, data as given",
}
"""What each model is, for a reader."""


def adaptor_records(results: Mapping[str, AdaptorResult], *, scale: str = "") -> list[Record]:
    """Give accuracy and area under the curve at the smallest and at the largest number of training samples.

    Parameters
    ----------
    results
        Role, such as ``gaussian_permuted``, to the result of its study.
    scale
        The size of the run in words.

    Returns
    -------
    list
        ``symmetrylens.adaptor.gaussian.permuted.learned.accuracy`` and ``auc`` at the smallest number of training samples,
        ``accuracy_most`` and ``auc_most`` at the largest; these numbers as ``...permuted.samples`` and ``samples_most``.
    """
    records: list[Record] = []
    for role, result in results.items():
        tests = f"On {result.n_test:,} test signals of {result.n_classes} classes."
        for suffix, place in (("", 0), ("_most", -1)):
            size = result.sizes[place]
            name = f"{lens_name(role)}, {size:,} labelled training samples"
            quantities = [Quantity(f"samples{suffix}", [size], "single", "their number")]
            for number, model in enumerate(result.models):
                found = ("accuracy", "accuracy", result.accuracy), ("auc", "area under the ROC curve", result.auc)
                quantities += [
                    Quantity(
                        f"{model}.{key}{suffix}",
                        scores[number, place].tolist(),
                        "mean",
                        f"{what}, {MODEL_NAMES[model]}",
                        tests,
                    )
                    for key, what, scores in found
                ]
            records += quantity_records(lens_prefix("adaptor", role), quantities, name=name, scale=scale)
    return records
