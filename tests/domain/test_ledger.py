from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.ledger import (
    FIRST_HASH,
    Anchor,
    Entry,
    EntryKind,
    anchors_in,
    canonical_facts,
    entry_hash,
    first_break,
    text_digest,
)

NOW = 1_760_000_000_000


def chain(length: int, writer: int = 3) -> list[Entry]:
    entries: list[Entry] = []
    previous = FIRST_HASH
    for sequence in range(1, length + 1):
        facts = canonical_facts({"why": f"số {sequence}"})
        entry = Entry(writer, sequence, NOW + sequence, EntryKind.PACKED, 1, 2, None, 4, 5, 6, facts, previous, "")
        entries.append(replace(entry, hash=entry_hash(entry)))
        previous = entries[-1].hash
    return entries


def broken(entries: list[Entry], heads: dict[int, str] | None = None) -> tuple[int, str] | None:
    found = first_break(entries, [Anchor(3, sequence, digest) for sequence, digest in (heads or {}).items()])
    return None if found is None else (found.sequence, found.what)


@pytest.mark.parametrize("length", [0, 1, 2, 7])
def test_a_chain_as_it_was_written_is_whole(length: int) -> None:
    entries = chain(length)
    assert broken(entries, {entry.sequence: entry.hash for entry in entries}) is None


CHANGES: dict[str, Any] = {
    "writer_id": 9,
    "at": 0,
    "kind": "undone",
    "order_id": None,
    "parcel_id": 7,
    "hold_id": 1,
    "person_id": 8,
    "station_id": None,
    "policy_version": 5,
    "facts": "{}",
    "previous_hash": "1" * 64,
    "hash": "1" * 64,
}


@pytest.mark.parametrize("field", [field.name for field in fields(Entry) if field.name != "sequence"])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_every_altered_column_of_every_entry_is_found(field: str, place: int) -> None:
    entries = chain(5)
    entries[place] = replace(entries[place], **{field: CHANGES[field]})
    assert broken(entries) == (place + 1, "altered")


def test_an_entry_altered_with_its_hash_breaks_the_next_or_the_head_that_another_chain_recorded() -> None:
    entries = chain(3)
    forged = replace(entries[2], facts="{}")
    heads = {3: entries[2].hash}
    entries[2] = replace(forged, hash=entry_hash(forged))
    assert broken(entries) is None, "the last entry alone has nobody to contradict it"
    assert broken(entries, heads) == (3, "replaced since it was recorded elsewhere")
    entries = chain(3)
    forged = replace(entries[1], facts="{}")
    entries[1] = replace(forged, hash=entry_hash(forged))
    assert broken(entries) == (3, "altered")


def test_a_missing_entry_is_found_where_it_should_stand() -> None:
    entries = chain(5)
    assert broken(entries[:1] + entries[2:]) == (2, "missing")
    assert broken(entries[1:]) == (1, "missing")


def test_a_cut_tail_is_found_by_the_heads_that_other_chains_recorded() -> None:
    entries = chain(5)
    heads = {5: entries[4].hash}
    assert broken(entries[:4]) is None
    assert broken(entries[:4], heads) == (5, "cut off after it was recorded elsewhere")
    assert broken([], heads) == (1, "cut off after it was recorded elsewhere")


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), min_size=2, max_size=2, unique=True))
def test_different_facts_are_never_written_alike(pairs: list[tuple[str, str]]) -> None:
    one, other = (canonical_facts({name: value}) for name, value in pairs)
    assert one != other


def test_facts_are_written_in_one_way_only() -> None:
    assert canonical_facts({"b": 1, "a": "ô"}) == canonical_facts({"a": "ô", "b": 1}) == '{"a":"\\u00f4","b":1}'


def test_the_same_text_has_another_digest_under_another_salt() -> None:
    assert text_digest("a", "khách quen") != text_digest("b", "khách quen")
    assert text_digest("a", "khách quen") == text_digest("a", "khách quen")


def test_two_heads_of_one_entry_that_differ_are_not_both_right() -> None:
    [entry] = chain(1)
    heads = [Anchor(3, 1, entry.hash), Anchor(3, 1, "1" * 64)]
    assert first_break([entry], heads) is not None


def test_anchors_are_found_wherever_they_stand_in_a_text() -> None:
    digest = "ab" * 32
    text = f"Heads:\n  3:17:{digest}\n> 12:1:{digest}, 1:2:{digest[:-1]} 09:30:00 x7:8:{digest}"
    assert anchors_in(text) == [Anchor(3, 17, digest), Anchor(12, 1, digest)]
    assert anchors_in(str(Anchor(3, 17, digest))) == [Anchor(3, 17, digest)]
    assert anchors_in("nothing of the kind") == []
