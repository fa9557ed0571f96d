"""Downloads against a server on this machine that can cut off, refuse to continue, and serve the wrong file."""

import hashlib
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from symscope.config.downloads import DatasetCard, load_dataset_card
from symscope.data.download import download, download_dataset
from symscope.errors import ConfigError, DownloadError

CONTENT = np.random.default_rng(0).bytes(300_000)
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


@dataclass
class Server:
    """What the server does, and what it was asked."""

    url: str = ""
    content: bytes = CONTENT
    cut_after: int | None = None
    understands_ranges: bool = True
    tells_length: bool = True
    status: int | None = None
    ranges: list[str | None] = field(default_factory=list)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Server]:
    behaviour = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            behaviour.ranges.append(asked)
            if behaviour.status is not None:
                self.send_error(behaviour.status)
                return
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and behaviour.understands_ranges else 0
            self.send_response(206 if start else 200)
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(behaviour.content) - 1}/{len(behaviour.content)}"
                )
            body = behaviour.content[start:]
            if behaviour.tells_length:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if behaviour.cut_after is None else body[: behaviour.cut_after])
            self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        behaviour.url = f"http://127.0.0.1:{running.server_port}/train.h5"
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield behaviour
        running.shutdown()
        thread.join()


def fetch(server: Server, path: Path, *, size: int = len(CONTENT), md5: str = MD5) -> Path:
    return download(server.url, path, size=size, md5=md5, timeout=5.0)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("tells_length", [True, False])
def test_a_file_arrives(server: Server, tmp_path: Path, tells_length: bool) -> None:
    server.tells_length = tells_length
    assert fetch(server, tmp_path / "new" / "train.h5").read_bytes() == CONTENT
    assert names(tmp_path / "new") == ["train.h5"]
    assert server.ranges == [None]


@pytest.mark.parametrize("tells_length", [True, False])
def test_what_was_cut_off_is_continued(server: Server, tmp_path: Path, tells_length: bool) -> None:
    server.cut_after, server.tells_length = 100_000, tells_length
    path = tmp_path / "train.h5"
    for arrived in ("100,000", "200,000"):
        with pytest.raises(DownloadError, match=f"cut off at {arrived} of 300,000 bytes .* run the same command again"):
            fetch(server, path)
        assert names(tmp_path) == ["train.h5.part"]
    assert fetch(server, path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-", "bytes=200000-"]
    assert names(tmp_path) == ["train.h5"]


def test_a_server_that_cannot_continue_sends_all(server: Server, tmp_path: Path) -> None:
    server.understands_ranges = False
    (tmp_path / "train.h5.part").write_bytes(b"x" * 5000)
    assert fetch(server, tmp_path / "train.h5").read_bytes() == CONTENT


def test_a_partial_file_that_is_whole_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "train.h5.part").write_bytes(CONTENT)
    path = download("http://127.0.0.1:9/train.h5", tmp_path / "train.h5", size=len(CONTENT), md5=MD5)
    assert path.read_bytes() == CONTENT


def test_a_partial_file_that_is_too_long_is_thrown_away(server: Server, tmp_path: Path) -> None:
    (tmp_path / "train.h5.part").write_bytes(CONTENT + b"more")
    assert fetch(server, tmp_path / "train.h5").read_bytes() == CONTENT


def test_a_partial_file_of_another_file_heals_at_the_second_attempt(server: Server, tmp_path: Path) -> None:
    (tmp_path / "train.h5.part").write_bytes(b"x" * 5000)
    with pytest.raises(DownloadError, match=rf"MD5 checksum [0-9a-f]{{32}}, and {MD5} is expected; .* starts anew"):
        fetch(server, tmp_path / "train.h5")
    assert names(tmp_path) == []
    assert fetch(server, tmp_path / "train.h5").read_bytes() == CONTENT


def test_the_wrong_content_is_refused(server: Server, tmp_path: Path) -> None:
    server.content = bytes(len(CONTENT))
    with pytest.raises(DownloadError, match="has the MD5 checksum"):
        fetch(server, tmp_path / "train.h5")
    assert names(tmp_path) == []


def test_another_length_is_refused_before_it_is_fetched(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"has 300,000 bytes, and 299,999 are expected; .* correct the card"):
        fetch(server, tmp_path / "train.h5", size=299_999)
    server.tells_length = False
    with pytest.raises(DownloadError, match=r"has 300,000 bytes, and 299,999 are expected; it came from"):
        fetch(server, tmp_path / "train.h5", size=299_999)
    assert names(tmp_path) == []


def test_an_answer_of_refusal(server: Server, tmp_path: Path) -> None:
    server.status = 403
    with pytest.raises(DownloadError, match=r"answers 403 Forbidden; .* \(300,000 bytes\) .* put it at .*train\.h5"):
        fetch(server, tmp_path / "train.h5")


def test_without_network_it_says_what_to_fetch_and_where_to_put_it(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/train.h5"
        path = tmp_path / "train.h5"
        with pytest.raises(DownloadError) as caught:
            download(url, path, size=12_345, md5=MD5, timeout=2.0)
    assert re.fullmatch(
        rf"{url} cannot be reached \(.*Connection refused\); with no network here, fetch {url} \(12,345 bytes\) on another "
        rf"machine, put it at {path}, and run the same command again",
        str(caught.value),
    )


def test_a_file_that_is_there_is_verified_and_used(tmp_path: Path) -> None:
    path = tmp_path / "train.h5"
    path.write_bytes(CONTENT)
    assert download("http://127.0.0.1:9/train.h5", path, size=len(CONTENT), md5=MD5.upper()) == path
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(
        DownloadError, match=r"has 299,999 bytes, and 300,000 are expected; it was there already: move it"
    ):
        download("http://127.0.0.1:9/train.h5", path, size=len(CONTENT), md5=MD5)
    assert path.read_bytes() == CONTENT[:-1]


def test_no_room(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"bytes free, and 1,000,000,000,000,000,000 are needed"):
        fetch(server, tmp_path / "train.h5", size=10**18)


def test_only_http_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="it must begin with http:// or https://"):
        download("file:///etc/hostname", tmp_path / "a", size=1, md5=MD5)


def test_a_file_of_a_dataset(server: Server, tmp_path: Path) -> None:
    card = DatasetCard.model_validate(
        {
            "name": "Jets",
            "record": "https://example.org/1",
            "licence": "CC-BY-4.0",
            "files": {"train.h5": {"url": server.url, "size": len(CONTENT), "md5": MD5}},
        }
    )
    assert download_dataset(card, "train.h5", tmp_path / "train.h5").read_bytes() == CONTENT
    with pytest.raises(DownloadError, match=r"Jets has no file 'tset\.h5'; it has train\.h5"):
        download_dataset(card, "tset.h5", tmp_path / "test.h5")


def test_the_card_of_the_reference_dataset(repository: Path) -> None:
    card = load_dataset_card(repository / "resources" / "reference_dataset.yaml")
    assert card.licence == "CC-BY-4.0"
    assert {name: file.size for name, file in card.files.items()} == {
        "train.h5": 1_038_496_555,
        "val.h5": 347_378_076,
        "test.h5": 347_849_376,
    }
    assert card.files["val.h5"].md5 == "dca4b7248027618f041f9baa86d360fc"
    assert all("2603256" in file.url and name in file.url for name, file in card.files.items())


def test_a_wrong_card_names_the_key(tmp_path: Path) -> None:
    card = tmp_path / "card.yaml"
    card.write_text("name: Jets\nrecord: r\nlicence: l\nfiles: {a: {url: 'https://x', size: -1, md5: abc}}\n")
    with pytest.raises(ConfigError, match=r"(?s)card\.yaml: 'files\.a\.size' is -1.*'files\.a\.md5' is 'abc'"):
        load_dataset_card(card)
    card.write_text("a: [")
    with pytest.raises(ConfigError, match="is no YAML"):
        load_dataset_card(card)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_dataset_card(tmp_path / "none.yaml")
