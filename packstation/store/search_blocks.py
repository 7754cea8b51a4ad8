"""Who has a word in the name, as one bit a buyer: words that half of all buyers share are as quick to combine as rare ones.

A block tells of 32,768 buyers with ids in a row: few of them as their places, two bytes each, many as 4,096 bytes of bits.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence

BLOCK_SHIFT = 15
BLOCK = 1 << BLOCK_SHIFT
_FULL = BLOCK // 8
_MOST_PLACES = 256
_FEW_PLACES = 4

Bits = dict[int, int]
"""By block, the buyers in it as the bits of a number."""


def packed(bits: int) -> bytes:
    """A block's bits as they are stored."""
    if bits.bit_count() > _MOST_PLACES:
        return bits.to_bytes(_FULL, "little")
    return b"".join(place.to_bytes(2, "little") for place in places(bits))


def unpacked(stored: bytes) -> int:
    """A block's bits as they were stored."""
    if len(stored) == _FULL:
        return int.from_bytes(stored, "little")
    return _of_places(stored_places(stored))


def stored_places(stored: bytes) -> list[int]:
    """The places of a block that is stored as such."""
    found = array("H")
    found.frombytes(stored)
    if array("H", (1,)).tobytes() != b"\x01\x00":
        found.byteswap()
    return found.tolist()


def union(blocks: Iterable[tuple[int, bytes]]) -> Bits:
    """The buyers of several stored blocks, each with its number."""
    found: Bits = {}
    few: dict[int, list[int]] = {}
    for block, stored in blocks:
        if len(stored) == _FULL:
            found[block] = found.get(block, 0) | int.from_bytes(stored, "little")
        else:
            few.setdefault(block, []).extend(stored_places(stored))
    for block, wanted in few.items():
        found[block] = found.get(block, 0) | _of_places(wanted)
    return found


def of_ids(ids: Iterable[int]) -> Bits:
    """The bits of buyers by their ids."""
    wanted: dict[int, list[int]] = {}
    for buyer_id in ids:
        wanted.setdefault(buyer_id >> BLOCK_SHIFT, []).append(buyer_id & (BLOCK - 1))
    return {block: _of_places(found) for block, found in wanted.items()}


def both(some: Bits, others: Bits) -> Bits:
    """The buyers that are among both."""
    return {block: bits & others[block] for block, bits in some.items() if block in others and bits & others[block]}


def either(some: Bits, others: Bits) -> Bits:
    """The buyers that are among any of the two."""
    return {block: some.get(block, 0) | others.get(block, 0) for block in some.keys() | others.keys()}


def newest(bits: Bits) -> Iterator[int]:
    """The ids, latest first; no more of them are made than are asked for."""
    for block in sorted(bits, reverse=True):
        left = bits[block]
        while left:
            place = left.bit_length() - 1
            yield (block << BLOCK_SHIFT) + place
            left ^= 1 << place


def has(bits: Bits, buyer_id: int) -> bool:
    """Whether a buyer is among them."""
    return bool(bits.get(buyer_id >> BLOCK_SHIFT, 0) & 1 << (buyer_id & (BLOCK - 1)))


def count(bits: Bits) -> int:
    """How many buyers they are."""
    return sum(each.bit_count() for each in bits.values())


_PLACES_OF_BYTE = tuple(tuple(place for place in range(8) if byte >> place & 1) for byte in range(256))


def places(bits: int) -> list[int]:
    """The places of the bits that are set, rising."""
    stored = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return [index * 8 + place for index, byte in enumerate(stored) if byte for place in _PLACES_OF_BYTE[byte]]


def _of_places(wanted: Sequence[int]) -> int:
    if len(wanted) <= _FEW_PLACES:
        bits = 0
        for place in wanted:
            bits |= 1 << place
        return bits
    room = bytearray(_FULL)
    for place in wanted:
        room[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(room, "little")
