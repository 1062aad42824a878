package org.mdlc.compiler.plan;

import java.util.List;
import java.util.Optional;
import org.mdlc.compiler.ir.Origin;
import org.mdlc.compiler.op.Contraction;
import org.mdlc.compiler.op.Op;
import org.mdlc.compiler.type.Dim;
import org.mdlc.compiler.type.TensorType;

/** One thing done to buffers. Steps run in order. */
public sealed interface Step {
  /**
   * Unique within the program, a word of letters, digits and underscores: the name of the generated
   * method.
   */
  String name();

  /** The statements of the model that this step carries out, without repeats. */
  List<Origin> origins();

  /** A tensor in memory. */
  record Tensor(Operand at, TensorType type) {}

  /**
   * A matrix product, convolution or pooling, forward or backward, done by a library: {@code result
   * = post(operation(operands))}.
   *
   * @param post applied in order to the result while it is written
   */
  record LibraryCall(
      String name,
      Contraction operation,
      List<Tensor> operands,
      Tensor result,
      List<PostOp> post,
      List<Origin> origins)
      implements Step {
    public LibraryCall {
      operands = List.copyOf(operands);
      post = List.copyOf(post);
      origins = List.copyOf(origins);
    }

    /** Operations on floats of the call itself, without {@code post}. */
    public long flops(long batch) {
      var types = operands.stream().map(Tensor::type).toList();
      return operation.cost(types).flops().at(batch);
    }
  }

  /**
   * Something a library does on the way out.
   *
   * @param bias for {@link PostKind#BIAS}, one number per element of the last axis
   */
  record PostOp(PostKind kind, Optional<Tensor> bias) {}

  enum PostKind {
    BIAS,
    RELU
  }

  /**
   * A fused kernel over its parameters, one operand each.
   *
   * @param parts the operations that it carries out
   */
  record KernelCall(String name, Kernel kernel, List<Operand> arguments, List<Part> parts)
      implements Step {
    public KernelCall {
      arguments = List.copyOf(arguments);
      parts = List.copyOf(parts);
      if (arguments.size() != kernel.params().size()) {
        throw new IllegalArgumentException(
            name
                + ": "
                + arguments.size()
                + " arguments for "
                + kernel.params().size()
                + " parameters");
      }
    }

    @Override
    public List<Origin> origins() {
      return parts.stream()
          .map(Part::origin)
          .filter(o -> !o.equals(Origin.NONE))
          .distinct()
          .toList();
    }
  }

  /** One of the operations that a kernel carries out, and where it comes from. */
  record Part(Op operation, Origin origin) {}

  /** Copies contiguous elements. */
  record Copy(String name, Operand from, Operand to, Dim elements, List<Origin> origins)
      implements Step {
    public Copy {
      origins = List.copyOf(origins);
    }
  }

  /** How the rounds of a loop follow each other. */
  enum Rounds {
    /** t counts 0, 1, .. */
    FORWARD,
    /** t counts from {@code trips - 1} down to 0. */
    REVERSE,
    /** No round needs another: several threads may share them. */
    SIDE_BY_SIDE
  }

  /**
   * Runs its body {@code trips} times. Operands advance with the number of the round, t.
   *
   * @param id unique within the program
   * @param byRow every row of the batch goes through all rounds by itself: what is written for one
   *     row is read for that row only, so that rows need not wait for each other
   */
  record Loop(
      String name,
      int id,
      Dim trips,
      Rounds rounds,
      boolean byRow,
      List<Step> body,
      List<Origin> origins)
      implements Step {
    public Loop {
      body = List.copyOf(body);
      origins = List.copyOf(origins);
    }

    Loop with(boolean byRow, List<Step> body) {
      return new Loop(name, id, trips, rounds, byRow, body, origins);
    }
  }

  /**
   * An operation that is plain code of the runtime: sorting, top-k, cumulative sums, scatter-add,
   * orthogonal matrices.
   */
  record HostCall(
      String name, Op operation, List<Tensor> operands, List<Tensor> results, List<Origin> origins)
      implements Step {
    public HostCall {
      operands = List.copyOf(operands);
      results = List.copyOf(results);
      origins = List.copyOf(origins);
    }
  }
}
