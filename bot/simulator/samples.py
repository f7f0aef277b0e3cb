"""The picture, sticker, voice message and file that a customer can send without having one."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Sample:
    """One file; `id` is what WhatsApp would call the media."""

    file: str
    mime: str
    id: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return STATIC / "samples" / self.file

    def sha256(self) -> str:
        """Base64, as in WhatsApp's webhooks."""
        return base64.b64encode(hashlib.sha256(self.path.read_bytes()).digest()).decode()


SAMPLES = {
    "image": Sample("photo.jpg", "image/jpeg", "1003383421387256"),
    "sticker": Sample("sticker.webp", "image/webp", "1003383421387257"),
    "audio": Sample("voice.ogg", "audio/ogg; codecs=opus", "1003383421387258"),
    "file": Sample("bill.pdf", "application/pdf", "1003383421387259"),
}
BY_ID = {sample.id: sample for sample in SAMPLES.values()}
