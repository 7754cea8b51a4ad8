"""Bodies as they arrive: whole, and never larger than is allowed, however small they were made for the way."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from sync.channels.errors import UnreadableAnswerError
from sync.web.body import PIECE, Body

LIMIT = 4 * 1024 * 1024


def read(coding: str, raw: bytes, step: int = 1000) -> bytes:
    body = Body(coding, LIMIT)
    feed(body, raw, step)
    return body.whole()


def feed(body: Body, raw: bytes, step: int = 1000) -> None:
    for start in range(0, len(raw), step):
        body.add(raw[start : start + step])


@pytest.mark.parametrize("step", [1, 7, 10_000_000])
@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_compressed_comes_out_whole_however_it_is_cut_on_the_way(size: int, step: int) -> None:
    said = b"0123456789abcdef" * (size // 16) + b"x" * (size % 16)
    assert read("gzip", gzip.compress(said), step) == said


@pytest.mark.parametrize("coding", ["", "identity", "gzip"])
def test_an_answer_without_a_body_is_empty(coding: str) -> None:
    assert read(coding, b"") == b""


@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip,identity", "br", "zstd", "deflate", "GZIP GZIP"])
def test_what_was_not_asked_for_is_refused_before_anything_is_made_of_it(coding: str) -> None:
    with pytest.raises(UnreadableAnswerError, match="not asked for"):
        Body(coding, LIMIT)


def test_a_body_that_was_cut_off_while_compressed_is_an_error() -> None:
    with pytest.raises(UnreadableAnswerError, match="cut off"):
        read("gzip", gzip.compress(b"orders " * 1000)[:-3])


@pytest.mark.parametrize("raw", [b"not gzip at all", zlib.compress(b"x")])
def test_what_is_no_gzip_is_an_error(raw: bytes) -> None:
    with pytest.raises(UnreadableAnswerError, match="decompressed"):
        read("gzip", raw)


def test_too_much_is_refused_plain_too() -> None:
    with pytest.raises(UnreadableAnswerError, match="larger"):
        read("", b"x" * (LIMIT + 1), 100_000)


def test_what_comes_after_the_end_counts_and_is_not_kept() -> None:
    assert read("gzip", gzip.compress(b"{}") + b"x" * 100) == b"{}"
    with pytest.raises(UnreadableAnswerError, match="larger"):
        read("gzip", gzip.compress(b"{}") + b"x" * LIMIT, 100_000)


def test_of_a_bomb_no_more_is_ever_made_than_is_allowed_and_one_piece() -> None:
    bomb = gzip.compress(bytes(40 * LIMIT))
    body = Body("gzip", LIMIT)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableAnswerError, match="larger"):
            feed(body, bomb)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most <= LIMIT + PIECE + 150_000
