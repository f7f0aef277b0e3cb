"""The conversation itself: Rasa in process, its tracker, its answers, its understanding."""
