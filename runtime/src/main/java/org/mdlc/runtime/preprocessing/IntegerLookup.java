package org.mdlc.runtime.preprocessing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * Integers to indices by a vocabulary, or back; Keras's {@code IntegerLookup}
 * (https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup).
 *
 * <p>Shapes are those of {@link StringLookup}. Tokens have 64 bits; a {@link HostTensor} holds 32,
 * so wider ones go through the methods over {@code long}.
 */
public final class IntegerLookup {
  private final TokenIndex.Settings<Long> settings;
  private final @Nullable TokenIndex<Long> index;
  private final boolean fixed;
  private final ToIntFunction<Long> bucket;

  private IntegerLookup(
      TokenIndex.Settings<Long> settings,
      @Nullable TokenIndex<Long> index,
      boolean fixed,
      ToIntFunction<Long> bucket) {
    this.settings = settings;
    this.index = index;
    this.fixed = fixed;
    this.bucket = bucket;
  }

  /** Starts with Keras's defaults: one index for unknown tokens, -1 for them when inverted. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * This layer with the vocabulary of these data: the most frequent values first, equally frequent
   * ones from the greatest. For {@code TF_IDF} each row is a document, and each value where there
   * is one axis.
   *
   * @throws IllegalStateException if the vocabulary was given
   * @throws DataException if the data holds numbers that are not integers
   */
  public IntegerLookup adapt(Stream<HostTensor> batches) {
    if (fixed) {
      throw new IllegalStateException("the vocabulary was given, so there is nothing to learn");
    }
    TokenIndex.Counts<Long> counts = new TokenIndex.Counts<>();
    batches.forEach(batch -> count(batch.toInts(), counts));
    return new IntegerLookup(
        settings, counts.vocabulary(settings, Comparator.naturalOrder()), false, bucket);
  }

  /** {@link #adapt(Stream)} over all data at once. */
  public IntegerLookup adapt(HostTensor data) {
    return adapt(Stream.of(data));
  }

  /**
   * The indices of integers, as the output mode says.
   *
   * @throws DataException at a number that is not an integer, or at an unknown token if these have
   *     no index
   */
  public HostTensor apply(HostTensor values) {
    int[] integers = values.toInts().ints();
    long[] wide = new long[integers.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = integers[i];
    }
    return apply(wide, values.shape());
  }

  /** {@link #apply(HostTensor)} for integers of 64 bits, in row-major order. */
  public HostTensor apply(long[] values, int... shape) {
    if (settings.invert()) {
      throw new IllegalStateException("an inverted IntegerLookup takes indices: call invert");
    }
    int[] indices = new int[values.length];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = required().index(values[i], bucket);
    }
    return required().encode(indices, shape);
  }

  /**
   * Indices to tokens, of the same shape; only if inverted.
   *
   * @throws DataException at a token that has more than 32 bits; see {@link #token}
   */
  public HostTensor invert(HostTensor indices) {
    int[] integers = indices.toInts().ints();
    int[] tokens = new int[integers.length];
    for (int i = 0; i < tokens.length; i++) {
      long token = token(integers[i]);
      tokens[i] = (int) token;
      if (tokens[i] != token) {
        throw new DataException("the token " + token + " has more than 32 bits");
      }
    }
    return HostTensor.of(tokens, indices.shape());
  }

  /** The token of an index, or that of unknown ones; only if inverted. */
  public long token(int tokenIndex) {
    if (!settings.invert()) {
      throw new IllegalStateException("this IntegerLookup is not inverted");
    }
    return required().token(tokenIndex);
  }

  /** Special tokens and tokens; the place of a token is its index. */
  public List<Long> vocabulary() {
    return required().vocabulary();
  }

  /** The inverse document frequencies, by index; empty in other modes than {@code TF_IDF}. */
  public float[] idfWeights() {
    return required().idfWeights();
  }

  /** Writes {@link #vocabulary} as {@link StringLookup#save} does. */
  public void save(Path file) throws IOException {
    List<String> lines = vocabulary().stream().map(String::valueOf).toList();
    TokenFile.write(file, lines, idfWeights());
  }

  /**
   * This layer with the vocabulary of a file that {@link #save} wrote.
   *
   * @throws DataException if the file is malformed or does not fit the settings
   */
  public IntegerLookup load(Path file) throws IOException {
    boolean weighted = settings.outputMode() == OutputMode.TF_IDF;
    TokenFile read = TokenFile.read(file, weighted);
    List<Long> tokens = integers(file, read.tokens());
    TokenIndex<Long> given =
        TokenIndex.given(settings, tokens, weighted ? read.idfWeights() : null);
    return new IntegerLookup(settings, given, fixed, bucket);
  }

  private TokenIndex<Long> required() {
    if (index == null) {
      throw new IllegalStateException("no vocabulary yet: call adapt, or give one");
    }
    return index;
  }

  private static void count(HostTensor batch, TokenIndex.Counts<Long> counts) {
    int[] values = batch.ints();
    int width = batch.rank() <= 1 ? 1 : batch.dim(batch.rank() - 1);
    for (int first = 0; first < values.length; first += width) {
      List<Long> document = new ArrayList<>();
      for (int i = first; i < first + width; i++) {
        document.add((long) values[i]);
      }
      counts.add(document);
    }
  }

  private static List<Long> integers(Path file, List<String> lines) {
    List<Long> tokens = new ArrayList<>();
    for (String line : lines) {
      try {
        tokens.add(Long.parseLong(line));
      } catch (NumberFormatException e) {
        throw new DataException(
            file + ":" + (tokens.size() + 1) + ": expected an integer, found \"" + line + "\"", e);
      }
    }
    return tokens;
  }

  /** Settings of an {@link IntegerLookup}. */
  public static final class Builder extends LookupBuilder<Long, Builder> {
    private boolean farmHash;

    private Builder() {
      super(-1L);
    }

    /** The tokens in order, with or without the special tokens before them. */
    public Builder vocabulary(long... tokens) {
      return vocabulary(LongStream.of(tokens).boxed().toList());
    }

    @Override
    public Builder vocabulary(Path file) throws IOException {
      return vocabulary(integers(file, TokenFile.read(file, false).tokens()));
    }

    /**
     * Spreads unknown integers by the hash of their decimal digits, instead of the remainder by the
     * number of indices for them; Keras's {@code oov_method}.
     */
    public Builder oovByHash() {
      farmHash = true;
      return this;
    }

    /** {@link #oovByHash} by SipHash with this key. */
    public Builder oovByHash(long key0, long key1) {
      salt = new SipHash(key0, key1);
      return oovByHash();
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if settings contradict each other
     * @throws DataException if the vocabulary does not fit them
     */
    public IntegerLookup build() {
      TokenIndex.Settings<Long> settings = settings();
      TokenIndex<Long> index = index(settings);
      int count = settings.numOovIndices();
      SipHash salted = salt;
      ToIntFunction<Long> bucket =
          farmHash
              ? token -> Buckets.of(Long.toString(token), count, salted)
              : token -> (int) Math.floorMod(token, (long) count);
      return new IntegerLookup(settings, index, index != null, bucket);
    }

    @Override
    Builder self() {
      return this;
    }
  }
}
