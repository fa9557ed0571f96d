"""Fetch files over HTTP: resumed where they were cut off, and put in place only when size and checksum are right."""

import hashlib
import http.client
import logging
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from symscope.config.downloads import DatasetCard
from symscope.errors import DownloadError
from symscope.io.files import PathLike, first_line

logger = logging.getLogger(__name__)

_PIECE = 1 << 20
_LOG_BYTES = 100 * _PIECE


def download_dataset(card: DatasetCard, name: str, path: PathLike, *, timeout: float = 60.0) -> Path:
    """Fetch one file of a public dataset; see :func:`download`.

    Parameters
    ----------
    card
        The dataset.
    name
        Name of the file on the card.
    path
        Where to put it.
    timeout
        Longest silence of the server [s].
    """
    if name not in card.files:
        raise DownloadError(f"{card.name} has no file '{name}'; it has {', '.join(card.files)}")
    remote = card.files[name]
    logger.info("%s (%s, licence %s): %s", card.name, card.record, card.licence, name)
    return download(remote.url, path, size=remote.size, md5=remote.md5, timeout=timeout)


def download(url: str, path: PathLike, *, size: int, md5: str, timeout: float = 60.0) -> Path:
    """Fetch a file unless it is there already, and verify it.

    What has arrived stands beside `path` with ``.part`` added to its name, also after an interruption; the next call
    continues there.

    Parameters
    ----------
    url
        An address that begins with http:// or https://.
    path
        Where to put the file. One that is there already is verified and left as it is.
    size
        Length of the file [bytes].
    md5
        Its MD5 checksum, in hexadecimal digits.
    timeout
        Longest silence of the server [s].

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DownloadError
        Saying what to fetch from where and where to put it, if the file does not come; and what is wrong with a file
        that is not the promised one.
    """
    if not url.startswith(("http://", "https://")):
        raise DownloadError(f"'{url}' is no address that can be fetched; it must begin with http:// or https://")
    path = Path(path)
    if path.exists():
        _verify(path, size, md5, hint=f"it was there already: move it away, or replace it by {url}")
        logger.info("%s is there already and is the right file", path)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    if part.exists() and part.stat().st_size > size:
        part.unlink()
    _require_room(part, size, url)
    if not part.exists() or part.stat().st_size < size:
        _fetch(url, part, size, path, timeout)
    try:
        _verify(part, size, md5, hint=f"it came from {url}; it was removed, so that the next attempt starts anew")
    except DownloadError:
        part.unlink()
        raise
    part.replace(path)
    logger.info("%s: %d bytes, checksum verified", path, size)
    return path


def _fetch(url: str, part: Path, size: int, path: Path, timeout: float) -> None:
    """Bring the partial file to its full size."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(
        url, headers={"User-Agent": "symscope", **({"Range": f"bytes={have}-"} if have else {})}
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            if have and not _continues(response, have):
                logger.info("%s: the server cannot continue a transfer, starting anew", url)
                have = 0
            announced = response.headers.get("Content-Length")
            if announced is not None and have + int(announced) != size:
                raise DownloadError(
                    f"{url} has {have + int(announced):,} bytes, and {size:,} are expected; the file at that address is "
                    "another one, so correct the card of the dataset"
                )
            _copy(response, part, have, size)
    except urllib.error.HTTPError as error:
        error.close()
        raise DownloadError(_by_hand(f"{url} answers {error.code} {error.reason}", url, path, size)) from error
    except (OSError, http.client.HTTPException) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        reason = first_line(cause) if isinstance(cause, BaseException) else cause
        arrived = part.stat().st_size if part.exists() else 0
        if arrived:
            raise DownloadError(_cut_off(url, part, size, reason)) from error
        raise DownloadError(_by_hand(f"{url} cannot be reached ({reason})", url, path, size)) from error
    if part.stat().st_size < size:
        raise DownloadError(_cut_off(url, part, size, "the server closed the connection"))


def _continues(response: http.client.HTTPResponse, have: int) -> bool:
    """Whether the answer goes on where the partial file ends."""
    return response.status == http.HTTPStatus.PARTIAL_CONTENT and (
        response.headers.get("Content-Range") or ""
    ).startswith(f"bytes {have}-")


def _copy(response: http.client.HTTPResponse, part: Path, have: int, size: int) -> None:
    with part.open("r+b" if have else "wb") as handle:
        handle.seek(have)
        told = have
        while have <= size and (piece := response.read(_PIECE)):
            handle.write(piece)
            have += len(piece)
            if have - told >= _LOG_BYTES:
                told = have
                logger.info("%s: %.0f of %.0f MB", part.stem, have / 1e6, size / 1e6)


def _cut_off(url: str, part: Path, size: int, reason: str) -> str:
    return (
        f"{url} was cut off at {part.stat().st_size:,} of {size:,} bytes ({reason}); what came is kept in {part}, so run the "
        "same command again to continue"
    )


def _by_hand(what: str, url: str, path: Path, size: int) -> str:
    return (
        f"{what}; with no network here, fetch {url} ({size:,} bytes) on another machine, put it at {path}, and run the same "
        "command again"
    )


def _require_room(part: Path, size: int, url: str) -> None:
    missing = size - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(part.parent).free
    if free < missing:
        raise DownloadError(
            f"{part.parent} has {free:,} bytes free, and {missing:,} are needed for {url}; make room or choose another folder"
        )


def _verify(path: Path, size: int, md5: str, *, hint: str) -> None:
    if not path.is_file():
        raise DownloadError(f"{path} is no file; {hint}")
    found = path.stat().st_size
    if found != size:
        raise DownloadError(f"{path} has {found:,} bytes, and {size:,} are expected; {hint}")
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if digest != md5.lower():
        raise DownloadError(f"{path} has the MD5 checksum {digest}, and {md5.lower()} is expected; {hint}")
