#!/usr/bin/env python3
"""Whole models of real Keras on disk, for the tests of `mdlc import` and `mdlc export`.

As golden.py beside it: needed only to make more of them, never by the build or a test. docs/files.md says what is compared.

    KERAS_BACKEND=jax python keras_models.py gen ../resources/golden/keras/models [NAME ...]
    KERAS_BACKEND=jax python keras_models.py check FOLDER

`gen` writes NAME.keras, saved by model.save() after weights of every kind have been drawn, and NAME.safetensors with a few rows of inputs (in.0, ...)
and what Keras predicts for them (out.0, ...), in the order of the model's own inputs and outputs. `check` loads each NAME.keras of FOLDER in Keras and compares its predictions with NAME.safetensors beside
it, the other direction: both were written by mdlc.
"""
import os
import sys
import zlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers, ops
from safetensors.numpy import load_file, save_file

MODELS = {}


def model(fn):
    MODELS[fn.__name__] = fn
    return fn


@model
def mlp():
    m = keras.Sequential([
        keras.Input((6,)),
        layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)),
        layers.BatchNormalization(momentum=0.9),
        layers.Dropout(0.3),
        layers.Dense(8, activation="selu", kernel_initializer="lecun_normal", bias_constraint=keras.constraints.MaxNorm(3)),
        layers.Dense(3, activation="softmax", name="kind"),
    ], name="mlp")
    m.compile(optimizer=keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(1e-3, 1000), clipnorm=1.0),
              loss="sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2")])
    return m


@model
def listing():
    photo = keras.Input((12, 12, 3), name="photo")
    facts = keras.Input((5,), name="facts")
    more = keras.Input((5,), name="more")
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="stem")(photo)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    skip = x
    x = layers.SeparableConv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(8, 1)(x)
    x = layers.Add()([x, skip])
    x = layers.MaxPooling2D((2, 2))(x)
    x = layers.GlobalAveragePooling2D()(x)
    encoder = layers.Dense(4, activation="tanh", name="encoder")
    h = layers.Concatenate()([x, encoder(facts), encoder(more)])
    price = layers.Dense(1, name="price")(h)
    kind = layers.Dense(3, name="kind")(layers.Dropout(0.25)(h))
    m = keras.Model([photo, facts, more], [price, kind], name="listing")
    m.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True),
              loss={"price": keras.losses.Huber(delta=2.0), "kind": keras.losses.SparseCategoricalCrossentropy(from_logits=True)},
              loss_weights={"price": 0.5, "kind": 1.0}, metrics={"price": ["mae"], "kind": ["accuracy"]})
    return m


@model
def tagger():
    words = keras.Input((None,), dtype="int32", name="words")
    x = layers.Embedding(50, 8, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(6, return_sequences=True))(x)
    x = layers.SpatialDropout1D(0.1)(x)
    x, state = layers.GRU(5, return_sequences=True, return_state=True, name="reader")(x)
    tag = layers.TimeDistributed(layers.Dense(4), name="tag")(x)
    mood = layers.Dense(1, activation="sigmoid", name="mood")(state)
    return keras.Model(words, {"tag": tag, "mood": mood}, name="tagger")


@model
def transformer():
    words = keras.Input((10,), name="words")
    x = layers.Embedding(30, 8)(words)
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.MultiHeadAttention(2, 4, dropout=0.1)(y, y, use_causal_mask=True)
    x = layers.Add()([x, y])
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(16, activation="gelu")(y)
    y = layers.Dense(8)(y)
    x = layers.Add()([x, y])
    x = layers.GlobalAveragePooling1D()(x)
    m = keras.Model(words, layers.Dense(2)(x))
    m.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=7), metrics=["accuracy"])
    return m


@model
def nested():
    encoder = keras.Sequential([
        keras.Input((8, 8, 2)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(5, name="code"),
    ], name="encoder")
    inner = keras.Input((5,), name="code")
    head = keras.Model(inner, [layers.Dense(2, name="left")(inner), layers.Dense(3, name="right")(inner)], name="head")
    a = keras.Input((8, 8, 2), name="a")
    b = keras.Input((8, 8, 2), name="b")
    difference = layers.Subtract()([encoder(a), encoder(b)])
    left, right = head(difference)
    return keras.Model([a, b], [left, layers.LeakyReLU(0.1)(right)], name="twins")


@model
def operations():
    x = keras.Input((4, 6), name="x")
    gate = keras.Input((6,), name="gate")
    y = ops.relu(x * 0.5 + 1.0)
    y = ops.mean(y, axis=1)
    z = ops.softmax(x[:, 0] - y, axis=-1)
    w = ops.reshape(x, (-1, 8, 3))
    w = ops.max(w, axis=[1, 2], keepdims=False)
    h = ops.concatenate([z * gate, ops.expand_dims(w, 1), ops.square(y) / 2], axis=-1)
    return keras.Model([x, gate], layers.Dense(2, name="out")(h), name="operations")


@model
def cells():
    wave = keras.Input((7, 3), name="wave")
    x = layers.RNN([layers.LSTMCell(4), layers.GRUCell(5)], return_sequences=True)(wave)
    x = layers.Bidirectional(layers.SimpleRNN(3, return_sequences=True), merge_mode="sum")(x)
    x = layers.Conv1D(6, 3, padding="causal", dilation_rate=2, activation="swish")(x)
    x = layers.GroupNormalization(3)(x)
    x = layers.PReLU(shared_axes=[1])(x)
    x = layers.Attention(use_scale=True)([x, x])
    return keras.Model(wave, layers.Dense(2)(layers.GlobalMaxPooling1D()(x)), name="waves")


def inputs_of(m, r, rows=3):
    found = []
    for t in m.inputs:
        shape = [rows] + [9 if s is None else s for s in t.shape[1:]]
        if t._keras_history.operation.name == "words":
            found.append(r.integers(1, 30, size=shape).astype("int32"))
            found[-1][0, -3:] = 0
        else:
            found.append(r.normal(size=shape).astype("float32"))
    return found


def randomize(m, r):  # nothing stays 0 or 1, so that no weight can be mixed up unseen
    for v in m.weights:
        if "seed_generator" not in v.path:
            a = r.normal(size=v.shape) * 0.3
            v.assign(np.abs(a) + 0.5 if "variance" in v.path else a)


def predict(m, data):
    result = m([d.astype(t.dtype) for d, t in zip(data, m.inputs)], training=False)
    return [np.array(v, order="C") for v in keras.tree.flatten(result)]


def generate(folder, only):
    for name, fn in MODELS.items():
        if only and name not in only:
            continue
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        r = np.random.default_rng(zlib.crc32(name.encode()))
        m = fn()
        randomize(m, r)
        data = inputs_of(m, r)
        m.save(f"{folder}/{name}.keras")
        save_file({f"in.{i}": v for i, v in enumerate(data)} | {f"out.{i}": v for i, v in enumerate(predict(m, data))}, f"{folder}/{name}.safetensors")
        print(name, os.path.getsize(f"{folder}/{name}.keras"))


def check(folder):
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".keras"):
            continue
        m = keras.models.load_model(f"{folder}/{file}")
        tensors = load_file(f"{folder}/{file[:-6]}.safetensors")
        found = predict(m, [tensors[f"in.{i}"] for i in range(len(m.inputs))])
        expected = [tensors[f"out.{i}"] for i in range(len(m.outputs))]
        worst = max(float(np.abs(f - e).max()) for f, e in zip(found, expected, strict=True))
        print(f"{file}: {type(m).__name__}, {len(m.layers)} layers, {m.count_params()} parameters, largest difference {worst:.1e}"
              + (f", loss {m.loss}" if m.compiled else ""))


if __name__ == "__main__":
    if sys.argv[1:2] == ["gen"]:
        generate(sys.argv[2], sys.argv[3:])
    elif sys.argv[1:2] == ["check"]:
        check(sys.argv[2])
    else:
        sys.exit(__doc__)
