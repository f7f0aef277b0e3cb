"""Wires the simulator: one aiohttp application that plays Meta, and both phones."""

from collections.abc import AsyncIterator

from aiohttp import web

from bot.simulator.control import ContactControl
from bot.simulator.control_wire import WireControl
from bot.simulator.customer import Customers
from bot.simulator.faults import Faults
from bot.simulator.graph import Graph
from bot.simulator.graph_reads import GraphReads
from bot.simulator.live import Live
from bot.simulator.pages import Pages, same_origin
from bot.simulator.phone import Phones
from bot.simulator.postbox import Postbox
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Clock, utc_now
from bot.simulator.world import World


def make_app(settings: SimulatorSettings, clock: Clock = utc_now) -> web.Application:
    """The application; it opens nothing before it runs and holds everything in memory."""
    world, faults = World(clock), Faults(seed=settings.seed)
    postbox = Postbox(settings, world, faults)
    phones = Phones(settings, world, postbox)
    graph = Graph(settings, world, faults, phones)
    contacts = ContactControl(world, phones, Customers(settings, world, postbox))
    wire = WireControl(world, faults, postbox, graph)
    pages = Pages(settings, world, faults, postbox, graph)
    app = web.Application(middlewares=[same_origin])
    for part in (graph, GraphReads(settings, world), contacts, wire, pages, Live(world, pages)):
        app.add_routes(part.routes())
    feeds = (world.changes, graph.calls, postbox.attempts)

    async def let_go(app: web.Application) -> None:
        graph.closing.set()
        for feed in feeds:
            feed.close()

    async def background(app: web.Application) -> AsyncIterator[None]:
        yield
        await postbox.close()

    app.on_shutdown.append(let_go)
    app.cleanup_ctx.append(background)
    return app
