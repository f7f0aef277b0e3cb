"""Understanding: Rasa components for Finnish, Swedish and English, named by module path in config.yml."""
