from pathlib import Path

import numpy as np
import pytest

from bot.dialogue.nlu import linear, refusal
from bot.dialogue.nlu.classifier import LinearIntentClassifier, Understanding, learn, read, write
from bot.dialogue.nlu.features import Document, Features, Floats, _tokens
from bot.dialogue.nlu.lemmas import Lemmas, dictionary
from bot.dialogue.nlu.refusal import OUT_OF_SCOPE, Refusal

SUBJECTS = ("netti", "laajakaista", "wifi", "kuitu", "modeemi", "reititin")
TEMPLATES = {
    "report_fault": ("{} ei toimi", "miksi {} pätkii", "{} on rikki"),
    "order": ("missä {} tilaus on", "koska {} toimitetaan", "{} paketti ei tullut"),
    "praise": ("{} on ihana", "kiitos hyvästä {}", "{} on paras"),
    OUT_OF_SCOPE: ("mikä on {} sää", "kerro vitsi {}", "kuka on {} presidentti"),
}
TEXTS = [(t.format(s), intent) for intent, templates in TEMPLATES.items() for t in templates for s in SUBJECTS]
SETTINGS = linear.Settings(10.0, 10.0, 5, OUT_OF_SCOPE)


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    documents = [Document(text) for text, _ in TEXTS]
    labels = np.array([intent for _, intent in TEXTS])
    return learn(documents, labels, LinearIntentClassifier.get_default_config())


@pytest.mark.parametrize(
    ("text", "intent"),
    [("netit ei toimi", "report_fault"), ("MODEEMI PÄTKII", "report_fault"), ("missä tilaukseni on", "order")],
)
def test_learns(understanding: Understanding, text: str, intent: str) -> None:
    assert understanding.ranking(Document(text))[0]["name"] == intent


def test_refuses_what_is_out_of_scope(understanding: Understanding) -> None:
    ranking = understanding.ranking(Document("kerro vitsi presidentti"))
    assert ranking[0]["name"] in (OUT_OF_SCOPE, "nlu_fallback")
    assert ranking[1]["name"] not in (OUT_OF_SCOPE, "nlu_fallback")


@pytest.mark.parametrize("text", ["", "xxxxxxx", "日本語"])
def test_nothing_known_is_a_fallback_without_confidence(understanding: Understanding, text: str) -> None:
    assert understanding.ranking(Document(text)) == [{"name": "nlu_fallback", "confidence": 0.0}]


def test_the_fallback_carries_the_true_score(understanding: Understanding) -> None:
    never = Understanding(understanding.features, understanding.model, understanding.limit._replace(threshold=1.1))
    ranking = never.ranking(Document("netti ei toimi"))
    assert ranking[0]["name"] == "nlu_fallback"
    assert ranking[0]["confidence"] == ranking[1]["confidence"]


def test_it_is_the_same_when_loaded(understanding: Understanding, tmp_path: Path) -> None:
    write(understanding, tmp_path)
    loaded = read(tmp_path)
    for text, _ in TEXTS[:10]:
        assert loaded.ranking(Document(text)) == understanding.ranking(Document(text))


def test_the_same_examples_give_the_same_model() -> None:
    features, rows = Features.fitted([Document(text) for text, _ in TEXTS], Lemmas(np.zeros((0, 2), np.uint32)))
    labels = np.array([intent for _, intent in TEXTS])
    one, other = (linear.fit(rows, labels, SETTINGS) for _ in range(2))
    assert np.array_equal(one.weights, other.weights)
    assert one.weights.shape == (len(features.names), 4)


@pytest.mark.parametrize("labels", [["a"] * 6, ["a", "b"] * 3])
def test_too_few_intents_are_an_error(labels: list[str]) -> None:
    _, rows = Features.fitted([Document("moi"), Document("hei")] * 3, Lemmas(np.zeros((0, 2), np.uint32)))
    with pytest.raises(ValueError, match="three intents"):
        linear.fit(rows, np.array(labels), SETTINGS)


def test_hints_are_features(understanding: Understanding) -> None:
    documents = [Document("a b", ("place",)), Document("a b", ("place",)), Document("a b")]
    features, _ = Features.fitted(documents, Lemmas(np.zeros((0, 2), np.uint32)))
    assert "h=place" in features.names
    assert len(features.vector(documents[0])[0]) == len(features.vector(documents[2])[0]) + 1


def test_both_parts_of_a_vector_have_their_length(understanding: Understanding) -> None:
    _, values = understanding.features.vector(Document("netti ei toimi"))
    assert float(values @ values) == pytest.approx(1 + 0.7**2, rel=1e-4)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hyvää", "hyvaa"), ("moiiiiii", "moii"), ("👍🏽", "👍"), ("❤️", "❤"), ("33100", "20100"), ("ÅBO", "abo")],
)
def test_written_differently_and_meant_the_same(one: str, other: str) -> None:
    assert _tokens(one) == _tokens(other)


@pytest.mark.parametrize(("one", "other"), [("5g", "4g"), ("14", "24"), ("33100", "123456")])
def test_short_numbers_and_lengths_stay_apart(one: str, other: str) -> None:
    assert _tokens(one) != _tokens(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("laskun", "lasku"), ("laskuissa", "lasku"), ("toimii", "toimia"), ("husen", "hus"), ("houses", "house")],
)
def test_forms_of_a_word_share_their_base(one: str, other: str) -> None:
    assert set(dictionary().of(one)) & set(dictionary().of(other))


def test_a_compound_has_the_base_of_its_last_part() -> None:
    assert dictionary().of("laajakaistaliittymästä") == dictionary().of("liittymä")


def test_unknown_words_have_no_base() -> None:
    assert dictionary().of("xyzzy") == ()


def test_a_restricted_dictionary_still_knows_other_forms_of_its_words() -> None:
    small = dictionary().restricted_to(["lasku"])
    assert small.of("laskuista") == dictionary().of("laskuista")
    assert small.of("houses") == ()
    assert len(small.pairs) < 500


COLUMNS = np.array(["a", "b", OUT_OF_SCOPE])


def _scores(rng: np.random.Generator, labels: linear.Labels) -> Floats:
    noise = rng.normal(size=(len(labels), 3))
    return np.asarray(2.0 * (labels[:, None] == COLUMNS) + noise, np.float32)


@pytest.mark.parametrize("target", [0.5, 0.8, 0.95])
def test_the_threshold_stops_what_is_asked_for(target: float) -> None:
    rng = np.random.default_rng(0)
    labels = rng.choice(COLUMNS, 3000)
    limit = refusal.fit(scores := _scores(rng, labels), COLUMNS, labels, target)
    strange = labels == OUT_OF_SCOPE
    confidences = limit.confidences(scores[:, :2].max(axis=1), scores[:, 2])
    assert (confidences[strange] < limit.threshold).mean() == pytest.approx(target, abs=0.01)


def test_the_confidence_is_the_chance_of_being_right() -> None:
    rng = np.random.default_rng(1)
    labels = rng.choice(COLUMNS, 6000)
    limit = refusal.fit(scores := _scores(rng, labels), COLUMNS, labels, 0.9)
    confidences = limit.confidences(scores[:, :2].max(axis=1), scores[:, 2])
    right = COLUMNS[scores[:, :2].argmax(axis=1)] == labels
    sure = confidences > 0.8
    assert right[sure].mean() == pytest.approx(float(confidences[sure].mean()), abs=0.05)


def test_without_examples_of_out_of_scope_there_is_still_a_threshold() -> None:
    rng = np.random.default_rng(2)
    labels = rng.choice(COLUMNS[:2], 500)
    scores = _scores(rng, labels)[:, :2]
    limit = refusal.fit(scores, COLUMNS[:2], labels, 0.9)
    assert limit == Refusal(0.0, limit.slope, limit.offset, 0.4)
