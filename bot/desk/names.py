"""What people are called on the desk and towards customers."""

from __future__ import annotations

from bot.desk.texts import Texts


def customer_name(name: str | None, contact_id: int, texts: Texts) -> str:
    """Return what a customer is called: the name of his profile, or a number."""
    return name or texts("customer_number", number=contact_id)


def agent_name(sign_in: str) -> str:
    """Return what an agent is called: his sign-in as a name is written (aino: Aino, matti.salo: Matti Salo)."""
    parts = sign_in.replace(".", " ").replace("_", " ").split()
    return " ".join(part[:1].upper() + part[1:] for part in parts) or sign_in
