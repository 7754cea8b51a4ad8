from __future__ import annotations

import pytest

from packstation.acts.policies import publish_policy
from packstation.acts.workplace import open_command
from packstation.store.check import check
from packstation.store.database import close_database, open_database, rows_of
from tests.acts.linking_at_once import work
from tests.acts.worlds import POLICY
from tests.forking import forking

TURNS = [10, pytest.param(40, marks=pytest.mark.long)]


@pytest.mark.parametrize("turns", TURNS)
def test_who_is_linked_by_two_processes_at_once_is_linked_as_from_nothing(database: str, turns: int) -> None:
    publish_policy(open_command("test"), POLICY, None)
    close_database()
    context = forking()
    start, done = context.Barrier(2), context.Queue()
    workers = [
        context.Process(target=work, args=(done, start, database, name, turns, seed))
        for seed, name in enumerate(("một", "hai"))
    ]
    for worker in workers:
        worker.start()
    try:
        told = dict(done.get(timeout=120) for _ in workers)
    finally:
        for worker in workers:
            worker.join(10)
            worker.kill()
            worker.join()
    assert told == {"một": turns, "hai": turns}
    open_database(database, patient=True)
    assert rows_of("SELECT count(*) FROM buyer b WHERE b.customer_id <> b.home_id")[0][0] > 0
    assert check() == []
