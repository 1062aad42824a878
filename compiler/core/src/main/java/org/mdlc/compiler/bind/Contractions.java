package org.mdlc.compiler.bind;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mdlc.compiler.bind.Datum.Tensor;
import org.mdlc.compiler.diag.Codes;
import org.mdlc.compiler.op.MatMul;
import org.mdlc.compiler.op.ReduceSum;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.Shape;

/** Products of tensors in terms of the batched matrix product. */
final class Contractions {
  private final Emitter emitter;

  Contractions(Emitter emitter) {
    this.emitter = emitter;
  }

  /** As numpy's matmul, and a rank-2 right side serves any left rank. */
  Tensor matmul(Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
    if (a.rank() < 2 || b.rank() < 2) {
      int low = a.rank() < 2 ? 0 : 1;
      throw new Misuse(
          Codes.RANK_MISMATCH,
          "matmul needs two dimensions or more, not " + (low == 0 ? a : b).type(),
          low);
    }
    for (int i = 0; i < 2; i++) {
      var side = i == 0 ? a : b;
      if (side.dtype() != DType.F32) {
        throw new Misuse(Codes.DTYPE_MISMATCH, "matmul needs f32, not " + side.type(), i)
            .help(
                "whole numbers go through Embedding or one_hot first, or are converted with cast(x, f32)");
      }
    }
    var left = a.shape().dim(transposeA ? -2 : -1);
    var right = b.shape().dim(transposeB ? -1 : -2);
    if (!left.equals(right)) {
      throw new Misuse(
              Codes.SHAPE_MISMATCH,
              "inner dimensions of matmul differ: "
                  + left
                  + " on the left, "
                  + right
                  + " on the right")
          .note("the left side is " + a.type() + ", the right side " + b.type());
    }
    var x = a;
    var y = b;
    if (b.rank() > 2 || transposeA) {
      var batch = Broadcasting.join(leading(a), leading(b));
      x = emitter.stretch(x, ending(batch, a));
      y = emitter.stretch(y, ending(batch, b));
    }
    return emitter.add(new MatMul(transposeA, transposeB), x, y);
  }

  private static Shape leading(Tensor x) {
    return new Shape(x.shape().dims().subList(0, x.rank() - 2));
  }

  private static Shape ending(Shape batch, Tensor x) {
    var dims = new ArrayList<>(batch.dims());
    dims.addAll(x.shape().dims().subList(x.rank() - 2, x.rank()));
    return new Shape(dims);
  }

  // ---- einsum

  /**
   * Einstein summation of two tensors, such as {@code "abc,cd->abd"}: labels of one letter, no
   * repetition within an operand.
   */
  Tensor einsum(String equation, Tensor a, Tensor b) {
    var parts = parse(spelledOut(equation, a, b));
    var x = labelled(equation, parts.get(0), a, 0);
    var y = labelled(equation, parts.get(1), b, 1);
    var result = parts.get(2);
    for (var label : labels(result)) {
      if (!parts.get(0).contains(label) && !parts.get(1).contains(label)) {
        throw new Misuse(
            Codes.VALUE_OUT_OF_RANGE,
            "`" + label + "` of the result stands in no operand of \"" + equation + "\"",
            0);
      }
    }
    x = sumAway(x, y.labels, result);
    y = sumAway(y, x.labels, result);
    var batch = keep(x.labels, y.labels, result, true, true);
    var contracted = keep(x.labels, y.labels, result, true, false);
    var rows = keep(x.labels, without(x.labels, y.labels), result, true, true);
    var columns = keep(y.labels, without(y.labels, x.labels), result, true, true);
    var left = arrange(x, batch, rows, contracted);
    var right = arrange(y, batch, contracted, columns);
    var product = emitter.add(new MatMul(false, false), left, right);
    var order = new ArrayList<String>();
    order.addAll(batch);
    order.addAll(rows);
    order.addAll(columns);
    var dims = order.stream().map(l -> dim(l, a, parts.get(0), b, parts.get(1))).toList();
    var whole = emitter.reshape(product, new Shape(dims));
    return emitter.transpose(whole, labels(result).stream().map(order::indexOf).toList());
  }

  private record Labelled(Tensor tensor, List<String> labels) {}

  /** Letters in place of {@code ...}: new ones, the same in every term, aligned at the right. */
  private static String spelledOut(String equation, Tensor a, Tensor b) {
    if (!equation.contains("...")) {
      return equation;
    }
    var terms = equation.replace(" ", "").split(",|->", -1);
    int hidden = 0;
    for (int i = 0; i < Math.min(2, terms.length); i++) {
      if (terms[i].contains("...")) {
        hidden = Math.max(hidden, (i == 0 ? a : b).rank() - (terms[i].length() - 3));
      }
    }
    var letters =
        IntStream.concat(IntStream.rangeClosed('A', 'Z'), IntStream.rangeClosed('a', 'z'))
            .mapToObj(c -> String.valueOf((char) c))
            .filter(l -> !equation.contains(l))
            .limit(hidden)
            .collect(Collectors.joining());
    return equation.replace("...", letters);
  }

  private static List<String> parse(String equation) {
    var text = equation.replace(" ", "");
    int arrow = text.indexOf("->");
    int comma = text.indexOf(',');
    if (arrow < 0
        || comma < 0
        || comma > arrow
        || !text.matches("[A-Za-z]*,[A-Za-z]*->[A-Za-z]*")) {
      throw new Misuse(
          Codes.VALUE_OUT_OF_RANGE, "\"" + equation + "\" is not of the form \"ab,bc->ac\"", 0);
    }
    return List.of(
        text.substring(0, comma), text.substring(comma + 1, arrow), text.substring(arrow + 2));
  }

  private static Labelled labelled(String equation, String letters, Tensor x, int position) {
    var labels = labels(letters);
    if (labels.size() != x.rank()) {
      throw new Misuse(
          Codes.RANK_MISMATCH,
          "\""
              + letters
              + "\" of \""
              + equation
              + "\" names "
              + labels.size()
              + " dimensions of "
              + x.type(),
          position + 1);
    }
    if (new LinkedHashSet<>(labels).size() != labels.size()) {
      throw new Misuse(Codes.VALUE_OUT_OF_RANGE, "a letter stands twice in \"" + letters + "\"", 0);
    }
    return new Labelled(x, labels);
  }

  private static List<String> labels(String letters) {
    return letters.chars().mapToObj(c -> String.valueOf((char) c)).toList();
  }

  private Labelled sumAway(Labelled x, List<String> other, String result) {
    var axes =
        IntStream.range(0, x.labels.size())
            .filter(i -> !other.contains(x.labels.get(i)) && !result.contains(x.labels.get(i)))
            .boxed()
            .toList();
    if (axes.isEmpty()) {
      return x;
    }
    return new Labelled(
        emitter.add(new ReduceSum(axes), x.tensor),
        x.labels.stream().filter(l -> other.contains(l) || result.contains(l)).toList());
  }

  private static List<String> keep(
      List<String> from, List<String> also, String result, boolean inBoth, boolean inResult) {
    return from.stream()
        .filter(l -> also.contains(l) == inBoth && result.contains(l) == inResult)
        .toList();
  }

  private static List<String> without(List<String> from, List<String> other) {
    return from.stream().filter(l -> !other.contains(l)).toList();
  }

  private Tensor arrange(Labelled x, List<String> batch, List<String> second, List<String> third) {
    var order = new ArrayList<String>(batch);
    order.addAll(second);
    order.addAll(third);
    var sorted = emitter.transpose(x.tensor, order.stream().map(x.labels::indexOf).toList());
    var dims = new ArrayList<Dim>(sorted.shape().dims().subList(0, batch.size()));
    dims.add(product(sorted, batch.size(), batch.size() + second.size()));
    dims.add(product(sorted, batch.size() + second.size(), sorted.rank()));
    return emitter.reshape(sorted, new Shape(dims));
  }

  private static Dim product(Tensor x, int from, int to) {
    return new Shape(x.shape().dims().subList(from, to)).elements();
  }

  private static Dim dim(String label, Tensor a, String left, Tensor b, String right) {
    int i = left.indexOf(label);
    return i >= 0 ? a.shape().dim(i) : b.shape().dim(right.indexOf(label));
  }
}
