"""Golden values of Keras's preprocessing layers on the host: python golden_text.py preprocessing.json

Real Keras 3.15.1 on TensorFlow 2.21, which does the string operations under any backend (on JAX an inverted StringLookup fails). Every case holds what a
reader needs to repeat it: the layer, its settings, what it learned from, its vocabulary, inputs and outputs.
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

TEXTS = [
    "The cat sat.",
    "the dog SAT, down!",
    "a cat & a dog",
    "  several   spaces\tand\ttabs \n and lines  ",
    "",
    "   ",
    "...!?",
    "ÉCOLE école Straße STRASSE İstanbul",
    "naïve café — “quoted” … don't e-mail_me@example.com",
    "日本語 のテキスト 日本語",
    "emoji 😀😀 👩‍👩‍👧 end",
    "no\u00a0break\u3000wide\u2028line\u000bvertical\u000cfeed\u001cseparator",
    "zero\u200bwidth e\u0301 \u00e9 \ufeffbom",
    "word " * 40 + "x" * 300,
    "b a c b a c tie Tie TIE",
    "1,234.5 10% $5 #tag `tick` ~tilde^caret{brace}[bracket]\\slash|pipe",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \uffee \U00010000 z",
]
QUERY = ["The bird sat", "dog", "", "école 日本語 😀😀 x", "a cat a cat down the " + "cat " * 20, "word? WORD! wörd\u00a0word", "\uffee \U00010000"]
WORDS = ["b", "a", "c", "b", "", "Z", "é", "e\u0301", "\uffee", "\U00010000", "a", "[UNK]", "long " * 30, "z"]


def plain(value):
    """As JSON: float32 as the double it is, int64 as int, bytes as text."""
    if isinstance(value, (bytes, np.bytes_)):
        return value.decode("utf-8")
    value = np.asarray(value)
    if value.dtype.kind in "SO":
        return [plain(v) if np.ndim(v) else (v.decode("utf-8") if isinstance(v, bytes) else str(v)) for v in value]
    return value.astype(np.float64 if value.dtype.kind == "f" else np.int64).tolist()


def vocabulary_case(name, layer, config, adapt, inputs):
    made = layer(**config)
    if adapt is not None:
        made.adapt(np.array(adapt) if isinstance(adapt[0], (list, int)) else adapt)
    case = {"layer": name, "config": config, "adapt": adapt, "vocabulary": [plain(v) if isinstance(v, bytes) else v for v in made.get_vocabulary()],
            "input": inputs, "output": plain(made(np.array(inputs)))}
    case["vocabulary"] = [int(v) if isinstance(v, (int, np.integer)) else str(v) for v in case["vocabulary"]]
    lookup = getattr(made, "_lookup_layer", made)
    if config.get("output_mode") == "tf_idf":
        case["idf"] = plain(lookup.idf_weights_const.numpy())
    return case


def text_cases():
    layer = keras.layers.TextVectorization
    configs = [
        {}, {"max_tokens": 12}, {"output_sequence_length": 5}, {"max_tokens": 6, "output_sequence_length": 4},
        {"standardize": None}, {"standardize": "lower"}, {"standardize": "strip_punctuation"},
        {"split": "character"}, {"split": "character", "standardize": None, "max_tokens": 30},
        {"ngrams": 2}, {"ngrams": 3, "max_tokens": 40}, {"ngrams": [2]}, {"ngrams": [1, 3]},
        {"output_mode": "multi_hot"}, {"output_mode": "multi_hot", "max_tokens": 10}, {"output_mode": "count", "max_tokens": 10},
        {"output_mode": "count", "max_tokens": 200, "pad_to_max_tokens": True},
        {"output_mode": "tf_idf"}, {"output_mode": "tf_idf", "max_tokens": 10}, {"output_mode": "tf_idf", "max_tokens": 200, "pad_to_max_tokens": True},
        {"output_mode": "tf_idf", "ngrams": 2, "max_tokens": 20},
    ]
    cases = []
    for config in configs:
        made = dict(config)
        if isinstance(made.get("ngrams"), list):
            made["ngrams"] = tuple(made["ngrams"])
        case = vocabulary_case("TextVectorization", layer, made, TEXTS, QUERY)
        case["config"] = config
        cases.append(case)
    given = {"vocabulary": ["cat", "dog", "école", "日本語"]}
    cases.append(vocabulary_case("TextVectorization", layer, given, None, QUERY))
    cases.append(vocabulary_case("TextVectorization", layer, {**given, "output_mode": "tf_idf", "idf_weights": [0.25, 0.75, 0.6, 0.4]}, None, QUERY))
    cases.append(vocabulary_case("TextVectorization", layer, {"vocabulary": ["", "[UNK]", "cat", "dog"], "output_sequence_length": 6}, None, QUERY))
    # Not split: every string of a row is a token.
    rows = [["a b", "A B", "c!"], ["c", "a b", "A b"]]
    for config in ({"split": None}, {"split": None, "output_mode": "count"}, {"split": None, "ngrams": 2}, {"split": None, "output_sequence_length": 2}):
        cases.append(vocabulary_case("TextVectorization", layer, config, rows, rows))
    return cases


def lookup_cases():
    layer = keras.layers.StringLookup
    vocabulary = ["a", "b", "é", "z"]
    rows = [["a", "é", "z", "z"], ["z", "q", "b", ""]]
    cases = [
        vocabulary_case("StringLookup", layer, {}, WORDS, WORDS),
        vocabulary_case("StringLookup", layer, {"mask_token": ""}, WORDS, WORDS),
        vocabulary_case("StringLookup", layer, {"max_tokens": 4}, WORDS, WORDS),
        vocabulary_case("StringLookup", layer, {"num_oov_indices": 3, "max_tokens": 6}, WORDS, WORDS),
        vocabulary_case("StringLookup", layer, {"num_oov_indices": 5, "mask_token": "", "vocabulary": vocabulary}, None, WORDS),
        vocabulary_case("StringLookup", layer, {"num_oov_indices": 5, "salt": [133, 137], "vocabulary": vocabulary}, None, WORDS),
        vocabulary_case("StringLookup", layer, {"num_oov_indices": 4, "salt": 7, "vocabulary": vocabulary}, None, WORDS),
        vocabulary_case("StringLookup", layer, {"num_oov_indices": 0, "vocabulary": vocabulary}, None, ["a", "z", "é"]),
        vocabulary_case("StringLookup", layer, {"vocabulary": ["[UNK]"] + vocabulary}, None, WORDS),
    ]
    for mode in ("int", "one_hot", "multi_hot", "count"):
        for mask in ({}, {"mask_token": ""}):
            config = {"output_mode": mode, "vocabulary": vocabulary, **mask}
            cases.append(vocabulary_case("StringLookup", layer, config, None, rows))
            cases.append(vocabulary_case("StringLookup", layer, config, None, [["a"], ["q"], [""]]))
            cases.append(vocabulary_case("StringLookup", layer, config, None, ["a", "q", "", "a"]))
    cases.append(vocabulary_case("StringLookup", layer, {"output_mode": "count", "max_tokens": 9, "pad_to_max_tokens": True, "num_oov_indices": 2, "vocabulary": vocabulary}, None, rows))
    cases.append(vocabulary_case("StringLookup", layer, {"output_mode": "tf_idf", "vocabulary": vocabulary, "idf_weights": [0.25, 0.75, 0.6, 0.4]}, None, rows))
    cases.append(vocabulary_case("StringLookup", layer, {"output_mode": "tf_idf", "vocabulary": ["[UNK]"] + vocabulary, "idf_weights": [0.9, 0.25, 0.75, 0.6, 0.4]}, None, rows))
    cases.append(vocabulary_case("StringLookup", layer, {"output_mode": "tf_idf"}, rows, rows))
    cases.append(vocabulary_case("StringLookup", layer, {"output_mode": "tf_idf", "max_tokens": 12, "pad_to_max_tokens": True, "num_oov_indices": 2, "mask_token": ""}, rows, rows))
    inverted = layer(vocabulary=vocabulary, invert=True)
    cases.append({"layer": "StringLookup", "config": {"vocabulary": vocabulary, "invert": True}, "vocabulary": inverted.get_vocabulary(),
                  "input": [[1, 3, 4], [4, 0, 9]], "output": [[v.decode() for v in row] for row in inverted(np.array([[1, 3, 4], [4, 0, 9]])).numpy()]})
    masked = {"vocabulary": vocabulary, "invert": True, "mask_token": "", "num_oov_indices": 2}
    inverted = layer(**masked)
    cases.append({"layer": "StringLookup", "config": masked, "vocabulary": inverted.get_vocabulary(),
                  "input": [0, 1, 2, 3, 6, 7], "output": [v.decode() for v in inverted(np.array([0, 1, 2, 3, 6, 7])).numpy()]})
    return cases


def integer_cases():
    layer = keras.layers.IntegerLookup
    vocabulary = [12, 36, 1138, -42]
    rows = [[12, 1138, -42, -42], [-42, 7, 36, 7]]
    values = [3, -1, 0, 3, 12, -7, 0, 5, 12, 2147483647]
    cases = [
        vocabulary_case("IntegerLookup", layer, {}, values, values),
        vocabulary_case("IntegerLookup", layer, {"mask_token": 0, "max_tokens": 5}, values, values),
        vocabulary_case("IntegerLookup", layer, {"num_oov_indices": 3, "vocabulary": vocabulary}, None, values),
        vocabulary_case("IntegerLookup", layer, {"num_oov_indices": 3, "oov_method": "farmhash", "vocabulary": vocabulary}, None, values),
        vocabulary_case("IntegerLookup", layer, {"num_oov_indices": 3, "oov_method": "farmhash", "salt": [5, 9], "vocabulary": vocabulary}, None, values),
        vocabulary_case("IntegerLookup", layer, {"vocabulary": vocabulary, "invert": True}, None, [[1, 3, 4], [4, 0, 2]]),
        vocabulary_case("IntegerLookup", layer, {"output_mode": "tf_idf"}, rows, rows),
        vocabulary_case("IntegerLookup", layer, {"vocabulary": [-1] + vocabulary}, None, rows),
    ]
    for mode in ("one_hot", "multi_hot", "count"):
        cases.append(vocabulary_case("IntegerLookup", layer, {"output_mode": mode, "vocabulary": vocabulary}, None, rows))
    return cases


def hashing_cases():
    strings = [s for s in WORDS if s] + ["x" * n for n in range(0, 200, 7)] + TEXTS
    rows = [["a", "b", "", "é"], ["z", "z", "a", "日本"]]
    values = [0, 1, -1, 12, 2147483647, -2147483648]
    cases = []
    for config in ({"num_bins": 3}, {"num_bins": 1000003}, {"num_bins": 2147483647}, {"num_bins": 10, "mask_value": ""}, {"num_bins": 1, "mask_value": ""},
                   {"num_bins": 1000003, "salt": 133}, {"num_bins": 2147483647, "salt": [133, 137]}, {"num_bins": 7, "salt": [1, 2], "mask_value": "a"}):
        cases.append({"layer": "Hashing", "config": config, "input": strings, "output": plain(keras.layers.Hashing(**config)(np.array(strings)))})
    for config in ({"num_bins": 1000}, {"num_bins": 1000, "mask_value": 12}, {"num_bins": 1000, "salt": 5}):
        cases.append({"layer": "Hashing", "config": config, "input": values, "output": plain(keras.layers.Hashing(**config)(np.array(values)))})
    for mode in ("one_hot", "multi_hot", "count"):
        config = {"num_bins": 5, "output_mode": mode}
        cases.append({"layer": "Hashing", "config": config, "input": rows, "output": plain(keras.layers.Hashing(**config)(np.array(rows)))})
    first, second, third = ["A", "B", "A", "B", "é", ""], ["x", "x", "y", "", "日本", ""], [101, 101, 101, 102, -5, 0]
    for config, columns in (({"num_bins": 5}, [first, third]), ({"num_bins": 1000003}, [first, second]), ({"num_bins": 1000003}, [first, second, third]),
                            ({"num_bins": 5, "output_mode": "one_hot"}, [first, third]), ({"num_bins": 50}, [third, third])):
        layer = keras.layers.HashedCrossing(**config)
        cases.append({"layer": "HashedCrossing", "config": config, "input": columns, "output": plain(layer(tuple(np.array(c) for c in columns)))})
    columns = [[[v] for v in first], [[v] for v in second]]
    for config in ({"num_bins": 50}, {"num_bins": 4, "output_mode": "one_hot"}):
        layer = keras.layers.HashedCrossing(**config)
        cases.append({"layer": "HashedCrossing", "config": config, "input": columns, "output": plain(layer(tuple(np.array(c) for c in columns)))})
    return cases


def numeric_cases():
    rng = np.random.default_rng(20)
    cases = []
    x = np.array([[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]], "float32")
    for mode in ("int", "one_hot", "multi_hot", "count"):
        layer = keras.layers.Discretization(bin_boundaries=[0.0, 1.0, 2.0], output_mode=mode)
        cases.append({"layer": "Discretization", "config": {"bin_boundaries": [0.0, 1.0, 2.0], "output_mode": mode}, "input": plain(x), "output": plain(layer(x))})
    for count, bins, epsilon in ((7, 4, 0.01), (1000, 4, 0.01), (1000, 7, 0.1), (333, 20, 0.05), (12, 12, 0.01)):
        data = np.round(rng.normal(size=count), 3).astype("float32")
        layer = keras.layers.Discretization(num_bins=bins, epsilon=epsilon)
        layer.adapt(data)
        cases.append({"layer": "Discretization", "config": {"num_bins": bins, "epsilon": epsilon}, "adapt": [plain(data)], "boundaries": plain(np.array(layer.bin_boundaries, "float32")),
                      "input": plain(x), "output": plain(layer(x))})
    batches = [np.round(rng.normal(size=n), 3).astype("float32") for n in (40, 500, 33)]
    layer = keras.layers.Discretization(num_bins=6, epsilon=0.02)
    layer.adapt(iter(batches))
    cases.append({"layer": "Discretization", "config": {"num_bins": 6, "epsilon": 0.02}, "adapt": [plain(b) for b in batches], "boundaries": plain(np.array(layer.bin_boundaries, "float32")),
                  "input": plain(x), "output": plain(layer(x))})
    data = np.round(rng.normal(3, 2, size=(20, 3, 4)), 3).astype("float32")
    query = np.round(rng.normal(3, 2, size=(2, 3, 4)), 3).astype("float32")
    for axis in (-1, None, [1, 2], 1, [-1, 1]):
        for invert in (False, True):
            layer = keras.layers.Normalization(axis=axis, invert=invert)
            layer.adapt(data)
            cases.append({"layer": "Normalization", "config": {"axis": axis, "invert": invert}, "adapt": plain(data), "mean": plain(np.ravel(layer.mean)), "variance": plain(np.ravel(layer.variance)),
                          "input": plain(query), "output": plain(layer(query))})
    constant = np.full((4, 2), 5.0, "float32")
    layer = keras.layers.Normalization()
    layer.adapt(constant)
    cases.append({"layer": "Normalization", "config": {"axis": -1, "invert": False}, "adapt": plain(constant), "mean": plain(np.ravel(layer.mean)), "variance": plain(np.ravel(layer.variance)),
                  "input": plain(constant), "output": plain(layer(constant))})
    layer = keras.layers.Normalization(mean=3.0, variance=2.0)
    cases.append({"layer": "Normalization", "config": {"mean": 3.0, "variance": 2.0}, "input": plain(query), "output": plain(layer(query))})
    ids = np.array([[0, 1, 1], [2, 3, 3]])
    for mode in ("one_hot", "multi_hot", "count"):
        layer = keras.layers.CategoryEncoding(num_tokens=5, output_mode=mode)
        for values in (ids, ids[:, :1], ids[0]):
            cases.append({"layer": "CategoryEncoding", "config": {"num_tokens": 5, "output_mode": mode}, "input": plain(values), "output": plain(layer(values))})
    weights = np.array([[0.5, 0.25, 1.5], [1.0, 2.0, 0.125]], "float32")
    layer = keras.layers.CategoryEncoding(num_tokens=5, output_mode="count")
    cases.append({"layer": "CategoryEncoding", "config": {"num_tokens": 5, "output_mode": "count"}, "input": plain(ids), "weights": plain(weights), "output": plain(layer(ids, count_weights=weights))})
    return cases


def fingerprints():
    """FarmHash and SipHash at every length where their code takes another path, as (n, farm, sip) modulo 2^62 - 57."""
    bins = 2**62 - 57
    strings = ["".join(chr(32 + (i * 7 + n) % 95) for i in range(n)) for n in list(range(0, 140)) + [191, 192, 193, 255, 256, 257, 1000]]
    farm = tf.strings.to_hash_bucket_fast(strings, bins).numpy()
    sip = tf.strings.to_hash_bucket_strong(strings, bins, key=[0x0706050403020100, 0x0F0E0D0C0B0A0908]).numpy()
    return [{"length": len(s), "farm": int(a), "sip": int(b)} for s, a, b in zip(strings, farm, sip)]


def main(path):
    table = {"keras": keras.__version__, "fingerprints": fingerprints(),
             "cases": text_cases() + lookup_cases() + integer_cases() + hashing_cases() + numeric_cases()}
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in table["cases"])
    with open(path, "w") as out:
        out.write('{"keras": %s,\n"fingerprints": %s,\n"cases": [\n%s\n]}\n' % (json.dumps(table["keras"]), json.dumps(table["fingerprints"]), lines))
    print(path, len(table["cases"]), "cases")


if __name__ == "__main__":
    main(sys.argv[1])
