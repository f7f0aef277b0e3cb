"""Channels only translate: a webhook to events, a reply to a request of the Graph API."""
