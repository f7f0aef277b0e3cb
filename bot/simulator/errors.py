"""Refusals in the shape of the Graph API.

Codes: developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes (2025-12-12) and
.../messenger-platform/error-codes (2026-03-18).
"""

import secrets
from typing import Any

Json = dict[str, Any]

# code: (message, HTTP status, transient). What an injected fault says.
KNOWN: dict[int, tuple[str, int, bool]] = {
    1: ("An unknown error has occurred.", 500, True),
    2: ("Service temporarily unavailable", 503, True),
    4: ("Application request limit reached", 400, True),
    10: ("Application does not have permission for this action", 403, False),
    100: ("Invalid parameter", 400, False),
    190: ("Error validating access token", 401, False),
    368: ("Temporarily blocked for policies violations", 403, False),
    551: ("This person isn't available right now.", 400, False),
    613: ("Calls to this api have exceeded the rate limit.", 400, True),
    1200: ("Temporary send message failure. Please try again later.", 500, True),
    80007: ("Rate limit issues", 400, True),
    130429: ("Rate limit hit", 400, True),
    131000: ("Something went wrong", 500, False),
    131005: ("Access denied", 403, False),
    131008: ("Required parameter is missing", 400, False),
    131009: ("Parameter value is not valid", 400, False),
    131016: ("Service unavailable", 500, False),
    131026: ("Message undeliverable", 400, False),
    131047: ("Re-engagement message", 400, False),
    131048: ("Spam rate limit hit", 400, False),
    131049: ("This message was not delivered to maintain healthy ecosystem engagement.", 400, False),
    131051: ("Unsupported message type", 400, False),
    131053: ("Media upload error", 400, False),
    131056: ("(Business Account, Consumer Account) pair rate limit hit", 400, False),
}


class GraphError(Exception):
    """The Graph API refuses a call. `details` makes the WhatsApp shape with error_data."""

    def __init__(
        self, code: int, message: str = "", *, status: int | None = None, subcode: int | None = None, details: str = ""
    ) -> None:
        known, known_status, self.transient = KNOWN.get(code, ("Unknown error", 400, False))
        self.code, self.subcode, self.details = code, subcode, details
        self.message = message or known
        self.status = status or known_status
        super().__init__(f"{code}/{subcode}: {self.message}")

    def body(self) -> Json:
        """The JSON answer: {"error": {...}}."""
        error: Json = {"message": f"(#{self.code}) {self.message}", "type": "OAuthException", "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error}

    def in_status(self) -> Json:
        """The same as one item of statuses[].errors in a WhatsApp webhook."""
        return {
            "code": self.code,
            "title": self.message,
            "message": self.message,
            "error_data": {"details": self.details or self.message},
        }
