"""Rasa in process: messages and the kept tracker in, replies and effects and the new tracker out. No database."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config

from bot.dialogue.actions import LocalActions, failures
from bot.dialogue.parsed_once import forget, parse_each_text_once
from bot.dialogue.tracker import RunningTrackers, compact
from bot.dialogue.voice import buttons_of
from bot.dialogue.wishes import find_wishes
from bot.errors import ConfigError, TurnFailed
from bot.model import (
    LANGUAGES,
    BotTurn,
    Effect,
    HandoffWish,
    Json,
    Language,
    Lookup,
    Reply,
    Subscribe,
    Understanding,
    WaitTime,
)

RANKING_KEPT = 5


class Engine:
    """A loaded model. Turns of different conversations may run at the same time."""

    def __init__(self, model: Path, actions: EndpointConfig) -> None:
        self._trackers = RunningTrackers(Domain.empty())
        self._agent = Agent(tracker_store=self._trackers, action_endpoint=actions)
        parse_each_text_once()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._agent.load_model(model)
        forget()

    async def understand(self, text: str) -> Json:
        """Parse one message: Rasa's parse data, the ranking cut to its first entries."""
        parsed: Json = await self._agent.parse_message(text)
        return {**parsed, "intent_ranking": parsed.get("intent_ranking", [])[:RANKING_KEPT]}

    async def turn(
        self, sender: str, channel: str, tracker: Json | None, inputs: Sequence[str | Sequence[str]]
    ) -> BotTurn:
        """Let the bot answer inputs in order: a list of bubbles that belong together, or the payload of a button.

        Raise `TurnFailed` when anything in it raised; nothing is kept then.
        """
        problems: list[BaseException] = []
        token = failures.set(problems)
        output = _Output(channel)
        try:
            self._trackers.hold(sender, tracker)
            understood = [
                await self._handle(sender, output, parsed) for item in inputs for parsed in await self._read(item)
            ]
        except Exception as error:
            raise TurnFailed("the dialogue raised") from error
        finally:
            after = self._trackers.release(sender)
            failures.reset(token)
        if problems:
            raise TurnFailed("an action raised") from problems[0]
        assert after is not None  # what cannot be read has raised above
        values = after.current_slot_values()
        return BotTurn(tuple(output.steps), compact(after), _language(values), values, tuple(understood))

    async def _read(self, item: str | Sequence[str]) -> list[Json]:
        if isinstance(item, str):
            return [await self.understand(item)]
        return await find_wishes([bubble.lstrip("/ ") or "?" for bubble in item], self.understand)

    async def _handle(self, sender: str, output: _Output, parsed: Json) -> Understanding:
        message = UserMessage(parsed["text"], output, sender, input_channel=output.channel, parse_data=parsed)
        await self._agent.handle_message(message)
        return understanding(parsed)


class _Output(CollectingOutputChannel):
    """Collects what the bot says as replies, and what it asks for as effects, in one order."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self.channel = channel
        self.steps: list[Reply | Effect] = []

    def name(self) -> str:
        return self.channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one utterance of the bot whole; Rasa's own way would cut it at blank lines."""
        if message.get("custom"):
            self.steps += _effects(message["custom"])
        if message.get("text") or message.get("image"):
            self.steps.append(_reply(message))


def _reply(message: Json) -> Reply:
    return Reply(text=message.get("text"), buttons=buttons_of(message), image=message.get("image"))


def _effects(custom: Json) -> list[Effect]:
    effects: list[Effect] = []
    if wish := custom.get("handoff"):
        effects.append(HandoffWish(wish["reason"], wish["wish"], wish.get("urgency") == "high"))
    if look := custom.get("lookup"):
        at = datetime.fromisoformat(look["at"])
        effects.append(Lookup(look["source"], look["query"], look["result"], look["ok"], at, float(look["took_ms"])))
    if sub := custom.get("subscribe"):
        until = datetime.fromisoformat(sub["until"]) if sub.get("until") else None
        effects.append(Subscribe(sub["to"], sub["key"], until))
    if "wait_time" in custom:
        effects.append(WaitTime())
    return effects


def _language(slots: Json) -> Language:
    language = slots.get("language")
    return language if language in LANGUAGES else "fi"


def understanding(parsed: Json) -> Understanding:
    """Return parse data in our words."""
    return Understanding(
        text=parsed["text"],
        intent=parsed["intent"]["name"],
        confidence=float(parsed["intent"]["confidence"]),
        entities=tuple(parsed["entities"]),
        ranking=tuple((entry["name"], float(entry["confidence"])) for entry in parsed["intent_ranking"]),
        language=(parsed.get("language") or {}).get("code"),
    )


def action_endpoint(project: Path) -> EndpointConfig:
    """Return where actions run: in this process, unless endpoints.yml names a URL and says `in_process: false`."""
    remote = read_endpoint_config(str(project / "endpoints.yml"), "action_endpoint")
    if remote is not None and remote.kwargs.get("in_process") is False:
        return remote
    return LocalActions()


def load_engine(model: Path, project: Path) -> Engine:
    """Load a model; raise `ConfigError` when the file is no model."""
    if not model.exists():
        raise ConfigError(f"no model at {model.name}; `bot train` makes one")
    return Engine(model, action_endpoint(project))
