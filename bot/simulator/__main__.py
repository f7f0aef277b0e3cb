"""`python -m bot.simulator`: the simulator alone, with made-up secrets, for trying out."""

import os

from aiohttp import web

from bot.simulator.app import make_app
from bot.simulator.settings import SimulatorSettings


def from_environment() -> SimulatorSettings:
    """The product's own variables; everything has a value that suits a trial on one machine."""
    port = os.environ.get("BOT_SIMULATOR_PORT", "8082")
    return SimulatorSettings(
        gateway_url=os.environ.get("BOT_GATEWAY_URL", "http://127.0.0.1:8080"),
        app_secret=os.environ.get("META_APP_SECRET", "trial-secret").split(",")[0],
        page_id=os.environ.get("MESSENGER_PAGE_ID", "102938475610293"),
        page_token=os.environ.get("MESSENGER_PAGE_TOKEN", "trial-page-token"),
        phone_number_id=os.environ.get("WHATSAPP_PHONE_NUMBER_ID", "106540352242922"),
        whatsapp_token=os.environ.get("WHATSAPP_TOKEN", "trial-whatsapp-token"),
        desk_url=os.environ.get("BOT_DESK_URL", "http://127.0.0.1:8081"),
        public_url=f"http://127.0.0.1:{port}",
    )


if __name__ == "__main__":
    web.run_app(
        make_app(from_environment()),
        host=os.environ.get("BOT_HOST", "127.0.0.1"),
        port=int(os.environ.get("BOT_SIMULATOR_PORT", "8082")),
    )
