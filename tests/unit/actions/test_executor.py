"""Every action through rasa_sdk's own executor, called as Rasa calls it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import ActionExecutor

from tests.fakes.memory_backend import MemoryBackend
from tests.unit.actions.conftest import ROOT, entity, slot, tracker, user

DOMAIN_FILE: Path = ROOT / "domain.yml"
NAMES = [
    next(iter(entry)) if isinstance(entry, dict) else entry
    for entry in yaml.safe_load(DOMAIN_FILE.read_text("utf-8"))["actions"]
]


async def run(executor: ActionExecutor, domain: dict[str, Any], name: str, state: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] | None = await executor.run({"next_action": name, "tracker": state, "domain": domain})
    assert answer is not None
    return answer


def slots_of(answer: dict[str, Any]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in answer["events"] if event["event"] == "slot"}


def test_domain_names_every_action(executor: ActionExecutor) -> None:
    assert sorted(name for name in executor.actions) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_every_action_runs_on_an_empty_conversation(
    executor: ActionExecutor, domain: dict[str, Any], backend: MemoryBackend, name: str
) -> None:
    answer = await run(executor, domain, name, tracker("inform", "moi"))
    said = [message["response"] for message in answer["responses"] if message.get("response")]
    assert all(response in domain["responses"] for response in said)


async def test_note_message_reads_a_message_once(executor: ActionExecutor, domain: dict[str, Any]) -> None:
    number = [entity("order_number", "99999", "99999")]
    first = await run(executor, domain, "action_note_message", tracker("check_order", "99999", entities=number))
    assert slots_of(first)["task"] == "order"
    done = [{"event": "action", "name": "action_tell_order"}]
    state = tracker("check_order", "99999", entities=number, since=done)
    assert (await run(executor, domain, "action_note_message", state))["events"] == []


async def test_session_start_keeps_facts_only(executor: ActionExecutor, domain: dict[str, Any]) -> None:
    state = tracker("greet", slots={"language": "sv", "place": "Turku", "asked": "person", "requested_slot": "area"})
    answer = await run(executor, domain, "action_session_start", state)
    assert slots_of(answer) == {"language": "sv", "place": "Turku"}
    assert [event["event"] for event in answer["events"]][0::3] == ["session_started", "action"]


@pytest.mark.parametrize(
    ("form", "intent", "text", "rejected"),
    [
        ("outage_form", "faq_offers", "onks tarjouksia", True),
        ("outage_form", "nlu_fallback", "mordorissa", False),
        ("outage_form", "request_human", "ihminen", True),
        ("order_form", "check_outage", "onko vikaa", True),
        ("order_form", "check_order", "se tilaus", False),
        ("order_form", "affirm", "joo", False),
        ("order_form", "deny", "ei", True),
    ],
)
async def test_form_lets_other_matters_through(
    executor: ActionExecutor, domain: dict[str, Any], form: str, intent: str, text: str, rejected: bool
) -> None:
    required = {"outage_form": "area", "order_form": "order"}[form]
    state = tracker(intent, text, form=form, slots={"requested_slot": required})
    answer = await run(executor, domain, f"validate_{form}", state)
    assert ("action_execution_rejected" in [event["event"] for event in answer["events"]]) is rejected


async def test_clarify_offers_a_person_after_a_failure(executor: ActionExecutor, domain: dict[str, Any]) -> None:
    state = tracker("nlu_fallback", "öö", before=[user("out_of_scope", "vitsi"), slot("asked", None)])
    answer = await run(executor, domain, "action_clarify", state)
    assert [message["response"] for message in answer["responses"]] == ["utter_offer_person"]
    assert slots_of(answer)["asked"] == "person"
