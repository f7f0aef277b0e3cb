"""What the bot does beyond saying a fixed answer: custom actions in the sense of Rasa."""
