"""An order as the customer reads it."""

from datetime import datetime

from actions.backend.protocol import Order, OrderState
from actions.moments import HELSINKI, day_in_words, in_words, short_day
from actions.outage_words import in_language
from actions.wording import Wording

# In these the day and the tracking of a delivery that is still to come are worth telling.
ON_ITS_WAY = {OrderState.RECEIVED, OrderState.PAID, OrderState.PACKING, OrderState.DISPATCHED, OrderState.DELAYED}
SENT = {OrderState.DISPATCHED, OrderState.DELAYED}


def response_for(order: Order) -> str:
    """The response that tells this order's state."""
    return f"utter_order_{order.state.value}"


def values_for(order: Order, now: datetime, wording: Wording) -> dict[str, str]:
    """The placeholders of every order response."""
    changed = order.history[-1].at if order.history else order.placed_at
    return {
        "number": order.number,
        "changed": in_words(changed, now, wording),
        "details": " ".join(_details(order, now, wording)),
        "carrier": _carrier(order, wording),
        "pickup": order.pickup_place or wording.text("utter_word_pickup_unknown"),
        "contents": ", ".join(f"{line.count} × {line.name}" for line in order.lines),
        "history": ", ".join(_steps(order, wording)).removesuffix("."),
    }


def _details(order: Order, now: datetime, wording: Wording) -> list[str]:
    """Sentences in the order of what a customer wants to know; never empty for an order on its way."""
    details = []
    if order.history and order.history[-1].note:
        details.append(in_language(order.history[-1].note, wording))
    if order.state in ON_ITS_WAY:
        details.append(_expected(order, now, wording))
    if order.state in SENT and order.tracking_code:
        tracking = wording.text("utter_part_tracking", carrier=_carrier(order, wording), code=order.tracking_code)
        details.append(tracking)
    return details


def _expected(order: Order, now: datetime, wording: Wording) -> str:
    if order.expected_on is None:
        return wording.text("utter_part_expected_unknown")
    if order.expected_on < now.astimezone(HELSINKI).date():
        return wording.text("utter_part_expected_passed", day=day_in_words(order.expected_on, now, wording))
    return wording.text("utter_part_expected", day=day_in_words(order.expected_on, now, wording))


def _carrier(order: Order, wording: Wording) -> str:
    return order.carrier or wording.text("utter_word_carrier")


def _steps(order: Order, wording: Wording) -> list[str]:
    return [f"{wording.text(f'utter_word_order_{e.state.value}')} {short_day(e.at, wording)}" for e in order.history]
