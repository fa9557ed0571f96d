"""Files that appear whole or not at all, logs, provenance and devices."""

import json
import logging
from pathlib import Path

import pytest

from symscope import __version__
from symscope.device import resolve_device
from symscope.errors import ConfigError, DataError
from symscope.io.atomic import atomic_path
from symscope.joblog import job_log
from symscope.provenance import provenance, write_provenance


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.txt"
    with atomic_path(target) as aside:
        aside.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    def write_half() -> None:
        with atomic_path(target) as aside:
            aside.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_users_mistake_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught, job_log(tmp_path / "logs" / "job.log"):
        raise DataError("file x has no tree; it has y")
    assert caught.value.code == 1
    assert capsys.readouterr().err == "symscope: file x has no tree; it has y\n"
    log = (tmp_path / "logs" / "job.log").read_text()
    assert "file x has no tree" in log
    assert "Traceback" not in log


def test_a_defect_of_ours_keeps_its_trace(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), job_log(tmp_path / "job.log"):
        1 / 0  # noqa: B018
    assert "Traceback" in (tmp_path / "job.log").read_text()


def test_messages_go_to_the_log_while_the_job_runs(tmp_path: Path) -> None:
    with job_log(tmp_path / "job.log") as clock:
        logging.getLogger("symscope.anything").info("half way")
    logging.getLogger("symscope.anything").info("too late")
    log = (tmp_path / "job.log").read_text()
    assert "half way" in log
    assert "finished in" in log
    assert "too late" not in log
    assert clock.seconds > 0


def test_provenance_is_plain_and_names_what_matters(tmp_path: Path) -> None:
    made = provenance(step="fit", settings={"a": 1}, seeds=[3], seconds=1.23456)
    assert made["version"] == __version__
    assert made["packages"]["torch"]
    assert made["seconds"] == pytest.approx(1.235)
    write_provenance(tmp_path / "p.json", step="fit", settings={"a": 1}, seeds=[3], seconds=1.23456)
    assert json.loads((tmp_path / "p.json").read_text()) == made


def test_devices() -> None:
    assert resolve_device("auto").type in {"cpu", "cuda"}
    assert resolve_device("cpu").type == "cpu"
    with pytest.raises(ConfigError, match="'abacus', which torch does not know"):
        resolve_device("abacus")
