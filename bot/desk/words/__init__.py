"""The words of the desk's pages in three languages. What customers read is content, not here."""

from bot.desk.words.en import ENGLISH
from bot.desk.words.fi import FINNISH
from bot.desk.words.sv import SWEDISH
from bot.model import Language

WORDS: dict[Language, dict[str, str]] = {"fi": FINNISH, "sv": SWEDISH, "en": ENGLISH}
NAMES: dict[Language, str] = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
