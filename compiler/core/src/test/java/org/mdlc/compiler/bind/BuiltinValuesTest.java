package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** What functions give that put several operations together. */
class BuiltinValuesTest {
  private static final int BATCH = 2;

  /** The dimensions between those that are shared and the axis stay before the places. */
  @Test
  void gatherFollowsTheIndicesOfEachExample() {
    var x = Tensor64.of(DType.F32, new int[] {BATCH, 2, 3, 4}, i -> i);
    var at = Tensor64.of(DType.I32, new int[] {BATCH, 2, 5}, i -> i * 7 % 4);
    var y =
        run(
            "input x: f32[2, 3, 4], at: i32[2, 5]\n  output y = gather(x, at, axis = 3, batch_dims = 2)",
            Map.of("x", x, "at", at));
    assertThat(y.sizes()).containsExactly(BATCH, 2, 3, 5);
    for (int line = 0; line < BATCH * 2; line++) {
      for (int between = 0; between < 3; between++) {
        for (int place = 0; place < 5; place++) {
          assertThat(y.at((line * 3 + between) * 5 + place))
              .isEqualTo((line * 3 + between) * 4 + at.at(line * 5 + place));
        }
      }
    }
  }

  @Test
  void bincountLeavesOutWhatHasNoPlace() {
    var x = new Tensor64(DType.I32, new int[] {BATCH, 4}, new double[] {0, 2, 2, -1, 3, 2, 4, 0});
    var y = run("input x: i32[4]\n  output y = x[:, none] * 0 + bincount(x, 4)", Map.of("x", x));
    assertThat(y.data()).startsWith(2, 0, 3, 1);
  }

  @Test
  void tensorHoldsNumbersRowByRow() {
    var x = Tensor64.of(DType.F32, new int[] {BATCH, 2, 3}, _ -> 0);
    var y =
        run(
            "input x: f32[2, 3]\n  output y = x + tensor([[1, 2.5, 3], [-4, 5, 1 / 4]])",
            Map.of("x", x));
    assertThat(y.data()).startsWith(1, 2.5, 3, -4, 5, 0.25);
  }

  private static Tensor64 run(String body, Map<String, Tensor64> inputs) {
    var program = Programs.bind("case", "model Case {\n  " + body + "\n}\n");
    return Interpreter.run(program.predict(), new LinkedHashMap<>(inputs), BATCH).get("y");
  }
}
