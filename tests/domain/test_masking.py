from __future__ import annotations

import pytest

from packstation.domain.customer_profile import Field
from packstation.domain.masking import masked_field


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (Field.EMAIL, "hoa@example.com", "•••@example.com"),
        (Field.EMAIL, "a@b@example.com", "•••@example.com"),
        (Field.EMAIL, "0912345678", "•••"),
        (Field.EMAIL, "", ""),
        (Field.PHONE, "0912345678", "••• ••• 678"),
        (Field.ADDRESS, "12 Lê Lợi", "•••"),
        (Field.NAME, "Hoa", "Hoa"),
    ],
)
def test_what_identifies_a_person_is_hidden(field: Field, value: str, shown: str) -> None:
    assert masked_field(field, value) == shown
