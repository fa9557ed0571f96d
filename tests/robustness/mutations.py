"""Damage to files: what disks, networks, editors and people with bad intentions do to bytes."""

import random
from collections.abc import Callable

_SIZES = (1, 2, 4, 8)
_NUMBERS = (0, 1, 2, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1)
_WORDS = (
    b"nan", b"inf", b"-1", b"1e999", b"9" * 400, b"null", b"true", b"{}", b"[]", b'""', b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"[" * 3000, b'{"a":' * 3000, b"!!python/object/apply:os.system ['false']", b"<script>alert(1)</script>", b"\r\n", b",,,,", b'"',
    b"&a [*a, *a]", b"1_0", b"\xe2\x88\x921", b"0x10", b"'''", b"1e-400", b"- " * 500,
)  # fmt: skip


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Damage a file once, or seldom some times."""
    for _ in range(rng.choice((1, 1, 1, 1, 2, 4))):
        content = rng.choice(_WAYS)(content, rng)
    return content


def _place(content: bytes, rng: random.Random) -> int:
    """Choose a place, often near the begin or the end, where files say what they are."""
    size = max(1, len(content))
    near = min(size, rng.choice((16, 128, 1024, 4096)))
    return rng.choice((rng.randrange(size), rng.randrange(near), size - 1 - rng.randrange(near)))


def _span(content: bytes, rng: random.Random) -> tuple[int, int]:
    first = _place(content, rng)
    return first, min(len(content), first + int(2 ** rng.uniform(0, 11)))


def _flip_bits(content: bytes, rng: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 8, 64))):
        if found:
            found[_place(content, rng)] ^= 1 << rng.randrange(8)
    return bytes(found)


def _replace(content: bytes, rng: random.Random) -> bytes:
    first, last = _span(content, rng)
    return content[:first] + rng.randbytes(last - first) + content[last:]


def _zero(content: bytes, rng: random.Random) -> bytes:
    first, last = _span(content, rng)
    return content[:first] + bytes(last - first) + content[last:]


def _number(content: bytes, rng: random.Random) -> bytes:
    first, size = _place(content, rng), rng.choice(_SIZES)
    number = (rng.choice(_NUMBERS) % 256**size).to_bytes(size, rng.choice(("big", "little")))
    return content[:first] + number + content[first + size :]


def _truncate(content: bytes, rng: random.Random) -> bytes:
    return content[: _place(content, rng)]


def _delete(content: bytes, rng: random.Random) -> bytes:
    first, last = _span(content, rng)
    return content[:first] + content[last:]


def _insert(content: bytes, rng: random.Random) -> bytes:
    first, last = _span(content, rng)
    more = rng.choice((rng.randbytes(last - first), content[first:last], bytes(last - first)))
    return content[:first] + more + content[first:]


def _swap(content: bytes, rng: random.Random) -> bytes:
    (a, b), (c, d) = sorted((_span(content, rng), _span(content, rng)))
    return content if b > c else content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def _word(content: bytes, rng: random.Random) -> bytes:
    first, last = _span(content, rng)
    return content[:first] + rng.choice(_WORDS) + content[rng.choice((first, last)) :]


def _append(content: bytes, rng: random.Random) -> bytes:
    return content + rng.choice((content, rng.randbytes(rng.randrange(1, 400)), bytes(512)))


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip_bits,
    _flip_bits,
    _flip_bits,
    _replace,
    _zero,
    _number,
    _number,
    _truncate,
    _delete,
    _insert,
    _swap,
    _word,
    _append,
)
