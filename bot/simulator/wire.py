"""What went over the wire about one message, as the page shows it."""

import json
from dataclasses import dataclass

from bot.simulator.errors import Json
from bot.simulator.graph import Graph
from bot.simulator.postbox import Postbox
from bot.simulator.state import Message


@dataclass(frozen=True)
class Step:
    """One request in either direction. `label` is a key of texts.py."""

    at: str
    label: str
    title: str
    result: str
    good: bool
    body: str
    answer: str = ""


def steps(message: Message, graph: Graph, postbox: Postbox) -> list[Step]:
    """Every stored call and webhook that speaks of the message, in order of time."""
    calls = [_call(call) for _, call in graph.calls.since(0) if _speaks_of(call, message.id)]
    webhooks = [_webhook(hook) for _, hook in postbox.attempts.since(0) if message.id in hook["messages"]]
    return sorted([*calls, *webhooks], key=lambda step: step.at)


def _speaks_of(call: Json, message_id: str) -> bool:
    return message_id in (call["message"], call["body"].get("message_id"))


def _call(call: Json) -> Step:
    result = f"{call['status']}, {call['took_ms']} ms" + (f", {call['fault']}" if call["fault"] else "")
    good = call["status"] == 200 and not call["fault"]
    return Step(
        call["at"], "wire_call", f"POST {call['path']}", result, good, pretty(call["body"]), pretty(call["answer"])
    )


def _webhook(hook: Json) -> Step:
    result = f"{hook['status'] or hook['error']}, {hook['took_ms']} ms" + (
        f", {hook['attempt']}." if hook["attempt"] > 1 else ""
    )
    title = f"POST /webhooks/{hook['channel']}"
    return Step(hook["at"], "wire_webhook", title, result, hook["status"] == 200, pretty(json.loads(hook["raw"])))


def pretty(body: Json) -> str:
    """JSON for reading."""
    return json.dumps(body, indent=2, ensure_ascii=False)
