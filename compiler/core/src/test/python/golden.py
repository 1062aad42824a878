#!/usr/bin/env python3
"""Golden values: what real Keras computes, for the tests of mdlc.

This program is needed only to make more of them.  Neither building mdlc nor testing it runs Python: the tests read the files in
src/test/resources/golden/keras, which are kept in the repository.  docs/golden.md says how they are used.

    pip install keras==3.15.1 "jax[cpu]==0.10.2" tensorflow-cpu safetensors     # tensorflow: for layers on text, hashes, split_dataset
    KERAS_BACKEND=jax python golden.py list                                     # the names of all cases
    KERAS_BACKEND=jax python golden.py gen OUT [--only layer,loss,...] [--match REGEX] [--missing] [--steps 10]
    KERAS_BACKEND=jax python golden.py names ../resources/golden/keras/surface.json

`gen` writes one .safetensors file per case plus OUT/manifest.json.  A file is self-contained: its
metadata key "case" holds JSON (kind, Keras serialize() config, weight order, call arguments,
tolerance), its tensors hold the numbers:

    in.N  kw.NAME        inputs, tensor-valued call arguments (masks); a list of tensors is kw.NAME_0, kw.NAME_1 (see "call_lists")
    w.PATH               initial weights, in the order listed in case["weights"]
    out.N  out_mask      forward result with training=False
    cot.N                fixed random cotangent; S = sum_N sum(out.N * cot.N) + added losses
    grad.in.N grad.w.P   dS/din, dS/dw
    train.*              the same with training=True (train.w.P = state after the call)
    state.N second.*     stateful layers: the states after a call; a second call's in.N, out.N, state.N
    adapt                what the layer was adapted to
    traj.* log.*         trajectories over optimizer / training steps; final.*: what the end of fit() leaves when an average is kept

Flag "rng": the numbers depend on Keras-JAX random bits (Threefry-2x32 keyed by [seed, counter]).
Flag "backend_sensitive": Keras backends are known to disagree, with the reason.
Every case draws its data from a generator seeded by its own name: adding cases never changes others.
"""
import argparse, hashlib, inspect, json, os, re, sys, warnings, zlib  # noqa: E401

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")
import numpy as np
import keras
from keras import layers as kl, ops, tree
from keras.src.layers.preprocessing import index_lookup
from safetensors.numpy import save_file

JAX = keras.backend.backend() == "jax"
if JAX:
    import jax

CASES = {}  # id -> (kind, function returning (info, tensors))
TOL = {"layer": (2e-5, 2e-5), "loss": (2e-5, 1e-6), "model": (2e-4, 2e-5), "fit": (2e-4, 2e-5)}  # rtol, atol; else 1e-5, 1e-6

KNOWN = {  # Keras 3.15.1 defects found by replaying on other backends; JAX is the reference except where said
    "data-format.channels-first": "TF adds a conv bias along width when width == filters (eager)",
    "model_text": "TF squares duplicate embedding-row gradients before merging them (Adam, RMSprop, Adagrad)",
    "ScheduleFree": "TF and torch alias the old momentum, giving another trajectory",
    "AveragePooling2D_pool-size.3_strides.2_padding.same": "torch divides by the padded window size",
    "model_seq2seq": "JAX ignores masks in training metrics: use loss, weights and eval.*, not log.mae"}

def case(kind, cid):
    def deco(fn):
        assert cid not in CASES, f"duplicate case {cid}"
        CASES[cid] = (kind, fn)
        return fn
    return deco
def rng_for(cid): return np.random.Generator(np.random.PCG64(zlib.crc32(cid.encode())))
def npy(x): return np.array(ops.convert_to_numpy(x), order="C")

def slug(*parts):  # file name of a case
    text = "_".join(re.sub(r"[^A-Za-z0-9.]+", "-", str(p)).strip("-") for p in parts if str(p))
    return text if len(text) < 80 else text[:70] + "~" + hashlib.sha1(text.encode()).hexdigest()[:8]
def short(cfg): return [f"{k}.{getattr(v, '__name__', v) if not callable(v) else 'obj'}" for k, v in cfg.items()]
# lambdas in a config stand for objects that must be created fresh per case (layers, schedules)
def build_cfg(cfg): return {k: v() if callable(v) else v for k, v in cfg.items()}

def make_input(r, spec):
    kind, shape, *arg = spec
    if kind == "f":
        return r.normal(size=shape).astype("float32")
    if kind == "u":  # uniform [0, hi)
        return (r.uniform(size=shape) * arg[0]).astype("float32")
    if kind == "i":
        return r.integers(arg[1] if len(arg) > 1 else 0, arg[0], size=shape).astype("int32")
    if kind == "mask":  # right-padded boolean mask, first row full, last row short
        n, t = shape
        return np.arange(t)[None, :] < np.linspace(t, 1, n).round().astype(int)[:, None]
    if kind == "bool":  # random mask that keeps the first entry of each row
        m = r.uniform(size=shape) < 0.6
        m.reshape(shape[0], -1)[:, 0] = True
        return m
    if kind == "zeros_tail":  # like "f", with trailing all-zero timesteps (for Masking)
        x = r.normal(size=shape).astype("float32")
        x[0, -2:] = 0
        return x
    raise KeyError(kind)

def F(*shape): return ("f", shape)  # float normal
def U(hi, *shape): return ("u", shape, hi)  # float in [0, hi)
def I(hi, *shape): return ("i", shape, hi)  # int below hi
def M(*shape): return ("mask", shape)

def randomize(weights, r):
    for w in weights:
        if "float" not in keras.backend.standardize_dtype(w.dtype):
            continue
        v = r.normal(size=w.shape)
        if "variance" in w.name:
            v = 0.5 + r.uniform(size=w.shape)
        elif w.name in ("gamma", "scale"):
            v = 1 + 0.2 * v
        else:
            v = v / np.sqrt(np.prod(w.shape[:-1])) if len(w.shape) > 1 else 0.3 * v
        w.assign(v.astype("float32"))

def names_of(variables, root):
    out, seen = [], {}
    for v in variables:
        p = v.path[len(root) + 1:] if v.path.startswith(root + "/") else v.path
        seen[p] = seen.get(p, -1) + 1
        out.append(p if not seen[p] else f"{p}#{seen[p]}")
    return out

# ------------------------------------------------------------------------------------------ layers
def tracked(layer):  # variables that a call may assign; spectral normalisation rewrites the trained kernel itself
    return layer.non_trainable_variables + (layer.trainable_variables if isinstance(layer, kl.SpectralNormalization) else [])

def evaluate(layer, args, kwargs, cots, fidx, training, grad, keys=None):
    """Outputs, new state and (if grad) S, dS/dweights, dS/dfloat-inputs, in one jitted call."""
    tv, ntv = ([v.value for v in vs] for vs in (layer.trainable_variables, layer.non_trainable_variables))
    kw = dict(kwargs, training=training) if layer._call_has_training_arg else kwargs
    def f(tv, fin, ntv):
        flat = list(args)
        for i, x in zip(fidx, fin):
            flat[i] = x
        mapping = [*zip(layer.trainable_variables, tv), *zip(layer.non_trainable_variables, ntv)]
        with keras.StatelessScope(mapping, collect_losses=True) as scope:  # stateless_call() would skip activity losses
            out = tree.flatten(layer(*pack_args(layer, flat, keys), **kw))
            s = sum(ops.sum(o * c) for o, c in zip(out, cots(out)) if c is not None) + sum(layer.losses) if grad else 0.0
        return s, (out, [scope.get_current_value(v) for v in tracked(layer)])
    fin = [jax.numpy.asarray(args[i]) for i in fidx]
    if not grad:
        return None, *f(tv, fin, ntv)[1], [], []
    (s, (out, state)), (gw, gin) = jax.jit(jax.value_and_grad(f, argnums=(0, 1), has_aux=True))(tv, fin, ntv)
    return s, out, state, gw, gin

NESTED = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "Attention", "AdditiveAttention", "HashedCrossing"}

def pack_args(layer, flat, keys=None):  # merging layers take one list, mixing ones a dictionary, the others positional tensors
    if keys:
        return [dict(zip(keys, flat))]
    return [list(flat)] if type(layer).__name__ in NESTED else list(flat)

def layer_case(cls, *inputs, _kw=None, _train=None, _grad=True, _tag="", _adapt=None, _flags=(), _keys=None, _kind="layer", _make=None, **cfg):
    """_kw: call arguments (a list of specs gives tensors kw.NAME_0, kw.NAME_1, ... and an entry in "call_lists"); _keys: names of the inputs
    when the layer takes a dictionary; _make: builds the layer itself (a chain of layers under one name)."""
    parts = (_kind, cls, *short(cfg), *[f"kw.{k}" for k in (_kw or {})])
    cid = slug(*parts, _tag)
    if cid in CASES:  # the same configuration on other shapes
        cid = slug(*parts, "_".join("x".join(map(str, s[1])) for s in inputs))
    @case("layer", cid)
    def gen():
        r = rng_for(cid)
        keras.utils.set_random_seed(zlib.crc32(cid.encode()) % 2**31)
        layer = _make() if _make else getattr(kl, cls)(name="layer", **build_cfg(cfg))
        args = [make_input(r, s) for s in inputs]
        kw, lists = {}, {}
        for k, s in (_kw or {}).items():
            if isinstance(s, list):
                kw[k] = [make_input(r, e) for e in s]
                lists[k] = [f"{k}_{i}" for i in range(len(s))]
            else:
                kw[k] = make_input(r, s) if isinstance(s, tuple) else s
        if _adapt:
            layer.adapt(make_input(r if cls == "Normalization" else rng_for(cid + ".adapt"), _adapt))
        symbolic = [keras.KerasTensor(a.shape, str(a.dtype)) for a in args]
        if not layer.built or not isinstance(layer, keras.Model):
            layer(*pack_args(layer, symbolic if _grad else args, _keys), **({"reverse": True} if kw.get("reverse") else {}))
        if not _adapt:
            randomize(layer.weights, r)
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
        variables = layer.trainable_variables + layer.non_trainable_variables
        names, nt = names_of(variables, layer.name), len(layer.trainable_variables)
        assigned = names[nt:] + (names[:nt] if isinstance(layer, kl.SpectralNormalization) else [])
        t = {f"in.{i}": a for i, a in enumerate(args)} | {f"kw.{k}": v for k, v in kw.items() if isinstance(v, np.ndarray)}
        t |= {f"kw.{n}": v for k, ns in lists.items() for n, v in zip(ns, kw[k])}
        t |= {f"w.{n}": npy(v) for n, v in zip(names, variables)}
        fidx = [i for i, a in enumerate(args) if a.dtype == np.float32]
        memo = []

        def cots(outs):
            if not memo:
                memo.extend(r.normal(size=o.shape).astype("float32") if "float" in str(o.dtype) else None for o in outs)
            return memo
        train = _train if _train is not None else cls == "BatchNormalization" or bool({"dropout", "rate", "stddev"} & set(cfg))
        for training, pre in ((False, ""), (True, "train."))[:1 + train]:
            s, out, state, gw, gin = evaluate(layer, args, kw, cots, fidx, training, _grad, _keys)
            t |= {f"{pre}out.{i}": npy(o) for i, o in enumerate(out)}
            t |= {f"train.w.{n}": npy(v) for n, v in zip(assigned, state)} if training else {}
            if _grad:
                t |= {f"{pre}S": npy(s)} | {f"cot.{i}": c for i, c in enumerate(memo) if c is not None}
                t |= {f"{pre}grad.in.{i}": npy(g) for i, g in zip(fidx, gin)}
                t |= {f"{pre}grad.w.{n}": npy(g) for n, g in zip(names, gw)}
        if cfg.get("stateful"):  # the state after a call, and a second call that starts from it
            second = [make_input(r, s) for s in inputs]
            for i, a in enumerate(second):
                t[f"second.in.{i}"] = a
            layer.reset_state()
            for pre, a in (("", args), ("second.", second)):
                out = tree.flatten(layer(*pack_args(layer, a), **kw))
                t |= {f"{pre}state.{i}": npy(v) for i, v in enumerate(tree.flatten(layer.states))}
                t |= {f"second.out.{i}": npy(o) for i, o in enumerate(out)} if pre else {}
        if _adapt and cls != "Normalization":
            t["adapt"] = _adapt if isinstance(_adapt, np.ndarray) else make_input(rng_for(cid + ".adapt"), _adapt)
        if cls in ("Embedding", "Masking") and (mask := layer.compute_mask(args[0])) is not None:
            t["out_mask"] = npy(mask)
        rng = ["rng:train"] if train and any("seed_generator" in n for n in names) else []
        info = {"class": cls, "config": keras.saving.serialize_keras_object(layer), "flags": list(_flags) + rng,
                "weights": [{"name": n, "trainable": i < nt} for i, n in enumerate(names)], "nested_inputs": cls in NESTED,
                "call": {k: v for k, v in kw.items() if not isinstance(v, np.ndarray) and k not in lists}}
        return info | ({"call_lists": lists} if lists else {}) | ({"input_keys": list(_keys)} if _keys else {}), t

def declare_layers():
    L, x2, x3, x4 = layer_case, F(4, 5), F(3, 6, 4), F(2, 7, 6, 3)
    # core
    L("Dense", x2, units=3); L("Dense", x2, units=3, activation="relu", use_bias=False)
    L("Dense", x3, units=2, activation="softmax", kernel_regularizer="l2", activity_regularizer="l1")
    for a in ("relu", "tanh", "softmax", "gelu", "hard_sigmoid"): L("Activation", x2, activation=a)
    L("Embedding", I(7, 3, 5), input_dim=7, output_dim=4); L("Embedding", I(7, 3, 5), input_dim=7, output_dim=4, mask_zero=True)
    L("Masking", ("zeros_tail", (3, 6, 4))); L("Masking", x3, mask_value=9.0)
    L("Flatten", x4); L("Flatten", F(2, 3, 4, 5), data_format="channels_first")
    L("Reshape", F(2, 12), target_shape=(3, 4)); L("Reshape", x3, target_shape=(-1, 2))
    L("Permute", x3, dims=(2, 1)); L("Permute", x4, dims=(3, 1, 2)); L("RepeatVector", x2, n=3)
    L("Identity", x2); L("EinsumDense", x3, equation="abc,cd->abd", output_shape=(None, 5), bias_axes="d")
    # merging
    for m in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        L(m, x3, x3); L(m, F(3, 6, 4), F(3, 1, 4), _tag="broadcast")
    L("Concatenate", x3, F(3, 6, 2)); L("Concatenate", x3, F(3, 2, 4), axis=1)
    L("Dot", F(3, 4, 5), F(3, 6, 5), axes=2); L("Dot", x2, x2, axes=-1, normalize=True)
    # activations as layers
    L("ReLU", x2); L("ReLU", x2, max_value=1.0, negative_slope=0.1, threshold=0.3); L("LeakyReLU", x2)
    L("LeakyReLU", x2, negative_slope=0.01); L("ELU", x2, alpha=0.7); L("PReLU", x3); L("PReLU", x4, shared_axes=[1, 2])
    L("Softmax", x2); L("Softmax", x3, axis=1); L("Softmax", F(3, 6), _kw={"mask": M(3, 6)})
    # convolutions: channels_last everywhere, one channels_first
    for p in ("valid", "same", "causal"): L("Conv1D", F(2, 9, 3), filters=4, kernel_size=3, padding=p)
    L("Conv1D", F(2, 9, 3), filters=4, kernel_size=3, strides=2, padding="same"); L("Conv1D", F(2, 9, 4), filters=4, kernel_size=2, dilation_rate=2, groups=2)
    L("Conv2D", x4, filters=4, kernel_size=3); L("Conv2D", x4, filters=4, kernel_size=(3, 2), padding="same", activation="relu")
    L("Conv2D", x4, filters=4, kernel_size=3, strides=2, padding="same", use_bias=False)
    L("Conv2D", F(2, 8, 8, 4), filters=6, kernel_size=3, dilation_rate=2, groups=2)
    L("Conv2D", F(2, 3, 7, 6), filters=4, kernel_size=3, data_format="channels_first")
    L("Conv3D", F(2, 5, 5, 5, 2), filters=3, kernel_size=2, padding="same")
    for p in ("valid", "same"):
        for s in (1, 2, 3): L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=3, strides=s, padding=p)
    L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=4, strides=2, padding="same", output_padding=1,
      _flags=["backend_sensitive: even kernel with output_padding crosses backend padding formulas"])
    L("Conv1DTranspose", F(2, 5, 3), filters=2, kernel_size=3, strides=2, padding="same")
    L("DepthwiseConv2D", x4, kernel_size=3); L("DepthwiseConv2D", x4, kernel_size=3, depth_multiplier=2, strides=2, padding="same")
    L("DepthwiseConv1D", F(2, 9, 3), kernel_size=3, depth_multiplier=2)
    L("SeparableConv2D", x4, filters=4, kernel_size=3); L("SeparableConv2D", x4, filters=4, kernel_size=3, depth_multiplier=2, strides=2, padding="same", activation="relu")
    L("SeparableConv1D", F(2, 9, 3), filters=4, kernel_size=3)
    # pooling and geometry
    for d, x in ((1, F(2, 7, 3)), (2, x4)):
        for op in ("Max", "Average"):
            L(f"{op}Pooling{d}D", x, pool_size=2); L(f"{op}Pooling{d}D", x, pool_size=3, strides=2, padding="same")
        for op in ("GlobalAverage", "GlobalMax"):
            L(f"{op}Pooling{d}D", x); L(f"{op}Pooling{d}D", x, keepdims=True)
    L("GlobalAveragePooling1D", x3, _kw={"mask": M(3, 6)})
    L("ZeroPadding1D", F(2, 7, 3), padding=(1, 2)); L("ZeroPadding2D", x4, padding=((1, 2), (3, 0))); L("ZeroPadding2D", x4)
    L("Cropping1D", F(2, 7, 3), cropping=(1, 2)); L("Cropping2D", x4, cropping=((1, 2), (1, 0)))
    L("UpSampling1D", F(2, 4, 3), size=2); L("UpSampling2D", x4, size=(2, 3)); L("UpSampling2D", F(2, 3, 4, 2), size=2, interpolation="bilinear")
    # normalisation
    L("BatchNormalization", F(6, 5)); L("BatchNormalization", x4, momentum=0.9, epsilon=1e-5, scale=False)
    L("BatchNormalization", F(2, 3, 4, 5), axis=1, center=False); L("BatchNormalization", x3, _kw={"mask": M(3, 6)})
    L("LayerNormalization", x3); L("LayerNormalization", x3, axis=[1, 2], epsilon=1e-6); L("LayerNormalization", x2, center=False, scale=False)
    L("GroupNormalization", F(2, 4, 4, 6), groups=3); L("GroupNormalization", F(2, 4, 6), groups=-1)
    L("UnitNormalization", x3); L("RMSNormalization", x3)
    # recurrent
    for rnn in ("SimpleRNN", "LSTM", "GRU"):
        L(rnn, x3, units=5); L(rnn, x3, units=5, return_sequences=True, return_state=True, go_backwards=True)
        L(rnn, x3, units=5, return_sequences=True, _kw={"mask": M(3, 6)}); L(rnn, x3, units=5, use_bias=False, activation="relu")
    L("LSTM", x3, units=5, unit_forget_bias=False, recurrent_activation="hard_sigmoid"); L("GRU", x3, units=5, reset_after=False)
    L("LSTM", x3, units=5, dropout=0.3)
    for mode in ("concat", "sum", "ave", "mul"):
        L("Bidirectional", x3, layer=lambda: kl.LSTM(3, return_sequences=True), merge_mode=mode, _tag="LSTM")
    L("Bidirectional", x3, layer=lambda: kl.GRU(3), _kw={"mask": M(3, 6)}, _tag="GRU")
    L("TimeDistributed", x3, layer=lambda: kl.Dense(2, activation="tanh")); L("TimeDistributed", F(2, 3, 6, 5, 2), layer=lambda: kl.Conv2D(3, 2), _tag="conv")
    L("RNN", x3, cell=lambda: [kl.LSTMCell(3), kl.GRUCell(4)], return_sequences=True)
    L("ConvLSTM2D", F(2, 3, 6, 5, 2), filters=3, kernel_size=2, padding="same", return_sequences=True)
    # attention
    q, v = F(2, 5, 8), F(2, 6, 8)
    L("MultiHeadAttention", q, v, num_heads=2, key_dim=3); L("MultiHeadAttention", q, q, num_heads=2, key_dim=3, _kw={"use_causal_mask": True}, _tag="causal")
    L("MultiHeadAttention", q, v, num_heads=2, key_dim=4, value_dim=3, output_shape=5, use_bias=False, _kw={"return_attention_scores": True})
    L("MultiHeadAttention", q, v, num_heads=2, key_dim=3, _kw={"value_mask": M(2, 6), "return_attention_scores": True})
    L("GroupQueryAttention", q, v, head_dim=3, num_query_heads=4, num_key_value_heads=2)
    L("Attention", q, v); L("Attention", q, F(2, 6, 4), v, use_scale=True); L("AdditiveAttention", q, v)
    # regularisation (identity in inference; training=True goldens need Threefry)
    for c, k in (("Dropout", dict(rate=0.4)), ("Dropout", dict(rate=0.4, noise_shape=(3, 1, 4))), ("SpatialDropout1D", dict(rate=0.4)),
                 ("GaussianNoise", dict(stddev=0.2)), ("GaussianDropout", dict(rate=0.3)), ("AlphaDropout", dict(rate=0.3))):
        L(c, x3, seed=11, **k)
    L("SpatialDropout2D", x4, rate=0.4, seed=11); L("ActivityRegularization", x2, l1=0.1, l2=0.01)
    # preprocessing that belongs inside a compiled model
    L("Rescaling", U(255, 2, 4, 4, 3), scale=1 / 127.5, offset=-1.0); L("Rescaling", x2, scale=0.5)
    L("Resizing", U(255, 2, 5, 7, 3), height=8, width=4); L("Resizing", U(255, 2, 5, 7, 3), height=3, width=4, interpolation="nearest")
    L("Resizing", U(255, 2, 5, 7, 3), height=6, width=6, crop_to_aspect_ratio=True); L("CenterCrop", U(255, 2, 7, 8, 3), height=4, width=4)
    L("Normalization", x2, _adapt=F(50, 5), _tag="adapt"); L("Normalization", x3, axis=-1, mean=[0.5] * 4, variance=[2.0] * 4); L("Normalization", x2, axis=None, mean=0.5, variance=2.0, invert=True)
    for mode in ("multi_hot", "count", "one_hot"):
        L("CategoryEncoding", I(6, 4, 1) if mode == "one_hot" else I(6, 4, 3), num_tokens=6, output_mode=mode, _grad=False)
    L("Discretization", x2, bin_boundaries=[-1.0, 0.0, 1.0], _grad=False)
    L("IntegerLookup", ("i", (4, 3), 9), vocabulary=[3, 5, 7], _grad=False); L("IntegerLookup", ("i", (4, 3), 9), vocabulary=[3, 5, 7], output_mode="multi_hot", _grad=False)
    img = U(255, 2, 6, 6, 3)
    for c, k in (("RandomFlip", dict(mode="horizontal")), ("RandomRotation", dict(factor=0.1)), ("RandomZoom", dict(height_factor=0.2)),
                 ("RandomTranslation", dict(height_factor=0.2, width_factor=0.2)), ("RandomContrast", dict(factor=0.3)), ("RandomBrightness", dict(factor=0.2)), ("RandomCrop", dict(height=4, width=4))):
        L(c, img, seed=5, _grad=False, _train=True, _flags=["rng"], **k)

def declare_plain_layers():
    """More of core, merging, convolution, pooling, geometry and normalisation: every class, edge sizes, the other data format."""
    L, x2, x3, x4, x5 = layer_case, F(4, 5), F(3, 6, 4), F(2, 7, 6, 3), F(2, 5, 4, 3, 2)
    reg = keras.regularizers
    # core
    L("Dense", F(1, 1), units=1); L("Dense", F(2, 3, 2, 4), units=3, activation="gelu"); L("Dense", x2, units=3, bias_regularizer=lambda: reg.L1(0.1), kernel_regularizer=lambda: reg.L1L2(0.1, 0.2))
    L("Dense", x2, units=3, lora_rank=2, lora_alpha=1.0); L("Dense", x2, units=3, kernel_constraint="non_neg", activation="leaky_relu")
    L("Embedding", I(7, 4), input_dim=7, output_dim=3, embeddings_regularizer="l2"); L("Embedding", I(5, 2, 3, 2), input_dim=5, output_dim=1)
    L("ReversibleEmbedding", I(7, 3, 5), input_dim=7, output_dim=4); L("ReversibleEmbedding", F(3, 5, 4), input_dim=7, output_dim=4, _kw={"reverse": True})
    L("ReversibleEmbedding", F(3, 5, 4), input_dim=7, output_dim=4, tie_weights=False, logit_soft_cap=0.5, _kw={"reverse": True}); L("ReversibleEmbedding", I(7, 3, 5), input_dim=7, output_dim=4, tie_weights=False)
    L("EinsumDense", x2, equation="ab,bc->ac", output_shape=3, bias_axes="c", activation="relu"); L("EinsumDense", x3, equation="abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")
    L("EinsumDense", x3, equation="...x,xy->...y", output_shape=5, bias_axes="y"); L("EinsumDense", x3, equation="abc,bcd->ad", output_shape=2); L("EinsumDense", F(2, 3, 2, 4), equation="abcd,cde->abe", output_shape=(3, 5), bias_axes="be")
    L("EinsumDense", F(2, 3, 4), equation="ab...,bc->ac...", output_shape=5, bias_axes="c")
    L("EinsumDense", x3, equation="abc,cd->abd", output_shape=(None, 5), lora_rank=2, lora_alpha=3.0)
    L("Flatten", F(3, 4)); L("Flatten", F(2, 1, 1, 3)); L("Flatten", x3)
    L("Reshape", x3, target_shape=(-1,)); L("Reshape", x3, target_shape=(2, -1, 3)); L("Reshape", F(3, 1), target_shape=(1, 1, 1))
    L("Permute", x4, dims=(2, 1, 3)); L("Permute", F(2, 1, 3), dims=(1, 2)); L("RepeatVector", F(2, 1), n=1); L("Identity", x4)
    L("Lambda", x2, function=lambda: ops.square, _tag="square"); L("Pipeline", x2, layers=lambda: [kl.Rescaling(2.0), kl.Rescaling(0.5, offset=1.0)])
    L("ActivityRegularization", x3, l1=0.2); L("ActivityRegularization", x4, l2=0.3); L("Rescaling", x4, scale=[1.0, 2.0, 0.5], offset=[0.0, 1.0, -1.0])
    # merging
    for m in ("Add", "Multiply", "Average", "Maximum", "Minimum"): L(m, x3, x3, x3, _tag="three")
    for m in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"): L(m, F(3, 6, 4), F(3, 4), _tag="rank"); L(m, F(2, 1), F(2, 3), _tag="size1")
    for m in ("Maximum", "Minimum"): L(m, F(3, 4), F(3, 4), _tag="function")
    L("Concatenate", x2, F(4, 1), F(4, 3), _tag="three"); L("Concatenate", x4, F(2, 7, 2, 3), axis=2); L("Concatenate", x4, F(2, 1, 6, 3), axis=-3)
    L("Dot", x2, x2, axes=1); L("Dot", F(3, 4, 5), F(3, 4, 6), axes=1); L("Dot", F(3, 4, 5), F(3, 5, 2), axes=(2, 1)); L("Dot", F(3, 4, 5), F(3, 6, 5), axes=-1, normalize=True)
    # activations as layers
    L("ReLU", x3, max_value=6.0); L("ReLU", x2, negative_slope=0.2); L("ReLU", x2, threshold=1.0); L("LeakyReLU", x3, negative_slope=0.0); L("ELU", x3)
    L("PReLU", x4, shared_axes=[1]); L("PReLU", x2, alpha_regularizer="l2"); L("PReLU", F(2, 1))
    L("Softmax", x3, axis=[1, 2]); L("Softmax", x4, axis=-2); L("Softmax", x3, axis=[1, 2], _kw={"mask": ("bool", (3, 6, 4))}); L("Softmax", x3, axis=-1, _kw={"mask": ("bool", (3, 6, 4))})
    # convolutions
    line, plane = F(2, 9, 3), x4
    L("Conv1D", line, filters=4, kernel_size=1, strides=2); L("Conv1D", F(2, 5, 3), filters=2, kernel_size=5); L("Conv1D", F(2, 1, 3), filters=2, kernel_size=3, padding="same"); L("Conv1D", line, filters=4, kernel_size=4, strides=3, padding="same")
    L("Conv1D", line, filters=4, kernel_size=3, dilation_rate=2, padding="causal"); L("Conv1D", line, filters=4, kernel_size=3, strides=2, padding="causal"); L("Conv1D", line, filters=4, kernel_size=3, dilation_rate=3, padding="same")
    L("Conv1D", F(2, 3, 9), filters=4, kernel_size=3, padding="same", data_format="channels_first"); L("Conv1D", line, filters=3, kernel_size=2, groups=3, use_bias=False)
    L("Conv2D", plane, filters=2, kernel_size=1); L("Conv2D", plane, filters=2, kernel_size=(1, 3), strides=(2, 1)); L("Conv2D", plane, filters=2, kernel_size=2, strides=3); L("Conv2D", plane, filters=2, kernel_size=4, strides=2, padding="same")
    L("Conv2D", plane, filters=2, kernel_size=3, dilation_rate=(1, 2), padding="same"); L("Conv2D", plane, filters=6, kernel_size=3, groups=3, padding="same"); L("Conv2D", F(2, 3, 7, 6), filters=4, kernel_size=2, strides=2, padding="same", data_format="channels_first")
    L("Conv2D", F(2, 1, 5, 3), filters=2, kernel_size=(1, 3)); L("Conv2D", F(2, 1, 1, 3), filters=2, kernel_size=3, padding="same"); L("Conv2D", plane, filters=2, kernel_size=3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="l2")
    L("Conv3D", x5, filters=2, kernel_size=3, strides=2, padding="same"); L("Conv3D", x5, filters=2, kernel_size=(2, 3, 1), use_bias=False, activation="relu"); L("Conv3D", F(2, 5, 5, 5, 2), filters=2, kernel_size=2, dilation_rate=2, groups=2)
    L("Conv3D", F(2, 2, 4, 3, 5), filters=2, kernel_size=2, strides=(1, 2, 1), data_format="channels_first"); L("Conv3D", F(2, 1, 3, 1, 2), filters=1, kernel_size=1)
    for p in ("valid", "same"):
        for s, k in ((1, 3), (2, 4), (3, 2)): L("Conv1DTranspose", F(2, 5, 3), filters=2, kernel_size=k, strides=s, padding=p)
        for s, k in ((1, 2), (2, 3), (3, 2)): L("Conv3DTranspose", F(2, 3, 2, 3, 2), filters=2, kernel_size=k, strides=s, padding=p)
    L("Conv1DTranspose", F(2, 5, 3), filters=2, kernel_size=3, strides=2, padding="same", output_padding=1); L("Conv1DTranspose", F(2, 5, 3), filters=2, kernel_size=3, strides=2, padding="valid", output_padding=0)
    L("Conv1DTranspose", F(2, 5, 3), filters=2, kernel_size=3, dilation_rate=2); L("Conv1DTranspose", F(2, 3, 5), filters=2, kernel_size=3, strides=2, data_format="channels_first"); L("Conv1DTranspose", F(2, 1, 3), filters=2, kernel_size=1, use_bias=False, activation="relu")
    L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=(3, 2), strides=(2, 1), use_bias=False, activation="tanh"); L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=3, dilation_rate=2); L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=3, dilation_rate=2, padding="same")
    L("Conv2DTranspose", F(2, 3, 4, 5), filters=2, kernel_size=3, strides=2, padding="same", data_format="channels_first"); L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=3, strides=2, padding="same", output_padding=(1, 0)); L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=3, strides=3, padding="valid", output_padding=2)
    L("Conv2DTranspose", F(2, 1, 1, 3), filters=2, kernel_size=2, strides=2); L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=1, strides=2, padding="same"); L("Conv2DTranspose", F(2, 4, 5, 3), filters=2, kernel_size=2, strides=2, padding="same")
    L("Conv3DTranspose", F(2, 3, 2, 3, 2), filters=1, kernel_size=3, strides=2, padding="same", output_padding=1); L("Conv3DTranspose", F(2, 2, 3, 2, 3), filters=2, kernel_size=2, strides=(1, 2, 1), data_format="channels_first", use_bias=False)
    L("DepthwiseConv1D", line, kernel_size=3, strides=2, padding="same"); L("DepthwiseConv1D", line, kernel_size=2, dilation_rate=2, use_bias=False, activation="relu"); L("DepthwiseConv1D", F(2, 3, 9), kernel_size=3, depth_multiplier=2, data_format="channels_first")
    L("DepthwiseConv2D", plane, kernel_size=3, dilation_rate=2); L("DepthwiseConv2D", F(2, 3, 7, 6), kernel_size=3, depth_multiplier=2, padding="same", data_format="channels_first"); L("DepthwiseConv2D", plane, kernel_size=(1, 3), strides=2, use_bias=False, activation="relu"); L("DepthwiseConv2D", plane, kernel_size=2, padding="same", depthwise_regularizer="l2")
    L("SeparableConv1D", line, filters=4, kernel_size=3, depth_multiplier=2, strides=2, padding="same", activation="relu"); L("SeparableConv1D", line, filters=4, kernel_size=2, dilation_rate=2, use_bias=False); L("SeparableConv1D", F(2, 3, 9), filters=2, kernel_size=3, data_format="channels_first")
    L("SeparableConv2D", plane, filters=2, kernel_size=3, dilation_rate=2, use_bias=False); L("SeparableConv2D", F(2, 3, 7, 6), filters=2, kernel_size=3, padding="same", data_format="channels_first"); L("SeparableConv2D", plane, filters=2, kernel_size=2, strides=2, depthwise_regularizer="l2", pointwise_regularizer="l1")
    # pooling
    first = {1: F(2, 3, 7), 2: F(2, 3, 7, 6), 3: F(2, 2, 5, 4, 3)}
    for d, x in ((1, F(2, 7, 3)), (2, x4), (3, x5)):
        for op in ("Max", "Average"):
            if d == 3: L(f"{op}Pooling3D", x, pool_size=2); L(f"{op}Pooling3D", x, pool_size=3, strides=2, padding="same")
            L(f"{op}Pooling{d}D", x, pool_size=2, strides=1, padding="same"); L(f"{op}Pooling{d}D", first[d], pool_size=2, data_format="channels_first"); L(f"{op}Pooling{d}D", x, pool_size=2, strides=3); L(f"{op}Pooling{d}D", x, pool_size=1)
            if d > 1: L(f"{op}Pooling{d}D", x, pool_size=(3, 2, 1)[:d], strides=(1, 2, 2)[:d], padding="same"); L(f"{op}Pooling{d}D", first[d], pool_size=3, strides=2, padding="same", data_format="channels_first")
        L(f"MaxPooling{d}D", x)
        for op in ("GlobalAverage", "GlobalMax"):
            if d == 3: L(f"{op}Pooling3D", x); L(f"{op}Pooling3D", x, keepdims=True)
            L(f"{op}Pooling{d}D", first[d], data_format="channels_first"); L(f"{op}Pooling{d}D", first[d], data_format="channels_first", keepdims=True)
        for op in ("Average", "Max"):
            L(f"Adaptive{op}Pooling{d}D", x, output_size=3 if d < 3 else 2); L(f"Adaptive{op}Pooling{d}D", first[d], output_size=1, data_format="channels_first")
    L("GlobalAveragePooling1D", x3, keepdims=True, _kw={"mask": M(3, 6)}); L("GlobalAveragePooling1D", F(2, 1, 3)); L("AdaptiveAveragePooling2D", x4, output_size=(2, 4)); L("AdaptiveMaxPooling2D", x4, output_size=(5, 6))
    # geometry
    L("ZeroPadding1D", F(2, 7, 3)); L("ZeroPadding1D", F(2, 1, 3), padding=(0, 2)); L("ZeroPadding1D", F(2, 3, 7), padding=2, data_format="channels_first"); L("ZeroPadding2D", x4, padding=(1, 2)); L("ZeroPadding2D", F(2, 3, 4, 5), padding=((0, 1), (2, 0)), data_format="channels_first")
    L("ZeroPadding3D", x5); L("ZeroPadding3D", x5, padding=((1, 2), (0, 1), (2, 0))); L("ZeroPadding3D", F(2, 2, 3, 1, 2), padding=(1, 0, 2), data_format="channels_first")
    L("Cropping1D", F(2, 7, 3)); L("Cropping1D", F(2, 7, 3), cropping=2); L("Cropping1D", F(2, 7, 3), cropping=(0, 6)); L("Cropping2D", x4); L("Cropping2D", x4, cropping=(1, 2)); L("Cropping2D", F(2, 3, 7, 6), cropping=((0, 1), (2, 0)), data_format="channels_first")
    L("Cropping3D", x5); L("Cropping3D", x5, cropping=((1, 2), (0, 1), (2, 0))); L("Cropping3D", F(2, 2, 5, 4, 5), cropping=(1, 0, 2), data_format="channels_first")
    L("UpSampling1D", F(2, 4, 3)); L("UpSampling1D", F(2, 1, 3), size=3); L("UpSampling2D", x4); L("UpSampling2D", F(2, 3, 4, 2), size=(3, 2), data_format="channels_first"); L("UpSampling2D", F(2, 3, 4, 2), size=(2, 3), interpolation="bilinear"); L("UpSampling2D", F(2, 2, 3, 4), size=2, interpolation="bilinear", data_format="channels_first")
    for i in ("bicubic", "lanczos3", "lanczos5"): L("UpSampling2D", F(2, 5, 6, 2), size=2, interpolation=i)
    L("UpSampling3D", F(2, 2, 3, 2, 2)); L("UpSampling3D", F(2, 2, 1, 3, 2), size=(1, 2, 3)); L("UpSampling3D", F(2, 2, 2, 1, 3), size=2, data_format="channels_first")
    # normalisation
    B, N = "BatchNormalization", "LayerNormalization"
    L(B, x3, axis=1); L(B, F(1, 1)); L(B, x4, trainable=False); L(B, x4, gamma_regularizer="l2", beta_regularizer="l1"); L(B, x5); L(B, x4, center=False, scale=False, epsilon=0.1, momentum=0.5)
    L(B, x4, renorm=True); L(B, x4, renorm=True, renorm_clipping=lambda: {"rmin": 0.5, "rmax": 2.0, "dmax": 0.5}, renorm_momentum=0.9)
    L(N, x3, axis=1); L(N, x4, axis=[1, 2, 3]); L(N, x4, axis=-2, center=False); L(N, F(2, 1)); L(N, x4, scale=False, epsilon=0.1); L(N, x3, gamma_regularizer="l2", beta_regularizer="l1")
    L("GroupNormalization", x4, groups=1); L("GroupNormalization", F(2, 6, 4), groups=2, axis=1); L("GroupNormalization", F(2, 4, 4, 6), groups=6, center=False, scale=False); L("GroupNormalization", F(4, 6), groups=2, epsilon=0.1)
    L("UnitNormalization", x3, axis=1); L("UnitNormalization", x4, axis=[1, 2]); L("UnitNormalization", F(2, 1)); L("RMSNormalization", x3, axis=[1, 2], epsilon=1e-3); L("RMSNormalization", x4, axis=[-2, -1]); L("RMSNormalization", x2)
    L("SpectralNormalization", x2, layer=lambda: kl.Dense(3), _train=True, _tag="Dense"); L("SpectralNormalization", x4, layer=lambda: kl.Conv2D(2, 3), power_iterations=3, _train=True, _tag="Conv2D")

def chain_case(tag, *inputs, layers, **kw):
    """Layers one after another, which hand masks on; weights are named LAYER/WEIGHT with the names that Keras gives."""
    layer_case(tag, *inputs, _kind="chain", _make=lambda: keras.Sequential([keras.Input(inputs[0][1][1:], batch_size=inputs[0][1][0], dtype="int32" if inputs[0][0] == "i" else "float32"), *layers()], name="chain"), **kw)

def declare_sequence_layers():
    """More of recurrence, cells, attention and masks."""
    L, x3, one, m = layer_case, F(3, 6, 4), F(2, 1, 3), {"mask": M(3, 6)}
    for rnn in ("SimpleRNN", "LSTM", "GRU"):
        state = [F(3, 5), F(3, 5)] if rnn == "LSTM" else [F(3, 5)]
        L(rnn, one, units=1); L(rnn, x3, units=5, _kw={"initial_state": state}); L(rnn, x3, units=5, return_state=True, _kw={"initial_state": state}); L(rnn, x3, units=5, stateful=True); L(rnn, x3, units=5, stateful=True, return_sequences=True, go_backwards=True); L(rnn, x3, units=5, return_state=True, _kw=m)
        L(rnn, x3, units=5, go_backwards=True, return_sequences=True, _kw=m); L(rnn, x3, units=5, unroll=True, return_sequences=True); L(rnn, x3, units=5, unroll=True, _kw=m); L(rnn, x3, units=5, kernel_regularizer="l2", recurrent_regularizer="l1", bias_regularizer="l2", activity_regularizer="l1")
        L(rnn, x3, units=5, dropout=0.3, seed=4, _tag="seeded"); L(rnn, x3, units=5, recurrent_dropout=0.3, seed=4, _train=True); L(rnn, x3, units=5, dropout=0.2, recurrent_dropout=0.3, seed=4, return_sequences=True); L(rnn, x3, units=5, activation="sigmoid", **({} if rnn == "SimpleRNN" else {"recurrent_activation": "tanh"}))
        L(rnn, x3, units=5, activation=None, use_bias=False)
    L("GRU", x3, units=5, reset_after=False, return_sequences=True, _kw=m); L("GRU", x3, units=5, reset_after=False, use_bias=False, recurrent_activation="hard_sigmoid"); L("GRU", x3, units=5, reset_after=False, dropout=0.2, recurrent_dropout=0.3, seed=4)
    for cell in ("SimpleRNNCell", "LSTMCell", "GRUCell"):
        make = lambda cell=cell, **k: lambda: getattr(kl, cell)(5, **k)
        L("RNN", x3, cell=make(), _tag=cell); L("RNN", x3, cell=make(), return_sequences=True, return_state=True, _tag=cell); L("RNN", x3, cell=make(), go_backwards=True, return_sequences=True, _tag=cell, _kw=m); L("RNN", x3, cell=make(), return_sequences=True, zero_output_for_mask=True, _tag=cell, _kw=m)
        L("RNN", x3, cell=make(dropout=0.2, recurrent_dropout=0.3, seed=4), _train=True, _tag=cell + "_dropout"); L("RNN", x3, cell=make(), stateful=True, _tag=cell); L("RNN", x3, cell=make(activation="relu", use_bias=False), unroll=True, _tag=cell)
    stack = lambda: kl.StackedRNNCells([kl.SimpleRNNCell(2), kl.LSTMCell(3), kl.GRUCell(4)])
    L("RNN", x3, cell=stack, _tag="StackedRNNCells"); L("RNN", x3, cell=stack, return_sequences=True, return_state=True, _tag="StackedRNNCells"); L("RNN", x3, cell=stack, return_sequences=True, _kw=m, _tag="StackedRNNCells")
    L("RNN", x3, cell=lambda: [kl.GRUCell(3), kl.GRUCell(3)], return_state=True, go_backwards=True, _tag="list")
    # wrappers
    both = dict(layer=lambda: kl.GRU(3, return_sequences=True, return_state=True))
    L("Bidirectional", x3, layer=lambda: kl.SimpleRNN(3), _tag="SimpleRNN"); L("Bidirectional", x3, layer=lambda: kl.LSTM(3, return_sequences=True), merge_mode=None, _tag="LSTM"); L("Bidirectional", x3, **both, _tag="GRU_state"); L("Bidirectional", x3, layer=lambda: kl.LSTM(3, return_sequences=True), _kw=m, _tag="LSTM"); L("Bidirectional", x3, layer=lambda: kl.GRU(3, return_sequences=True), merge_mode="sum", _kw=m, _tag="GRU")
    L("Bidirectional", x3, layer=lambda: kl.GRU(3), backward_layer=lambda: kl.LSTM(2, go_backwards=True), _tag="GRU_LSTM"); L("Bidirectional", x3, layer=lambda: kl.RNN(kl.LSTMCell(3)), _tag="RNN"); L("Bidirectional", one, layer=lambda: kl.LSTM(1), merge_mode="ave", _tag="LSTM")
    L("TimeDistributed", x3, layer=lambda: kl.LayerNormalization(), _tag="LayerNormalization"); L("TimeDistributed", F(2, 3, 5, 4), layer=lambda: kl.LSTM(2), _tag="LSTM"); L("TimeDistributed", x3, layer=lambda: kl.BatchNormalization(), _train=True, _tag="BatchNormalization"); L("TimeDistributed", x3, layer=lambda: kl.Dense(2), _kw=m, _tag="mask"); L("TimeDistributed", F(2, 1, 3, 2), layer=lambda: kl.Flatten(), _tag="Flatten")
    L("TimeDistributed", x3, layer=lambda: kl.Dropout(0.4, seed=4), _train=True, _tag="Dropout")
    # convolutional recurrence
    shapes = {1: (2, 3, 6, 2), 2: (2, 3, 5, 4, 2), 3: (2, 2, 3, 4, 3, 2)}
    for d, sh in shapes.items():
        c, x, f = f"ConvLSTM{d}D", F(*sh), F(sh[0], sh[1], sh[-1], *sh[2:-1])
        L(c, x, filters=2, kernel_size=2); L(c, x, filters=2, kernel_size=3, padding="same", return_sequences=True, activation="relu"); L(c, x, filters=2, kernel_size=2, strides=2, padding="same", return_state=True); L(c, f, filters=2, kernel_size=2, data_format="channels_first", go_backwards=True, return_sequences=True)
        L(c, x, filters=2, kernel_size=2, use_bias=False, recurrent_activation="hard_sigmoid"); L(c, x, filters=2, kernel_size=2, unit_forget_bias=False, dilation_rate=1, padding="same"); L(c, x, filters=1, kernel_size=1, return_sequences=True)
    L("ConvLSTM1D", F(2, 3, 8, 2), filters=2, kernel_size=2, dilation_rate=2); L("ConvLSTM2D", F(2, 3, 6, 5, 2), filters=2, kernel_size=2, stateful=True); L("ConvLSTM1D", F(2, 3, 6, 2), filters=2, kernel_size=2, stateful=True); L("ConvLSTM2D", F(2, 3, 5, 4, 2), filters=2, kernel_size=2, dropout=0.3, seed=4); L("ConvLSTM1D", F(2, 3, 6, 2), filters=2, kernel_size=2, dropout=0.2, recurrent_dropout=0.3, seed=4)
    # attention
    q, v, A, G = F(2, 5, 8), F(2, 6, 8), "MultiHeadAttention", "GroupQueryAttention"
    L(A, q, v, F(2, 6, 8), num_heads=2, key_dim=3); L(A, q, v, num_heads=1, key_dim=1); L(A, q, v, num_heads=2, key_dim=3, use_bias=False, _kw={"query_mask": M(2, 5), "value_mask": M(2, 6)}); L(A, q, v, num_heads=2, key_dim=3, _kw={"attention_mask": ("bool", (2, 5, 6))})
    L(A, q, v, v, num_heads=2, key_dim=3, _kw={"key_mask": M(2, 6)}); L(A, q, q, num_heads=2, key_dim=3, _kw={"use_causal_mask": True, "query_mask": M(2, 5), "return_attention_scores": True}); L(A, F(2, 1, 4), F(2, 1, 4), num_heads=2, key_dim=2, output_shape=3)
    L(A, F(2, 3, 4, 5), F(2, 3, 4, 5), num_heads=2, key_dim=3, attention_axes=(2,)); L(A, F(2, 3, 4, 5), F(2, 2, 3, 5), num_heads=2, key_dim=3, attention_axes=(1, 2)); L(A, q, v, num_heads=2, key_dim=3, kernel_regularizer="l2", bias_regularizer="l1"); L(A, q, v, num_heads=2, key_dim=3, dropout=0.3, seed=4)
    L(A, q, q, num_heads=2, key_dim=3, sliding_window=2); L(A, q, v, num_heads=2, key_dim=3, use_gate=True); L(A, q, v, num_heads=2, key_dim=4, value_dim=3, _kw={"return_attention_scores": True})
    L(G, q, v, head_dim=3, num_query_heads=4, num_key_value_heads=4); L(G, q, v, head_dim=2, num_query_heads=2, num_key_value_heads=1, use_bias=False); L(G, q, q, head_dim=3, num_query_heads=4, num_key_value_heads=2, _kw={"use_causal_mask": True}); L(G, q, v, F(2, 6, 8), head_dim=3, num_query_heads=4, num_key_value_heads=2)
    L(G, q, v, head_dim=3, num_query_heads=4, num_key_value_heads=2, _kw={"value_mask": M(2, 6), "return_attention_scores": True}); L(G, q, v, head_dim=3, num_query_heads=4, num_key_value_heads=2, _kw={"query_mask": M(2, 5), "attention_mask": ("bool", (2, 5, 6))}); L(G, q, v, head_dim=3, num_query_heads=4, num_key_value_heads=2, dropout=0.3, seed=4)
    L(G, q, q, head_dim=3, num_query_heads=4, num_key_value_heads=2, sliding_window=2); L(G, q, v, head_dim=3, num_query_heads=4, num_key_value_heads=2, use_gate=True)
    for c in ("Attention", "AdditiveAttention"):
        L(c, q, v, _kw={"mask": [M(2, 5), M(2, 6)]}); L(c, q, q, _kw={"use_causal_mask": True}); L(c, q, v, _kw={"return_attention_scores": True}); L(c, q, v, F(2, 6, 8), use_scale=False); L(c, q, v, _kw={"use_causal_mask": True, "mask": [M(2, 5), M(2, 6)], "return_attention_scores": True}); L(c, F(2, 1, 3), F(2, 1, 3))
        L(c, q, v, dropout=0.3, **({"seed": 4} if c == "Attention" else {}), _tag="dropout")
    L("Attention", q, v, score_mode="concat"); L("Attention", q, v, score_mode="concat", use_scale=True); L("Attention", F(2, 3, 5, 8), F(2, 3, 6, 8))
    # masks that layers make and hand on
    C, ids, steps = chain_case, I(6, 3, 5), ("zeros_tail", (3, 6, 4))
    C("embedding_lstm", ids, layers=lambda: [kl.Embedding(6, 4, mask_zero=True), kl.LSTM(3), kl.Dense(2)]); C("embedding_gru_gru", ids, layers=lambda: [kl.Embedding(6, 4, mask_zero=True), kl.GRU(3, return_sequences=True), kl.GRU(2)]); C("embedding_average", ids, layers=lambda: [kl.Embedding(6, 4, mask_zero=True), kl.GlobalAveragePooling1D()])
    C("embedding_bidirectional", ids, layers=lambda: [kl.Embedding(6, 4, mask_zero=True), kl.Bidirectional(kl.LSTM(3, return_sequences=True)), kl.Bidirectional(kl.GRU(2))]); C("embedding_dropout_dense_lstm", ids, layers=lambda: [kl.Embedding(6, 4, mask_zero=True), kl.Dropout(0.0), kl.Dense(3, "relu"), kl.LayerNormalization(), kl.Activation("tanh"), kl.LSTM(2)])
    C("masking_lstm", steps, layers=lambda: [kl.Masking(), kl.LSTM(3)]); C("masking_sequences", steps, layers=lambda: [kl.Masking(), kl.SimpleRNN(3, return_sequences=True), kl.TimeDistributed(kl.Dense(2))]); C("masking_normalization", steps, layers=lambda: [kl.Masking(), kl.BatchNormalization(), kl.GRU(2)], _train=True)
    C("masking_repeat", steps, layers=lambda: [kl.Masking(), kl.GRU(3), kl.RepeatVector(2), kl.LSTM(2)]); C("masking_backwards", steps, layers=lambda: [kl.Masking(), kl.GRU(3, go_backwards=True, return_sequences=True), kl.GRU(2)]); C("masking_stacked", steps, layers=lambda: [kl.Masking(), kl.RNN([kl.LSTMCell(3), kl.GRUCell(2)], return_sequences=True), kl.GlobalAveragePooling1D()])

def declare_random_and_preprocessing():
    """Noise, image augmentation, preprocessing.  A range of one point (factor (0.3, 0.3)) makes an augmentation certain, so that its arithmetic can be tested apart from its draws."""
    L, x2, x3, x4, x5 = layer_case, F(4, 5), F(3, 6, 4), F(2, 7, 6, 3), F(2, 5, 4, 3, 2)
    L("Dropout", x2, rate=0.0); L("Dropout", x4, rate=0.7, seed=3); L("Dropout", x4, rate=0.4, noise_shape=(2, 1, 1, 3), seed=3); L("Dropout", F(2, 1), rate=0.5, seed=3); L("Dropout", x2, rate=1.0, seed=3)
    L("SpatialDropout1D", x3, rate=0.7, seed=3); L("SpatialDropout2D", F(2, 3, 7, 6), rate=0.4, data_format="channels_first", seed=3); L("SpatialDropout3D", x5, rate=0.4, seed=3); L("SpatialDropout3D", F(2, 2, 5, 4, 3), rate=0.4, data_format="channels_first", seed=3); L("SpatialDropout3D", x5, rate=0.0)
    L("GaussianNoise", x4, stddev=1.0, seed=3); L("GaussianNoise", x2, stddev=0.0); L("GaussianDropout", x4, rate=0.6, seed=3); L("GaussianDropout", x2, rate=0.0); L("AlphaDropout", x4, rate=0.6, seed=3); L("AlphaDropout", x3, rate=0.4, noise_shape=(3, 1, 4), seed=3); L("AlphaDropout", x2, rate=0.0)
    # images: geometry without chance
    img, chw, one = U(255, 2, 6, 6, 3), U(255, 2, 3, 6, 5), U(255, 2, 5, 7, 1)
    for i in ("bicubic", "lanczos3", "lanczos5"): L("Resizing", U(255, 2, 5, 7, 3), height=8, width=4, interpolation=i)
    for k in (dict(pad_to_aspect_ratio=True), dict(pad_to_aspect_ratio=True, fill_mode="constant", fill_value=7.0), dict(antialias=True), dict(interpolation="bicubic", antialias=True)): L("Resizing", U(255, 2, 5, 7, 3), height=4, width=4, **k)
    L("Resizing", chw, height=3, width=9, data_format="channels_first"); L("Resizing", one, height=1, width=1); L("Resizing", one, height=5, width=7); L("Resizing", U(255, 2, 1, 1, 2), height=3, width=2); L("Resizing", one, height=9, width=14, interpolation="nearest")
    L("CenterCrop", U(255, 2, 7, 8, 3), height=3, width=5); L("CenterCrop", chw, height=2, width=2, data_format="channels_first"); L("CenterCrop", U(255, 2, 4, 5, 3), height=6, width=6); L("CenterCrop", one, height=5, width=7)
    # images: chance, and the same with certainty
    def R(c, x=img, tag="", keys=None, **k):
        k = k if c in ("RandomCrop",) or "seed" in k else {"seed": 5, **k}
        L(c, *(x if keys else (x,)), _grad=False, _train=True, _flags=["rng"], _tag=tag, _keys=keys, **k)
    for mode in ("vertical", "horizontal_and_vertical"): R("RandomFlip", mode=mode)
    R("RandomFlip", x=U(255, 5, 4, 3, 2)); R("RandomFlip", x=chw, data_format="channels_first"); R("RandomCrop", x=U(255, 2, 7, 8, 3), height=3, width=5, seed=5); R("RandomCrop", x=U(255, 2, 4, 5, 3), height=6, width=6, seed=5); R("RandomCrop", x=chw, height=2, width=2, data_format="channels_first", seed=5); R("RandomCrop", height=6, width=6, seed=5)
    for f in ("reflect", "constant", "wrap", "nearest"):
        R("RandomRotation", factor=(0.1, 0.1), fill_mode=f); R("RandomZoom", height_factor=(0.2, 0.2), width_factor=(-0.3, -0.3), fill_mode=f); R("RandomTranslation", height_factor=(0.2, 0.2), width_factor=(-0.4, -0.4), fill_mode=f); R("RandomShear", x_factor=(0.3, 0.3), y_factor=(0.2, 0.2), fill_mode=f)
    for c, k in (("RandomRotation", dict(factor=0.3)), ("RandomZoom", dict(height_factor=(-0.3, 0.2))), ("RandomTranslation", dict(height_factor=0.3, width_factor=0.3)), ("RandomShear", dict(x_factor=0.5, y_factor=0.4))):
        R(c, interpolation="nearest", fill_mode="constant", fill_value=9.0, **k); R(c, x=chw, data_format="channels_first", **k)
    R("RandomShear", x_factor=0.4); R("RandomShear", y_factor=(0.1, 0.5)); R("RandomZoom", height_factor=0.3, width_factor=0.1); R("RandomRotation", factor=(0.25, 0.25)); R("RandomTranslation", height_factor=(1 / 3, 1 / 3), width_factor=(0.5, 0.5), fill_mode="constant")
    unit = U(1, 2, 6, 6, 3)
    for c, k in (("RandomContrast", {}), ("RandomBrightness", {}), ("RandomSaturation", {}), ("RandomHue", {})):
        R(c, factor=(0.6, 0.6), **k); R(c, factor=0.5); R(c, x=unit, factor=(0.2, 0.7), value_range=(0, 1))
        if c in ("RandomSaturation", "RandomHue"): R(c, x=chw, factor=0.5, data_format="channels_first")
    R("RandomBrightness", factor=(-0.5, -0.5)); R("RandomSaturation", factor=(0.0, 0.0)); R("RandomSaturation", factor=(1.0, 1.0)); R("RandomColorDegeneration", factor=(0.6, 0.6)); R("RandomColorDegeneration", factor=0.5); R("RandomSharpness", factor=(0.6, 0.6)); R("RandomSharpness", factor=0.5)
    R("RandomGrayscale", factor=1.0); R("RandomGrayscale", x=U(255, 5, 3, 3, 3)); R("RandomGrayscale", factor=0.0); R("RandomGrayscale", x=chw, factor=1.0, data_format="channels_first"); R("RandomInvert"); R("RandomInvert", factor=0.5, x=U(1, 4, 3, 3, 3), value_range=(0, 1)); R("RandomPosterization", factor=3); R("Solarization"); R("Solarization", addition_factor=(0.2, 0.2), threshold_factor=(0.4, 0.4)); R("Solarization", addition_factor=0.5, threshold_factor=0.5)
    R("RandomGaussianBlur"); R("RandomGaussianBlur", kernel_size=(3, 5), sigma=(0.7, 0.7)); R("RandomGaussianBlur", factor=0.5, sigma=(0.1, 2.0), x=U(1, 4, 5, 5, 3), value_range=(0, 1)); R("RandomGaussianBlur", x=chw, sigma=(1.0, 1.0), data_format="channels_first")
    R("RandomErasing"); R("RandomErasing", fill_value=0.0, scale=(0.3, 0.3)); R("RandomErasing", factor=0.5, fill_value=1.0, scale=(0.1, 0.5), x=U(1, 4, 6, 6, 3), value_range=(0, 1)); R("RandomErasing", x=chw, fill_value=5.0, data_format="channels_first")
    R("RandomColorJitter"); R("RandomColorJitter", brightness_factor=0.2); R("RandomColorJitter", brightness_factor=0.2, contrast_factor=0.3, saturation_factor=(0.3, 0.6), hue_factor=0.2); R("RandomColorJitter", x=unit, value_range=(0, 1), contrast_factor=(0.4, 0.4), saturation_factor=(0.7, 0.7)); R("RandAugment"); R("RandAugment", num_ops=1, factor=0.3); R("RandAugment", x=unit, value_range=(0, 1), num_ops=3)
    R("RandomPerspective"); R("RandomPerspective", factor=1.0, scale=0.3, fill_value=3.0); R("RandomElasticTransform"); R("AugMix"); L("AutoContrast", img, _grad=False); L("AutoContrast", unit, value_range=(0, 1), _grad=False); L("Equalization", img, _grad=False); L("Equalization", unit, value_range=(0, 1), bins=16, _grad=False)
    pair = (U(255, 4, 5, 6, 3), U(1, 4, 3))
    for c in ("CutMix", "MixUp"): R(c, x=pair, keys=("images", "labels"), tag="labels"); R(c, x=U(255, 4, 5, 6, 3))
    R("CutMix", x=pair, keys=("images", "labels"), tag="labels", factor=0.3); R("MixUp", x=pair, keys=("images", "labels"), tag="labels", alpha=1.0)
    # features
    L("Normalization", F(3, 4, 2), _adapt=F(20, 4, 2), _tag="adapt"); L("Normalization", F(3, 4, 2), axis=(1, 2), _adapt=F(20, 4, 2), _tag="adapt"); L("Normalization", F(3, 4, 2), axis=1, _adapt=F(20, 4, 2), _tag="adapt"); L("Normalization", F(3, 4), axis=None, _adapt=F(20, 4), _tag="adapt"); L("Normalization", F(3, 4), invert=True, _adapt=F(20, 4), _tag="adapt")
    for mode in ("multi_hot", "count", "one_hot"): L("CategoryEncoding", I(5, 3), num_tokens=5, output_mode=mode, _grad=False)
    L("CategoryEncoding", I(5, 2, 3, 4), num_tokens=5, output_mode="one_hot", _grad=False); L("CategoryEncoding", I(5, 2, 3, 4), num_tokens=5, output_mode="multi_hot", _grad=False); L("CategoryEncoding", I(5, 4, 3), num_tokens=5, output_mode="count", _grad=False, _kw={"count_weights": U(2, 4, 3)})
    L("Discretization", x2, num_bins=4, _adapt=F(60, 5), _grad=False, _tag="adapt"); L("Discretization", x2, num_bins=3, epsilon=0.1, _adapt=F(60, 5), _grad=False, _tag="adapt")
    for mode in ("one_hot", "multi_hot", "count"): L("Discretization", F(4, 1) if mode == "one_hot" else x2, bin_boundaries=[-0.5, 0.5], output_mode=mode, _grad=False)
    L("Discretization", ("f", (3, 2, 2)), bin_boundaries=[0.0], _grad=False)
    ids, vocabulary = ("i", (4, 3), 9), [3, 5, 7]
    for k in (dict(num_oov_indices=2), dict(mask_token=0), dict(mask_token=0, num_oov_indices=2), dict(output_mode="count"), dict(output_mode="multi_hot", num_oov_indices=2), dict(output_mode="multi_hot", max_tokens=6, pad_to_max_tokens=True), dict(output_mode="tf_idf", idf_weights=[0.5, 1.0, 2.0])):
        L("IntegerLookup", ids, vocabulary=vocabulary, _grad=False, **k)
    L("IntegerLookup", ("i", (4, 1), 9), vocabulary=vocabulary, output_mode="one_hot", _grad=False); L("IntegerLookup", I(4, 4, 3), vocabulary=vocabulary, invert=True, _grad=False); L("IntegerLookup", ids, _adapt=("i", (30,), 7), _grad=False, _tag="adapt"); L("IntegerLookup", ids, max_tokens=4, _adapt=("i", (30,), 7), _grad=False, _tag="adapt")
    for k in (dict(num_bins=3), dict(num_bins=5, mask_value=0), dict(num_bins=4, salt=7), dict(num_bins=4, salt=[3, 11]), dict(num_bins=4, output_mode="multi_hot"), dict(num_bins=4, output_mode="count")): L("Hashing", I(40, 4, 3), _grad=False, **k)
    L("Hashing", I(40, 4, 1), num_bins=4, output_mode="one_hot", _grad=False); L("Hashing", I(40, 5), num_bins=1, _grad=False)
    L("HashedCrossing", I(40, 5), I(40, 5), num_bins=6, _grad=False); L("HashedCrossing", I(40, 5, 1), I(40, 5, 1), I(40, 5, 1), num_bins=9, _grad=False); L("HashedCrossing", I(40, 5), I(40, 5), num_bins=4, output_mode="one_hot", _grad=False)
    wave = F(2, 40, 1)
    for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft"): L("STFTSpectrogram", wave, mode=mode, frame_length=8, frame_step=4, fft_length=8, _grad=mode not in ("angle",))
    L("STFTSpectrogram", F(2, 40, 2), mode="magnitude", frame_length=10, frame_step=5, fft_length=16, padding="same", window="hamming", scaling="spectrum", periodic=True); L("STFTSpectrogram", F(2, 40, 2), mode="log", frame_length=8, expand_dims=True); L("STFTSpectrogram", F(2, 2, 40), mode="psd", frame_length=8, frame_step=8, window=None, scaling=None, data_format="channels_first")
    small = dict(sequence_stride=16, fft_length=32, num_mel_bins=6, sampling_rate=800)
    L("MelSpectrogram", F(2, 64), **small, min_freq=20.0, max_freq=300.0); L("MelSpectrogram", F(2, 64), **small, power_to_db=False, mag_exp=1.0, window="hamming", sequence_length=24, min_freq=10.0); L("MelSpectrogram", F(2, 64), **small, min_power=1e-6, top_db=20.0, ref_power=2.0, min_freq=20.0)

# ------------------------------------------------------------------------------ losses and metrics
def target_data(kind, r, n):
    p = r.dirichlet(np.ones(5), n).astype("float32")
    lab = r.integers(0, 5, n)
    return {
        "reg": lambda: (r.normal(size=(n, 3)), r.normal(size=(n, 3))),
        "pos": lambda: (r.uniform(0.1, 2, (n, 3)), r.uniform(0.1, 2, (n, 3))),
        "binary": lambda: (r.integers(0, 2, (n, 1)), r.uniform(0.01, 0.99, (n, 1))),
        "multilabel": lambda: (r.integers(0, 2, (n, 4)), r.uniform(0.01, 0.99, (n, 4))),
        "logit": lambda: (r.integers(0, 2, (n, 4)), 2 * r.normal(size=(n, 4))),
        "onehot": lambda: (np.eye(5)[lab], p), "onehot_logit": lambda: (np.eye(5)[lab], 2 * r.normal(size=(n, 5))),
        "sparse": lambda: (lab, p), "sparse_logit": lambda: (lab, 2 * r.normal(size=(n, 5))),
        "sparse_seq": lambda: (r.integers(-1, 5, (n, 4)), r.dirichlet(np.ones(5), (n, 4))),
        "edge_onehot": lambda: (np.eye(5)[lab], np.eye(5)[(lab + np.arange(n) % 2) % 5]),
        "edge_binary": lambda: (r.integers(0, 2, (n, 1)), r.integers(0, 2, (n, 1))),
        "hinge": lambda: (2 * r.integers(0, 2, (n, 3)) - 1, r.normal(size=(n, 3))),
        "labels": lambda: (r.integers(0, 3, n), r.integers(0, 3, n)), "sorted_ids": lambda: (lab, np.argsort(-p, 1)),
        "mask": lambda: (r.integers(0, 2, (n, 4, 4, 1)), r.uniform(0.01, 0.99, (n, 4, 4, 1))),
        "ctc": lambda: (np.pad(r.integers(1, 6, (n, 3)), ((0, 0), (0, 1))), r.normal(size=(n, 9, 6))),
        "embed": lambda: (lab, (e := r.normal(size=(n, 4))) / np.linalg.norm(e, axis=1, keepdims=True)),
        "values": lambda: (r.normal(size=n), None), "matrix": lambda: (r.normal(size=(n, 3)), None),
        # sequences, other class axes, columns, and numbers at the edge
        "reg_seq": lambda: (r.normal(size=(n, 4, 3)), r.normal(size=(n, 4, 3))), "binary_seq": lambda: (r.integers(0, 2, (n, 4, 1)), r.uniform(0.01, 0.99, (n, 4, 1))),
        "onehot_seq": lambda: (np.eye(5)[r.integers(0, 5, (n, 4))], r.dirichlet(np.ones(5), (n, 4))), "sparse_seq_all": lambda: (r.integers(0, 5, (n, 4)), r.dirichlet(np.ones(5), (n, 4))),
        "sparse_logit_seq": lambda: (r.integers(0, 5, (n, 4)), 2 * r.normal(size=(n, 4, 5))), "sparse_logit_ignore": lambda: (r.integers(-1, 5, (n, 4)), 2 * r.normal(size=(n, 4, 5))),
        "onehot_axis1": lambda: (np.eye(5)[r.integers(0, 5, (n, 3))].swapaxes(1, 2), r.dirichlet(np.ones(5), (n, 3)).swapaxes(1, 2)), 
        "soft": lambda: (r.dirichlet(np.ones(5), n), p), "sparse_column": lambda: (lab[:, None], p), "reg_column": lambda: (r.normal(size=n), r.normal(size=(n, 1))), "binary_column": lambda: (r.integers(0, 2, n), r.uniform(0.01, 0.99, (n, 1))),
        "image": lambda: (r.uniform(size=(n, 2, 2, 3)), r.uniform(size=(n, 2, 2, 3))), "wide": lambda: (60 * r.normal(size=(n, 3)), 60 * r.normal(size=(n, 3))), "with_zeros": lambda: (r.integers(0, 2, (n, 3)) * r.uniform(0.1, 2, (n, 3)), r.integers(0, 2, (n, 3)) * r.uniform(0.1, 2, (n, 3))),
        "logit_wide": lambda: (r.integers(0, 2, (n, 4)), 40 * r.normal(size=(n, 4))), "onehot_logit_wide": lambda: (np.eye(5)[lab], 40 * r.normal(size=(n, 5))), "one": lambda: (r.normal(size=(n, 1)), r.normal(size=(n, 1))),
        "ctc_short": lambda: (np.pad(r.integers(1, 4, (n, 1)), ((0, 0), (0, 2))), r.normal(size=(n, 4, 4))), "labels_ignore": lambda: (np.where(np.arange(n) % 4 == 1, -1, r.integers(0, 3, n)), r.integers(0, 3, n)),
        "onehot_labels": lambda: (np.eye(3)[r.integers(0, 3, n)], np.eye(3)[r.integers(0, 3, n)]), "sparse_scores": lambda: (r.integers(0, 3, n), r.dirichlet(np.ones(3), n)),
    }[kind]()

def as_pair(kind, r, n):
    y, p = target_data(kind, r, n)
    y = np.asarray(y)
    y = y.astype("int32" if y.dtype.kind == "i" and kind in ("sparse", "sparse_logit", "sparse_seq", "labels", "ctc", "embed", "sorted_ids", "sparse_seq_all", "sparse_logit_seq", "sparse_logit_ignore", "sparse_column", "ctc_short", "labels_ignore", "sparse_scores") else "float32")
    return y, None if p is None else np.asarray(p).astype("int32" if kind in ("labels", "sorted_ids", "labels_ignore") else "float32")

def masked(x, mask):
    x = jax.numpy.asarray(x)
    if mask is not None:
        keras.src.backend.set_keras_mask(x, jax.numpy.asarray(mask))
    return x

def loss_case(cls, kind, flags=(), every=False, **cfg):
    """every: all reductions, each without and with weights (per element, per row) and without and with a mask on y_pred."""
    cid = slug("loss", cls, kind, *short(cfg), "every-reduction" if every else "")
    @case("loss", cid)
    def gen():
        r = rng_for(cid)
        y, p = as_pair(kind, r, 7)
        sw = r.uniform(0, 2, 7).astype("float32")
        t = {"y_true": y, "y_pred": p, "sample_weight": sw}
        make = lambda red: getattr(keras.losses, cls)(reduction=red, **cfg)
        t["values"] = npy(make(None)(y, p))
        variants = [("sum_over_batch_size", None), ("sum", None)]
        if t["values"].shape == sw.shape:
            variants += [("sum_over_batch_size", sw), ("sum", sw), ("mean_with_sample_weight", sw)]
        if every:
            shape = t["values"].shape
            t["sample_weight"] = sw = r.uniform(0, 2, shape).astype("float32")
            t["mask"] = mask = make_input(r, ("bool", shape))
            if len(shape) > 1:
                t["sample_weight_rows"] = r.uniform(0, 2, (shape[0], 1)).astype("float32")
            weights = {"": None, ".weighted": sw} | ({".weighted_rows": t["sample_weight_rows"]} if len(shape) > 1 else {})
            for red in ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", None):
                for wn, w in weights.items():
                    for mn, m in (("", None), (".masked", mask)):
                        def total(q, red=red, w=w, m=m):
                            out = make(red)(y, masked(q, m), w)
                            return ops.sum(out), out
                        (_, v), g = jax.value_and_grad(total, has_aux=True)(jax.numpy.asarray(p))
                        key = f"{red or 'none'}{wn}{mn}"
                        t[f"loss.{key}"], t[f"grad.{key}"] = npy(v), npy(g)
            variants = []
        for red, w in variants:
            fn = make(red)
            v, g = jax.value_and_grad(lambda q: ops.sum(fn(y, q, w)))(jax.numpy.asarray(p))
            key = red + ("" if w is None else ".weighted")
            t[f"loss.{key}"], t[f"grad.{key}"] = npy(v), npy(g)
        return {"class": cls, "kwargs": cfg, "config": keras.saving.serialize_keras_object(make("sum_over_batch_size")), "flags": list(flags)}, t

def metric_case(cls, kind, every=False, **cfg):
    """every: y_pred is (n, T, ...), weights and a mask are (n, T); results with each alone and with both."""
    cid = slug("metric", cls, kind, *short(cfg), "every-weight" if every else "")
    @case("metric", cid)
    def gen():
        make = lambda: getattr(keras.metrics, cls)(name="metric", **build_cfg(cfg))
        r, t, m, wm, km, kwm = rng_for(cid), {}, make(), make(), make(), make()
        weighted = not (cls in ("PearsonCorrelation", "ConcordanceCorrelation") or kind == "mask")
        for b, n in enumerate((8, 8, 5)):
            y, p = as_pair(kind, r, n)
            sw = r.uniform(0.1, 2, p.shape[:2] if every else n).astype("float32")
            a = (y,) if p is None else (y, p)
            t.update({f"y_true.{b}": y, f"sample_weight.{b}": sw, **({} if p is None else {f"y_pred.{b}": p})})
            m.update_state(*a)
            t[f"result.{b}"] = npy(m.result())
            if weighted:
                wm.update_state(*a, sample_weight=sw)
                t[f"weighted.{b}"] = npy(wm.result())
            if every:
                t[f"mask.{b}"] = mask = make_input(r, ("bool", p.shape[:2]))
                km.update_state(y, masked(p, mask)); kwm.update_state(y, masked(p, mask), sample_weight=sw)
                t[f"masked.{b}"], t[f"masked_weighted.{b}"] = npy(km.result()), npy(kwm.result())
        t.update({f"state.{v.name}.{i}": npy(v) for i, v in enumerate(m.variables)})
        return {"class": cls, "kwargs": {k: v for k, v in cfg.items() if not callable(v)}, "config": keras.saving.serialize_keras_object(m), "flags": []}, t

def declare_losses_metrics():
    lo, me = loss_case, metric_case
    for c in ("MeanSquaredError", "MeanAbsoluteError", "LogCosh", "CosineSimilarity"): lo(c, "reg")
    for c in ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"): lo(c, "pos")
    lo("Huber", "reg"); lo("Huber", "reg", delta=0.3); lo("KLDivergence", "onehot")
    for c in ("Hinge", "SquaredHinge"): lo(c, "hinge"); lo(c, "multilabel")
    lo("CategoricalHinge", "onehot")
    lo("BinaryCrossentropy", "binary"); lo("BinaryCrossentropy", "logit", from_logits=True); lo("BinaryCrossentropy", "multilabel", label_smoothing=0.1)
    for k in ({}, {"gamma": 1.0}, {"apply_class_balancing": True}): lo("BinaryFocalCrossentropy", "multilabel", **k)
    lo("CategoricalCrossentropy", "onehot"); lo("CategoricalCrossentropy", "onehot_logit", from_logits=True); lo("CategoricalCrossentropy", "onehot", label_smoothing=0.1)
    lo("CategoricalFocalCrossentropy", "onehot"); lo("CategoricalFocalCrossentropy", "onehot_logit", from_logits=True, gamma=1.0)
    lo("SparseCategoricalCrossentropy", "sparse"); lo("SparseCategoricalCrossentropy", "sparse_logit", from_logits=True); lo("SparseCategoricalCrossentropy", "sparse_seq", ignore_class=-1)
    sat = ["backend_sensitive: probabilities at 0/1 are clipped to [1e-7, 1-1e-7]; TF on tensors made by softmax uses the logits"]
    lo("CategoricalCrossentropy", "edge_onehot", flags=sat); lo("BinaryCrossentropy", "edge_binary", flags=sat)
    lo("CTC", "ctc"); lo("Dice", "mask"); lo("Dice", "mask", axis=(1, 2, 3)); lo("Tversky", "mask", alpha=0.3, beta=0.7); lo("Circle", "embed"); lo("CategoricalGeneralizedCrossEntropy", "sparse", q=0.7)
    for c in ("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "CosineSimilarity", "LogCoshError", "R2Score", "PearsonCorrelation", "ConcordanceCorrelation"): me(c, "reg")
    me("R2Score", "reg", class_aggregation="variance_weighted_average")
    for c in ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"): me(c, "pos")
    for c in ("Hinge", "SquaredHinge"): me(c, "hinge")
    me("CategoricalHinge", "onehot"); me("KLDivergence", "onehot"); me("Accuracy", "labels"); me("Mean", "values"); me("Sum", "values")
    for c in ("BinaryAccuracy", "BinaryCrossentropy"): me(c, "multilabel")
    me("BinaryAccuracy", "binary", threshold=0.3)
    for c in ("CategoricalAccuracy", "CategoricalCrossentropy"): me(c, "onehot")
    for c in ("SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"): me(c, "sparse")
    me("TopKCategoricalAccuracy", "onehot", k=2); me("SparseTopKCategoricalAccuracy", "sparse", k=2); me("SparseTopKCategoricalAccuracy", "sorted_ids", k=2, from_sorted_ids=True)
    for c in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall"):
        me(c, "binary"); me(c, "multilabel", thresholds=[0.2, 0.5, 0.8])
    me("Precision", "onehot", top_k=2); me("Recall", "onehot", class_id=1)
    me("AUC", "binary"); me("AUC", "binary", curve="PR"); me("AUC", "binary", num_thresholds=20, summation_method="minoring"); me("AUC", "multilabel", multi_label=True, num_labels=4); me("AUC", "logit", from_logits=True)
    me("PrecisionAtRecall", "binary", recall=0.6); me("RecallAtPrecision", "binary", precision=0.6); me("SensitivityAtSpecificity", "binary", specificity=0.6); me("SpecificityAtSensitivity", "binary", sensitivity=0.6)
    for avg in (None, "micro", "macro", "weighted"): me("F1Score", "onehot", average=avg)
    me("FBetaScore", "multilabel", beta=2.0, threshold=0.4, average="macro")
    me("IoU", "labels", num_classes=3, target_class_ids=[0, 2]); me("MeanIoU", "labels", num_classes=3); me("BinaryIoU", "mask", threshold=0.4)
    me("OneHotIoU", "onehot", num_classes=5, target_class_ids=[1]); me("OneHotMeanIoU", "onehot", num_classes=5)

def declare_more_losses_metrics():
    lo, me = loss_case, metric_case
    # reductions, weights and masks; axes; edges
    for c, k in (("MeanSquaredError", "reg"), ("MeanSquaredError", "reg_seq"), ("MeanAbsoluteError", "reg_seq"), ("BinaryCrossentropy", "binary_seq"), ("CategoricalCrossentropy", "onehot_seq"), ("SparseCategoricalCrossentropy", "sparse_seq_all"), ("Huber", "reg_seq"), ("CosineSimilarity", "reg_seq")):
        lo(c, k, every=True)
    lo("SparseCategoricalCrossentropy", "sparse_seq", every=True, ignore_class=-1); lo("SparseCategoricalCrossentropy", "sparse_logit_ignore", ignore_class=-1, from_logits=True); lo("SparseCategoricalCrossentropy", "sparse_seq_all", ignore_class=2)
    for c in ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "CosineSimilarity"): lo(c, "image"); lo(c, "wide"); lo(c, "one")
    for c in ("MeanSquaredError", "MeanAbsoluteError", "LogCosh"): lo(c, "reg_column")
    for c in ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"): lo(c, "with_zeros"); lo(c, "image")
    lo("CosineSimilarity", "reg_seq", axis=1); lo("Huber", "wide", delta=10.0); lo("KLDivergence", "soft"); lo("KLDivergence", "onehot_seq"); lo("CategoricalHinge", "onehot_seq"); lo("CategoricalHinge", "onehot_logit")
    for c in ("Hinge", "SquaredHinge"): lo(c, "binary_column"); lo(c, "reg")
    lo("BinaryCrossentropy", "binary_column"); lo("BinaryCrossentropy", "logit_wide", from_logits=True); lo("BinaryCrossentropy", "logit", from_logits=True, label_smoothing=0.2); lo("BinaryCrossentropy", "image"); lo("BinaryCrossentropy", "reg_seq", from_logits=True, axis=1)
    lo("BinaryFocalCrossentropy", "logit", from_logits=True); lo("BinaryFocalCrossentropy", "multilabel", alpha=0.6, gamma=3.0, apply_class_balancing=True, label_smoothing=0.1); lo("BinaryFocalCrossentropy", "binary_column"); lo("BinaryFocalCrossentropy", "binary_seq")
    lo("CategoricalCrossentropy", "soft"); lo("CategoricalCrossentropy", "onehot_axis1", axis=1); lo("CategoricalCrossentropy", "onehot_logit_wide", from_logits=True); lo("CategoricalCrossentropy", "onehot_logit", from_logits=True, label_smoothing=0.1); lo("CategoricalCrossentropy", "onehot_seq")
    lo("CategoricalFocalCrossentropy", "onehot", alpha=0.5, gamma=1.5, label_smoothing=0.1); lo("CategoricalFocalCrossentropy", "onehot_seq"); lo("CategoricalFocalCrossentropy", "onehot_axis1", axis=1); lo("CategoricalFocalCrossentropy", "onehot", alpha=[0.1, 0.2, 0.3, 0.2, 0.2])
    lo("SparseCategoricalCrossentropy", "sparse_column"); lo("SparseCategoricalCrossentropy", "sparse_logit_seq", from_logits=True)
    lo("CTC", "ctc_short"); lo("Dice", "image", axis=(0, 1, 2)); lo("Dice", "binary"); lo("Dice", "onehot_seq", axis=-1); lo("Tversky", "mask"); lo("Tversky", "mask", alpha=0.7, beta=0.2, axis=(1, 2, 3)); lo("Tversky", "image", axis=-1)
    lo("Circle", "embed", gamma=10.0, margin=0.25); lo("Circle", "embed", remove_diagonal=False, gamma=2.0); lo("CategoricalGeneralizedCrossEntropy", "sparse"); lo("CategoricalGeneralizedCrossEntropy", "sparse_seq_all", q=0.3)
    # metrics
    for c, k in (("MeanSquaredError", "reg_seq"), ("MeanAbsoluteError", "reg_seq"), ("RootMeanSquaredError", "reg_seq"), ("BinaryAccuracy", "binary_seq"), ("CategoricalAccuracy", "onehot_seq"), ("SparseCategoricalAccuracy", "sparse_seq_all"), ("SparseCategoricalCrossentropy", "sparse_seq_all"), ("CategoricalCrossentropy", "onehot_seq"), ("BinaryCrossentropy", "binary_seq"), ("CosineSimilarity", "reg_seq")):
        me(c, k, every=True)
    for c in ("MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "LogCoshError", "CosineSimilarity"): me(c, "image")
    for c in ("MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError"): me(c, "reg_column")
    me("CosineSimilarity", "reg_seq", axis=1); me("R2Score", "reg", class_aggregation=None); me("R2Score", "reg", class_aggregation="uniform_average", num_regressors=2); me("R2Score", "one"); me("PearsonCorrelation", "reg_seq"); me("ConcordanceCorrelation", "reg_seq"); me("PearsonCorrelation", "reg", axis=0); me("ConcordanceCorrelation", "reg", axis=0)
    for c in ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson"): me(c, "with_zeros")
    for c in ("Hinge", "SquaredHinge"): me(c, "multilabel"); me(c, "binary_column")
    me("CategoricalHinge", "onehot_logit"); me("KLDivergence", "soft"); me("Accuracy", "onehot_labels"); me("Mean", "matrix"); me("Sum", "matrix"); me("MeanMetricWrapper", "reg", fn=lambda: keras.losses.mean_squared_error); me("MeanMetricWrapper", "reg", fn=lambda: keras.losses.huber, delta=0.5)
    me("BinaryAccuracy", "image", threshold=0.7); me("BinaryAccuracy", "binary_column"); me("BinaryCrossentropy", "logit", from_logits=True); me("BinaryCrossentropy", "multilabel", label_smoothing=0.1); me("CategoricalCrossentropy", "onehot_logit", from_logits=True, label_smoothing=0.1); me("CategoricalCrossentropy", "onehot_axis1", axis=1)
    me("SparseCategoricalCrossentropy", "sparse_logit", from_logits=True); me("SparseCategoricalCrossentropy", "sparse_seq", every=True, ignore_class=-1); me("SparseCategoricalAccuracy", "sparse_column"); me("CategoricalAccuracy", "soft")
    me("TopKCategoricalAccuracy", "onehot"); me("TopKCategoricalAccuracy", "onehot_seq", k=3); me("TopKCategoricalAccuracy", "onehot", k=1); me("SparseTopKCategoricalAccuracy", "sparse", k=1); me("SparseTopKCategoricalAccuracy", "sparse_seq_all", k=3); me("SparseTopKCategoricalAccuracy", "sparse_column", k=4)
    for c in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall"): me(c, "multilabel"); me(c, "binary", thresholds=0.3); me(c, "binary_column")
    for c in ("Precision", "Recall"): me(c, "onehot", top_k=3, class_id=2); me(c, "onehot", class_id=4, thresholds=[0.1, 0.4]); me(c, "onehot", top_k=1)
    me("AUC", "binary", summation_method="majoring"); me("AUC", "binary", curve="PR", num_thresholds=20, summation_method="minoring"); me("AUC", "binary", curve="PR", summation_method="majoring"); me("AUC", "binary", thresholds=[0.25, 0.5, 0.9]); me("AUC", "multilabel"); me("AUC", "binary_column")
    me("AUC", "multilabel", multi_label=True, num_labels=4, label_weights=[0.1, 0.2, 0.3, 0.4]); me("AUC", "multilabel", multi_label=True, num_labels=4, curve="PR", num_thresholds=30); me("AUC", "logit", from_logits=True, multi_label=True, num_labels=4)
    for c, k in (("PrecisionAtRecall", "recall"), ("RecallAtPrecision", "precision"), ("SensitivityAtSpecificity", "specificity"), ("SpecificityAtSensitivity", "sensitivity")):
        me(c, "binary", **{k: 0.9}, num_thresholds=20); me(c, "onehot", **{k: 0.3}, class_id=1); me(c, "binary", **{k: 0.0})
    for avg in (None, "micro", "macro", "weighted"): me("FBetaScore", "onehot", average=avg, beta=0.5); me("F1Score", "multilabel", average=avg, threshold=0.5)
    me("IoU", "labels_ignore", num_classes=3, target_class_ids=[0, 1], ignore_class=-1); me("IoU", "onehot_labels", num_classes=3, target_class_ids=[0, 1], sparse_y_true=False, sparse_y_pred=False); me("IoU", "sparse_scores", num_classes=3, target_class_ids=[2], sparse_y_pred=False)
    me("MeanIoU", "labels_ignore", num_classes=3, ignore_class=-1); me("MeanIoU", "labels", num_classes=5); me("MeanIoU", "sparse_scores", num_classes=3, sparse_y_pred=False); me("BinaryIoU", "mask"); me("BinaryIoU", "binary", target_class_ids=[0], threshold=0.6); me("BinaryIoU", "binary", target_class_ids=[1])
    me("OneHotIoU", "onehot_labels", num_classes=3, target_class_ids=[0, 2], sparse_y_pred=False); me("OneHotIoU", "onehot_seq", every=True, num_classes=5, target_class_ids=[0, 1, 3]); me("OneHotMeanIoU", "onehot_seq", every=True, num_classes=5); me("OneHotMeanIoU", "onehot", num_classes=5, ignore_class=2)
    @case("table", "table_functions")
    def _():
        """The functional forms of losses and metrics: y_true.KIND, y_pred.KIND, and out.loss.NAME / out.metric.NAME / out.*.NAME#k for further arguments."""
        kinds = {"binary": "binary_accuracy binary_crossentropy binary_focal_crossentropy", "onehot": "categorical_accuracy categorical_crossentropy categorical_focal_crossentropy categorical_hinge kl_divergence top_k_categorical_accuracy",
                 "sparse": "sparse_categorical_accuracy sparse_categorical_crossentropy sparse_top_k_categorical_accuracy categorical_generalized_cross_entropy", "reg": "mean_squared_error mean_absolute_error huber log_cosh cosine_similarity pearson_correlation concordance_correlation",
                 "pos": "mean_absolute_percentage_error mean_squared_logarithmic_error poisson", "hinge": "hinge squared_hinge", "mask": "dice tversky", "embed": "circle", "ctc": "ctc"}
        more = {"binary_accuracy": [dict(threshold=0.3)], "binary_crossentropy": [dict(label_smoothing=0.2)], "binary_focal_crossentropy": [dict(apply_class_balancing=True, alpha=0.6, gamma=1.0)], "categorical_crossentropy": [dict(label_smoothing=0.2)], "categorical_focal_crossentropy": [dict(alpha=0.4, gamma=1.0)],
                "top_k_categorical_accuracy": [dict(k=2)], "sparse_top_k_categorical_accuracy": [dict(k=2)], "huber": [dict(delta=0.3)], "tversky": [dict(alpha=0.2, beta=0.6, axis=(1, 2, 3))], "dice": [dict(axis=(1, 2, 3))], "categorical_generalized_cross_entropy": [dict(q=0.7)]}
        r, t, info = rng_for("functions"), {}, {"flags": [], "kinds": {}, "arguments": {}}
        for kind, fns in kinds.items():
            t[f"y_true.{kind}"], t[f"y_pred.{kind}"] = y, p = as_pair(kind, r, 6)
            for n in fns.split():
                info["kinds"][n] = kind
                for ns, mod in (("loss", keras.losses), ("metric", keras.metrics)):
                    for i, kw in enumerate(([{}] if n != "categorical_generalized_cross_entropy" else []) + more.get(n, [])):
                        if hasattr(mod, n):
                            key = f"{ns}.{n}" + (f"#{i}" if i else "")
                            t[f"out.{key}"], info["arguments"][key] = npy(getattr(mod, n)(y, p, **kw)), kw
        return info, t

# --------------------------------------------------------------------------- optimizers, schedules
OPTS = [("SGD", {}), ("SGD", dict(momentum=0.9)), ("SGD", dict(momentum=0.9, nesterov=True)), ("SGD", dict(learning_rate=0.1, clipnorm=0.5)), ("SGD", dict(clipvalue=0.1)),
        ("SGD", dict(learning_rate=0.1, global_clipnorm=0.5)), ("SGD", dict(weight_decay=0.1)), ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3)),
        ("SGD", dict(learning_rate=0.1, gradient_accumulation_steps=3)), ("Adam", {}), ("Adam", dict(amsgrad=True)), ("Adam", dict(learning_rate=lambda: keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5))),
        ("Adam", dict(learning_rate=0.1, gradient_accumulation_steps=2, weight_decay=0.01)), ("AdamW", {}), ("AdamW", dict(weight_decay=0.1)), ("Adamax", {}), ("Nadam", {}), ("RMSprop", {}),
        ("RMSprop", dict(momentum=0.9, centered=True)), ("Adagrad", {}), ("Adadelta", dict(learning_rate=1.0)), ("Adafactor", {}), ("Adafactor", dict(relative_step=False)), ("Ftrl", {}),
        ("Ftrl", dict(l1_regularization_strength=0.01, l2_regularization_strength=0.01, beta=0.1)), ("Lion", {}), ("Lamb", {}), ("Muon", {}), ("ScheduleFreeAdamW", dict(warmup_steps=3)),
        ("MultiOptimizer", dict(optimizer_map=lambda: keras.optimizers.OptimizerMap(keras.optimizers.Adam(0.1), {"bias": keras.optimizers.SGD(0.1)}))),
        ("LossScaleOptimizer", dict(inner_optimizer=lambda: keras.optimizers.SGD(0.1), initial_scale=4.0, dynamic_growth_steps=3))]
MORE_OPTS = [("SGD", dict(learning_rate=0.1, nesterov=True, momentum=0.5, weight_decay=0.1, clipnorm=1.0)), ("SGD", dict(learning_rate=0.1, momentum=0.9, gradient_accumulation_steps=4)), ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.8)), ("SGD", dict(learning_rate=0.1, loss_scale_factor=4.0)),
             ("SGD", dict(learning_rate=lambda: keras.optimizers.schedules.PolynomialDecay(0.1, 6, power=2.0), momentum=0.9)), ("SGD", dict(learning_rate=lambda: keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True), gradient_accumulation_steps=2)),
             ("Adam", dict(learning_rate=0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3)), ("Adam", dict(learning_rate=0.1, clipnorm=0.5)), ("Adam", dict(learning_rate=0.1, clipvalue=0.1)), ("Adam", dict(learning_rate=0.1, global_clipnorm=0.5)), ("Adam", dict(learning_rate=0.1, amsgrad=True, weight_decay=0.05)),
             ("Adam", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2, gradient_accumulation_steps=3)), ("Adam", dict(learning_rate=0.1, use_ema=True)), ("Adam", dict(learning_rate=0.0)),
             ("AdamW", dict(learning_rate=0.1, amsgrad=True, beta_1=0.7)), ("AdamW", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=5)), ("AdamW", dict(learning_rate=0.1, clipnorm=0.5, gradient_accumulation_steps=2)),
             ("RMSprop", dict(learning_rate=0.1, rho=0.8, momentum=0.5)), ("RMSprop", dict(learning_rate=0.1, centered=True, weight_decay=0.1)), ("RMSprop", dict(learning_rate=0.01, epsilon=0.1, global_clipnorm=1.0)),
             ("Adagrad", dict(learning_rate=0.1, initial_accumulator_value=0.5, epsilon=1e-3)), ("Adagrad", dict(learning_rate=0.1, weight_decay=0.1, clipvalue=0.5)), ("Adadelta", {}), ("Adadelta", dict(learning_rate=1.0, rho=0.8, epsilon=1e-3, weight_decay=0.1)),
             ("Adamax", dict(learning_rate=0.1, beta_1=0.8, beta_2=0.9)), ("Adamax", dict(learning_rate=0.1, weight_decay=0.1, clipnorm=0.5)), ("Nadam", dict(learning_rate=0.1, beta_1=0.8, beta_2=0.95)), ("Nadam", dict(learning_rate=0.1, weight_decay=0.1, gradient_accumulation_steps=2)),
             ("Ftrl", dict(learning_rate=0.1, learning_rate_power=-0.7, initial_accumulator_value=0.5)), ("Ftrl", dict(learning_rate=0.1, l2_shrinkage_regularization_strength=0.1, l1_regularization_strength=0.1)), ("Lion", dict(learning_rate=0.01, beta_1=0.8, beta_2=0.9)), ("Lion", dict(learning_rate=0.01, weight_decay=0.1, clipnorm=0.5)),
             ("Lamb", dict(learning_rate=0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-3)), ("Lamb", dict(learning_rate=0.1, weight_decay=0.1)), ("Adafactor", dict(learning_rate=0.1, relative_step=False, clip_threshold=0.5, weight_decay=0.1)), ("Adafactor", dict(learning_rate=0.1, beta_2_decay=-0.5, epsilon_2=0.01)),
             ("Muon", dict(learning_rate=0.1, nesterov=False, momentum=0.8, ns_steps=3)), ("Muon", dict(learning_rate=0.1, weight_decay=0.1, adam_lr_ratio=0.5, rms_rate=None)), ("ScheduleFreeAdamW", {}), ("ScheduleFreeAdamW", dict(learning_rate=0.1, beta_1=0.8, weight_decay=0.1)),
             ("LossScaleOptimizer", dict(inner_optimizer=lambda: keras.optimizers.Adam(0.1), initial_scale=8.0, dynamic_growth_steps=2))]

def apply_step(opt, grads, variables):
    """opt.apply, except that LossScaleOptimizer.apply leaks tracers in eager JAX: use the stateless form."""
    grads = [ops.convert_to_tensor(x) for x in grads]
    if not (JAX and isinstance(opt, keras.optimizers.LossScaleOptimizer)):
        return opt.apply(grads, variables)
    tv, ov = opt.stateless_apply([v.value for v in opt.variables], grads, [v.value for v in variables])
    for v, x in zip(variables + opt.variables, tv + ov):
        v.assign(x)

def optimizer_case(cls, cfg, steps):
    cid = slug("optimizer", cls, *short(cfg))
    @case("optimizer", cid)
    def gen():
        r, opt = rng_for(cid), getattr(keras.optimizers, cls)(name="opt", **build_cfg(cfg))
        shapes = {"kernel": (4, 3), "bias": (3,)}
        vs = [keras.Variable(r.normal(size=s).astype("float32"), name=n) for n, s in shapes.items()]
        curv = [r.uniform(0.5, 3, s).astype("float32") for s in shapes.values()]
        goal = [r.normal(size=s).astype("float32") for s in shapes.values()]
        opt.build(vs)
        t = {f"traj.{n}": [npy(v)] for n, v in zip(shapes, vs)} | {f"grads.{n}": [] for n in shapes}
        for k in range(steps):  # gradient of 1/2 sum(curv * (v - goal)^2), times the loss scale if any
            gs = [c * (npy(v) - g) for v, c, g in zip(vs, curv, goal)]
            if cls == "LossScaleOptimizer":
                gs = [g * (np.inf if k == 5 else npy(opt.dynamic_scale)) for g in gs]
            apply_step(opt, gs, vs)
            for n, v, g in zip(shapes, vs, gs):
                t[f"traj.{n}"].append(npy(v)); t[f"grads.{n}"].append(g)
        t = {k: np.stack(v).astype("float32") for k, v in t.items()}
        if cfg.get("use_ema") and not cfg.get("ema_overwrite_frequency"):  # what the end of fit() leaves in the weights
            opt.finalize_variable_values(vs)
            t.update({f"final.{n}": npy(v) for n, v in zip(shapes, vs)})
        t.update({f"{k}.{n}": v for k, d in (("curv", curv), ("goal", goal)) for n, v in zip(shapes, d)})
        t.update({f"state.{v.path}": npy(v) for v in opt.variables})
        return {"class": cls, "config": keras.saving.serialize_keras_object(opt), "flags": []}, t

def declare_tables(steps):
    for cls, cfg in OPTS + MORE_OPTS: optimizer_case(cls, cfg, steps)
    S = keras.optimizers.schedules
    sched = dict(exp=S.ExponentialDecay(0.1, 4, 0.5), exp_stair=S.ExponentialDecay(0.1, 4, 0.5, staircase=True), poly=S.PolynomialDecay(0.1, 8, power=2.0), poly_cycle=S.PolynomialDecay(0.1, 5, cycle=True),
                 inv=S.InverseTimeDecay(0.1, 4, 0.5), piece=S.PiecewiseConstantDecay([3, 7], [0.1, 0.05, 0.01]), cos=S.CosineDecay(0.1, 10, alpha=0.1),
                 cos_warm=S.CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=4), cos_restart=S.CosineDecayRestarts(0.1, 3), cos_restart_m=S.CosineDecayRestarts(0.1, 4, t_mul=1.0, m_mul=0.5, alpha=0.1))
    @case("table", "table_schedules")
    def _():
        return {"config": {k: keras.saving.serialize_keras_object(s) for k, s in sched.items()}, "flags": []}, \
            {"step": np.arange(16, dtype="int32")} | {f"lr.{k}": np.array([float(s(i)) for i in range(16)], "float32") for k, s in sched.items()}
    more_sched = dict(exp_late=S.ExponentialDecay(0.2, 10, 0.9), exp_stair_3=S.ExponentialDecay(0.2, 3, 0.9, staircase=True), poly_linear=S.PolynomialDecay(0.1, 10, 0.01), poly_root=S.PolynomialDecay(0.1, 10, 0.01, power=0.5), poly_cycle_2=S.PolynomialDecay(0.1, 7, 0.01, power=2.0, cycle=True),
                      inv_stair=S.InverseTimeDecay(0.1, 4, 0.5, staircase=True), inv_slow=S.InverseTimeDecay(0.2, 10, 0.1), piece_one=S.PiecewiseConstantDecay([5], [1.0, 0.5]), piece_many=S.PiecewiseConstantDecay([0, 1, 20], [0.4, 0.3, 0.2, 0.1]),
                      cos_plain=S.CosineDecay(0.1, 20), cos_warm_alpha=S.CosineDecay(0.01, 12, alpha=0.2, warmup_target=0.3, warmup_steps=6), cos_warm_zero=S.CosineDecay(0.1, 10, warmup_target=0.2, warmup_steps=0), cos_restart_default=S.CosineDecayRestarts(0.1, 5), cos_restart_all=S.CosineDecayRestarts(0.2, 3, t_mul=1.5, m_mul=0.8, alpha=0.05), cos_restart_flat=S.CosineDecayRestarts(0.1, 6, t_mul=1.0))
    @case("table", "table_schedules_more")
    def _():
        return {"config": {k: keras.saving.serialize_keras_object(s) for k, s in more_sched.items()}, "flags": []}, \
            {"step": np.arange(40, dtype="int32")} | {f"lr.{k}": np.array([float(s(i)) for i in range(40)], "float32") for k, s in more_sched.items()}
    @case("table", "table_activations_more")
    def _():
        """Activations with arguments, and on other axes: case k is "cases"[k], its input x.SHAPE, its values y.k and gradient grad.k for the cotangent cot.k."""
        r, A, rows = rng_for("activations_more"), keras.activations, []
        t = {"x.4x6": (2 * r.normal(size=(4, 6))).astype("float32"), "x.2x3x4": (2 * r.normal(size=(2, 3, 4))).astype("float32"), "x.2x1": r.normal(size=(2, 1)).astype("float32"), "x.1x7": np.array([[-90, -20, -1e-3, 0, 1e-3, 20, 80]], "float32")}
        calls = [("elu", dict(alpha=0.5)), ("celu", dict(alpha=0.5)), ("leaky_relu", dict(negative_slope=0.01)), ("relu", dict(negative_slope=0.1)), ("relu", dict(max_value=1.5)), ("relu", dict(threshold=0.5)), ("relu", dict(negative_slope=0.2, max_value=1.0, threshold=0.3)),
                 ("gelu", dict(approximate=True)), ("gelu", dict(approximate=False)), ("glu", {}), ("hard_shrink", dict(threshold=1.0)), ("soft_shrink", dict(threshold=1.0)), ("squareplus", dict(b=1.0)), ("threshold", dict(threshold=0.5, default_value=-1.0)), ("softmax", {}), ("log_softmax", {})]  # not sparsemax: that of 3.15.1 adds up all partial sums where more than one entry is positive
        wide = ("sigmoid", "log_sigmoid", "softplus", "tanh", "silu", "mish", "elu", "selu", "exponential", "gelu", "softsign", "softmax", "log_softmax", "hard_sigmoid")
        plan = [(n, kw, "4x6") for n, kw in calls] + [("glu", dict(axis=1), "4x6"), ("glu", dict(axis=2), "2x3x4")] + [(n, dict(axis=a), "2x3x4") for n in ("softmax", "log_softmax") for a in (1, -2)] + [("softmax", dict(axis=[1, 2]), "2x3x4"), ("softmax", {}, "2x3x4")]
        for n, kw, shape in plan + [(n, {}, "1x7") for n in wide] + [(n, {}, "2x1") for n in ("sigmoid", "log_softmax", "sparsemax")]:
            f, x = (lambda v: getattr(A, n)(v, **kw)), jax.numpy.asarray(t[f"x.{shape}"])
            y = npy(f(x)); c = r.normal(size=y.shape).astype("float32")
            t |= {f"y.{len(rows)}": y, f"cot.{len(rows)}": c, f"grad.{len(rows)}": npy(jax.grad(lambda v: ops.sum(f(v) * c))(x))}
            rows.append({"name": n, "arguments": kw, "x": shape})
        return {"flags": [], "cases": rows}, t
    @case("table", "table_activations")
    def _():
        x = np.linspace(-7, 7, 29).astype("float32").reshape(1, -1)
        c = rng_for("table_activations").normal(size=x.shape).astype("float32")
        skip = {"get", "serialize", "deserialize", "glu", "threshold"}
        t = {"x": x, "cot": c}
        for n in sorted(set(dir(keras.activations)) - skip):
            if n[0] != "_" and callable(f := getattr(keras.activations, n)):
                t[f"y.{n}"] = npy(f(jax.numpy.asarray(x)))
                t[f"grad.{n}"] = npy(jax.grad(lambda v: ops.sum(f(v) * c))(jax.numpy.asarray(x)))
        return {"flags": []}, t
    @case("table", "table_regularizers_constraints")
    def _():
        w, t = rng_for("reg").normal(size=(4, 3)).astype("float32"), {}
        t["w"] = w
        for n, o in dict(l1=keras.regularizers.L1(), l2=keras.regularizers.L2(), l1_l2=keras.regularizers.L1L2(0.1, 0.2), orthogonal=keras.regularizers.OrthogonalRegularizer()).items():
            v, g = jax.value_and_grad(o)(jax.numpy.asarray(w))
            t[f"value.{n}"], t[f"grad.{n}"] = npy(v), npy(g)
        for n, o in dict(max_norm=keras.constraints.MaxNorm(0.7), unit_norm=keras.constraints.UnitNorm(), non_neg=keras.constraints.NonNeg(), min_max=keras.constraints.MinMaxNorm(0.5, 1.0, rate=0.6)).items():
            t[f"constrained.{n}"] = npy(o(w))
        return {"flags": []}, t
    @case("table", "table_regularizers_constraints_more")
    def _():
        """Weights w.SHAPE; value.REGULARIZER.SHAPE with grad.*, constrained.CONSTRAINT.SHAPE; "config" says what each name is."""
        r, R, C = rng_for("reg_more"), keras.regularizers, keras.constraints
        t = {"w.4x3": r.normal(size=(4, 3)), "w.3x4": r.normal(size=(3, 4)), "w.2x3x2x3": r.normal(size=(2, 3, 2, 3)), "w.5": r.normal(size=5), "w.1x1": r.normal(size=(1, 1))}
        t = {k: v.astype("float32") for k, v in t.items()}
        regs = dict(l1=R.L1(), l1_03=R.L1(0.3), l2_03=R.L2(0.3), l1_l2=R.L1L2(), l1_l2_both=R.L1L2(l1=0.01, l2=0.02), l1_l2_l1=R.L1L2(l1=0.1), orthogonal_rows=R.OrthogonalRegularizer(factor=0.1), orthogonal_columns=R.OrthogonalRegularizer(factor=0.1, mode="columns"))
        cons = dict(max_norm=C.MaxNorm(), max_norm_05=C.MaxNorm(0.5), max_norm_axis1=C.MaxNorm(0.5, axis=1), max_norm_kernel=C.MaxNorm(0.5, axis=[0, 1, 2]), non_neg=C.NonNeg(), unit_norm=C.UnitNorm(), unit_norm_axis1=C.UnitNorm(axis=1), unit_norm_kernel=C.UnitNorm(axis=[0, 1, 2]),
                    min_max=C.MinMaxNorm(), min_max_rate=C.MinMaxNorm(0.8, 1.2, rate=0.3), min_max_axis1=C.MinMaxNorm(1.5, 2.0, axis=1), min_max_kernel=C.MinMaxNorm(0.5, 0.7, rate=0.9, axis=[0, 1, 2]))
        for shape in ("4x3", "3x4", "2x3x2x3", "5", "1x1"):
            w, rank = jax.numpy.asarray(t[f"w.{shape}"]), shape.count("x") + 1
            for n, o in regs.items():
                if "orthogonal" not in n or (rank == 2 and shape != "1x1"):
                    v, g = jax.value_and_grad(o)(w)
                    t[f"value.{n}.{shape}"], t[f"grad.{n}.{shape}"] = npy(v), npy(g)
            for n, o in cons.items():
                if ("kernel" in n and rank == 4) or ("axis1" in n and rank > 1) or not ("kernel" in n or "axis1" in n):
                    t[f"constrained.{n}.{shape}"] = npy(o(w))
        return {"flags": [], "config": {n: keras.saving.serialize_keras_object(o) for n, o in (regs | cons).items()}}, t
    @case("table", "table_initializers_more")
    def _():
        """Case k is "cases"[k]: class, arguments, shape; its values are the tensor k. All seeds are 42."""
        scaled = [(n, {}) for n in ("GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal")]
        modes = [("VarianceScaling", dict(scale=2.0, mode=m, distribution=d)) for m in ("fan_in", "fan_out", "fan_avg") for d in ("truncated_normal", "untruncated_normal", "uniform")]
        plain = [("RandomNormal", dict(mean=1.0, stddev=0.5)), ("RandomUniform", dict(minval=-1.0, maxval=3.0)), ("RandomUniform", dict(minval=0.0, maxval=1.0)), ("TruncatedNormal", dict(mean=1.0, stddev=0.5)), ("TruncatedNormal", {}), ("RandomNormal", {}), ("RandomUniform", {}), ("VarianceScaling", {})]
        fixed = [("Constant", dict(value=0.3)), ("Constant", {}), ("Zeros", {}), ("Ones", {})]
        plan = [(c, kw, sh) for c, kw in scaled + modes[:3] for sh in ((5,), (2, 3, 4), (1, 1), (3, 7), (2, 2, 2, 3, 2))] + [(c, kw, sh) for c, kw in modes + plain for sh in ((6, 4), (3, 3, 2, 4))] + [(c, kw, (2, 3)) for c, kw in fixed]
        plan += [("Identity", {}, (4, 4)), ("Identity", dict(gain=2.0), (3, 5)), ("Identity", dict(gain=0.5), (5, 2))] + [("Orthogonal", dict(gain=g), sh) for g in (1.0, 0.5) for sh in ((4, 4), (3, 5), (5, 3), (2, 3, 4), (1, 1))]
        plan += [("STFT", {}, (8, 1, 5)), ("STFT", dict(side="imag", window="hamming", scaling="spectrum", periodic=True), (8, 1, 5))]
        t, rows = {}, []
        for c, kw, sh in plan:
            cls = getattr(keras.initializers, c)
            seeded = kw | ({"seed": 42} if c not in ("Constant", "Zeros", "Ones", "Identity", "STFT") else {})
            t[str(len(rows))] = npy(cls(**seeded)(sh))
            rows.append({"class": c, "arguments": kw, "shape": list(sh)})
        return {"seed": 42, "flags": ["rng"], "cases": rows}, t
    @case("table", "table_initializers")
    def _():
        names = ["GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal", "RandomNormal", "RandomUniform", "TruncatedNormal", "Orthogonal"]
        t = {f"{n}.{'x'.join(map(str, s))}": npy(getattr(keras.initializers, n)(seed=42)(s)) for n in names for s in ((6, 4), (3, 3, 4, 5))}
        return {"seed": 42, "flags": ["rng"]}, t
    @case("table", "table_set_random_seed")
    def _():
        keras.utils.set_random_seed(1337)
        model = keras.Sequential([keras.Input((6,)), kl.Dense(4), kl.LayerNormalization(), kl.Dropout(0.5), kl.Dense(3, kernel_initializer="he_normal")])
        t = {f"w.{v.path.split('/', 1)[1]}": npy(v) for v in model.weights}
        drop = model.layers[2]
        t |= {f"dropout.{i}": npy(drop(np.ones((4, 5), "float32"), training=True)) for i in range(3)}
        t["permutation"] = np.random.permutation(20).astype("int32")
        return {"seed": 1337, "flags": ["rng"], "note": "python random.randint(1, 1e9) seeds each initializer/Dropout in construction order"}, t
    @case("table", "table_utils")
    def _():
        x = rng_for("utils").normal(size=(4, 3)).astype("float32"); x[2] = 0
        u, lab = keras.utils, np.array([[2], [0], [1], [2]])
        t = {"x": x, "labels": lab.astype("int32"), "to_categorical": u.to_categorical(lab), "to_categorical.5": u.to_categorical(lab, 5)}
        t |= {f"normalize.{o}": u.normalize(x, order=o) for o in (1, 2)}
        t |= {f"pad.{a}.{b}": u.pad_sequences([[1, 2, 3], [4], [5, 6, 7, 8, 9]], maxlen=4, padding=a, truncating=b) for a in ("pre", "post") for b in ("pre", "post")}
        for i, kw in enumerate((dict(left_size=0.35), dict(left_size=3, right_size=4), dict(left_size=0.5, shuffle=True, seed=7))):
            l, rgt = u.split_dataset(np.arange(10.0), preferred_backend="tensorflow", **kw)
            t[f"split.{i}.left"], t[f"split.{i}.right"] = (np.array([float(v) for v in d], "float32") for d in (l, rgt))
        return {"flags": []}, t
    @case("table", "table_utils_more")
    def _():
        """Read by KerasUtilitiesTest of the runtime, where the file is called utils_more.safetensors."""
        u, x = keras.utils, rng_for("utils_more").normal(size=(2, 3, 4)).astype("float32"); x[0, 1] = 0
        t = {"x": x}
        # along axis 0 Keras divides by the wrong norms: these are what was meant
        for axis in (0, 1, 2, -2):
            t[f"normalize.axis.{axis}"] = u.normalize(x, axis) if axis else x / np.maximum(np.linalg.norm(x, 2, 0, keepdims=True), 1e-30)
        t |= {f"normalize.order.{o}": u.normalize(x + 2, 1, float(o)) for o in ("inf", "-inf", "0", "3", "-1", "0.5")}
        t["normalize.line"] = u.normalize(x[1, 0], 0)
        for name, labels in (("grid", [[2, 0, 1], [1, 1, 3]]), ("deep", [[[2]], [[0]]]), ("one", 2), ("floats", [0.2, 2.9, 1.5])):
            t |= {f"labels.{name}": np.asarray(labels, "float32"), f"categorical.{name}": u.to_categorical(labels), f"categorical.{name}.6": u.to_categorical(labels, 6)}
        steps = [np.arange(6.0).reshape(3, 2), np.zeros((0, 2)), 10 + np.arange(10.0).reshape(5, 2)]
        t |= {f"steps.{i}": v.astype("float32") for i, v in enumerate(steps)}
        for a in ("pre", "post"):
            for b in ("pre", "post"):
                t[f"pad.{a}.{b}"] = u.pad_sequences(steps, maxlen=4, padding=a, truncating=b, value=-1.5, dtype="float32")
        t["pad.longest"] = u.pad_sequences(steps, value=-1.5)
        for i, (n, kw) in enumerate(((7, dict(left_size=3, shuffle=True, seed=0)), (100, dict(right_size=0.25, shuffle=True, seed=123456)), (10, dict(left_size=0.25)), (10, dict(right_size=0.45)),
                                     (10, dict(left_size=0.35, right_size=0.45)), (9, dict(left_size=2, right_size=0.5, shuffle=True, seed=2**40)))):
            l, r = u.split_dataset(np.arange(float(n)), preferred_backend="tensorflow", **kw)
            t[f"split.{i}.left"], t[f"split.{i}.right"] = (np.array([float(v) for v in d], "float32") for d in (l, r))
        return {"flags": []}, {k: np.asarray(v).astype("int32" if np.asarray(v).dtype.kind in "iu" else "float32") for k, v in t.items()}
    @case("table", "table_text_more")
    def _():
        """Layers on strings, in JSON: class, arguments, the texts it was adapted to (if any), the vocabulary, input and output."""
        words, corpus = ["a", "b", "c", "a", "z", "b", "a"], ["The cat sat.", "the dog SAT, down!", "a cat & a dog", "Hello-World hello"]
        rows, vocab = [], ["a", "b", "c"]
        def add(cls, kw, x, adapt=None):
            layer = getattr(kl, cls)(**kw)
            if adapt is not None: layer.adapt(adapt)
            y = index_lookup.IndexLookup.call(layer, np.array(x)) if kw.get("invert") else layer(x)  # no backend but TF can hold words
            y = np.asarray(y) if not hasattr(y, "numpy") else y.numpy()
            y = [v.decode() if isinstance(v, bytes) else v for v in y.tolist()] if y.dtype.kind in "OS" and y.ndim == 1 else y.tolist()
            rows.append({"class": cls, "arguments": kw, "adapt": adapt, "in": x, "out": y, **({"vocabulary": [str(s) for s in layer.get_vocabulary()]} if hasattr(layer, "get_vocabulary") else {})})
        for kw in (dict(), dict(num_oov_indices=2), dict(mask_token=""), dict(mask_token="", num_oov_indices=2), dict(oov_token="?"), dict(output_mode="multi_hot"), dict(output_mode="count"), dict(output_mode="one_hot"), dict(output_mode="multi_hot", max_tokens=6, pad_to_max_tokens=True), dict(output_mode="tf_idf", idf_weights=[0.5, 1.0, 2.0]), dict(num_oov_indices=3, salt=7)):
            add("StringLookup", dict(vocabulary=vocab, **kw), ["b", "z", "a", "c", "q"])
        add("StringLookup", dict(vocabulary=vocab, num_oov_indices=0), ["b", "a"]); add("StringLookup", dict(vocabulary=vocab, invert=True), [0, 1, 3, 2])
        for kw in (dict(), dict(max_tokens=3), dict(mask_token="")): add("StringLookup", kw, ["a", "z", "q"], words)
        query = ["The bird sat", "dog hello a a"]
        for kw in (dict(standardize=None), dict(standardize="lower"), dict(standardize="strip_punctuation"), dict(split="character"), dict(split=None), dict(ngrams=(1, 3)), dict(ngrams=3), dict(output_mode="count"), dict(output_mode="multi_hot", max_tokens=5), dict(output_mode="count", max_tokens=30, pad_to_max_tokens=True), dict(output_mode="tf_idf", ngrams=2), dict(output_sequence_length=2), dict(max_tokens=4)):
            add("TextVectorization", kw, query, corpus)
        add("TextVectorization", dict(vocabulary=["the", "dog", "sat"], output_sequence_length=3), query); add("TextVectorization", dict(vocabulary=["the", "dog", "sat"], output_mode="tf_idf", idf_weights=[0.1, 0.7, 0.4]), query)
        for kw in (dict(num_bins=3), dict(num_bins=4, mask_value=""), dict(num_bins=4, salt=133), dict(num_bins=4, salt=[133, 137]), dict(num_bins=3, output_mode="multi_hot")): add("Hashing", kw, ["omar", "stringer", "", "marlo", "wire", "skywalker"])
        for kw in (dict(num_bins=5), dict(num_bins=5, output_mode="one_hot")): add("HashedCrossing", kw, [["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102]])
        return {"flags": [], "cases": rows}, {"dummy": np.zeros(1, "float32")}
    @case("table", "table_text")
    def _():
        corpus = ["The cat sat.", "the dog SAT, down!", "a cat & a dog"]
        info = {"flags": [], "corpus": corpus, "query": ["The bird sat", "dog"], "cases": []}
        for kw in (dict(), dict(output_mode="multi_hot"), dict(output_mode="tf_idf"), dict(ngrams=2), dict(max_tokens=6, output_sequence_length=4)):
            tv = kl.TextVectorization(**kw); tv.adapt(corpus)
            info["cases"].append({"config": kw, "vocabulary": [str(s) for s in tv.get_vocabulary()], "output": npy(tv(info["query"])).tolist()})
        sl = kl.StringLookup(vocabulary=["a", "b"])
        info["string_lookup"] = {"vocabulary": sl.get_vocabulary(), "in": ["b", "z", "a"], "out": npy(sl(["b", "z", "a"])).tolist()}
        return info, {"dummy": np.zeros(1, "float32")}

# ------------------------------------------------------------------------------------ whole models
def declare_models(steps):
    S, In = keras.Sequential, keras.Input
    def mlp():
        return S([In((6,)), kl.Dense(8, "relu"), kl.Dense(3, "softmax")]), "sparse_categorical_crossentropy", ["accuracy"], lambda r, n: (r.normal(size=(n, 6)), r.integers(0, 3, n))
    def regress():
        return S([In((6,)), kl.Dense(8, "tanh", kernel_regularizer="l2"), kl.Dense(2, kernel_constraint=keras.constraints.MaxNorm(1.0))]), "mse", ["mae"], lambda r, n: (r.normal(size=(n, 6)), r.normal(size=(n, 2)))
    def cnn():
        return S([In((8, 8, 2)), kl.Conv2D(4, 3, padding="same"), kl.BatchNormalization(), kl.ReLU(), kl.MaxPooling2D(), kl.Conv2D(6, 3), kl.GlobalAveragePooling2D(), kl.Dense(3)]), \
            keras.losses.CategoricalCrossentropy(from_logits=True), ["accuracy"], lambda r, n: (r.normal(size=(n, 8, 8, 2)), np.eye(3)[r.integers(0, 3, n)])
    def text():
        return S([In((7,), dtype="int32"), kl.Embedding(12, 5, mask_zero=True), kl.Bidirectional(kl.LSTM(4)), kl.Dense(1, "sigmoid")]), "binary_crossentropy", ["accuracy", "AUC"], \
            lambda r, n: ((tok := r.integers(1, 12, (n, 7))) * (np.arange(7) < r.integers(2, 8, (n, 1))), r.integers(0, 2, (n, 1)))
    def seq2seq():
        return S([In((6, 3)), kl.Masking(), kl.GRU(5, return_sequences=True), kl.TimeDistributed(kl.Dense(2))]), "mse", ["mae"], \
            lambda r, n: (r.normal(size=(n, 6, 3)) * (np.arange(6) < r.integers(3, 7, (n, 1)))[..., None], r.normal(size=(n, 6, 2)))
    def transformer():
        i = In((5, 8)); a = kl.MultiHeadAttention(2, 4)(i, i); x = kl.LayerNormalization()(kl.Add()([i, a]))
        x = kl.LayerNormalization()(kl.Add()([x, kl.Dense(8)(kl.Dense(16, "gelu")(x))]))
        return keras.Model(i, kl.Dense(3)(kl.GlobalAveragePooling1D()(x))), keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"], lambda r, n: (r.normal(size=(n, 5, 8)), r.integers(0, 3, n))
    def autoencoder():
        return S([In((8, 8, 1)), kl.Conv2D(3, 3, 2, "same", activation="relu"), kl.Conv2DTranspose(1, 3, 2, "same", activation="sigmoid")]), "binary_crossentropy", ["mse"], lambda r, n: ((x := r.uniform(size=(n, 8, 8, 1))), x)
    def multi():
        a, b = In((4,), name="a"), In((3,), name="b"); h = kl.Concatenate()([kl.Dense(5, "relu")(a), kl.Dense(5, "relu")(b)])
        return keras.Model([a, b], [kl.Dense(1, name="p")(h), kl.Dense(3, "softmax", name="q")(h)]), ["mse", "sparse_categorical_crossentropy"], [["mae"], ["accuracy"]], \
            lambda r, n: ([r.normal(size=(n, 4)), r.normal(size=(n, 3))], [r.normal(size=(n, 1)), r.integers(0, 3, n)])
    def frozen():
        base = S([In((8, 8, 2)), kl.Conv2D(4, 3), kl.BatchNormalization(), kl.ReLU(), kl.GlobalAveragePooling2D()], name="base"); base.trainable = False
        return S([In((8, 8, 2)), base, kl.Dense(3, "softmax")]), "categorical_crossentropy", ["accuracy"], lambda r, n: (r.normal(size=(n, 8, 8, 2)), np.eye(3)[r.integers(0, 3, n)])
    def dropout():
        return S([In((6,)), kl.Dense(8, "relu"), kl.Dropout(0.5, seed=3), kl.Dense(2)]), "mse", ["mae"], lambda r, n: (r.normal(size=(n, 6)), r.normal(size=(n, 2)))
    table = [(mlp, "sgd"), (mlp, "adam"), (regress, "rmsprop"), (regress, "adagrad"), (cnn, "adam"), (text, "rmsprop"), (seq2seq, "adam"), (transformer, "adamw"), (autoencoder, "adam"), (multi, "nadam"), (frozen, "sgd"), (dropout, "sgd")]
    for fn, opt in table:
        model_case(fn, opt, steps)
    for shuffle in (False, True):
        fit_case(mlp, shuffle)

    fit_case(mlp, False, class_weight={0: 1.0, 1: 2.5})
    fit_case(seq2seq, False, rows=(6,))

def f32(tree_): return tree.map_structure(lambda a: np.asarray(a).astype("int32" if np.asarray(a).dtype.kind in "iu" else "float32"), tree_)
def model_tensors(model, pre): return {f"{pre}.{n}": npy(v) for n, v in zip(names_of(model.weights, model.name), model.weights)}

def model_case(fn, opt, steps):
    cid = slug("model", fn.__name__, opt)
    @case("model", cid)
    def gen():
        keras.utils.set_random_seed(7)
        r = rng_for(cid)
        model, loss, metrics, data = fn()
        kw = {"loss_weights": [1.0, 0.5]} if isinstance(loss, list) else {}
        randomize(model.weights, r)
        model.compile(optimizer=opt, loss=loss, metrics=metrics, **kw)
        t, logs = model_tensors(model, "w0"), []
        for k in range(steps):
            x, y = f32(data(r, 6))
            t.update({f"x.{i}.t{k}": a for i, a in enumerate(tree.flatten(x))}); t.update({f"y.{i}.t{k}": a for i, a in enumerate(tree.flatten(y))})
            if k == 0:
                t.update({f"predict0.{i}": npy(o) for i, o in enumerate(tree.flatten(model.predict_on_batch(x)))})
            logs.append(model.train_on_batch(x, y, return_dict=True))
            t.update(model_tensors(model, f"w.t{k + 1}") if k in (0, steps - 1) else {})
        t.update({f"log.{m}": np.array([l[m] for l in logs], "float32") for m in logs[0]})
        t.update({f"eval.{m}": np.float32(v) for m, v in model.test_on_batch(x, y, return_dict=True).items()})  # on the last batch
        t.update({f"opt.{i}.{v.path}": npy(v) for i, v in enumerate(model.optimizer.variables)})
        return {"config": keras.saving.serialize_keras_object(model), "weights": names_of(model.weights, model.name), "steps": steps, "flags": ["rng"] if fn.__name__ == "dropout" else []}, t

def fit_case(fn, shuffle, class_weight=None, rows=()):
    """class_weight takes the place of sample_weight; rows: further dimensions of sample_weight (one number per step of a sequence)."""
    cid = slug("fit", fn.__name__, f"shuffle.{shuffle}", "class-weight" if class_weight else "", "step-weights" if rows else "")
    @case("fit", cid)
    def gen():
        r = rng_for(cid)
        model, loss, metrics, data = fn()
        randomize(model.weights, r)
        model.compile(optimizer="adam", loss=loss, metrics=metrics)
        x, y = f32(data(r, 50))
        t = {"x": x, "y": y, **model_tensors(model, "w0")}
        sw = r.uniform(0.5, 1.5, (50, *rows)).astype("float32")
        t.update({} if class_weight else {"sample_weight": sw})
        keras.utils.set_random_seed(99)
        h = model.fit(x, y, **({"class_weight": class_weight} if class_weight else {"sample_weight": sw}), batch_size=16, epochs=3, validation_split=0.2, shuffle=shuffle, verbose=0)
        t.update({f"history.{k}": np.array(v, "float32") for k, v in h.history.items()}); t.update(model_tensors(model, "w1"))
        ev = model.evaluate(x, y, batch_size=16, verbose=0, return_dict=True)
        t.update({f"evaluate.{k}": np.float32(v).reshape(1) for k, v in ev.items()}); t["predict"] = model.predict(x, verbose=0)
        return {"config": keras.saving.serialize_keras_object(model), "weights": names_of(model.weights, model.name), "seed": 99, "flags": ["rng"] if shuffle else [], **({"class_weight": class_weight} if class_weight else {}),
                "note": "numpy legacy RandomState permutation per epoch; the first fit() draws one extra permutation before epoch 1"}, t

# ------------------------------------------------------------------------------------ fit on real data, from the seed alone
def declare_csv_fits():
    """Three epochs of fit() on the tables of src/test/resources/data. Nothing but the seed and the numbers that make x and y of a table is needed to repeat them."""
    S, In, scce = keras.Sequential, keras.Input, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    def ranked(k): return lambda: ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k), keras.metrics.SparseCategoricalCrossentropy(from_logits=True)]
    def iris(): return S([In((4,)), kl.Dense(16, "relu"), kl.Dropout(0.2), kl.Dense(3)])
    def digits(): return S([In((8, 8, 1)), kl.Conv2D(8, 3, activation="relu"), kl.MaxPooling2D(), kl.Dropout(0.25), kl.Flatten(), kl.Dense(10)])
    def breast_cancer(): return S([In((30,)), kl.Dense(16, "relu"), kl.BatchNormalization(), kl.Dropout(0.3), kl.Dense(1, "sigmoid")])
    def diabetes(): return S([In((10,)), kl.Dense(32, "tanh"), kl.Dropout(0.1), kl.Dense(1)])
    M, O = keras.metrics, keras.optimizers
    csv_case(iris, 120, 16, lambda: O.RMSprop(0.005), scce, ranked(2), class_weight={0: 1.0, 1: 2.0, 2: 0.5})
    csv_case(digits, 1400, 64, lambda: O.Adam(0.01), scce, ranked(3), class_weight={3: 2.0, 8: 1.5, 9: 0.5})
    csv_case(breast_cancer, 450, 32, lambda: O.SGD(0.05, momentum=0.9, nesterov=True), keras.losses.BinaryCrossentropy(), lambda: [M.BinaryAccuracy(), M.AUC(), M.Precision()], class_weight={0: 1.5, 1: 0.75})
    csv_case(diabetes, 350, 32, lambda: O.AdamW(0.01, weight_decay=0.02), keras.losses.Huber(), lambda: [M.MeanAbsoluteError(), M.RootMeanSquaredError(), M.R2Score()], weights="age")

def csv_case(fn, train_rows, batch, optimizer, loss, metrics, class_weight=None, weights=None):
    """The rows are taken in the order 0, 7, 14, .. modulo their number, as some tables are sorted; the first train_rows train, the others validate. weights: the column that, by its mean, weighs the rows."""
    name = fn.__name__
    @case("fit", f"fit_csv_{name}")
    def gen():
        with open(os.path.join(os.path.dirname(__file__), "../resources/data", name + ".csv")) as f:
            columns, *rows = [line.rstrip("\n").split(",") for line in f]
        assert len(rows) % 7, "7 steps must meet every row"
        rows = [rows[i * 7 % len(rows)] for i in range(len(rows))]
        labels = [r[-1] for r in rows]
        kinds = sorted(set(labels))
        raw = np.array([r[:-1] for r in rows], "float32")
        # As short decimals, so that the file says exactly what was subtracted and divided by.
        def short(v): return np.array([float(f"{e:.3g}") for e in v], "float32")
        mean, std = (short(f(raw[:train_rows].astype("float64"), 0)) for f in (np.mean, np.std))
        x = (raw / np.float32(16)).reshape(-1, 8, 8, 1) if name == "digits" else (raw - mean) / std
        if name == "diabetes":
            y = ((np.array(labels, "float32") - np.float32(150)) / np.float32(75)).reshape(-1, 1)
        else:
            y = np.array([kinds.index(l) for l in labels], "int32") if name == "iris" else np.array(labels, "int32")
            y = y.reshape(-1, 1).astype("float32") if name == "breast_cancer" else y
        sw = raw[:, columns.index(weights)] / mean[columns.index(weights)] if weights else None
        first, last = slice(None, train_rows), slice(train_rows, None)
        keras.utils.set_random_seed(42)
        model = fn()
        t = {"mean": mean, "std": std, **model_tensors(model, "w0")}
        model.compile(optimizer=optimizer(), loss=loss, metrics=metrics())
        kw = {"class_weight": class_weight} if class_weight else {"sample_weight": sw[first]}
        h = model.fit(x[first], y[first], validation_data=(x[last], y[last]) if sw is None else (x[last], y[last], sw[last]), batch_size=batch, epochs=3, verbose=0, **kw)
        t.update({f"history.{k}": np.array(v, "float32") for k, v in h.history.items()}); t.update(model_tensors(model, "w1"))
        t["predict"] = model.predict(x[last], verbose=0)
        return {"config": keras.saving.serialize_keras_object(model), "weights": names_of(model.weights, model.name), "seed": 42, "train_rows": train_rows, "batch_size": batch,
                "class_weight": class_weight, "optimizer": keras.saving.serialize_keras_object(optimizer()), "flags": ["rng"]}, t

# ------------------------------------------------------------------------------------ public names
TIERS = {  # how often a name is met: A in the first week, B in a complete product; all others are C
    "layers": {
        "A": "Activation Add Attention Average AveragePooling1D AveragePooling2D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D "
             "Conv2D Conv2DTranspose Cropping2D Dense DepthwiseConv2D Dot Dropout Embedding Flatten GRU GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D "
             "GlobalMaxPooling1D GlobalMaxPooling2D Input InputLayer IntegerLookup LSTM Lambda Layer LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D "
             "Maximum MultiHeadAttention Multiply Normalization Permute RandomContrast RandomFlip RandomRotation RandomTranslation RandomZoom ReLU RepeatVector "
             "Rescaling Reshape Resizing SeparableConv2D SimpleRNN Softmax SpatialDropout1D StringLookup Subtract TextVectorization TimeDistributed UpSampling2D "
             "ZeroPadding2D add concatenate",
        "B": "ActivityRegularization AdditiveAttention AlphaDropout AveragePooling3D Conv1DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D "
             "Cropping1D Cropping3D CutMix DepthwiseConv1D Discretization ELU EinsumDense GRUCell GaussianDropout GlobalAveragePooling3D GlobalMaxPooling3D "
             "GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity InputSpec LSTMCell MaxPooling3D MelSpectrogram Minimum MixUp PReLU Pipeline "
             "RMSNormalization RNN RandAugment RandomBrightness RandomColorJitter RandomCrop RandomErasing RandomGaussianBlur RandomGrayscale RandomHue "
             "RandomSaturation RandomShear ReversibleEmbedding STFTSpectrogram SeparableConv1D SimpleRNNCell SpatialDropout2D SpatialDropout3D SpectralNormalization "
             "StackedRNNCells UnitNormalization UpSampling1D UpSampling3D Wrapper ZeroPadding1D ZeroPadding3D average deserialize dot maximum minimum multiply "
             "serialize subtract",
    },
    "activations": {
        "A": "elu exponential gelu hard_sigmoid leaky_relu linear relu selu sigmoid silu softmax softplus tanh",
        "B": "celu deserialize get glu hard_silu log_sigmoid log_softmax mish relu6 serialize softsign",
    },
    "losses": {
        "A": "BinaryCrossentropy CategoricalCrossentropy CosineSimilarity Hinge Huber KLDivergence LogCosh Loss MeanAbsoluteError MeanAbsolutePercentageError "
             "MeanSquaredError SparseCategoricalCrossentropy binary_crossentropy categorical_crossentropy huber kl_divergence mean_absolute_error mean_squared_error "
             "sparse_categorical_crossentropy",
        "B": "BinaryFocalCrossentropy CTC CategoricalFocalCrossentropy CategoricalHinge Dice MeanSquaredLogarithmicError Poisson SquaredHinge "
             "binary_focal_crossentropy categorical_focal_crossentropy categorical_hinge cosine_similarity ctc deserialize dice get hinge log_cosh "
             "mean_absolute_percentage_error mean_squared_logarithmic_error poisson serialize squared_hinge",
    },
    "metrics": {
        "A": "AUC Accuracy BinaryAccuracy BinaryCrossentropy CategoricalAccuracy CategoricalCrossentropy F1Score Mean MeanAbsoluteError MeanAbsolutePercentageError "
             "MeanSquaredError Metric Precision Recall RootMeanSquaredError SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy "
             "TopKCategoricalAccuracy",
        "B": "BinaryIoU CategoricalHinge CosineSimilarity FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError MeanIoU MeanMetricWrapper "
             "MeanSquaredLogarithmicError OneHotIoU OneHotMeanIoU Poisson PrecisionAtRecall R2Score RecallAtPrecision SensitivityAtSpecificity "
             "SpecificityAtSensitivity SquaredHinge Sum TrueNegatives TruePositives binary_accuracy binary_crossentropy categorical_accuracy "
             "categorical_crossentropy deserialize get mean_absolute_error mean_squared_error serialize sparse_categorical_accuracy sparse_categorical_crossentropy "
             "sparse_top_k_categorical_accuracy top_k_categorical_accuracy",
    },
    "optimizers": {
        "A": "Adagrad Adam AdamW Optimizer RMSprop SGD",
        "B": "Adadelta Adafactor Adamax Ftrl Lamb Lion LossScaleOptimizer Nadam deserialize get serialize",
    },
    "schedules": {
        "A": "CosineDecay ExponentialDecay LearningRateSchedule PiecewiseConstantDecay",
        "B": "CosineDecayRestarts InverseTimeDecay PolynomialDecay deserialize serialize",
    },
    "initializers": {
        "A": "Constant GlorotNormal GlorotUniform HeNormal HeUniform Ones Orthogonal RandomNormal RandomUniform TruncatedNormal Zeros",
        "B": "Identity Initializer LecunNormal LecunUniform VarianceScaling deserialize get serialize",
    },
    "regularizers": {
        "A": "L1 L1L2 L2",
        "B": "OrthogonalRegularizer Regularizer deserialize get serialize",
    },
    "constraints": {
        "A": "MaxNorm NonNeg",
        "B": "Constraint MinMaxNorm UnitNorm deserialize get serialize",
    },
    "utils": {
        "A": "Progbar PyDataset array_to_img clear_session get_file image_dataset_from_directory img_to_array load_img normalize pack_x_y_sample_weight "
             "pad_sequences plot_model register_keras_serializable save_img set_random_seed split_dataset text_dataset_from_directory "
             "timeseries_dataset_from_array to_categorical unpack_x_y_sample_weight",
        "B": "CustomObjectScope FeatureSpace audio_dataset_from_directory deserialize_keras_object disable_interactive_logging enable_interactive_logging "
             "get_custom_objects get_registered_name get_registered_object get_source_inputs is_interactive_logging_enabled model_to_dot "
             "serialize_keras_object",
    },
}

def plain(v):
    if isinstance(v, (list, tuple)):
        return [plain(e) for e in v]
    assert v is None or isinstance(v, (bool, int, float, str)), v
    return v

def public_names():
    """Every public name once, with its tier, its aliases, and the arguments of a class's constructor or of a function, in order: [name] or [name, default]."""
    rows = []
    for category in TIERS:
        module = keras.optimizers.schedules if category == "schedules" else getattr(keras, category)
        objects = {}
        for n in sorted(dir(module)):
            o = getattr(module, n)
            if n[0] != "_" and not inspect.ismodule(o):
                objects.setdefault(id(o), (o, []))[1].append(n)
        tier = {n: t for t, names in TIERS[category].items() for n in names.split()}
        for o, names in objects.values():
            name = o.__name__ if o.__name__ in names else names[0]
            own = o.__init__ if inspect.isclass(o) else o
            params = [] if own is object.__init__ else [p for p in inspect.signature(own).parameters.values() if p.name != "self" and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
            rows.append({"category": category, "name": name, "tier": tier.pop(name, "C"), "kind": "class" if inspect.isclass(o) else "function", "aliases": [n for n in names if n != name],
                         "arguments": [[p.name] if p.default is p.empty else [p.name, plain(p.default)] for p in params]})
        assert not tier, f"no such names: {tier}"
    return rows

# -------------------------------------------------------------------------------------------- main
def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("command", choices=("gen", "list", "names"))
    ap.add_argument("folder", nargs="?")
    ap.add_argument("--only", default="layer,loss,metric,optimizer,table,model,fit")
    ap.add_argument("--match", default="")
    ap.add_argument("--missing", action="store_true", help="only the cases that have no file in the folder yet")
    ap.add_argument("--steps", type=int, default=10)
    a = ap.parse_args()
    if a.command == "names":
        rows = public_names()
        with open(a.folder, "w") as f:
            f.write('{"keras": "' + keras.__version__ + '", "names": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]}\n")
        return print(f"{len(rows)} names")
    declare_layers(); declare_plain_layers(); declare_sequence_layers(); declare_random_and_preprocessing(); declare_losses_metrics(); declare_more_losses_metrics(); declare_tables(a.steps); declare_models(a.steps); declare_csv_fits()
    chosen = {c: kf for c, kf in CASES.items() if kf[0] in a.only.split(",") and re.search(a.match, c)}
    if a.missing:
        chosen = {c: kf for c, kf in chosen.items() if not os.path.exists(os.path.join(a.folder, c + ".safetensors"))}
    if a.command == "list":
        return print("\n".join(chosen) + f"\n{len(chosen)} cases")
    assert JAX, "generate with KERAS_BACKEND=jax"
    os.makedirs(a.folder, exist_ok=True)
    manifest, failed = {"keras": keras.__version__, "backend": "jax " + jax.__version__, "numpy": np.__version__, "cases": []}, []
    for cid, (kind, fn) in chosen.items():
        try:
            keras.utils.clear_session(free_memory=False)  # resets automatic names
            info, tensors = fn()
        except Exception as e:
            failed.append(cid); print(f"FAILED {cid}: {type(e).__name__}: {str(e)[:200]}", file=sys.stderr)
            continue
        rtol, atol = TOL.get(kind, (1e-5, 1e-6))
        info = {"id": cid, "kind": kind, "rtol": rtol, "atol": atol, **info}
        info["flags"] = info["flags"] + ["backend_sensitive: " + v for k, v in KNOWN.items() if k in cid]
        path = os.path.join(a.folder, cid + ".safetensors")
        save_file({k: np.array(v, order="C") for k, v in tensors.items()}, path, metadata={"case": json.dumps(info)})
        manifest["cases"].append({"id": cid, "kind": kind, "flags": info["flags"], "bytes": os.path.getsize(path), "sha256": hashlib.sha256(open(path, "rb").read()).hexdigest()})
    with open(os.path.join(a.folder, "manifest.json"), "w") as f:
        json.dump(manifest, f, indent=1)
    print(f"{len(manifest['cases'])} cases, {sum(c['bytes'] for c in manifest['cases']) / 1e6:.2f} MB, {len(failed)} failed")
    return 1 if failed else 0

if __name__ == "__main__":
    sys.exit(main())
