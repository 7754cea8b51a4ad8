"""What the banner says of a verdict, and of everything else that is said from three metres."""

from __future__ import annotations

from packstation.domain.holds import HoldReason
from packstation.domain.orders import Status
from packstation.domain.plain_text import PlainText, plain
from packstation.domain.times import MINUTE
from packstation.domain.verdict import Reason, StopRule, VerdictKind
from packstation.locale import _, words
from packstation.tui.theme import Tone
from packstation.tui.views.answers import DeskAnswer
from packstation.tui.widgets.banner import BannerText

OLD_DATA = 15 * MINUTE
"""From which age on a verdict says how old the data is that it was given on, ms."""


def starting() -> BannerText:
    """Before the database has answered for the first time."""
    return BannerText(Tone.IDLE, (plain("packstation"),), (plain(_("Starting ...")),))


def idle(packed_today: int | None = None, per_hour: int | None = None) -> BannerText:
    """Nothing on the desk; with what was packed so far once that is known."""
    lines: tuple[PlainText, ...] = ()
    if packed_today is not None:
        lines = (plain(_("packed today {today}  ·  per hour {hour}").format(today=packed_today, hour=per_hour)),)
    return BannerText(Tone.IDLE, (plain(_("SCAN A PARCEL")), plain(_("SCAN"))), lines)


def away() -> BannerText:
    """The database does not answer: nothing may be packed."""
    return BannerText(
        Tone.AWAY,
        (plain(_("NO DATABASE")),),
        (plain(_("The database does not answer. Do not pack; scans are kept and answered as soon as it is back.")),),
    )


def packed(number: str) -> BannerText:
    """A parcel was finished."""
    return BannerText(Tone.DONE, (plain(_("PACKED")),), (_numbered(number, _("recorded, scan the next parcel")),))


def said(big: str, *lines: str, tone: Tone = Tone.SAID) -> BannerText:
    """Anything else that has to be read from afar."""
    return BannerText(tone, (plain(big),), tuple(plain(line) for line in lines if line))


def verdict(answer: DeskAnswer) -> BannerText:
    """The verdict of an answer."""
    judgement = answer.judgement
    kind = judgement.verdict.kind
    number = judgement.order.number if judgement.order else judgement.code
    match kind:
        case VerdictKind.PACK:
            lines = [_numbered(number, _to_collect(answer))]
            if judgement.order and judgement.order.instruction:
                lines.insert(0, plain(_("courier: {text}").format(text=plain(judgement.order.instruction, 100))))
            if answer.freed_slots:
                lines.insert(0, plain(_("fetch it from slot {slot}").format(slot=", ".join(answer.freed_slots))))
            return _made(Tone.PACK, (words.headline(judgement.verdict), _("PACK")), lines, answer)
        case VerdictKind.CALL:
            head = words.headline(judgement.verdict, phone_hidden=answer.phone_hidden)
            return _made(Tone.CALL, (head,), [plain(_shelf(answer)), plain(number)], answer)
        case VerdictKind.STOP:
            return _stop(answer, number)
        case VerdictKind.UNKNOWN:
            return _unknown(answer)


def stop_word(reason: Reason) -> str:
    """Why a parcel is put aside, in a word or two."""
    match reason.rule:
        case StopRule.STATUS:
            return words.status_stop(Status(str(reason.evidence["status"])))
        case StopRule.ADDRESS_CHANGED:
            return _("ADDRESS CHANGED")
        case StopRule.HANDED_OVER:
            return _("HANDED OVER")
        case StopRule.PACKED:
            return _("ALREADY PACKED")
        case StopRule.BLOCKED:
            return _("BUYER BLOCKED")
        case StopRule.OTHER_STATION:
            return _("ON ANOTHER DESK")
        case StopRule.HOLD_CLOSED:
            return {
                str(HoldReason.REFUSED): _("BUYER REFUSES"),
                str(HoldReason.DUPLICATE_ORDER): _("DUPLICATE ORDER"),
            }.get(str(reason.evidence["reason"]), _("NOT TO BE PACKED"))
        case _:
            return ""


def _stop(answer: DeskAnswer, number: str) -> BannerText:
    judgement = answer.judgement
    reasons = judgement.verdict.reasons
    first = words.reason_text(reasons[0], judgement.order)
    head = words.headline(judgement.verdict)
    if any(reason.rule == StopRule.PACKED for reason in reasons):
        who = next(reason for reason in reasons if reason.rule == StopRule.PACKED)
        lines = [plain(words.reason_text(who, judgement.order)), plain(number)]
        return _made(Tone.PACKED_ALREADY, (head, _("WAS PACKED")), lines, answer)
    why = stop_word(reasons[0])
    second = f"{head} – {first}" if first != why else f"{head} – {why} – {number}"
    lines = [plain(second)] if first == why else [plain(second), plain(number)]
    return _made(Tone.STOP, (f"{head} – {why}", why, head), lines, answer)


def _unknown(answer: DeskAnswer) -> BannerText:
    judgement = answer.judgement
    reason = words.reason_text(judgement.verdict.reasons[0], judgement.order)
    if judgement.order is not None or judgement.candidates:
        return _made(Tone.UNKNOWN, (_("WHICH ONE?"),), [plain(reason), plain(judgement.code)], answer)
    if answer.asking:
        heads = (words.headline(judgement.verdict), _("NOT SEEN"))
        advice = _("asking the channels ...")
    elif answer.again:
        heads = (_("NOT FOUND"), _("UNKNOWN"))
        advice = _("type the order number by hand, or put the parcel aside")
    else:
        heads = (words.headline(judgement.verdict), _("NOT SEEN"))
        advice = _("wait a moment and scan again, or type the number")
    return _made(Tone.UNKNOWN, heads, [_numbered(judgement.code, advice)], answer)


def _made(tone: Tone, big: tuple[str, ...], lines: list[PlainText], answer: DeskAnswer) -> BannerText:
    # What became of another parcel goes before advice: where there is one line only, it must not be lost.
    told = (*answer.remarks, *lines) if tone is Tone.UNKNOWN else (*lines, *answer.remarks)
    age = answer.judgement.data_age_ms
    if age is not None and age > OLD_DATA:
        told = (*told, plain(_("decided on data that is {age} old").format(age=words.age(age))))
    return BannerText(tone, tuple(plain(word) for word in big), told)


def _shelf(answer: DeskAnswer) -> str:
    if answer.slot is None:
        return _("not packed yet – the hold shelf is full, ask the supervisor")
    return _("not packed yet, put on hold shelf {slot}").format(slot=answer.slot)


def _to_collect(answer: DeskAnswer) -> str:
    order = answer.judgement.order
    if order is None:
        return ""
    if not order.to_collect:
        return _("nothing to collect")
    return _("collect {amount}").format(amount=words.money(order.to_collect, order.currency))


def _numbered(number: str, rest: str) -> PlainText:
    return plain(f"{plain(number, 60)}  ·  {rest}" if rest else number)
