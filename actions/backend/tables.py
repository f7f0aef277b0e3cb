"""The tables that the SQL backend reads; a company may offer views of the same names and columns instead."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    TypeDecorator,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC on both sides, also where the database keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time: nobody knows which moment it means."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without its offset")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """A time that came without a zone is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# No schema here: the engine translates it (schema_translate_map), so that a company chooses its own.
metadata = MetaData()
_TEXTS = JSON(none_as_null=True)

areas = Table(
    "areas",
    metadata,
    Column("municipality", String(64), primary_key=True, comment="Finnish name"),
    Column("municipality_sv", String(64), nullable=False, index=True),
)

area_postal_codes = Table(
    "area_postal_codes",
    metadata,
    Column("postal_code", String(5), primary_key=True),
    Column("municipality", ForeignKey("areas.municipality"), nullable=False, index=True),
)

outages = Table(
    "outages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False, comment="fault, maintenance"),
    Column("service", String(16), nullable=False, comment="broadband, mobile, tv, online"),
    Column("municipality", String(64), index=True, comment="null = the whole country"),
    Column("state", String(16), nullable=False, comment="open, planned, fixed"),
    Column("cause", _TEXTS, nullable=False, comment="language to text"),
    Column("started_at", UtcDateTime, nullable=False),
    Column("estimated_end", UtcDateTime),
    Column("fixed_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("latest_update", _TEXTS, comment="language to text"),
)

outage_postal_codes = Table(
    "outage_postal_codes",
    metadata,
    Column("outage_id", ForeignKey("outages.id"), primary_key=True),
    Column("postal_code", String(5), primary_key=True),
)

orders = Table(
    "orders",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("carrier", String(64)),
    Column("tracking_code", String(64)),
    Column("expected_on", Date),
    Column("pickup_place", String(128)),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_number", ForeignKey("orders.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", String(128), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price", Numeric(10, 2), comment="one piece, euros with VAT"),
)

order_events = Table(
    "order_events",
    metadata,
    Column("order_number", ForeignKey("orders.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("note", _TEXTS, comment="language to text"),
)
