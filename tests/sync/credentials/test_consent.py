from __future__ import annotations

import asyncio

import httpx
import pytest

from sync.credentials.consent import WrongAnswerError, caught_answer, is_caught_here, pasted_answer
from tests.sync.credentials.conftest import free_port

STATE = "the-state-of-this-login"


def test_the_address_or_the_bare_code_can_be_pasted() -> None:
    address = f"https://shop.vn/cb?code=C1&shop_id=7&state={STATE}#x"
    assert pasted_answer(f"  {address}\n", STATE) == {"code": "C1", "shop_id": "7", "state": STATE}
    assert pasted_answer("https://shop.vn/cb?auth_code=C1", STATE) == {"auth_code": "C1"}
    assert pasted_answer(" C1 ", STATE) == {"code": "C1"}
    assert pasted_answer("code=C1&shop_id=7", STATE) == {"code": "C1", "shop_id": "7"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing was pasted"),
        ("https://x/?code=\x1b[2J", "nothing was pasted"),
        ("https://x/?code=C1&state=other", "belongs to another login"),
        ("https://x/?code=C1&state=é", "belongs to another login"),
        ("https://x/?error=access_denied", "the seller did not agree"),
        ("https://x/", "the seller did not agree"),
        ("https://[x/?code=1", "cannot be read"),
        ("https://x/?" + "a=1&" * 100, "cannot be read"),
    ],
)
def test_what_is_no_answer_to_this_login_is_one_line_without_the_code(text: str, says: str) -> None:
    with pytest.raises(WrongAnswerError, match=says) as caught:
        pasted_answer(text, STATE)
    assert "C1" not in str(caught.value)


@pytest.mark.parametrize(
    ("redirect", "here"),
    [
        ("http://127.0.0.1:8791/", True),
        ("http://localhost:1/cb", True),
        ("http://[::1]:1/", True),
        ("https://127.0.0.1:1/", False),
        ("http://127.0.0.1/", False),
        ("http://127.0.0.1.evil.vn:1/", False),
        ("http://127.0.0.1:x/", False),
        ("https://shop.vn/", False),
    ],
)
def test_only_a_port_of_this_computer_is_listened_on(redirect: str, here: bool) -> None:
    assert is_caught_here(redirect) is here


async def test_the_browsers_answer_is_caught_and_everything_else_turned_away() -> None:
    port = free_port()
    catching = asyncio.ensure_future(caught_answer(f"http://127.0.0.1:{port}/cb", STATE))
    await asyncio.sleep(0.05)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser:
        for wrong in ("/cb", "/cb?code=forged", "/cb?code=forged&state=guess", f"/other?code=forged&state={STATE}"):
            assert (await browser.get(wrong)).status_code == 404
        assert (await browser.post(f"/cb?code=forged&state={STATE}")).status_code == 404
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x00" * 40_000)
        await writer.drain()
        writer.close()
        del reader
        assert not catching.done()
        told = await browser.get(f"/cb?code=C1&state={STATE}&shop_id=7")
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert "C1" not in told.text
    assert await catching == {"code": "C1", "state": STATE, "shop_id": "7"}


async def test_a_seller_who_refuses_ends_the_wait() -> None:
    port = free_port()
    catching = asyncio.ensure_future(caught_answer(f"http://localhost:{port}/", STATE))
    await asyncio.sleep(0.05)
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.get(f"http://127.0.0.1:{port}/?error=access_denied&state={STATE}")
    with pytest.raises(WrongAnswerError, match="did not agree"):
        await catching
