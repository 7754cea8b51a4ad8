from __future__ import annotations

import pytest

from packstation.domain.same_orders import Lifetime, may_be_one_parcel
from packstation.domain.times import DAY, HOUR
from tests.factories import NOW


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        (Lifetime(NOW, None), Lifetime(NOW, None), True),
        (Lifetime(NOW, None), Lifetime(NOW + 60 * DAY, None), True),
        (Lifetime(NOW, None), Lifetime(NOW + 60 * DAY + 1, None), False),
        (Lifetime(NOW, NOW + HOUR), Lifetime(NOW + DAY, None), False),
        (Lifetime(NOW, NOW + 2 * DAY), Lifetime(NOW + DAY, None), True),
        (Lifetime(NOW, NOW + 2 * DAY), Lifetime(NOW, NOW + 3 * DAY), True),
    ],
)
def test_a_tracking_number_means_one_parcel_until_it_is_given_anew(
    one: Lifetime, other: Lifetime, may_be: bool
) -> None:
    assert may_be_one_parcel(one, other) is may_be
    assert may_be_one_parcel(other, one) is may_be
