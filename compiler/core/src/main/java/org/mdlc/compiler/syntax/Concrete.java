package org.mdlc.compiler.syntax;

import java.util.List;
import org.mdlc.compiler.source.Span;

/**
 * A text as the grammar takes it apart, with every token in its place: for who writes the text
 * anew. Comments stand between the tokens, in the text itself.
 *
 * <p>A rule that came to one part only is left out, and that part stands in its place; the
 * arguments of a call are parts of the call.
 */
public sealed interface Concrete {
  /** The tokens that one rule of the grammar has read, some of them as branches of their own. */
  record Branch(Rule rule, List<Concrete> parts) implements Concrete {
    public Branch {
      parts = List.copyOf(parts);
    }
  }

  /** A token. */
  record Word(Span span) implements Concrete {
    public String text() {
      return span.text();
    }
  }

  /** The rules of the grammar, or their labelled alternatives, that come to several parts. */
  enum Rule {
    FILE,
    IMPORT_FILE,
    IMPORT_WEIGHTS,
    CONSTANT,
    MODEL,
    FUNCTION,
    DEFINITION,
    TRAIN,
    PARAM_LIST,
    PARAM,
    TYPE,
    TENSOR_TYPE,
    ENUM_TYPE,
    LIST_TYPE,
    TUPLE_TYPE,
    REST_DIM,
    BLOCK,
    INPUT,
    OUTPUT,
    LET,
    PARAMETER,
    STATE,
    RETURN,
    REQUIRE,
    PRECISION,
    REPEAT,
    FOR,
    EVALUATE,
    INPUT_DECL,
    OUTPUT_DECL,
    BINDING,
    VARIABLE,
    CALL,
    INDEX,
    MEMBER,
    BINARY,
    UNARY,
    RANGE,
    PIPE,
    TARGET_CALL,
    TARGET_INDEX,
    TARGET_MEMBER,
    LIST,
    PARENTHESISED,
    LAMBDA,
    SCAN,
    CONDITIONAL,
    SCAN_SOURCE,
    CARRY,
    SPREAD,
    ARGUMENT,
    INDEX_ITEM,
    TRAIN_BODY,
    DATA,
    LOSS,
    METRICS,
    OPTIMIZER,
    CALLBACKS,
    STAGE,
    FREEZE,
    ADAPT,
    MINIMIZE,
    TRAIN_LET,
    SETTING,
    FIELD,
    LOSS_ITEM,
    METRIC_ITEM,
    GLOB
  }
}
