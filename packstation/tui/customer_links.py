"""What supervisors say at the desk of profiles that are one person, or are not."""

from __future__ import annotations

from functools import partial

from packstation.acts import linking
from packstation.acts.overriding import ReasonMissingError
from packstation.acts.proving import NotASupervisorError, PinLockedError, WrongPinError, prove_supervisor
from packstation.domain.candidates import LinkState, ProfileLink
from packstation.locale import _
from packstation.tui.overlays import Overlays
from packstation.tui.screens.customer import CustomerScreen
from packstation.tui.screens.write_line import WriteLine
from packstation.tui.station import Station


class CustomerLinks:
    """Asks why, and the PIN; then links, splits or puts back."""

    def __init__(self, station: Station, overlays: Overlays) -> None:
        self._station = station
        self._overlays = overlays

    def ask(self, message: CustomerScreen.LinkMeant) -> None:
        """Ask for the reason and the PIN."""
        screen, link, person = message.screen, message.link, self._station.person
        if not screen.is_attached:
            return
        if person is None or not person.supervises:
            screen.complain(_("Profiles are linked and split by a supervisor"))
            return
        if message.is_only:
            screen.complain(_("This is the customer's only profile"))
            return
        titles = {
            LinkState.LINKED: _("Split off: not the same person"),
            LinkState.SPLIT_OFF: _("Put back among those that are linked by themselves"),
            LinkState.PROPOSED: _("Link: the same person"),
        }
        hint = _("Why, for the record; then your PIN. Open orders are judged anew.")
        self._overlays.open_over(WriteLine(titles[link.state], hint, screen.figures.card.id, None, link=link))

    async def decide(self, message: WriteLine.Done, link: ProfileLink) -> int | None:
        """Do it; the customer that the profile's person is now, None where nothing came of it."""
        station, dialog, person = self._station, message.dialog, self._station.person
        if person is None:
            return None
        try:
            await station.act(partial(prove_supervisor, station.place, person.id, message.pin))
            done = await station.act(partial(_act(link), station.place, by=person.id, why=message.text))
        except (WrongPinError, PinLockedError, NotASupervisorError):
            dialog.complain(_("Wrong PIN"))
        except ReasonMissingError:
            dialog.complain(_("A reason is needed"))
        except (linking.UnknownBuyerError, linking.NotSplitError, linking.SameBuyerError):
            dialog.complain(_("Decided meanwhile"))
        else:
            if dialog.is_attached:
                dialog.dismiss()
            return done.customer_id
        return None


def _act(link: ProfileLink) -> partial[linking.Relinked]:
    match link.state:
        case LinkState.PROPOSED:
            return partial(linking.link, buyer_id=link.buyer_id, other_id=link.with_buyer or link.buyer_id)
        case LinkState.SPLIT_OFF:
            return partial(linking.put_back, buyer_id=link.buyer_id)
        case LinkState.LINKED:
            return partial(linking.split, buyer_id=link.buyer_id)
