package org.mdlc.runtime.preprocessing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/**
 * The settings that {@link StringLookup} and {@link IntegerLookup} share, with Keras's names and
 * defaults.
 *
 * @param <T> the type of a token
 * @param <B> the builder itself
 */
public abstract sealed class LookupBuilder<T, B extends LookupBuilder<T, B>>
    permits StringLookup.Builder, IntegerLookup.Builder {
  private int maxTokens;
  private int numOovIndices = 1;
  private @Nullable T maskToken;
  private T oovToken;
  private boolean invert;
  private OutputMode outputMode = OutputMode.INT;
  private boolean padToMaxTokens;
  private @Nullable List<T> vocabulary;
  private double @Nullable [] idfWeights;
  @Nullable SipHash salt;

  LookupBuilder(T oovToken) {
    this.oovToken = oovToken;
  }

  /** The greatest size of the vocabulary, special tokens included; without it there is no limit. */
  public B maxTokens(int count) {
    maxTokens = count;
    return self();
  }

  /** How many indices unknown tokens share; by a hash when several, an error when none. */
  public B numOovIndices(int count) {
    numOovIndices = count;
    return self();
  }

  /** The token that means "nothing here": index 0, and left out of every mode but {@code INT}. */
  public B maskToken(T token) {
    maskToken = token;
    return self();
  }

  /** What an unknown index means when inverted; a vocabulary that is learned never has it. */
  public B oovToken(T token) {
    oovToken = token;
    return self();
  }

  /** Maps indices to tokens instead. */
  public B invert(boolean inverted) {
    invert = inverted;
    return self();
  }

  /** What comes out. */
  public B outputMode(OutputMode mode) {
    outputMode = mode;
    return self();
  }

  /** Whether encoded vectors have {@code maxTokens} places however small the vocabulary is. */
  public B padToMaxTokens(boolean pad) {
    padToMaxTokens = pad;
    return self();
  }

  /** The tokens in order, with or without the special tokens before them. */
  public B vocabulary(List<T> tokens) {
    vocabulary = List.copyOf(tokens);
    return self();
  }

  /**
   * The tokens from a text file, one per line, with or without the special tokens before them.
   *
   * @throws DataException if the file is not such a list
   */
  public abstract B vocabulary(Path file) throws IOException;

  /** One inverse document frequency for each token of the vocabulary; only with {@code TF_IDF}. */
  public B idfWeights(double... weights) {
    idfWeights = weights.clone();
    return self();
  }

  abstract B self();

  TokenIndex.Settings<T> settings() {
    return new TokenIndex.Settings<>(
        maxTokens, numOovIndices, maskToken, oovToken, invert, outputMode, padToMaxTokens);
  }

  /** The index of the vocabulary given; null if the layer is to learn one. */
  @Nullable TokenIndex<T> index(TokenIndex.Settings<T> settings) {
    if (vocabulary == null) {
      if (idfWeights != null) {
        throw new IllegalArgumentException("idf weights need the vocabulary they belong to");
      }
      return null;
    }
    return TokenIndex.given(settings, vocabulary, idfWeights);
  }
}
