package org.mdlc.compiler.analysis;

import java.util.List;
import java.util.Optional;

/** What may be written at a place, by the words before it; the text need not parse. */
sealed interface Situation {
  /** A comment, a text, a name that is being made up. */
  record Nothing() implements Situation {}

  record TopLevel() implements Situation {}

  /**
   * The begin of a statement.
   *
   * @param inModel false in a layer, a function and the like
   */
  record Statement(boolean inModel) implements Situation {}

  record Expression() implements Situation {}

  record AfterPipe() implements Situation {}

  record Type() implements Situation {}

  record Policy() implements Situation {}

  record ModelName() implements Situation {}

  /** The begin of a line of a train block. */
  record TrainLine() implements Situation {}

  /**
   * After a word of a train block.
   *
   * @param word {@code loss}, {@code metrics} ..
   */
  record TrainValue(String word, String model) implements Situation {}

  /** Where the columns of the data are named. */
  record Fields(String model) implements Situation {}

  /**
   * In the parentheses of a call.
   *
   * @param wanted the kind of definition that the callee is
   * @param given names of arguments that are there already
   * @param positional number of arguments without a name before this one
   * @param value the parameter whose value stands here: by {@code name =}, if there is one
   * @param begins whether the argument begins here
   * @param piped whether something is piped into the call
   */
  record Argument(
      String callee,
      String wanted,
      List<String> given,
      int positional,
      Optional<String> value,
      boolean begins,
      boolean piped)
      implements Situation {
    public Argument {
      given = List.copyOf(given);
    }
  }
}
