"""What Alembic runs: the connection comes from bot.store.migrate."""

from alembic import context

from bot.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, compare_server_default=False
)
with context.begin_transaction():
    context.run_migrations()
