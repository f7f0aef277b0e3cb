"""The tables. The migrations are what builds them; a test holds that both say the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Enum,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.model import Author, Channel, DeliveryStatus, EventKind, HandoffState, Owner, Role

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def word(enum: type[Any], name: str) -> Enum:
    """Return the column type of a closed set of words, kept as text with a check."""
    return Enum(
        enum,
        native_enum=False,
        length=16,
        name=name,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Base of all tables: aware times, JSONB, one naming of constraints."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        str: Text,
        int: BigInteger,
        float: Float,
        bool: Boolean,
    }


class Key:
    """A number that grows: rows of one table are ordered by it."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-1)


def now_default() -> Mapped[datetime]:
    """Return a column that the database fills with the moment of the insert."""
    return mapped_column(server_default=func.now())


class Webhook(Key, Base):
    """One POST of Meta, raw but for the masking of personal codes."""

    __tablename__ = "webhook"
    received_at: Mapped[datetime] = now_default()
    body: Mapped[str]
    problem: Mapped[str | None]


class Inbox(Key, Base):
    """One event, from arrival until its turn is committed. `thread` is what must stay in order."""

    __tablename__ = "inbox"
    webhook_id: Mapped[int | None]
    channel: Mapped[Channel] = mapped_column(word(Channel, "channel"))
    account: Mapped[str]
    thread: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(word(EventKind, "kind"))
    external_id: Mapped[str]
    event: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime] = now_default()
    is_open: Mapped[bool]
    due_at: Mapped[datetime] = now_default()
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    problem: Mapped[str | None]
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("channel", "account", "external_id"),
        Index("ix_inbox_open", "id", postgresql_where=sql("is_open AND kind <> 'receipt'")),
        Index("ix_inbox_open_thread", "thread", "id", postgresql_where=sql("is_open AND kind <> 'receipt'")),
        Index("ix_inbox_open_receipt", "id", postgresql_where=sql("is_open AND kind = 'receipt'")),
    )


class Contact(Key, Base):
    """The customer as a person."""

    __tablename__ = "contact"
    name: Mapped[str | None]
    created_at: Mapped[datetime] = now_default()


class Address(Key, Base):
    """An id of a contact on an account: PSID, BSUID, or the phone number as an alias."""

    __tablename__ = "address"
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    channel: Mapped[Channel] = mapped_column(word(Channel, "channel"))
    account: Mapped[str]
    external_id: Mapped[str]
    __table_args__ = (UniqueConstraint("channel", "account", "external_id"),)


class Conversation(Key, Base):
    """A contact on an account: who answers now, in which language, and what the bot remembers."""

    __tablename__ = "conversation"
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    channel: Mapped[Channel] = mapped_column(word(Channel, "channel"))
    account: Mapped[str]
    address: Mapped[str]
    owner: Mapped[Owner] = mapped_column(word(Owner, "owner"), server_default=Owner.BOT.value)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    language: Mapped[str] = mapped_column(server_default="fi")
    tracker: Mapped[dict[str, Any] | None]
    last_customer_at: Mapped[datetime | None]
    last_external_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now_default()
    __table_args__ = (
        UniqueConstraint("contact_id", "channel", "account"),
        CheckConstraint("(owner = 'human') = (agent_id IS NOT NULL)", name="human_has_agent"),
    )


class Transcript(Key, Base):
    """One line of a conversation, whoever said it; changes of owner are lines too."""

    __tablename__ = "transcript"
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    at: Mapped[datetime]
    author: Mapped[Author] = mapped_column(word(Author, "author"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    text: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'::jsonb"))
    __table_args__ = (Index("ix_transcript_conversation", "conversation_id", "id"),)


class LookupRow(Key, Base):
    """One backend query with its result, as the customer was told it."""

    __tablename__ = "lookup"
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    transcript_id: Mapped[int | None] = mapped_column(ForeignKey("transcript.id"))
    source: Mapped[str]
    query: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    ok: Mapped[bool]
    at: Mapped[datetime]
    took_ms: Mapped[float]


class Outbox(Key, Base):
    """One request-sized reply on its way to the customer. `key` comes back in echoes and statuses."""

    __tablename__ = "outbox"
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    transcript_id: Mapped[int | None] = mapped_column(ForeignKey("transcript.id"), index=True)
    author: Mapped[Author] = mapped_column(word(Author, "author"))
    reply: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(unique=True)
    status: Mapped[DeliveryStatus] = mapped_column(
        word(DeliveryStatus, "status"), server_default=DeliveryStatus.QUEUED.value
    )
    external_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    due_at: Mapped[datetime] = now_default()
    created_at: Mapped[datetime] = now_default()
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    __table_args__ = (
        Index("ix_outbox_open", "conversation_id", "id", postgresql_where=sql("status IN ('queued', 'sending')")),
        Index("ix_outbox_external", "external_id"),
        Index("ix_outbox_conversation", "conversation_id", "id"),
    )


class Handoff(Key, Base):
    """A conversation given to a person, with the packet."""

    __tablename__ = "handoff"
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    state: Mapped[HandoffState] = mapped_column(word(HandoffState, "state"), server_default=HandoffState.WAITING.value)
    reason: Mapped[str]
    urgent: Mapped[bool]
    packet: Mapped[dict[str, Any]]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    outcome: Mapped[str | None]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_handoff_open",
            "conversation_id",
            unique=True,
            postgresql_where=sql("state IN ('waiting', 'claimed')"),
        ),
        Index("ix_handoff_waiting", "id", postgresql_where=sql("state = 'waiting'")),
    )


class HandoffHistory(Key, Base):
    """One transition of a handoff."""

    __tablename__ = "handoff_history"
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"), index=True)
    from_state: Mapped[HandoffState | None] = mapped_column(word(HandoffState, "from_state"))
    to_state: Mapped[HandoffState] = mapped_column(word(HandoffState, "to_state"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    note: Mapped[str | None]
    at: Mapped[datetime]


class Agent(Key, Base):
    """A sign-in of the desk."""

    __tablename__ = "agent"
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(word(Role, "role"))
    password_hash: Mapped[str]
    created_at: Mapped[datetime] = now_default()


class AgentSession(Base):
    """A browser that is signed in; only the hash of its token is kept."""

    __tablename__ = "agent_session"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    expires_at: Mapped[datetime]


class Subscription(Key, Base):
    """A customer who wants to hear about something when it changes."""

    __tablename__ = "subscription"
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    topic: Mapped[str]
    key: Mapped[str]
    until: Mapped[datetime | None]
    created_at: Mapped[datetime] = now_default()
    __table_args__ = (UniqueConstraint("conversation_id", "topic", "key"),)


class Worker(Base):
    """A running process that says now and then that it is alive."""

    __tablename__ = "worker"
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    seen_at: Mapped[datetime]
