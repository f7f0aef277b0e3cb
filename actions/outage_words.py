"""An outage as the customer reads it: which response tells it, and what fills the placeholders."""

from datetime import datetime

from actions.backend.protocol import Area, Outage, OutageKind, OutageState, Texts
from actions.moments import in_words
from actions.wording import DEFAULT_LANGUAGE, Wording

MOST_CODES = 8
Values = dict[str, str]


def place_name(area: Area, wording: Wording) -> str:
    """The municipality in the customer's language, with the postal code that he gave."""
    name = area.municipality_sv if wording.language == "sv" else area.municipality
    return f"{name} {area.postal_code}" if area.postal_code else name


def service_name(service: str, wording: Wording) -> str:
    """A service in plain words."""
    return wording.text(f"utter_word_{service}")


def response_for(outage: Outage) -> str:
    """The response that tells this outage in full."""
    if outage.state is OutageState.OPEN:
        return f"utter_{outage.kind.value}_open"
    if outage.state is OutageState.PLANNED:
        return "utter_maintenance_planned"
    return f"utter_{outage.kind.value}_over"


def values_for(outage: Outage, area: Area, now: datetime, wording: Wording) -> Values:
    """The placeholders of every outage response."""
    return {
        "where": _where(outage, area, wording),
        "what": service_name(outage.service.value, wording),
        "cause": in_language(outage.cause, wording),
        "start": in_words(outage.started_at, now, wording),
        "estimate": _estimate(outage, now, wording),
        "news": _news(outage, now, wording),
        "end": in_words(outage.fixed_at or outage.updated_at, now, wording),
    }


def in_language(texts: Texts, wording: Wording) -> str:
    """A text of the backend in the customer's language; Finnish where it has no other."""
    return texts.get(wording.language) or texts[DEFAULT_LANGUAGE]


def _where(outage: Outage, area: Area, wording: Wording) -> str:
    if outage.municipality is None:
        return wording.text("utter_word_whole_country")
    name = place_name(area, wording)
    if area.postal_code or not outage.postal_codes:
        return name
    # He named the municipality only: which parts of it are hit lets him see whether his is.
    codes = outage.postal_codes[:MOST_CODES]
    return f"{name} ({', '.join(codes)}{'…' if len(codes) < len(outage.postal_codes) else ''})"


def _estimate(outage: Outage, now: datetime, wording: Wording) -> str:
    kind = "repair" if outage.kind is OutageKind.FAULT else "maintenance"
    if outage.estimated_end is None:
        return wording.text(f"utter_part_{kind}_end_unknown")
    moment = in_words(outage.estimated_end, now, wording)
    # An estimate that has passed is told as what it is, never as a promise.
    late = outage.state is OutageState.OPEN and outage.estimated_end < now
    return wording.text("utter_part_estimate_passed" if late else f"utter_part_{kind}_end", end=moment)


def _news(outage: Outage, now: datetime, wording: Wording) -> str:
    updated = in_words(outage.updated_at, now, wording)
    if outage.update is None:
        return wording.text("utter_part_updated", updated=updated)
    return wording.text("utter_part_news", updated=updated, news=in_language(outage.update, wording))
