package org.mdlc.runtime.preprocessing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;

/**
 * A vocabulary and what looks it up: Keras's {@code IndexLookup}. Indices are, in order: the mask
 * token (in mode {@code INT}, if there is one), the unknown tokens, the tokens.
 *
 * @param <T> the type of a token, with {@code equals}
 */
final class TokenIndex<T> {
  /**
   * Everything but the tokens.
   *
   * @param maxTokens limit of the size; 0 for none
   */
  record Settings<T>(
      int maxTokens,
      int numOovIndices,
      @Nullable T maskToken,
      T oovToken,
      boolean invert,
      OutputMode outputMode,
      boolean padToMaxTokens) {
    Settings {
      require(
          maxTokens == 0 || maxTokens > 1, "max_tokens must be greater than 1, not " + maxTokens);
      require(!padToMaxTokens || maxTokens > 0, "pad_to_max_tokens needs max_tokens");
      require(numOovIndices >= 0, "num_oov_indices must not be negative, but is " + numOovIndices);
      require(
          !invert || outputMode == OutputMode.INT,
          "an inverted lookup has output mode int, not " + outputMode.kerasName());
      require(
          maxTokens == 0 || maxTokens >= specialCount(maskToken, outputMode) + numOovIndices,
          "max_tokens " + maxTokens + " leaves no room for the special tokens");
    }

    /** Where the indices of unknown tokens start. */
    int oovStart() {
      return specialCount(maskToken, outputMode);
    }

    /** Where the indices of the tokens start. */
    int tokenStart() {
      return oovStart() + numOovIndices;
    }

    /** What stands before the tokens in a vocabulary. */
    List<T> special() {
      List<T> special = new ArrayList<>();
      if (maskToken != null && oovStart() == 1) {
        special.add(maskToken);
      }
      special.addAll(Collections.nCopies(numOovIndices, oovToken));
      return special;
    }

    private static int specialCount(@Nullable Object maskToken, OutputMode mode) {
      return maskToken != null && mode == OutputMode.INT ? 1 : 0;
    }

    private static void require(boolean holds, String message) {
      if (!holds) {
        throw new IllegalArgumentException(message);
      }
    }
  }

  private final Settings<T> settings;
  private final List<T> tokens;
  private final Map<T, Integer> indices = new HashMap<>();
  private final float[] idf;

  private TokenIndex(Settings<T> settings, List<T> tokens, float[] idf) {
    this.settings = settings;
    this.tokens = List.copyOf(tokens);
    this.idf = idf;
    for (int i = 0; i < tokens.size(); i++) {
      indices.put(tokens.get(i), settings.tokenStart() + i);
    }
  }

  /**
   * A vocabulary that is known, with or without the special tokens before it.
   *
   * @throws DataException if it is empty, too large, repeats a token, holds a special token in the
   *     wrong place, or has another number of idf weights
   */
  static <T> TokenIndex<T> given(
      Settings<T> settings, List<T> vocabulary, double @Nullable [] idfWeights) {
    if (vocabulary.isEmpty()) {
      throw new DataException("the vocabulary is empty");
    }
    int start = settings.tokenStart();
    boolean hasSpecial =
        vocabulary.size() >= start && vocabulary.subList(0, start).equals(settings.special());
    List<T> tokens = hasSpecial ? vocabulary.subList(start, vocabulary.size()) : vocabulary;
    checkTokens(settings, tokens);
    boolean weighted = settings.outputMode() == OutputMode.TF_IDF;
    if (weighted != (idfWeights != null)) {
      throw new DataException(
          weighted
              ? "a vocabulary in mode tf_idf needs idf weights"
              : "idf weights are for mode tf_idf, not " + settings.outputMode().kerasName());
    }
    if (idfWeights == null) {
      return new TokenIndex<>(settings, tokens, new float[0]);
    }
    if (idfWeights.length != vocabulary.size()) {
      throw new DataException(
          idfWeights.length + " idf weights for a vocabulary of " + vocabulary.size());
    }
    int front = hasSpecial ? 0 : start;
    float[] idf = new float[depth(settings, tokens.size())];
    double sum = 0;
    for (int i = 0; i < idfWeights.length; i++) {
      idf[front + i] = (float) idfWeights[i];
      sum += idfWeights[i];
    }
    for (int i = 0; i < front; i++) {
      idf[i] = (float) (sum / idfWeights.length);
    }
    return new TokenIndex<>(settings, tokens, idf);
  }

  private static <T> void checkTokens(Settings<T> settings, List<T> tokens) {
    Set<T> seen = new HashSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      T token = tokens.get(i);
      if (!seen.add(token)) {
        throw new DataException("the vocabulary has the token \"" + token + "\" twice");
      }
      // An unknown token is looked up by nobody unless inverted.
      boolean reserved =
          token.equals(settings.maskToken())
              || (settings.invert() && token.equals(settings.oovToken()));
      if (reserved) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "the vocabulary has the special token \"%s\" at place %d; special tokens stand"
                    + " at its start, all of them and in the order %s, or nowhere",
                token,
                i,
                settings.special()));
      }
    }
    int size = settings.tokenStart() + tokens.size();
    if (settings.maxTokens() > 0 && size > settings.maxTokens()) {
      throw new DataException(
          "a vocabulary of " + size + " tokens is larger than max_tokens " + settings.maxTokens());
    }
  }

  /** Counts tokens of documents; how a vocabulary is learned. */
  static final class Counts<T> {
    private final Map<T, Integer> occurrences = new HashMap<>();
    private final Map<T, Integer> documentsWith = new HashMap<>();
    private long documents;

    /** Counts one document. */
    void add(List<T> document) {
      document.forEach(token -> occurrences.merge(token, 1, Integer::sum));
      new HashSet<>(document).forEach(token -> documentsWith.merge(token, 1, Integer::sum));
      documents++;
    }

    /**
     * The most frequent tokens, ties from the greatest to the least, with the inverse document
     * frequency log(1 + documents / (1 + documents with the token)), and for unknown tokens the
     * mean of these.
     *
     * @param order how Keras sorts tokens: strings by their bytes, integers by value
     * @throws DataException if no idf weights can be learned because there are no tokens
     */
    TokenIndex<T> vocabulary(Settings<T> settings, Comparator<T> order) {
      List<T> tokens = new ArrayList<>(occurrences.keySet());
      tokens.remove(settings.maskToken());
      tokens.remove(settings.oovToken());
      ToIntFunction<T> count = token -> occurrences.getOrDefault(token, 0);
      tokens.sort(Comparator.comparingInt(count).thenComparing(order).reversed());
      if (settings.maxTokens() > 0) {
        int limit = settings.maxTokens() - settings.tokenStart();
        tokens = tokens.subList(0, Math.min(limit, tokens.size()));
      }
      boolean weighted = settings.outputMode() == OutputMode.TF_IDF;
      return new TokenIndex<>(settings, tokens, weighted ? idf(settings, tokens) : new float[0]);
    }

    private float[] idf(Settings<T> settings, List<T> tokens) {
      if (tokens.isEmpty()) {
        throw new DataException("there is no token to learn an inverse document frequency of");
      }
      int start = settings.tokenStart();
      float[] idf = new float[depth(settings, tokens.size())];
      double sum = 0;
      for (int i = 0; i < tokens.size(); i++) {
        double withToken = documentsWith.getOrDefault(tokens.get(i), 0);
        idf[start + i] = (float) Math.log(1 + documents / (1 + withToken));
        sum += idf[start + i];
      }
      for (int i = 0; i < start; i++) {
        idf[i] = (float) (sum / tokens.size());
      }
      return idf;
    }
  }

  Settings<T> settings() {
    return settings;
  }

  /** Special tokens and tokens; the place of a token is its index. */
  List<T> vocabulary() {
    List<T> all = settings.special();
    all.addAll(tokens);
    return Collections.unmodifiableList(all);
  }

  /** Tokens alone. */
  List<T> tokens() {
    return tokens;
  }

  int size() {
    return settings.tokenStart() + tokens.size();
  }

  /** Inverse document frequencies by index; empty in other modes. */
  float[] idfWeights() {
    return idf.clone();
  }

  /** Places of an encoded vector. */
  int depth() {
    return depth(settings, tokens.size());
  }

  private static int depth(Settings<?> settings, int tokens) {
    return settings.padToMaxTokens() ? settings.maxTokens() : settings.tokenStart() + tokens;
  }

  /**
   * The index of a token; {@link Encoding#DROPPED} for the mask token in modes without a place for
   * it.
   *
   * @param bucket the number from 0 of an unknown token among several
   * @throws DataException if the token is unknown and unknown tokens have no index
   */
  int index(T token, ToIntFunction<T> bucket) {
    if (token.equals(settings.maskToken())) {
      return settings.outputMode() == OutputMode.INT ? 0 : Encoding.DROPPED;
    }
    Integer index = indices.get(token);
    if (index != null) {
      return index;
    }
    return switch (settings.numOovIndices()) {
      case 0 ->
          throw new DataException(
              "\"" + token + "\" is not in the vocabulary, and num_oov_indices is 0");
      case 1 -> settings.oovStart();
      default -> settings.oovStart() + bucket.applyAsInt(token);
    };
  }

  /** The token of an index; the unknown token for an index that has none. */
  T token(int index) {
    if (index == 0 && settings.maskToken() != null) {
      return settings.maskToken();
    }
    int place = index - settings.tokenStart();
    return place >= 0 && place < tokens.size() ? tokens.get(place) : settings.oovToken();
  }

  /** What the mode says for indices of the given shape. */
  HostTensor encode(int[] indices, int... shape) {
    OutputMode mode = settings.outputMode();
    return Encoding.encode(
        indices, shape, mode, depth(), null, mode == OutputMode.TF_IDF ? idf : null);
  }
}
