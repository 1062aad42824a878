package org.mdlc.compiler.bind;

import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.diag.Diagnostic;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.syntax.Ast;
import org.mdlc.compiler.type.DType;

/** The line {@code precision mixed_bfloat16} of a model: Keras's policies by their names. */
final class Precision {
  private static final String BF16 = "mixed_bfloat16";
  private static final String F16 = "mixed_float16";
  static final List<String> POLICIES = List.of("float32", BF16, F16);

  private Precision() {}

  /** The narrow type in which layers compute, if any; mistakes are reported. */
  static Optional<DType> of(Ast.Model model, Problems problems) {
    var lines =
        model.body().statements().stream()
            .filter(Ast.Precision.class::isInstance)
            .map(Ast.Precision.class::cast)
            .toList();
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    if (lines.size() > 1) {
      problems.report(
          Diagnostic.of(
                  Codes.DUPLICATE_SETTING, lines.get(1).span(), "the precision is given twice")
              .also(lines.getFirst().span(), "first here"));
    }
    var policy = lines.getFirst().policy();
    if (!POLICIES.contains(policy.text())) {
      unknown(policy, problems);
    }
    return switch (policy.text()) {
      case BF16 -> Optional.of(DType.BF16);
      case F16 -> Optional.of(DType.F16);
      default -> Optional.empty();
    };
  }

  private static void unknown(Ast.Name policy, Problems problems) {
    var diagnostic =
        Diagnostic.of(
            Codes.UNKNOWN_PRECISION, policy.span(), "there is no precision `" + policy + "`");
    var near = DidYouMean.nearest(policy.text(), POLICIES);
    problems.report(
        near.isPresent()
            ? diagnostic.help("did you mean `" + near.get() + "`?", policy.span(), near.get())
            : diagnostic.note("precisions are " + String.join(", ", POLICIES)));
  }

  /** What to say of an element type that nobody can ask for by name. */
  static Misuse unknownType(String word) {
    var misuse = new Misuse(Codes.UNKNOWN_TYPE, "there is no element type `" + word + "`");
    return switch (word) {
      case "bf16", "bfloat16" -> narrow(misuse, BF16);
      case "f16", "float16", "half" -> narrow(misuse, F16);
      default -> misuse.help("element types are f32, i32 and bool");
    };
  }

  private static Misuse narrow(Misuse misuse, String policy) {
    return misuse
        .note("weights, inputs and outputs are f32")
        .help(
            "write `precision " + policy + "` in the model: its layers then compute in that type");
  }
}
