package org.mdlc.runtime;

import java.util.ArrayList;
import java.util.List;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.DataSet;
import org.mdlc.runtime.data.HostTensor;

/** The arrays of a data set in the order, types and shapes in which the steps take them. */
final class Feed {
  private final List<HostTensor> arrays;
  private final int rows;

  private Feed(List<HostTensor> arrays, int rows) {
    this.arrays = arrays;
    this.rows = rows;
  }

  /** Inputs and targets. */
  static Feed labelled(ModelSpec spec, DataSet data) {
    List<HostTensor> arrays = new ArrayList<>();
    spec.inputs().forEach(input -> arrays.add(bind(spec, "input", input, data)));
    spec.targets().forEach(target -> arrays.add(bind(spec, "target", target, data)));
    return new Feed(arrays, requireRows(data));
  }

  /** Inputs only. */
  static Feed unlabelled(ModelSpec spec, DataSet data) {
    List<HostTensor> arrays = new ArrayList<>();
    spec.inputs().forEach(input -> arrays.add(bind(spec, "input", input, data)));
    return new Feed(arrays, requireRows(data));
  }

  int rows() {
    return rows;
  }

  /** Gives the step the rows {@code first} and following, in the order of the data. */
  void fill(Step step, int first) {
    for (int i = 0; i < arrays.size(); i++) {
      step.setInput(i, arrays.get(i), first);
    }
  }

  /** Gives the step the rows {@code order[first]} and following. */
  void fill(Step step, int[] order, int first) {
    for (int i = 0; i < arrays.size(); i++) {
      step.setInput(i, arrays.get(i), order, first);
    }
  }

  private static HostTensor bind(ModelSpec spec, String kind, TensorSpec wanted, DataSet data) {
    if (!data.has(wanted.name())) {
      throw new DataException(
          String.format(
              "%s needs the %s %s, which the data lacks; it has %s",
              spec.name(), kind, wanted, String.join(", ", data.names())));
    }
    HostTensor given = data.get(wanted.name());
    if (!significant(given.rowShape()).equals(significant(wanted.shape()))) {
      throw new DataException(
          String.format(
              "the %s %s of %s takes rows of shape %s, the data has %s",
              kind, wanted.name(), spec.name(), wanted.shape(), given.rowShape()));
    }
    return wanted.dtype() == DType.F32 ? given.toFloats() : toInts(kind, wanted, given);
  }

  private static HostTensor toInts(String kind, TensorSpec wanted, HostTensor given) {
    try {
      return given.toInts();
    } catch (DataException e) {
      throw new DataException(kind + " " + wanted.name() + ": " + e.getMessage(), e);
    }
  }

  // [n] labels for a target of shape [1], or images [8, 8] for an input [8, 8, 1], mean the same.
  private static List<Integer> significant(List<Integer> shape) {
    return shape.stream().filter(size -> size != 1).toList();
  }

  private static int requireRows(DataSet data) {
    if (data.rows() == 0) {
      throw new DataException("the data has no rows");
    }
    return data.rows();
  }
}
