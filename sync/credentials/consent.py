"""What a seller's browser brings back from a channel's consent page: pasted by the person, or caught on this computer."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from packstation.locale import _
from sync.shops_config import LOOPBACK_HOSTS

_LONGEST_REQUEST = 16 * 1024
_PATIENCE = 10.0
"""Seconds that a browser gets to say what it wants."""


class WrongAnswerError(ValueError):
    """What was brought back is no answer to this login; the text is one line that says why."""


def pasted_answer(text: str, state: str) -> Mapping[str, str]:
    """What the person pasted: the whole address that the browser ended at, or the bare code.

    Args:
        text: as pasted.
        state: what the consent page was given to send back; an address without any is taken, another one is not.

    Raises:
        WrongAnswerError: empty, refused by the seller, or of another login.
    """
    text = text.strip()
    if not text or not text.isprintable():
        raise WrongAnswerError(_("nothing was pasted: the address that the browser ended at, or its code, is needed"))
    if "://" not in text and "=" not in text:
        return {"code": text}
    answer = _parameters(text)
    if "state" in answer and not _same(answer["state"], state):
        raise WrongAnswerError(_("this address belongs to another login: open the page of this one"))
    return _granted(answer)


def is_caught_here(redirect: str) -> bool:
    """Whether a browser on this computer that is sent to `redirect` reaches `caught_answer`."""
    try:
        parts = urlsplit(redirect)
        return parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS and parts.port is not None
    except ValueError:
        return False


async def caught_answer(redirect: str, state: str) -> Mapping[str, str]:
    """Wait on this computer until the browser is sent to `redirect` with this login's `state`; whatever else comes is turned away.

    Raises:
        WrongAnswerError: the seller refused.
        OSError: the port is taken.
    """
    parts = urlsplit(redirect)
    answered: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await _asked(reader, parts.path or "/")
            genuine = answer is not None and _same(answer.get("state", ""), state)
            text = _("packstation has what it needs; close this page.") if genuine else "?"
            body = text.encode()
            status = "200 OK" if genuine else "404 Not Found"
            head = (
                f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
                "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
            if genuine and answer is not None and not answered.done():
                answered.set_result(answer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    host = "::1" if parts.hostname == "::1" else "127.0.0.1"
    server = await asyncio.start_server(serve, host, parts.port, limit=_LONGEST_REQUEST)
    async with server:
        return _granted(await answered)


async def _asked(reader: asyncio.StreamReader, path: str) -> Mapping[str, str] | None:
    """The query of a GET for `path`; None for everything else."""
    async with asyncio.timeout(_PATIENCE):
        head = await reader.readuntil(b"\r\n\r\n")
    words = head.split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ")
    if len(words) != 3 or words[0] != "GET" or words[1].partition("?")[0] != path:
        return None
    try:
        return _parameters(words[1])
    except WrongAnswerError:
        return None


def _parameters(address: str) -> dict[str, str]:
    try:
        query = urlsplit(address).query if "?" in address else address
        return dict(parse_qsl(query, max_num_fields=50))
    except ValueError:
        pass
    raise WrongAnswerError(_("what was pasted cannot be read as an address"))


def _granted(answer: Mapping[str, str]) -> Mapping[str, str]:
    # `code` at most channels, `auth_code` at TikTok Shop, `accessCode` at Nhanh.
    if any(name.lower().endswith("code") for name in answer):
        return answer
    raise WrongAnswerError(
        _("the address brings no code: the seller did not agree, or it is not the one after agreeing")
    )


def _same(given: str, state: str) -> bool:
    return hmac.compare_digest(given.encode(), state.encode())
