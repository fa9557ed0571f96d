"""Checkpoints beside the output of a job."""

import pytest

from symscope.io.checkpoints import kept_until_written, read_checkpoint, write_checkpoint


def test_a_checkpoint_outlives_a_job_that_failed_before_its_output_stood(tmp_path):
    output = tmp_path / "network.pt"
    checkpoint = tmp_path / "network.pt.checkpoint"

    def fail():
        with kept_until_written(output) as path:
            write_checkpoint(path, {"step": 3}, run="one")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert read_checkpoint(checkpoint, run="one") == {"step": 3}
    with kept_until_written(output) as again:
        assert read_checkpoint(again, run="one") == {"step": 3}
        output.write_bytes(b"written")
    assert [file.name for file in tmp_path.iterdir()] == ["network.pt"]


def test_a_job_that_never_saved_leaves_nothing(tmp_path):
    with kept_until_written(tmp_path / "network.pt"):
        pass
    assert list(tmp_path.iterdir()) == []
