"""Sentence encoders of a few words, made on the spot: what each word means is a direction."""

from __future__ import annotations

import json

DIMENSIONS = 8

MEANINGS = (
    ("mug", "cup", "beaker"),
    ("smashed", "broken", "shattered"),
    ("screen", "display", "monitor"),
    ("brighten", "lighten"),
    ("refund", "money"),
    ("battery", "cell"),
    ("swollen", "bloated"),
)
"""Words of one line mean the same; all others mean the last dimension, and that little."""


def make_model(folder, *, pooling="mean", dimensions=DIMENSIONS, **description):
    """A folder with such an encoder, which gives vectors by a pooling."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper, save
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    folder.mkdir(parents=True, exist_ok=True)
    words = {"[UNK]": 0}
    table = np.zeros((1 + sum(map(len, MEANINGS)), dimensions), np.float32)
    table[0, -1] = 0.05
    for direction, same in enumerate(MEANINGS):
        for word in same:
            words[word] = len(words)
            table[words[word], direction] = 1
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["states"])]
    shape = ["texts", "tokens", dimensions]
    if pooling == "none":
        axes = numpy_helper.from_array(np.array([1], np.int64), "axes")
        nodes = [
            helper.make_node("Gather", ["table", "input_ids"], ["words"]),
            helper.make_node("ReduceMean", ["words", "axes"], ["states"], keepdims=0),
        ]
        shape = ["texts", dimensions]
    graph = helper.make_graph(
        nodes,
        "encoder",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(table, "table")] + ([axes] if pooling == "none" else []),
    )
    opset = [helper.make_opsetid("", 18)]
    save(helper.make_model(graph, opset_imports=opset, ir_version=9), str(folder / "model.onnx"))
    told = {"pooling": pooling, "dimensions": dimensions, **description}
    (folder / "encoder.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


ARTICLES = {
    "cup": "# A broken cup\n\nSend a picture of the broken cup.\n",
    "screen": "# Make the display brighter\n\nTurn the wheel to brighten it.\n",
    "money": "---\ntags: [billing]\n---\n# When the refund comes\n\nAfter a week.\n",
    "draft": "---\nstatus: draft\n---\n# A shattered beaker\n\nA draft of a beaker.\n",
    "agents": "---\naudience: agent\n---\n# The smashed mug, for agents\n\nAsk for the beaker.\n",
    "post": "# Where is my order\n\nLook at its status.\n",
}
"""What such a model tells apart, in words that a question may not share."""
