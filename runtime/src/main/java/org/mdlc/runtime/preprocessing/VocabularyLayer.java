package org.mdlc.runtime.preprocessing;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.StringTensor;

/** A layer over strings that has a vocabulary, given or learned. */
public sealed interface VocabularyLayer extends StringLayer
    permits TextVectorization, StringLookup {
  /**
   * This layer with the vocabulary of these data: the most frequent tokens first, equally frequent
   * ones from the last to the first in the order of their UTF-8 bytes. What it had learned before
   * is forgotten.
   *
   * @param batches for {@code TF_IDF} each row is a document, and each string where there is one
   *     axis
   * @throws IllegalStateException if the vocabulary was given
   */
  VocabularyLayer adapt(Stream<StringTensor> batches);

  /** {@link #adapt(Stream)} over all data at once. */
  VocabularyLayer adapt(StringTensor data);

  /** Whether there is a vocabulary, so that the layer can be applied. */
  boolean isAdapted();

  /** Whether the vocabulary came with the settings, so that none can be learned. */
  boolean hasGivenVocabulary();

  /**
   * Special tokens and tokens; the place of a token is its index.
   *
   * @throws IllegalStateException before there is a vocabulary
   */
  List<String> vocabulary();

  /** The inverse document frequencies, by index; empty in other modes than {@code TF_IDF}. */
  float[] idfWeights();

  /**
   * This layer with a vocabulary that another one had.
   *
   * @param idfWeights one for each token in {@code TF_IDF}; none otherwise
   * @throws DataException if it does not fit the settings
   */
  VocabularyLayer withVocabulary(List<String> tokens, double... idfWeights);

  /**
   * Writes {@link #vocabulary} as UTF-8, one token per line, as Keras's {@code vocabulary.txt}; in
   * {@code TF_IDF} a tab and the weight follow each token. The file appears only when it is
   * complete.
   *
   * @throws DataException if a token contains a line end, which such a file cannot hold
   */
  default void save(Path file) throws IOException {
    TokenFile.write(file, vocabulary(), idfWeights());
  }

  /** The vocabulary as JSON, any token allowed: what is saved beside a model's weights. */
  default String vocabularyText() {
    JsonObject text = new JsonObject();
    JsonArray tokens = new JsonArray();
    vocabulary().forEach(tokens::add);
    text.add("vocabulary", tokens);
    JsonArray weights = new JsonArray();
    float[] idf = idfWeights();
    // Padding to max_tokens has a weight of 0 and no token.
    for (int i = 0; i < Math.min(idf.length, tokens.size()); i++) {
      weights.add(idf[i]);
    }
    text.add("idf_weights", weights);
    return text.toString();
  }

  /**
   * This layer with the vocabulary of a {@link #vocabularyText}.
   *
   * @throws DataException if the text is malformed or the vocabulary does not fit the settings
   */
  default VocabularyLayer withVocabularyText(String text) {
    try {
      JsonObject given = JsonParser.parseString(text).getAsJsonObject();
      if (!given.has("vocabulary") || !given.has("idf_weights")) {
        throw new DataException("damaged vocabulary: it lacks vocabulary or idf_weights");
      }
      return withVocabulary(
          StringLayers.strings(given.get("vocabulary")),
          StringLayers.doubles(given.get("idf_weights")));
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new DataException("damaged vocabulary: " + e.getMessage(), e);
    }
  }

  /**
   * This layer with the vocabulary of a file that {@link #save} wrote.
   *
   * @throws DataException if the file is malformed or does not fit the settings
   */
  VocabularyLayer load(Path file) throws IOException;
}
