"""What is said of a discovery: the sentence, the table, and the files of both."""

import numpy as np
import pytest

from symscope.evaluation.statements import Verdict
from symscope.groups.algebras import known_algebra
from symscope.report.basis import readable_elements
from symscope.report.identity import (
    Identity,
    compose,
    describe_row,
    identities_of,
    identity_html,
    read_identity,
    write_identity,
)


def test_the_sentence_says_what_of_what_and_how_surely() -> None:
    told = [
        Verdict(
            statement="support",
            search=16,
            dimension=7,
            is_bound=False,
            algebra="so(1,3)+R",
            defect=0.004,
            outcome="holds",
        ),
        Verdict(
            statement="density",
            search=7,
            dimension=1,
            is_bound=True,
            algebra="so(2)",
            defect=2.0,
            bound=2.1,
            p_value=1e-20,
            outcome="broken",
        ),
    ]
    sentence = compose(
        told, dimension=7, algebra="so(1,3)+R", auc=(0.7712, 0.0061), agreement=(8, 8), parts=False, level=0.05
    )
    assert sentence == (
        "A 7-dimensional algebra, so(1,3)+R, of the set on which the events lie (defect 0.40 % of that of an average motion); "
        "not of the density; held-out AUC 0.771 ± 0.006; 8 of 8 seeds agree."
    )
    row = describe_row(told[1], level=0.05)
    assert row.verdict == "broken"
    assert row.own == "at most 1 generator of 7, so(2)"
    assert row.change == "2.0 \N{GREEK SMALL LETTER SIGMA} per unit of flow, below 2.1 at 95 %"
    assert row.p_value == "<\N{NO-BREAK SPACE}10⁻⁶"
    none = compose(told, dimension=0, algebra="none", auc=None, agreement=(7, 8), parts=True, level=0.05)
    assert none == "No generator was found; the tests allow the density at most 1, so(2); 7 of 8 parts agree."


def test_an_identity_survives_its_file_and_is_escaped(tmp_path: object) -> None:
    row = describe_row(
        Verdict(statement="function", search=4, dimension=0, is_bound=False, algebra="none", note="<b>"), level=0.05
    )
    identity = Identity(
        experiment="mine",
        sentence="No <i>.",
        dimension=0,
        algebra="none",
        reason="",
        auc=None,
        auc_error=None,
        agreeing=1,
        seeds=2,
        rows=(row,),
    )
    write_identity(identity, json=f"{tmp_path}/a.json", html=f"{tmp_path}/a.html")
    assert read_identity(f"{tmp_path}/a.json") == identity
    html = identity_html(identity)
    assert "No &lt;i&gt;." in html
    assert "<b>" not in html
    assert identities_of({"figure": ["mine", "absent"]}, [f"{tmp_path}/a.json"]) == {"figure": [identity]}


def test_generators_are_written_as_what_they_do() -> None:
    basis = readable_elements(known_algebra("so(1,3)+dilatation"), ["E", "px", "py", "pz"])
    assert [element.name for element in basis[:4]] == ["rotation x", "rotation y", "rotation z", "boost x"]
    assert basis[2].motion == "δpx = \N{MINUS SIGN}1.00 py; δpy = 1.00 px"
    assert basis[-1].motion == "δE = 1.00 E; δpx = 1.00 px; δpy = 1.00 py; δpz = 1.00 pz"
    assert basis[0].cosine == pytest.approx(1.0)
    assert readable_elements(np.zeros((0, 3, 3))) == ()
    phase = readable_elements(1j * np.eye(2)[None])
    assert phase[0].name == "generator 1"
    assert phase[0].motion == "δx1 = (0.00 + 1.00i) x1; δx2 = (0.00 + 1.00i) x2"
    wide = readable_elements(np.random.default_rng(0).normal(size=(1, 12, 12)))[0].motion
    assert "more entries" in wide
