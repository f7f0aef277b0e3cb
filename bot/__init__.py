"""Aspa: a customer-service bot for Messenger and WhatsApp."""

import os

# Rasa would otherwise report its use, and errors of training with parts of the content, to its maker's servers.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
