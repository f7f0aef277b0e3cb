"""Who may call: the version, the token, the proof, and whether the token belongs to that page or number."""

import hashlib
import hmac

from aiohttp import web

from bot.simulator.errors import GraphError, Json
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Channel

BEARERS = ("Bearer ", "OAuth ")


def token_of(request: web.Request, body: Json) -> str:
    """The access token from the header, the query or the body; empty if there is none."""
    header = request.headers.get("Authorization", "")
    for bearer in BEARERS:
        if header.startswith(bearer):
            return header.removeprefix(bearer).strip()
    return str(request.query.get("access_token") or body.get("access_token") or "")


def channel_of(settings: SimulatorSettings, asset: str, token: str) -> Channel:
    """Which API is meant by the page id, "me" or the number's id; GraphError 100/33 for anything else."""
    if asset == settings.page_id or (asset == "me" and token != settings.whatsapp_token):
        return "messenger"
    if asset == settings.phone_number_id:
        return "whatsapp"
    message = (
        f"Unsupported post request. Object with ID '{asset}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation"
    )
    raise GraphError(100, message, subcode=33)


def check_token(settings: SimulatorSettings, channel: Channel, token: str) -> None:
    """GraphError 190 for a missing or unknown token, 10 for one that belongs to the other account."""
    known: dict[str, Channel] = {settings.page_token: "messenger", settings.whatsapp_token: "whatsapp"}
    if not token:
        raise GraphError(190, "An access token is required to request this resource.")
    if token not in known:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    if settings.page_token != settings.whatsapp_token and known[token] != channel:
        raise GraphError(10)


def check_proof(settings: SimulatorSettings, proof: object, token: str) -> None:
    """appsecret_proof is checked when it is sent; GraphError 100 if it is wrong."""
    expected = hmac.new(settings.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof is not None and not hmac.compare_digest(str(proof).encode(), expected.encode()):
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument")


def check_version(settings: SimulatorSettings, version: str) -> None:
    """GraphError 2500 for a version that is not out yet; old ones are served by the oldest living one."""
    if _number(version) > _number(settings.version):
        raise GraphError(2500, f"Unknown path components: /{version}")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.lstrip("v").split("."))
