"""The encoder: any folder that holds one, and what is said of a folder that does not."""

import json
import shutil
import subprocess
import sys

import pytest
from support.models import DIMENSIONS, make_model

from kb.errors import ConfigError
from kb.semantic import encoder
from kb.semantic.encoder import Encoder, Vectors, find_model

TEXTS = ["mug", "cup", "smashed", "something else entirely", "", "mug smashed"]


def cosine(encoder, one, other):
    """Between two texts."""
    (vector,) = encoder.encode_texts([one])
    (found,) = Vectors(vector, encoder.dimensions).cosines(encoder.encode_query(other))
    return found


@pytest.mark.parametrize("pooling", ["mean", "cls", "none"])
def test_every_pooling_tells_what_is_near(tmp_path, pooling):
    """Words of one meaning are near, others are not."""
    encoder = Encoder(find_model(make_model(tmp_path / "model", pooling=pooling)))
    assert cosine(encoder, "mug", "cup") > 0.99
    assert cosine(encoder, "mug", "smashed") < 0.1


def test_a_vector_does_not_depend_on_the_texts_beside_it(tmp_path):
    """Texts of any lengths, in any order, an empty one among them."""
    encoder = Encoder(find_model(make_model(tmp_path / "model")))
    together = encoder.encode_texts(TEXTS * 20)
    assert together[: len(TEXTS)] == [encoder.encode_texts([text])[0] for text in TEXTS]
    assert together[: len(TEXTS)] == together[-len(TEXTS) :]
    assert {len(vector) for vector in together} == {DIMENSIONS}


@pytest.mark.parametrize("most", [1, 3, 7, 1000])
def test_batches_of_any_size_give_the_same_vectors(tmp_path, monkeypatch, most):
    """Texts of more tokens than a batch may have among them, and none at all."""
    made = Encoder(find_model(make_model(tmp_path / "model")))
    usual = made.encode_texts(TEXTS)
    monkeypatch.setattr(encoder, "BATCH", most)
    assert made.encode_texts(TEXTS) == usual
    assert made.encode_texts([]) == []


def test_the_extra_brings_a_model():
    """Which knows that a cup is like a mug, and nothing of a bank."""
    encoder = Encoder(find_model(None))
    near = cosine(encoder, "The mug arrived smashed", "my cup came broken")
    far = cosine(encoder, "The mug arrived smashed", "change the password of my account")
    assert encoder.dimensions == 384
    assert near > 0.5
    assert far < 0.2


def test_prefixes_are_part_of_what_is_encoded(tmp_path):
    """Some models want `query: ` before a query and `passage: ` before a text."""
    plain = find_model(make_model(tmp_path / "plain"))
    other = find_model(make_model(tmp_path / "other", query_prefix="smashed "))
    assert Encoder(plain).encode_query("mug") != Encoder(other).encode_query("mug")
    assert Encoder(plain).encode_texts(["mug"]) == Encoder(other).encode_texts(["mug"])
    assert plain.digest != other.digest


def test_only_the_tokens_that_a_model_takes_count(tmp_path):
    """What comes behind them changes nothing."""
    encoder = Encoder(find_model(make_model(tmp_path / "model", tokens=2)))
    assert encoder.encode_query("mug cup") == encoder.encode_query("mug cup smashed")


def test_vectors_of_no_length_are_near_nothing():
    """As a model may give for a text without words."""
    assert Vectors(bytes(8), 4).cosines(bytes([1, 0, 0, 0])) == [0.0, 0.0]
    assert Vectors(bytes([5, 0, 0, 0]), 4).cosines(bytes(4)) == [0.0]


def describe(folder, **changes):
    """Change the description of a model."""
    path = folder / "encoder.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (shutil.rmtree, "is not there"),
        (lambda f: (f / "encoder.json").unlink(), "has no encoder.json"),
        (lambda f: (f / "model.onnx").unlink(), "has no model.onnx"),
        (lambda f: (f / "tokenizer.json").unlink(), "has no tokenizer.json"),
        (lambda f: (f / "encoder.json").write_text("{"), "no JSON"),
        (lambda f: (f / "encoder.json").write_text("[1]"), "no object of model"),
        (lambda f: describe(f, size=3), "no object of model"),
        (lambda f: describe(f, pooling="max"), "pooling should be one of mean, cls, none"),
        (lambda f: describe(f, dimensions="8"), "dimensions should be a number from 1 to 4,096"),
        (lambda f: describe(f, tokens=0), "tokens should be a number from 1 to 8,192"),
        (lambda f: describe(f, query_prefix=1), "query_prefix should be a text"),
        (lambda f: (f / "model.onnx").write_bytes(b"nothing"), "no ONNX file"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "tokenizer that can't be read"),
        (lambda f: describe(f, dimensions=9), "which are not 9 by mean pooling"),
        (lambda f: describe(f, pooling="none"), "which are not 8 by none pooling"),
    ],
)
def test_a_folder_that_is_no_encoder_is_explained(tmp_path, harm, said):
    """In one line, with its path and what to do."""
    folder = make_model(tmp_path / "model")
    harm(folder)
    with pytest.raises(ConfigError, match=said) as caught:
        Encoder(find_model(folder)).encode_query("mug")
    assert str(tmp_path) in str(caught.value)
    assert "semantic.model" in caught.value.hint


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    """By the command that installs it here."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="needs the extra semantic") as caught:
        find_model(None)
    assert "install" in caught.value.hint


def test_without_the_setting_none_of_it_is_imported(tmp_path):
    """A search by words alone starts as before."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("# Cups\n\nOf tea.\n", encoding="utf-8")
    script = (
        "import sys; from kb import KnowledgeBase\n"
        "kb = KnowledgeBase.open('content', index='index'); kb.search('tea')\n"
        "names = 'numpy', 'onnxruntime', 'tokenizers', 'kb.semantic.encoder'\n"
        "print([name for name in names if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout.strip() == "[]"
