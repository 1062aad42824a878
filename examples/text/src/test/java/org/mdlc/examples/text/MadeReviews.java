package org.mdlc.examples.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.mdlc.runtime.file.AtomicFile;

/** Made the sentences of {@code data/reviews.csv}, one after the other from one seed. */
final class MadeReviews {
  private static final int COUNT = 320;
  private static final long SEED = 11;

  private static final List<String> SUBJECTS =
      List.of(
          "The film",
          "This book",
          "Our hotel room",
          "The soup",
          "Her new album",
          "The old phone",
          "His talk",
          "That café",
          "The train ride",
          "My bicycle");
  private static final List<String> GOOD =
      List.of("good", "lovely", "excellent", "charming", "well made", "a pleasure", "brilliant");
  private static final List<String> BAD =
      List.of("bad", "dull", "awful", "broken", "badly made", "a waste of money", "disappointing");
  private static final List<String> SURE =
      List.of("really ", "very much ", "", "simply ", "from start to end ", "");
  private static final List<String> ENDINGS =
      List.of(".", "!", "...", ", I think.", ", said everyone.", " - as always.", "");

  private MadeReviews() {}

  /** Writes the file anew: {@code args} is its path. */
  public static void main(String[] args) throws IOException {
    AtomicFile.writeText(Path.of(args[0]), text());
  }

  /** The whole file. A third of the sentences say what they mean by "not" and its opposite. */
  static String text() {
    var random = new Random(SEED);
    var text = new StringBuilder("review,praise\n");
    for (int i = 0; i < COUNT; i++) {
      boolean praise = random.nextBoolean();
      boolean negated = random.nextInt(3) == 0;
      String judgement = pick(praise != negated ? GOOD : BAD, random);
      text.append('"')
          .append(pick(SUBJECTS, random))
          .append(" was ")
          .append(negated ? "not " : pick(SURE, random))
          .append(judgement)
          .append(pick(ENDINGS, random))
          .append("\",")
          .append(praise ? 1 : 0)
          .append('\n');
    }
    return text.toString();
  }

  private static String pick(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }
}
