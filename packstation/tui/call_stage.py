"""The call desk as the place where a contact is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from packstation.acts.contacting import Ended
from packstation.domain.holds import AttemptResult
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.contact_stage import Subject
from packstation.tui.screens.call_desk import CallDesk
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms
from packstation.tui.views.contact import Contact
from packstation.tui.views.contact_ended import advice, first_advice


class CallStage:
    """The call desk as the place where a contact is shown.

    Args:
        station: the station.
        ended: told when a contact has its result.
    """

    def __init__(self, station: Station, ended: Callable[[str, Sequence[str]], None]) -> None:
        self._station = station
        self._ended = ended
        self.screen: CallDesk | None = None
        self.called: Subject | None = None

    @property
    def is_shown(self) -> bool:
        """Whether somebody is on screen to be contacted."""
        return self.screen is not None and self.screen.is_called

    def subject(self) -> Subject | None:
        """Whom this caller has."""
        if self.called is None:
            self._station.say(_("Take somebody first: F9 or NEXT"), Sound.UNKNOWN)
        return self.called

    def show(self, contact: Contact, qr: Sequence[str]) -> None:
        """Show the contact beside what is known of them."""
        if self.screen is not None:
            self.screen.show_contact(contact, now_ms(), qr)

    def close(self) -> None:
        """Put the queue back."""
        self.called = None
        if self.screen is not None:
            self.screen.close_callee()

    def show_ended(self, contact: Contact, result: AttemptResult, ended: Ended) -> None:
        """Back to the queue, which says how it ended."""
        self.close()
        said = f"{plain(contact.order.number, 40)}: {words.result_word(result)} · {first_advice(contact, result, ended, now_ms())}"
        self._ended(said, advice(contact, result, ended))
