#!/usr/bin/env python3
"""Weights and models on disk: files that real Keras writes, and a check that it reads ours.

As golden.py beside it: needed only to make more of them, never by the build or a test. docs/files.md says what is compared.

    KERAS_BACKEND=jax python golden_files.py gen ../resources/golden/keras/files
    KERAS_BACKEND=jax python golden_files.py check FOLDER

`gen` trains each model for 3 steps and writes NAME.weights.h5 with the optimizer, and for some NAME.keras and the old NAME.h5, and NAME.safetensors:
x..., y..., the predictions, and the losses of 3 more steps from the file, with the random generators of a fresh model (seed 7); and optimizers.safetensors:
for each optimizer what it keeps after 3 steps, as Keras numbers it, and the losses of 3 more; and paths.txt: where weights of many layers lie. `check` loads each NAME.weights.h5 of FOLDER, which mdlc
wrote, and compares predictions and losses with NAME.safetensors beside it, also written by mdlc.
"""
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np
from keras import layers, optimizers
from safetensors.numpy import load_file, save_file

MODELS = {}


def model(*formats):
    def note(fn):
        MODELS[fn.__name__] = (fn, formats)
        return fn

    return note


@model("keras", "h5")
def classifier():
    m = keras.Sequential([keras.Input((6,), name="x"), layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.25),
                          layers.Dense(3, activation="softmax", name="y")], name="classifier")
    m.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return m, {"x": ("f", (6,))}, {"y": ("i", 3)}


@model()
def convnet():
    m = keras.Sequential([
        keras.Input((8, 8, 2), name="x"),
        layers.Conv2D(3, 3, use_bias=False),
        layers.DepthwiseConv2D(2, depth_multiplier=2),
        layers.SeparableConv2D(4, 3, activation="relu"),
        layers.GroupNormalization(2),
        layers.Conv2D(2, 1),
        layers.GlobalAveragePooling2D(),
        layers.PReLU(),
        layers.Dense(1, name="y"),
    ], name="convnet")
    m.compile(optimizers.SGD(0.05, momentum=0.9), "mse")
    return m, {"x": ("f", (8, 8, 2))}, {"y": ("f", (1,))}


@model("h5")
def text():
    m = keras.Sequential([
        keras.Input((5,), dtype="int32", name="x"),
        layers.Embedding(11, 4),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
        layers.GRU(3, return_sequences=True),
        layers.TimeDistributed(layers.Dense(2)),
        layers.RNN([layers.LSTMCell(2), layers.LSTMCell(2)]),
        layers.Dense(1, activation="sigmoid", name="y"),
    ], name="text")
    m.compile(optimizers.RMSprop(0.01), "binary_crossentropy")
    return m, {"x": ("i", 11, (5,))}, {"y": ("i", 2, (1,))}


class Feed(layers.Layer):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width

    def build(self, shape):
        self.gain = self.add_weight(shape=(shape[-1],), initializer="ones", name="gain")
        self.first = layers.Dense(self.width, activation="gelu")
        self.second = layers.Dense(shape[-1])
        self.first.build(shape)
        self.second.build((*shape[:-1], self.width))

    def call(self, x):
        return self.second(self.first(x * self.gain))


@model()
def transformer():
    x = keras.Input((5, 4), name="x")
    seen = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 3)(x, x))
    y = layers.LayerNormalization()(seen + Feed(6)(seen))
    y = layers.Dense(2, name="y")(layers.GlobalAveragePooling1D()(y))
    m = keras.Model(x, y, name="transformer")
    m.compile(optimizers.Adagrad(0.01), "mse")
    return m, {"x": ("f", (5, 4))}, {"y": ("f", (2,))}


@model("keras", "h5")
def listing():
    facts = keras.Input((4,), name="facts")
    encoder = keras.Model(facts, layers.Dense(3)(layers.Dense(5, activation="relu")(facts)), name="encoder")
    a, b = keras.Input((4,), name="a"), keras.Input((6,), name="b")
    code = encoder(a)
    near = layers.Dense(3, name="near")(b)
    far = layers.BatchNormalization()(layers.Dense(3, name="middle")(layers.Dense(4, activation="relu", name="far")(b)))
    shared = layers.Dense(2, name="shared")
    price = layers.Dense(1, name="price")(layers.Concatenate()([code, near, far]))
    kind = layers.Dense(2, name="kind")(layers.Concatenate()([shared(near), shared(far)]))
    m = keras.Model([a, b], [price, kind], name="listing")
    m.compile(optimizers.SGD(0.05), ["mse", "mae"])
    return m, {"a": ("f", (4,)), "b": ("f", (6,))}, {"price": ("f", (1,)), "kind": ("f", (2,))}


OPTIMIZERS = {
    "SGD(0.1)": lambda: optimizers.SGD(0.1),
    "SGD(0.1, momentum = 0.9)": lambda: optimizers.SGD(0.1, momentum=0.9),
    "SGD(ExponentialDecay(0.1, 2, 0.5), momentum = 0.9)": lambda: optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 2, 0.5), momentum=0.9),
    "Adam(0.05)": lambda: optimizers.Adam(0.05),
    "Adam(0.05, amsgrad = true)": lambda: optimizers.Adam(0.05, amsgrad=True),
    "Adam(0.05, use_ema = true, gradient_accumulation_steps = 2)": lambda: optimizers.Adam(0.05, use_ema=True, gradient_accumulation_steps=2),
    "AdamW(0.05, amsgrad = true)": lambda: optimizers.AdamW(0.05, amsgrad=True),
    "RMSprop(0.05)": lambda: optimizers.RMSprop(0.05),
    "RMSprop(0.05, momentum = 0.5, centered = true)": lambda: optimizers.RMSprop(0.05, momentum=0.5, centered=True),
    "Adagrad(0.1)": lambda: optimizers.Adagrad(0.1),
    "Adadelta(1.0)": lambda: optimizers.Adadelta(1.0),
    "Adamax(0.05)": lambda: optimizers.Adamax(0.05),
    "Nadam(0.05)": lambda: optimizers.Nadam(0.05),
    "Adafactor(0.05)": lambda: optimizers.Adafactor(0.05),
    "Ftrl(0.1)": lambda: optimizers.Ftrl(0.1),
    "Lamb(0.05)": lambda: optimizers.Lamb(0.05),
    "Lion(0.01)": lambda: optimizers.Lion(0.01),
    "Muon(0.02)": lambda: optimizers.Muon(0.02),
    "ScheduleFreeAdamW(0.05)": lambda: optimizers.ScheduleFreeAdamW(0.05),
}


def draw(generator, kind, rows):
    if kind[0] == "f":
        return generator.standard_normal((rows, *kind[1])).astype("float32")
    return generator.integers(0, kind[1], (rows, *(kind[2] if len(kind) > 2 else ()))).astype("int32")


def data(inputs, targets, rows=8):
    generator = np.random.default_rng(0)
    return {k: draw(generator, v, rows) for k, v in {**inputs, **targets}.items()}


def steps(m, values, inputs, targets, count=3):
    x = [values[k] for k in inputs]
    y = [values[k] for k in targets]
    one = lambda a: a[0] if len(a) == 1 else a
    losses = []
    for _ in range(count):
        m.reset_metrics()
        found = m.train_on_batch(one(x), one(y))
        losses.append(float(np.atleast_1d(found)[0]))
    return np.array(losses, "float32")


def predict(m, values, inputs, targets):
    x = [values[k] for k in inputs]
    found = m.predict(x[0] if len(x) == 1 else x, verbose=0)
    return dict(zip([f"predicted.{t}" for t in targets], [found] if len(targets) == 1 else found))


def fresh(build, file=None):
    keras.utils.clear_session()
    keras.utils.set_random_seed(7)
    m, inputs, targets = build()
    if file:
        m.optimizer.build(m.trainable_variables)
        m.load_weights(file)
    return m, inputs, targets


def small(optimizer):
    def build():
        m = keras.Sequential([keras.Input((4,), name="x"), layers.Dense(3, activation="tanh"), layers.Dense(2, name="y")], name="small")
        m.compile(optimizer(), "mse")
        return m, {"x": ("f", (4,))}, {"y": ("f", (2,))}

    return build


def many_layers():
    x = keras.Input((5, 4), name="x")
    found = [
        layers.MultiHeadAttention(2, 3, use_gate=True)(x, x),
        layers.GroupQueryAttention(4, 4, 2)(x, x),
        layers.AdditiveAttention()([x, x]),
        layers.SpectralNormalization(layers.Dense(3))(x),
        layers.Bidirectional(layers.GRU(3))(x),
        layers.Bidirectional(layers.LSTM(3), backward_layer=layers.LSTM(2, go_backwards=True))(x),
        layers.Bidirectional(layers.RNN(layers.LSTMCell(2)))(x),
        layers.RNN([layers.LSTMCell(3), layers.LSTMCell(2), layers.GRUCell(2)])(x),
        layers.SimpleRNN(3)(x),
        layers.TimeDistributed(layers.Bidirectional(layers.GRU(2)))(layers.Reshape((5, 2, 2))(x)),
        layers.ConvLSTM1D(2, 2)(layers.Reshape((5, 4, 1))(x)),
        layers.Dense(3, name="zz")(x),
        layers.Normalization()(x),
        layers.BatchNormalization()(x),
        layers.PReLU()(x),
        layers.Conv1D(2, 2)(x),
        layers.Conv1DTranspose(2, 2)(x),
        layers.SeparableConv1D(2, 2)(x),
        layers.GroupNormalization(2)(x),
        layers.RMSNormalization()(x),
        layers.EinsumDense("abc,cd->abd", output_shape=(None, 3), bias_axes="d")(x),
    ]
    return keras.Model(x, found, name="many")


def gen(folder):
    keras.utils.clear_session()
    file = "/tmp/many.weights.h5"
    many_layers().save_weights(file)
    paths = []
    with h5py.File(file) as h5:
        h5.visititems(lambda path, it: paths.append(f"{path} {it.dtype} {list(it.shape)}") if isinstance(it, h5py.Dataset) else None)
    with open(f"{folder}/paths.txt", "w", encoding="utf-8") as out:
        out.write("\n".join(sorted(paths)) + "\n")
    for name, (build, formats) in MODELS.items():
        m, inputs, targets = fresh(build)
        values = data(inputs, targets)
        steps(m, values, inputs, targets)
        file = f"{folder}/{name}.weights.h5"
        m.save_weights(file)
        for kind in formats:
            m.save(f"{folder}/{name}.{kind}", **({"include_optimizer": False} if kind == "h5" else {}))
        values.update(predict(m, values, inputs, targets))
        m, _, _ = fresh(build, file)
        values["losses"] = steps(m, values, inputs, targets)
        save_file(values, f"{folder}/{name}.safetensors")
    many = {}
    for name, optimizer in OPTIMIZERS.items():
        m, inputs, targets = fresh(small(optimizer))
        values = data(inputs, targets)
        steps(m, values, inputs, targets)
        file = "/tmp/optimizer.weights.h5"
        m.save_weights(file)
        with h5py.File(file) as h5:
            h5["optimizer"].visititems(lambda path, it: many.update({f"{name}|optimizer/{path}": it[()]}) if isinstance(it, h5py.Dataset) else None)
            h5["layers"].visititems(lambda path, it: many.update({f"{name}|layers/{path}": it[()]}) if isinstance(it, h5py.Dataset) else None)
        m, _, _ = fresh(small(optimizer), file)
        many[f"{name}|losses"] = steps(m, values, inputs, targets)
    many.update({k: v for k, v in values.items()})
    save_file({k: np.asarray(v, order="C") for k, v in many.items()}, f"{folder}/optimizers.safetensors")


def check(folder):
    bad = 0
    cases = {name: build for name, (build, _) in MODELS.items()}
    for name, build in cases.items():
        file = f"{folder}/{name}.weights.h5"
        if not os.path.exists(file):
            continue
        m, inputs, targets = fresh(build, file)
        values = load_file(f"{folder}/{name}.safetensors")
        worst = max(float(np.abs(v - values[k]).max()) for k, v in predict(m, values, inputs, targets).items())
        losses = float(np.abs(steps(m, values, inputs, targets) - values["losses"]).max())
        bad += worst > 1e-6 or losses > 1e-5
        print(f"{name}: predictions differ by at most {worst:.1e}, the next three losses by {losses:.1e}")
    sys.exit(bad)


if __name__ == "__main__":
    {"gen": gen, "check": check}[sys.argv[1]](sys.argv[2])
