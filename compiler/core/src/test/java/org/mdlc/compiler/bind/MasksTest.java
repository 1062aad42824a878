package org.mdlc.compiler.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Composite;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;

/** How masks travel: what a model computes from two sequences of which the second is shorter. */
final class MasksTest {
  /** Steps 1, 2, 4, 6 (the last two are padding in the second row) and their mask. */
  private static final String TWO =
      """
        input x: f32[4, 1], counts: bool[4]
        let m = with_mask(x, counts)
      """;

  private static final Map<String, Tensor64> DATA =
      Map.of(
          "x",
          Tensor64.of(
              DType.F32, new int[] {2, 4, 1}, i -> new double[] {1, 2, 4, 6, 1, 2, 4, 6}[i]),
          "counts",
          Tensor64.of(DType.BOOL, new int[] {2, 4}, i -> i < 6 ? 1 : 0));

  private static BoundProgram program(String definitions, String body) {
    return Programs.bind("masks", definitions + "model Case {\n" + TWO + body.indent(2) + "}\n");
  }

  private static List<Double> run(String definitions, String body) {
    var program = program(definitions, body);
    var arguments = new LinkedHashMap<>(DATA);
    arguments.putAll(Programs.filled(program));
    var found = Objects.requireNonNull(Interpreter.run(program.predict(), arguments, 2).get("y"));
    return Arrays.stream(found.data()).boxed().toList();
  }

  private static List<Double> run(String body) {
    return run("", body);
  }

  private static final List<Double> MEAN_OF_WHAT_COUNTS = List.of(13 / 4.0, 3 / 2.0);
  private static final List<Double> MEAN_OF_ALL = List.of(13 / 4.0, 13 / 4.0);

  @Test
  void reachesALayerThatAsksForIt() {
    assertThat(run("output y = m |> GlobalAveragePooling1D()")).isEqualTo(MEAN_OF_WHAT_COUNTS);
    assertThat(run("output y = x |> GlobalAveragePooling1D()")).isEqualTo(MEAN_OF_ALL);
  }

  @Test
  void passesLayersThatKeepIt() {
    assertThat(run("output y = m |> Dropout(0.5) |> ReLU() |> GlobalAveragePooling1D()"))
        .isEqualTo(MEAN_OF_WHAT_COUNTS);
  }

  @Test
  void whatIsGivenGoesBeforeWhatIsCarried() {
    assertThat(run("output y = GlobalAveragePooling1D()(m, mask = none)")).isEqualTo(MEAN_OF_ALL);
    assertThat(run("output y = GlobalAveragePooling1D()(m, mask = x[:, 0] > 3)"))
        .isEqualTo(List.of(5.0, 5.0));
  }

  @Test
  void functionsEndIt() {
    assertThat(run("output y = 1 * m |> GlobalAveragePooling1D()")).isEqualTo(MEAN_OF_ALL);
    assertThat(run("output y = +m |> GlobalAveragePooling1D()")).isEqualTo(MEAN_OF_ALL);
    assertThat(run("output y = m[:] |> GlobalAveragePooling1D()")).isEqualTo(MEAN_OF_ALL);
    assertThat(run("output y = reshape(m, [4, 1]) |> GlobalAveragePooling1D()"))
        .as("also a function that has nothing to do")
        .isEqualTo(MEAN_OF_ALL);
    assertThat(run("output y = m |> with_mask(none) |> GlobalAveragePooling1D()"))
        .isEqualTo(MEAN_OF_ALL);
  }

  @Test
  void namesListsAndBranchesKeepIt() {
    assertThat(
            run(
                """
                var v = x
                if rank(x) == 2 { v = m }
                let pair = (x, v), list = [x, pair[1]]
                output y = (if true { list[1] } else { x }) |> GlobalAveragePooling1D()
                """))
        .isEqualTo(MEAN_OF_WHAT_COUNTS);
  }

  @Test
  void goesInAndOutOfModelsAndLayers() {
    assertThat(
            run(
                """
                model Inner {
                  input a: f32[4, 1]
                  output b = a |> Identity()
                }

                layer Twice()(a: f32[T, C]) = a |> Identity() |> Identity()

                """,
                "output y = m |> Inner() |> Twice() |> GlobalAveragePooling1D()"))
        .isEqualTo(MEAN_OF_WHAT_COUNTS);
  }

  @Test
  void aLayerMakesOneAndItComesOut() {
    assertThat(
            run(
                """
                layer Small()(a: f32[T, C]) = with_mask(a, any(a < 3, over = [C]))

                """,
                "output y = x |> Small() |> GlobalAveragePooling1D()"))
        .isEqualTo(List.of(1.5, 1.5));
  }

  @Test
  void whatOnlyPassesThroughIsNoOutputOfTheBody() {
    var layers =
        program("", "output y = m |> Identity() |> GlobalAveragePooling1D()")
            .predict()
            .nodes()
            .stream()
            .filter(n -> n.op() instanceof Composite)
            .map(n -> ((Composite) n.op()).kind() + " " + n.results().size())
            .toList();
    assertThat(layers).containsExactly("Identity 1", "GlobalAveragePooling1D 1");
  }

  @Test
  void aParameterNamedAfterAnOperandGetsTheMaskOfThatOne() {
    assertThat(
            run(
                """
                layer Second()(a: f32[T, C], b: f32[U, C], b_mask: bool[U]? = none, a_mask: bool[T]? = none) {
                  require a_mask == none, "x carries no mask"
                  return sum(b * cast(b_mask[:, none], f32), over = [U])
                }

                """,
                "output y = Second()(x, m)"))
        .isEqualTo(List.of(13.0, 3.0));
  }

  @Test
  void sumsCountWhereAnyDoes() {
    var third = "let n = with_mask(x, x[:, 0] < 1.5)\n";
    assertThat(run(third + "output y = Average()(m, n) |> GlobalAveragePooling1D()"))
        .isEqualTo(MEAN_OF_WHAT_COUNTS);
    assertThat(run(third + "output y = Average()(m, x) |> GlobalAveragePooling1D()"))
        .as("x counts everywhere")
        .isEqualTo(MEAN_OF_ALL);
  }

  @Test
  void joinedStepsHaveTheJoinedMask() {
    assertThat(run("output y = Concatenate(axis = 1)(m, x) |> GlobalAveragePooling1D()"))
        .isEqualTo(List.of(26 / 8.0, 16 / 6.0));
    assertThat(run("output y = Concatenate()(m, m) |> GlobalAveragePooling1D()"))
        .isEqualTo(List.of(13 / 4.0, 13 / 4.0, 3 / 2.0, 3 / 2.0));
  }
}
