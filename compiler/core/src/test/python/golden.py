#!/usr/bin/env python3
"""Golden vectors from Keras, for implementations written in any language.

    KERAS_BACKEND=jax python golden.py gen OUT [--only layer,loss,...] [--match TEXT] [--steps 10]
    python golden.py list
    KERAS_BACKEND=tensorflow python golden_check.py OUT        # replay the files on another backend

`gen` writes one .safetensors file per case plus OUT/manifest.json.  A file is self-contained: its
metadata key "case" holds JSON (kind, Keras serialize() config, weight order, call arguments,
tolerance), its tensors hold the numbers:

    in.N  kw.NAME        inputs, tensor-valued call arguments (masks)
    w.PATH               initial weights, in the order listed in case["weights"]
    out.N  out_mask      forward result with training=False
    cot.N                fixed random cotangent; S = sum_N sum(out.N * cot.N) + added losses
    grad.in.N grad.w.P   dS/din, dS/dw
    train.*              the same with training=True (train.w.P = state after the call)
    traj.* log.*         trajectories over optimizer / training steps

Flag "rng": the numbers depend on Keras-JAX random bits (Threefry-2x32 keyed by [seed, counter]).
Flag "backend_sensitive": Keras backends are known to disagree, with the reason.
Every case draws its data from a generator seeded by its own name: adding cases never changes others.
"""
import argparse, hashlib, json, os, re, sys, warnings, zlib  # noqa: E401

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")
import numpy as np
import keras
from keras import layers as kl, ops, tree
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

NESTED = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "Attention", "AdditiveAttention"}

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
            layer.adapt(make_input(r, _adapt))
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
            for pre, a in (("", args), ("second.", second)):
                _, out, state, _, _ = evaluate(layer, a, kw, cots, fidx, False, False)
                for v, n, x in zip(layer.non_trainable_variables, names[nt:], state):
                    v.assign(x)
                    t[f"{pre}state.{n}"] = npy(x)
                t |= {f"second.out.{i}": npy(o) for i, o in enumerate(out)} if pre else {}
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
    L("Flatten", F(3, 4)); L("Flatten", F(2, 1, 1, 3)); L("Flatten", x3)
    L("Reshape", x3, target_shape=(-1,)); L("Reshape", x3, target_shape=(2, -1, 3)); L("Reshape", F(3, 1), target_shape=(1, 1, 1))
    L("Permute", x4, dims=(2, 1, 3)); L("Permute", F(2, 1, 3), dims=(1, 2)); L("RepeatVector", F(2, 1), n=1); L("Identity", x4)
    L("Lambda", x2, function=lambda: ops.square, _tag="square"); L("Pipeline", x2, layers=lambda: [kl.Rescaling(2.0), kl.Rescaling(0.5, offset=1.0)])
    L("ActivityRegularization", x3, l1=0.2); L("ActivityRegularization", x4, l2=0.3); L("Rescaling", x4, scale=[1.0, 2.0, 0.5], offset=[0.0, 1.0, -1.0])
    # merging
    for m in ("Add", "Multiply", "Average", "Maximum", "Minimum"): L(m, x3, x3, x3, _tag="three")
    for m in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"): L(m, F(3, 6, 4), F(3, 4), _tag="rank"); L(m, F(2, 1), F(2, 3), _tag="size1")
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
        "onehot_axis1": lambda: (np.eye(5)[r.integers(0, 5, (n, 3))].swapaxes(1, 2), r.dirichlet(np.ones(5), (n, 3)).swapaxes(1, 2)), "sparse_axis1": lambda: (r.integers(0, 5, (n, 3)), r.dirichlet(np.ones(5), (n, 3)).swapaxes(1, 2)),
        "soft": lambda: (r.dirichlet(np.ones(5), n), p), "sparse_column": lambda: (lab[:, None], p), "reg_column": lambda: (r.normal(size=n), r.normal(size=(n, 1))), "binary_column": lambda: (r.integers(0, 2, n), r.uniform(0.01, 0.99, (n, 1))),
        "image": lambda: (r.uniform(size=(n, 2, 2, 3)), r.uniform(size=(n, 2, 2, 3))), "wide": lambda: (60 * r.normal(size=(n, 3)), 60 * r.normal(size=(n, 3))), "with_zeros": lambda: (r.integers(0, 2, (n, 3)) * r.uniform(0.1, 2, (n, 3)), r.integers(0, 2, (n, 3)) * r.uniform(0.1, 2, (n, 3))),
        "logit_wide": lambda: (r.integers(0, 2, (n, 4)), 40 * r.normal(size=(n, 4))), "onehot_logit_wide": lambda: (np.eye(5)[lab], 40 * r.normal(size=(n, 5))), "one": lambda: (r.normal(size=(n, 1)), r.normal(size=(n, 1))),
        "ctc_short": lambda: (np.pad(r.integers(1, 4, (n, 1)), ((0, 0), (0, 2))), r.normal(size=(n, 4, 4))), "labels_ignore": lambda: (np.where(np.arange(n) % 4 == 1, -1, r.integers(0, 3, n)), r.integers(0, 3, n)),
        "onehot_labels": lambda: (np.eye(3)[r.integers(0, 3, n)], np.eye(3)[r.integers(0, 3, n)]), "sparse_scores": lambda: (r.integers(0, 3, n), r.dirichlet(np.ones(3), n)),
    }[kind]()

def as_pair(kind, r, n):
    y, p = target_data(kind, r, n)
    y = np.asarray(y)
    y = y.astype("int32" if y.dtype.kind == "i" and kind in ("sparse", "sparse_logit", "sparse_seq", "labels", "ctc", "embed", "sorted_ids", "sparse_seq_all", "sparse_logit_seq", "sparse_logit_ignore", "sparse_axis1", "sparse_column", "ctc_short", "labels_ignore", "sparse_scores") else "float32")
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
        if t["values"].ndim == 1:
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
    lo("CosineSimilarity", "reg_seq", axis=1); lo("CosineSimilarity", "with_zeros"); lo("Huber", "wide", delta=10.0); lo("KLDivergence", "soft"); lo("KLDivergence", "onehot_seq"); lo("CategoricalHinge", "onehot_seq"); lo("CategoricalHinge", "onehot_logit")
    for c in ("Hinge", "SquaredHinge"): lo(c, "binary_column"); lo(c, "reg")
    lo("BinaryCrossentropy", "binary_column"); lo("BinaryCrossentropy", "logit_wide", from_logits=True); lo("BinaryCrossentropy", "logit", from_logits=True, label_smoothing=0.2); lo("BinaryCrossentropy", "image"); lo("BinaryCrossentropy", "reg_seq", from_logits=True, axis=1)
    lo("BinaryFocalCrossentropy", "logit", from_logits=True); lo("BinaryFocalCrossentropy", "multilabel", alpha=0.6, gamma=3.0, apply_class_balancing=True, label_smoothing=0.1); lo("BinaryFocalCrossentropy", "binary_column"); lo("BinaryFocalCrossentropy", "binary_seq")
    lo("CategoricalCrossentropy", "soft"); lo("CategoricalCrossentropy", "onehot_axis1", axis=1); lo("CategoricalCrossentropy", "onehot_logit_wide", from_logits=True); lo("CategoricalCrossentropy", "onehot_logit", from_logits=True, label_smoothing=0.1); lo("CategoricalCrossentropy", "onehot_seq")
    lo("CategoricalFocalCrossentropy", "onehot", alpha=0.5, gamma=1.5, label_smoothing=0.1); lo("CategoricalFocalCrossentropy", "onehot_seq"); lo("CategoricalFocalCrossentropy", "onehot_axis1", axis=1); lo("CategoricalFocalCrossentropy", "onehot", alpha=[0.1, 0.2, 0.3, 0.2, 0.2])
    lo("SparseCategoricalCrossentropy", "sparse_column"); lo("SparseCategoricalCrossentropy", "sparse_axis1", axis=1); lo("SparseCategoricalCrossentropy", "sparse_logit_seq", from_logits=True)
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
    me("SparseCategoricalCrossentropy", "sparse_logit", from_logits=True); me("SparseCategoricalCrossentropy", "sparse_seq", ignore_class=-1); me("SparseCategoricalCrossentropy", "sparse_axis1", axis=1); me("SparseCategoricalAccuracy", "sparse_column"); me("CategoricalAccuracy", "soft")
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
    me("OneHotIoU", "onehot_labels", num_classes=3, target_class_ids=[0, 2], sparse_y_pred=False); me("OneHotIoU", "onehot_seq", num_classes=5, target_class_ids=[0, 1, 3]); me("OneHotMeanIoU", "onehot_seq", num_classes=5); me("OneHotMeanIoU", "onehot", num_classes=5, ignore_class=2)
    @case("table", "table_functions")
    def _():
        """The functional forms of losses and metrics: y_true.KIND, y_pred.KIND, and out.loss.NAME / out.metric.NAME / out.*.NAME#k for further arguments."""
        kinds = {"binary": "binary_accuracy binary_crossentropy binary_focal_crossentropy", "onehot": "categorical_accuracy categorical_crossentropy categorical_focal_crossentropy categorical_hinge kl_divergence top_k_categorical_accuracy",
                 "sparse": "sparse_categorical_accuracy sparse_categorical_crossentropy sparse_top_k_categorical_accuracy categorical_generalized_cross_entropy", "reg": "mean_squared_error mean_absolute_error huber log_cosh cosine_similarity pearson_correlation concordance_correlation",
                 "pos": "mean_absolute_percentage_error mean_squared_logarithmic_error poisson", "hinge": "hinge squared_hinge", "mask": "dice tversky", "embed": "circle", "ctc": "ctc"}
        more = {"binary_accuracy": [dict(threshold=0.3)], "binary_crossentropy": [dict(label_smoothing=0.2)], "binary_focal_crossentropy": [dict(apply_class_balancing=True, alpha=0.6, gamma=1.0)], "categorical_crossentropy": [dict(label_smoothing=0.2)], "categorical_focal_crossentropy": [dict(alpha=0.4, gamma=1.0)],
                "top_k_categorical_accuracy": [dict(k=2)], "sparse_top_k_categorical_accuracy": [dict(k=2)], "huber": [dict(delta=0.3)], "cosine_similarity": [dict(axis=0)], "tversky": [dict(alpha=0.2, beta=0.6, axis=(1, 2, 3))], "dice": [dict(axis=(1, 2, 3))], "categorical_generalized_cross_entropy": [dict(q=0.7)]}
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
        t.update({f"{k}.{n}": v for k, d in (("curv", curv), ("goal", goal)) for n, v in zip(shapes, d)})
        t.update({f"state.{v.path}": npy(v) for v in opt.variables})
        return {"class": cls, "config": keras.saving.serialize_keras_object(opt), "flags": []}, t

def declare_tables(steps):
    for cls, cfg in OPTS: optimizer_case(cls, cfg, steps)
    S = keras.optimizers.schedules
    sched = dict(exp=S.ExponentialDecay(0.1, 4, 0.5), exp_stair=S.ExponentialDecay(0.1, 4, 0.5, staircase=True), poly=S.PolynomialDecay(0.1, 8, power=2.0), poly_cycle=S.PolynomialDecay(0.1, 5, cycle=True),
                 inv=S.InverseTimeDecay(0.1, 4, 0.5), piece=S.PiecewiseConstantDecay([3, 7], [0.1, 0.05, 0.01]), cos=S.CosineDecay(0.1, 10, alpha=0.1),
                 cos_warm=S.CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=4), cos_restart=S.CosineDecayRestarts(0.1, 3), cos_restart_m=S.CosineDecayRestarts(0.1, 4, t_mul=1.0, m_mul=0.5, alpha=0.1))
    @case("table", "table_schedules")
    def _():
        return {"config": {k: keras.saving.serialize_keras_object(s) for k, s in sched.items()}, "flags": []}, \
            {"step": np.arange(16, dtype="int32")} | {f"lr.{k}": np.array([float(s(i)) for i in range(16)], "float32") for k, s in sched.items()}
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

def fit_case(fn, shuffle):
    cid = slug("fit", fn.__name__, f"shuffle.{shuffle}")
    @case("fit", cid)
    def gen():
        r = rng_for(cid)
        model, loss, metrics, data = fn()
        randomize(model.weights, r)
        model.compile(optimizer="adam", loss=loss, metrics=metrics)
        x, y = f32(data(r, 50))
        t = {"x": x, "y": y, **model_tensors(model, "w0")}
        sw = r.uniform(0.5, 1.5, 50).astype("float32"); t["sample_weight"] = sw
        keras.utils.set_random_seed(99)
        h = model.fit(x, y, sample_weight=sw, batch_size=16, epochs=3, validation_split=0.2, shuffle=shuffle, verbose=0)
        t.update({f"history.{k}": np.array(v, "float32") for k, v in h.history.items()}); t.update(model_tensors(model, "w1"))
        ev = model.evaluate(x, y, batch_size=16, verbose=0, return_dict=True)
        t.update({f"evaluate.{k}": np.float32(v).reshape(1) for k, v in ev.items()}); t["predict"] = model.predict(x, verbose=0)
        return {"config": keras.saving.serialize_keras_object(model), "weights": names_of(model.weights, model.name), "seed": 99, "flags": ["rng"] if shuffle else [],
                "note": "numpy legacy RandomState permutation per epoch; the first fit() draws one extra permutation before epoch 1"}, t

# -------------------------------------------------------------------------------------------- main
def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("command", choices=("gen", "list"))
    ap.add_argument("folder", nargs="?")
    ap.add_argument("--only", default="layer,loss,metric,optimizer,table,model,fit")
    ap.add_argument("--match", default="")
    ap.add_argument("--missing", action="store_true", help="only the cases that have no file in the folder yet")
    ap.add_argument("--steps", type=int, default=10)
    a = ap.parse_args()
    declare_layers(); declare_plain_layers(); declare_losses_metrics(); declare_more_losses_metrics(); declare_tables(a.steps); declare_models(a.steps)
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
