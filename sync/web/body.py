"""An answer's body as it arrives, decompressed piece by piece: never more of it is made than is allowed."""

from __future__ import annotations

import zlib

from packstation.locale import said
from sync.channels.errors import UnreadableAnswerError

PIECE = 64 * 1024
"""How much one step of decompressing makes at most, bytes."""
_PLAIN = ("", "identity")
_GZIP = ("gzip", "x-gzip")
_EXPECTS_GZIP = 16 + zlib.MAX_WBITS


class Body:
    """Collects one body. Coded as plain bytes or once with gzip: nothing else is asked for, so nothing else is taken."""

    def __init__(self, coding: str, largest: int) -> None:
        """Begin.

        Args:
            coding: the `Content-Encoding` header, empty without one.
            largest: how many bytes there may be, as they arrive and decompressed.

        Raises:
            UnreadableAnswerError: coded in another way, or more than once.
        """
        word = coding.strip().lower()
        if word not in (*_PLAIN, *_GZIP):
            raise UnreadableAnswerError(said("the answer is compressed in a way that was not asked for"))
        self._gunzip = None if word in _PLAIN else zlib.decompressobj(_EXPECTS_GZIP)
        self._largest = largest
        self._arrived = 0
        self._size = 0
        self._parts: list[bytes] = []

    def add(self, raw: bytes) -> None:
        """Take the next bytes as they arrived.

        Raises:
            UnreadableAnswerError: too large, or they cannot be decompressed.
        """
        self._arrived += len(raw)
        if self._arrived > self._largest:
            raise self._too_large()
        if self._gunzip is None:
            self._keep(raw)
            return
        while not self._gunzip.eof:
            try:
                piece = self._gunzip.decompress(raw, PIECE)
            except zlib.error:
                raise UnreadableAnswerError(said("the answer cannot be decompressed")) from None
            self._keep(piece)
            raw = self._gunzip.unconsumed_tail
            if not raw and len(piece) < PIECE:
                return

    def whole(self) -> bytes:
        """All of it.

        Raises:
            UnreadableAnswerError: it was cut off while compressed.
        """
        if self._gunzip is not None and self._arrived and not self._gunzip.eof:
            raise UnreadableAnswerError(said("the answer cannot be decompressed: it is cut off"))
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._largest:
            raise self._too_large()
        self._parts.append(part)

    def _too_large(self) -> UnreadableAnswerError:
        return UnreadableAnswerError(said("the answer is larger than {largest} bytes", largest=self._largest))
