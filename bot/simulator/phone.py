"""What a phone does by itself when a message of the business arrives: shows it, confirms it, reads it."""

from bot.simulator.errors import GraphError, Json
from bot.simulator.postbox import Postbox
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Contact, Content, Message, at_stamp
from bot.simulator.webhooks import messenger_event, whatsapp_status
from bot.simulator.world import World, new_message_id


class Phones:
    """All phones at once; each event they cause goes to the postbox."""

    def __init__(self, settings: SimulatorSettings, world: World, postbox: Postbox) -> None:
        self._settings, self._world, self._postbox = settings, world, postbox

    def arrive(self, contact: Contact, content: Content, callback: str, echo: Json | None = None) -> Message:
        """A message of the business; `echo` is the Messenger message as the echo event repeats it."""
        message = self._show(contact, content, callback)
        if contact.channel == "messenger":
            self._echo(contact, message, {"mid": message.id, "is_echo": True, **(echo or {})})
        else:
            self._status(contact, message, "sent")
        if contact.online:
            self._confirm(contact, [message])
        return message

    def fail(self, contact: Contact, content: Content, callback: str, error: GraphError) -> Message:
        """WhatsApp took the message, then could not deliver it: a failed status, and a cross on the phone."""
        message = self._show(contact, content, callback)
        self._world.tick(contact, message, "failed")
        self._status(contact, message, "failed", [error.in_status()])
        return message

    def wake(self, contact: Contact) -> None:
        """The phone came online or is looked at: confirm what waits."""
        waiting = [message for message in contact.messages if message.sender == "business"]
        if contact.online:
            self._confirm(contact, [message for message in waiting if message.ticks in ("sent", "delivered")])

    def _show(self, contact: Contact, content: Content, callback: str) -> Message:
        stamp = contact.stamp(self._world.clock())
        identifier = new_message_id(contact.channel)
        message = self._world.put(contact, identifier, "business", content, at_stamp(stamp))
        message.callback = callback
        self._world.set_typing(contact, False)
        self._world.changed("message", contact, message=message.n)
        return message

    def _confirm(self, contact: Contact, messages: list[Message]) -> None:
        fresh = [message for message in messages if self._world.tick(contact, message, "delivered")]
        self._report(contact, fresh, "delivered")
        if contact.reads:
            self._report(contact, [m for m in messages if self._world.tick(contact, m, "read")], "read")

    def _report(self, contact: Contact, messages: list[Message], status: str) -> None:
        if contact.channel == "whatsapp":
            for message in messages:
                self._status(contact, message, status)
        elif messages:
            self._watermark(contact, messages, status)

    def _watermark(self, contact: Contact, messages: list[Message], status: str) -> None:
        stamp = contact.stamp(self._world.clock())
        watermark = {"watermark": int(messages[-1].at.timestamp() * 1000 + 0.5)}
        ids = [message.id for message in messages]
        inside = {"read": watermark} if status == "read" else {"delivery": {"mids": ids, **watermark}}
        kind = next(iter(inside))
        self._postbox.put(messenger_event(self._settings, contact, kind, stamp, inside, ids[-1]))

    def _echo(self, contact: Contact, message: Message, echo: Json) -> None:
        stamp = int(message.at.timestamp() * 1000 + 0.5)
        self._postbox.put(messenger_event(self._settings, contact, "echo", stamp, {"message": echo}, message.id))

    def _status(self, contact: Contact, message: Message, status: str, errors: list[Json] | None = None) -> None:
        stamp = contact.stamp(self._world.clock())
        self._postbox.put(whatsapp_status(contact, message, status, stamp, errors or []))
