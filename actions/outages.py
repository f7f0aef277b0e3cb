"""Faults and maintenance in the customer's area: looked up, told, followed."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend.protocol import Area, BackendUnavailable, Outage, OutageKind, OutageState
from actions.call import Call, Events
from actions.facts import gave_area
from actions.forms import MOST_TRIES, OUTAGE_FORM, Problem
from actions.lookups import look_up
from actions.offers import PERSON, SUBSCRIPTION, asking, offer_person
from actions.outage_words import place_name, response_for, service_name, values_for
from actions.subscriptions import subscribe

# More than this in one answer is not read; the rest is behind a person.
MOST_TOLD = 3


class ActionAskArea(Action):
    """Asks for the place or postal code, in the words that fit what happened before."""

    def name(self) -> str:
        """The name that Rasa looks for when outage_form needs the slot."""
        return "action_ask_area"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Asks."""
        call = Call.at_this_moment(dispatcher, tracker, domain)
        problem = call.slot("problem")
        # An unknown area was named in the reply that sent the customer back here.
        if problem != Problem.UNKNOWN:
            call.say(f"utter_ask_area_{problem}" if problem else "utter_ask_area")
        return []


class ActionTellOutages(Action):
    """What the form leads to: the state of the network in the area."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_tell_outages"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tells it, or why it cannot be told."""
        return await tell_outages(Call.at_this_moment(dispatcher, tracker, domain))


async def tell_outages(call: Call) -> Events:
    """Looks the area up and answers the task in hand (outage, fault or notify)."""
    if call.slot("area") is None:
        gave_up = call.slot("problem") == Problem.GAVE_UP
        return offer_person(call, "utter_area_given_up", "misunderstood") if gave_up else []
    try:
        area = await _find_area(call)
        outages = await _outages_in(call, area) if area else []
    except BackendUnavailable:
        return offer_person(call, "utter_outages_no_answer", "no_answer")
    if area is None:
        return _unknown_area(call)
    return [*_area_settled(area), *_answer(call, area, outages)]


async def _find_area(call: Call) -> Area | None:
    query = {"place": call.slot("place"), "postal_code": call.slot("postal_code")}
    return await look_up(
        call,
        "areas",
        query,
        lambda backend: backend.find_area(**query),
        lambda area: {"municipality": area.municipality, "postal_code": area.postal_code} if area else None,
    )


async def _outages_in(call: Call, area: Area) -> list[Outage]:
    # All services are asked for: where the one he named is well, a fault in another may still be his.
    return await look_up(
        call,
        "outages",
        {"place": area.municipality, "postal_code": area.postal_code, "service": call.slot("service")},
        lambda backend: backend.outages(area),
        lambda outages: {"outages": [_summary(outage) for outage in outages]},
    )


def _summary(outage: Outage) -> dict[str, str | None]:
    end = outage.fixed_at or outage.estimated_end
    return {
        "id": outage.id,
        "kind": outage.kind.value,
        "service": outage.service.value,
        "state": outage.state.value,
        "started_at": outage.started_at.isoformat(),
        "end": end.isoformat() if end else None,
        "updated_at": outage.updated_at.isoformat(),
    }


def _unknown_area(call: Call) -> Events:
    code, tries = call.slot("postal_code"), (call.slot("tries") or 0) + 1
    given = code or call.slot("place")
    forget = [*(SlotSet(name, None) for name in ("place", "postal_code", "area")), SlotSet("not_found", given)]
    if tries >= MOST_TRIES:
        return [*forget, *offer_person(call, "utter_area_given_up", "misunderstood")]
    call.say("utter_unknown_postal_code" if code else "utter_unknown_place", given=given)
    again = FollowupAction(OUTAGE_FORM.name)
    return [*forget, SlotSet("problem", Problem.UNKNOWN.value), SlotSet("tries", tries), again]


def _area_settled(area: Area) -> Events:
    return [
        SlotSet("place", area.municipality),
        SlotSet("tries", 0),
        SlotSet("problem", None),
        SlotSet("not_found", None),
    ]


def _answer(call: Call, area: Area, outages: list[Outage]) -> Events:
    if call.slot("task") == "notify":
        return _notify(call, area, outages)
    spoken_of = [outage for outage in outages if outage.id in (call.slot("outages") or [])]
    if spoken_of and not gave_area(call) and not call.entities("service"):
        return _tell_progress(call, area, spoken_of)
    return _tell_all(call, area, outages)


def _notify(call: Call, area: Area, outages: list[Outage]) -> Events:
    running = _of_service(call, [outage for outage in outages if outage.state is not OutageState.FIXED])
    if running:
        spoken_of = [outage for outage in running if outage.id in (call.slot("outages") or [])]
        return subscribe(call, [outage.id for outage in spoken_of or running])
    if outages:
        return _tell(call, area, _of_service(call, outages))
    offer = offer_person(call, "utter_nothing_to_follow", "fault", where=place_name(area, call.wording))
    return [*offer, SlotSet("task", "outage")]


def _of_service(call: Call, outages: list[Outage]) -> list[Outage]:
    same = [outage for outage in outages if outage.service.value == call.slot("service")]
    return same or outages


def _tell_progress(call: Call, area: Area, outages: list[Outage]) -> Events:
    for outage in outages[:MOST_TOLD]:
        running = outage.state is OutageState.OPEN
        response = f"utter_{outage.kind.value}_goes_on" if running else response_for(outage)
        call.say(response, **values_for(outage, area, call.now, call.wording))
    return _offer_to_follow(call, outages)


def _tell_all(call: Call, area: Area, outages: list[Outage]) -> Events:
    running = _of_service(call, [outage for outage in outages if outage.state is OutageState.OPEN])
    if not running:
        return _tell_none(call, area, [outage for outage in outages if outage.state is not OutageState.OPEN])
    if call.slot("service") in (None, running[0].service.value):
        events = _tell(call, area, running)
        return [*events, *_offer_to_follow(call, running)]
    return _tell_other_service(call, area, running)


def _tell_other_service(call: Call, area: Area, running: list[Outage]) -> Events:
    what = service_name(call.slot("service"), call.wording)
    call.say("utter_no_outage_in_service", where=place_name(area, call.wording), what=what)
    events = _tell(call, area, running)
    is_fault = call.slot("task") == "fault"
    return [*events, *(_first_aid(call) if is_fault else _offer_to_follow(call, running))]


def _tell_none(call: Call, area: Area, others: list[Outage]) -> Events:
    where = place_name(area, call.wording)
    if call.slot("task") == "fault":
        call.say("utter_no_outage_for_fault", where=where)
        return [*_tell(call, area, _of_service(call, others)), *_first_aid(call)]
    call.say("utter_no_outage_now" if others else "utter_no_outage", where=where)
    return _tell(call, area, _of_service(call, others))


def _tell(call: Call, area: Area, outages: list[Outage]) -> Events:
    told = outages[:MOST_TOLD]
    for outage in told:
        call.say(response_for(outage), **values_for(outage, area, call.now, call.wording))
    return [SlotSet("outages", [outage.id for outage in told])]


def _first_aid(call: Call) -> Events:
    service = call.slot("service")
    call.say(f"utter_first_aid_{service}" if service else "utter_first_aid")
    return asking(PERSON, "fault")


def _offer_to_follow(call: Call, outages: list[Outage]) -> Events:
    followed = call.slot("following") or []
    faults = [o for o in outages[:MOST_TOLD] if o.state is OutageState.OPEN and o.kind is OutageKind.FAULT]
    if not [outage for outage in faults if outage.id not in followed]:
        return []
    # Asked a moment ago: a yes still counts, but asking again would be nagging.
    if call.slot("asked") != SUBSCRIPTION:
        call.say("utter_offer_to_follow")
    return asking(SUBSCRIPTION)
