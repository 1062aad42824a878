package org.mdlc.runtime.preprocessing;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * Strings to indices by a vocabulary, or back; Keras's {@code StringLookup}
 * (https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup).
 *
 * <p>[...] strings become [...] integers in mode {@code INT}, [..., depth] floats in {@code
 * ONE_HOT} (a last axis of size 1 goes first), and [..., n] become [..., depth] floats in the
 * others.
 */
public final class StringLookup implements VocabularyLayer {
  // As TensorFlow sorts: by the bytes of UTF-8, which is the order of code points, not of chars.
  static final Comparator<String> BYTE_ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private final TokenIndex.Settings<String> settings;
  private final @Nullable TokenIndex<String> index;
  private final boolean fixed;
  private final ToIntFunction<String> bucket;
  private final @Nullable SipHash salt;

  private StringLookup(
      TokenIndex.Settings<String> settings,
      @Nullable TokenIndex<String> index,
      boolean fixed,
      @Nullable SipHash salt) {
    this.settings = settings;
    this.index = index;
    this.fixed = fixed;
    this.salt = salt;
    this.bucket = token -> Buckets.of(token, settings.numOovIndices(), salt);
  }

  /** Starts with Keras's defaults: one index for unknown tokens, no mask token. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public StringLookup adapt(Stream<StringTensor> batches) {
    requireLearns();
    TokenIndex.Counts<String> counts = new TokenIndex.Counts<>();
    batches.forEach(batch -> documents(batch).forEach(counts::add));
    return adapted(counts);
  }

  /** The layer with the vocabulary of what was counted. */
  StringLookup adapted(TokenIndex.Counts<String> counts) {
    return new StringLookup(settings, counts.vocabulary(settings, BYTE_ORDER), false, salt);
  }

  void requireLearns() {
    if (fixed) {
      throw new IllegalStateException("the vocabulary was given, so there is nothing to learn");
    }
  }

  @Override
  public StringLookup adapt(StringTensor data) {
    return adapt(Stream.of(data));
  }

  @Override
  public HostTensor apply(StringTensor... inputs) {
    StringTensor values = Layers.only("StringLookup", inputs);
    if (settings.invert()) {
      throw new IllegalStateException("an inverted StringLookup takes integers, not strings");
    }
    int[] indices = new int[values.size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = index(values.get(i));
    }
    return required().encode(indices, values.shape());
  }

  /**
   * Indices to tokens, of the same shape; only if inverted. An index without a token gives the
   * token of unknown ones.
   */
  public StringTensor invert(HostTensor indices) {
    if (!settings.invert()) {
      throw new IllegalStateException("this StringLookup is not inverted");
    }
    HostTensor integers = indices.dtype() == DType.I32 ? indices : indices.toInts();
    List<String> tokens = new ArrayList<>();
    for (int i : integers.ints()) {
      tokens.add(required().token(i));
    }
    return StringTensor.of(tokens, indices.shape());
  }

  @Override
  public boolean isAdapted() {
    return index != null;
  }

  @Override
  public boolean hasGivenVocabulary() {
    return fixed;
  }

  @Override
  public List<String> vocabulary() {
    return required().vocabulary();
  }

  @Override
  public float[] idfWeights() {
    return required().idfWeights();
  }

  @Override
  public StringLookup withVocabulary(List<String> tokens, double... idfWeights) {
    TokenIndex<String> given =
        TokenIndex.given(
            settings, tokens, settings.outputMode() == OutputMode.TF_IDF ? idfWeights : null);
    return new StringLookup(settings, given, fixed, salt);
  }

  @Override
  public StringLookup load(Path file) throws IOException {
    TokenFile read = TokenFile.read(file, settings.outputMode() == OutputMode.TF_IDF);
    return withVocabulary(read.tokens(), read.idfWeights());
  }

  OutputMode outputMode() {
    return settings.outputMode();
  }

  /** The index of one token, or {@link Encoding#DROPPED}. */
  int index(String token) {
    return required().index(token, bucket);
  }

  HostTensor encode(int[] indices, int... shape) {
    return required().encode(indices, shape);
  }

  private TokenIndex<String> required() {
    if (index == null) {
      throw new IllegalStateException("no vocabulary yet: call adapt, or give one");
    }
    return index;
  }

  // A value of its own is a document, as Keras takes an array of one axis; else each row is one.
  private static Stream<List<String>> documents(StringTensor batch) {
    List<String> values = batch.toList();
    int width = batch.rank() <= 1 ? 1 : batch.dim(batch.rank() - 1);
    int count = width == 0 ? 0 : values.size() / width;
    return Stream.iterate(0, row -> row < count, row -> row + 1)
        .map(row -> values.subList(row * width, (row + 1) * width));
  }

  /** Settings of a {@link StringLookup}. */
  public static final class Builder extends LookupBuilder<String, Builder> {
    private Charset encoding = StandardCharsets.UTF_8;

    private Builder() {
      super("[UNK]");
    }

    /** The tokens in order, with or without the special tokens before them. */
    public Builder vocabulary(String... tokens) {
      return vocabulary(List.of(tokens));
    }

    @Override
    public Builder vocabulary(Path file) throws IOException {
      return vocabulary(TokenFile.read(file, encoding, false).tokens());
    }

    /** The encoding of a vocabulary file. Set it before the file. */
    public Builder encoding(Charset charset) {
      encoding = charset;
      return this;
    }

    /** Spreads unknown tokens by SipHash with this key instead of FarmHash. */
    public Builder salt(long key) {
      return salt(key, key);
    }

    /** Spreads unknown tokens by SipHash with this key instead of FarmHash. */
    public Builder salt(long key0, long key1) {
      salt = new SipHash(key0, key1);
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if settings contradict each other
     * @throws DataException if the vocabulary does not fit them
     */
    public StringLookup build() {
      TokenIndex.Settings<String> settings = settings();
      TokenIndex<String> index = index(settings);
      return new StringLookup(settings, index, index != null, salt);
    }

    @Override
    Builder self() {
      return this;
    }
  }
}
