"""Custom actions run in the engine's own process, through rasa_sdk's executor instead of HTTP."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

failures: ContextVar[list[BaseException]] = ContextVar("failures")
"""What actions raised during this turn. Rasa logs such an error and goes on; a turn must not."""


class LocalActions(EndpointConfig):
    """Answers Rasa's call of an action server from the package `actions` of the project."""

    def __init__(self, package: str = "actions") -> None:
        # Only actions that say so in the domain are handed the whole domain with each call.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, method: str = "post", json: Any = None, **options: Any) -> Any:
        """Run the action that the call names and return its events and responses."""
        try:
            return await self._executor.run(json)
        except ActionExecutionRejection as rejection:
            raise _as_answer_400(rejection) from rejection
        except Exception as error:
            failures.get().append(error)
            raise


_ANSWER = Draft202012Validator(RemoteAction.action_response_format_spec())


def _check_answer(action: RemoteAction, answer: Any) -> bool:
    """Check the answer of an action server against Rasa's schema, prepared once; ours come from rasa_sdk itself.

    Rasa prepares and checks the schema anew for every call; measured, that was nine tenths of a turn.
    """
    if not isinstance(action.action_endpoint, LocalActions):
        _ANSWER.validate(answer)
    return True


RemoteAction._validate_action_result = _check_answer


def _as_answer_400(rejection: ActionExecutionRejection) -> ClientResponseError:
    """What an action server answers when an action does not want to run; Rasa reads it back from the text."""
    body = json.dumps({"action_name": rejection.action_name, "error": str(rejection)})
    return ClientResponseError(400, "Bad Request", body)
