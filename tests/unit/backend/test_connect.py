"""Settings become the right backend, or name what is missing."""

import pytest

from actions.backend.connect import connect
from actions.backend.rest import RestBackend
from actions.backend.sql import SqlBackend


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, SqlBackend),
        ({"BACKEND_URL": "  "}, SqlBackend),
        ({"BACKEND_URL": "postgresql://reader@db.example/shop"}, SqlBackend),
        ({"BACKEND_URL": "postgresql+psycopg://reader@db.example/shop", "BACKEND_SCHEMA": "bot"}, SqlBackend),
        ({"BACKEND_URL": "https://api.example/bot/", "BACKEND_TOKEN": "s3cret"}, RestBackend),
        ({"BACKEND_URL": "http://localhost:9000", "BACKEND_TOKEN": "s3cret"}, RestBackend),
    ],
)
def test_the_url_decides(settings: dict[str, str], kind: type) -> None:
    assert type(connect(settings, database_url="postgresql://postgres@/postgres")) is kind


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "BACKEND_URL"),
        ({"BACKEND_URL": "https://api.example"}, "BACKEND_TOKEN"),
        ({"BACKEND_URL": "https://api.example", "BACKEND_TOKEN": " "}, "BACKEND_TOKEN"),
        ({"BACKEND_URL": "reader:s3cret@db.example"}, "BACKEND_URL"),
        ({"BACKEND_URL": "oracle+nothing://u:s3cret@db.example/x"}, "BACKEND_URL"),
    ],
)
def test_what_is_missing_is_named_and_not_shown(settings: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named) as caught:
        connect(settings)
    assert "s3cret" not in str(caught.value)
