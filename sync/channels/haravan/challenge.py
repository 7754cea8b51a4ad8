"""Haravan's question whether an address for webhooks is ours.

Source: integrations that verify `hub.verify_token` and answer with `hub.challenge`, as Facebook's webhooks have it; Haravan's own
pages do not describe it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from sync.channels.protocol import PushAnswer, PushVerdict, ReadPush

_LONGEST = 200


def answered_challenge(query: Mapping[str, str], token: str) -> ReadPush:
    """Answer with the challenge where the token is the one that we gave; without a token of ours every question is refused."""
    given, challenge = query.get("hub.verify_token", ""), query.get("hub.challenge", "")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        return ReadPush(PushVerdict.FORGED, PushAnswer(403))
    text = challenge[:_LONGEST] if challenge.isalnum() else ""
    return ReadPush(PushVerdict.PING, PushAnswer(200, text.encode(), {"content-type": "text/plain"}))
