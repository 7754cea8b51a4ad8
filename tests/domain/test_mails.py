from __future__ import annotations

from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packstation.domain.mails import Attachment, BadAddressError, checked_address, domain_of, mail_for


@pytest.mark.parametrize("text", ["shop@example.vn", " an.nguyen+don@mail.example.com ", "o'neil@x-y.vn"])
def test_an_address_is_taken_without_blanks_around_it(text: str) -> None:
    assert checked_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop",
        "shop@localhost",
        "a@b.vn, c@d.vn",
        "a@b.vn\nBcc: c@d.vn",
        "a@b.vn\r\n",
        "An <a@b.vn>",
        '"a b"@c.vn',
        "a@@b.vn",
        "a.@b.vn",
        "a@-b.vn",
        "đơn@b.vn",
        "a@b.vn" + "n" * 300,
        "a@[127.0.0.1]",
    ],
)
def test_what_is_not_one_plain_address_is_refused(text: str) -> None:
    with pytest.raises(BadAddressError):
        checked_address(text)


@given(st.text(max_size=40))
def test_whatever_is_taken_means_itself_to_a_mail_program(text: str) -> None:
    try:
        address = checked_address(text)
    except BadAddressError:
        return
    assert Address(addr_spec=address).domain.lower() == domain_of(address)


@given(st.text(), st.text())
def test_subject_and_body_have_no_control_characters_but_line_ends(subject: str, body: str) -> None:
    mail = mail_for("a@b.vn", subject, body)
    assert mail.subject.isprintable()
    assert all(line.isprintable() for line in mail.body.split("\n"))


@pytest.mark.parametrize(
    ("name", "media_type"), [("", "text/plain"), ("a\nb", "text/plain"), ("a.txt", "text"), ("a.txt", "a/b\n")]
)
def test_an_attachment_has_a_name_of_one_line_and_a_type(name: str, media_type: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Attachment(name, media_type, b"")
