package org.mdlc.runtime.preprocessing;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;

/**
 * Texts to the indices of their words; Keras's {@code TextVectorization}
 * (https://keras.io/api/layers/preprocessing_layers/text/text_vectorization). Each text is made
 * uniform, split into tokens, joined to n-grams and looked up.
 *
 * <p>[texts] or [texts, 1] strings become, in mode {@code INT}, [texts, length] integers, where the
 * length is {@code outputSequenceLength} or that of the longest text of the batch; otherwise
 * [texts, depth] floats. Index 0 is padding and 1 is any unknown token; the other modes have no
 * place for padding. With {@link #NO_SPLIT} the tokens of a text are the strings of the last axis.
 */
public final class TextVectorization implements VocabularyLayer {
  /** Leaves texts as they are. */
  public static final UnaryOperator<String> NONE = text -> text;

  /** Lowers the ASCII letters, as TensorFlow does; all others stay. */
  public static final UnaryOperator<String> LOWER = TextVectorization::lower;

  /** Removes the 32 punctuation characters of ASCII. */
  public static final UnaryOperator<String> STRIP_PUNCTUATION = TextVectorization::strip;

  /** {@link #LOWER}, then {@link #STRIP_PUNCTUATION}; the default. */
  public static final UnaryOperator<String> LOWER_AND_STRIP_PUNCTUATION =
      text -> strip(lower(text));

  /** Splits at any number of ASCII spaces, tabs and line ends; the default. */
  public static final Function<String, List<String>> WHITESPACE = TextVectorization::words;

  /** Splits into Unicode characters. */
  public static final Function<String, List<String>> CHARACTER =
      text -> text.codePoints().mapToObj(Character::toString).toList();

  /** Does not split: every string is one token. */
  public static final Function<String, List<String>> NO_SPLIT = List::of;

  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  private static final String SPACES = " \t\n\u000b\f\r";

  private final Tokenizer tokenizer;
  private final int outputSequenceLength;
  private final StringLookup lookup;

  private TextVectorization(Tokenizer tokenizer, int outputSequenceLength, StringLookup lookup) {
    this.tokenizer = tokenizer;
    this.outputSequenceLength = outputSequenceLength;
    this.lookup = lookup;
  }

  /** Starts with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public TextVectorization adapt(Stream<StringTensor> batches) {
    lookup.requireLearns();
    TokenIndex.Counts<String> counts = new TokenIndex.Counts<>();
    batches.forEach(batch -> documents(batch, true).rows.forEach(counts::add));
    return with(lookup.adapted(counts));
  }

  @Override
  public TextVectorization adapt(StringTensor data) {
    return adapt(Stream.of(data));
  }

  @Override
  public HostTensor apply(StringTensor... inputs) {
    Documents documents = documents(Layers.only("TextVectorization", inputs), false);
    boolean sequence = lookup.outputMode() == OutputMode.INT;
    int width = documents.rows.stream().mapToInt(List::size).max().orElse(0);
    if (sequence && outputSequenceLength > 0) {
      width = outputSequenceLength;
    }
    int[] indices = new int[Math.multiplyExact(documents.rows.size(), width)];
    // In INT 0 is padding; elsewhere padding is nothing.
    Arrays.fill(indices, sequence ? 0 : Encoding.DROPPED);
    for (int row = 0; row < documents.rows.size(); row++) {
      List<String> tokens = documents.rows.get(row);
      for (int i = 0; i < Math.min(width, tokens.size()); i++) {
        indices[row * width + i] = lookup.index(tokens.get(i));
      }
    }
    return lookup.encode(
        indices, IntStream.concat(IntStream.of(documents.shape), IntStream.of(width)).toArray());
  }

  /** The tokens of one text, n-grams included: what is looked up. */
  public List<String> tokens(String text) {
    return tokenizer.tokens(text);
  }

  @Override
  public boolean isAdapted() {
    return lookup.isAdapted();
  }

  @Override
  public boolean hasGivenVocabulary() {
    return lookup.hasGivenVocabulary();
  }

  @Override
  public List<String> vocabulary() {
    return lookup.vocabulary();
  }

  @Override
  public float[] idfWeights() {
    return lookup.idfWeights();
  }

  @Override
  public TextVectorization withVocabulary(List<String> tokens, double... idfWeights) {
    return with(lookup.withVocabulary(tokens, idfWeights));
  }

  @Override
  public TextVectorization load(Path file) throws IOException {
    return with(lookup.load(file));
  }

  private TextVectorization with(StringLookup other) {
    return new TextVectorization(tokenizer, outputSequenceLength, other);
  }

  /** The tokens of each text, and the shape of the texts. */
  private static final class Documents {
    private final List<List<String>> rows;
    private final int[] shape;

    Documents(List<List<String>> rows, int[] shape) {
      this.rows = rows;
      this.shape = shape;
    }
  }

  private Documents documents(StringTensor texts, boolean adapting) {
    int[] shape = texts.shape();
    if (tokenizer.split.equals(NO_SPLIT)) {
      // Strings of one axis are tokens of one text, but examples to learn from.
      int width =
          shape.length == 0 || (adapting && shape.length == 1) ? 1 : shape[shape.length - 1];
      List<String> values = texts.map(tokenizer.standardize).toList();
      List<List<String>> rows = new ArrayList<>();
      for (int first = 0; first < values.size(); first += width) {
        rows.add(tokenizer.ngrams(values.subList(first, first + width)));
      }
      return new Documents(rows, Arrays.copyOf(shape, Math.max(0, shape.length - 1)));
    }
    if (shape.length > 1 && shape[shape.length - 1] != 1) {
      throw new IllegalArgumentException(
          "TextVectorization splits one text per example, [texts] or [texts, 1], not " + texts);
    }
    List<List<String>> rows = texts.toList().stream().map(tokenizer::tokens).toList();
    return new Documents(rows, shape.length > 1 ? Arrays.copyOf(shape, shape.length - 1) : shape);
  }

  /** From text to what is looked up. */
  private record Tokenizer(
      UnaryOperator<String> standardize,
      Function<String, List<String>> split,
      List<Integer> lengths) {
    List<String> tokens(String text) {
      return ngrams(split.apply(standardize.apply(text)));
    }

    List<String> ngrams(List<String> tokens) {
      if (lengths.isEmpty()) {
        return tokens;
      }
      List<String> joined = new ArrayList<>();
      for (int width : lengths) {
        for (int first = 0; first + width <= tokens.size(); first++) {
          joined.add(String.join(" ", tokens.subList(first, first + width)));
        }
      }
      return joined;
    }
  }

  private static String lower(String text) {
    StringBuilder lowered = new StringBuilder(text);
    for (int i = 0; i < lowered.length(); i++) {
      char c = lowered.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        lowered.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return lowered.toString();
  }

  private static String strip(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (PUNCTUATION.indexOf(text.charAt(i)) < 0) {
        kept.append(text.charAt(i));
      }
    }
    return kept.toString();
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || SPACES.indexOf(text.charAt(i)) >= 0) {
        if (i > start) {
          words.add(text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return words;
  }

  /** Settings of a {@link TextVectorization}, with Keras's names and defaults. */
  public static final class Builder {
    private final StringLookup.Builder lookup = StringLookup.builder().maskToken("");
    private UnaryOperator<String> standardize = LOWER_AND_STRIP_PUNCTUATION;
    private Function<String, List<String>> split = WHITESPACE;
    private List<Integer> ngrams = List.of();
    private OutputMode outputMode = OutputMode.INT;
    private int outputSequenceLength;

    private Builder() {}

    /** The greatest size of the vocabulary, padding and unknown token included. */
    public Builder maxTokens(int count) {
      lookup.maxTokens(count);
      return this;
    }

    /** How texts are made uniform: one of the constants of this class, or a function of yours. */
    public Builder standardize(UnaryOperator<String> function) {
      standardize = function;
      return this;
    }

    /** How a text becomes tokens: one of the constants of this class, or a function of yours. */
    public Builder split(Function<String, List<String>> function) {
      split = function;
      return this;
    }

    /** Tokens of one to {@code longest} words in a row. */
    public Builder ngrams(int longest) {
      return ngrams(IntStream.rangeClosed(1, longest).toArray());
    }

    /** Tokens of so many words in a row, for each of the lengths, in this order. */
    public Builder ngrams(int[] lengths) {
      if (lengths.length == 0 || IntStream.of(lengths).anyMatch(n -> n < 1)) {
        throw new IllegalArgumentException("n-grams have one word or more");
      }
      ngrams = IntStream.of(lengths).boxed().toList();
      return this;
    }

    /** What comes out: any mode but {@code ONE_HOT}. */
    public Builder outputMode(OutputMode mode) {
      outputMode = mode;
      lookup.outputMode(mode);
      return this;
    }

    /** Length to which every text is cut or padded; only in {@code INT}. */
    public Builder outputSequenceLength(int length) {
      if (length < 1) {
        throw new IllegalArgumentException("output_sequence_length must be positive");
      }
      outputSequenceLength = length;
      return this;
    }

    /** Whether encoded vectors have {@code maxTokens} places however small the vocabulary is. */
    public Builder padToMaxTokens(boolean pad) {
      lookup.padToMaxTokens(pad);
      return this;
    }

    /** The tokens in order, with or without padding and unknown token before them. */
    public Builder vocabulary(List<String> tokens) {
      lookup.vocabulary(tokens);
      return this;
    }

    /** The tokens in order, with or without padding and unknown token before them. */
    public Builder vocabulary(String... tokens) {
      lookup.vocabulary(tokens);
      return this;
    }

    /**
     * The tokens from a text file, one per line.
     *
     * @throws DataException if the file is not text
     */
    public Builder vocabulary(Path file) throws IOException {
      lookup.vocabulary(file);
      return this;
    }

    /**
     * One inverse document frequency for each token of the vocabulary; only with {@code TF_IDF}.
     */
    public Builder idfWeights(double... weights) {
      lookup.idfWeights(weights);
      return this;
    }

    /** The encoding of a vocabulary file. Set it before the file. */
    public Builder encoding(Charset charset) {
      lookup.encoding(charset);
      return this;
    }

    /**
     * The layer.
     *
     * @throws IllegalArgumentException if settings contradict each other
     * @throws DataException if the vocabulary does not fit them
     */
    public TextVectorization build() {
      if (outputMode == OutputMode.ONE_HOT) {
        throw new IllegalArgumentException(
            "TextVectorization gives int, multi_hot, count or tf_idf, not one_hot");
      }
      if (outputMode != OutputMode.INT && outputSequenceLength > 0) {
        throw new IllegalArgumentException(
            "output_sequence_length is for mode int, not " + outputMode.kerasName());
      }
      return new TextVectorization(
          new Tokenizer(standardize, split, ngrams), outputSequenceLength, lookup.build());
    }
  }
}
