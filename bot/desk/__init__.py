"""The agents' pages: the waiting list, a conversation with its packet, and what an agent can do with it."""
