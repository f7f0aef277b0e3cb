"""Aspa: a customer-service bot for Messenger and WhatsApp."""
