package org.mdlc.junit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.interp.Interpreter;
import org.mdlc.compiler.op.Tensor64;
import org.mdlc.compiler.type.DType;
import org.mdlc.runtime.Model;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.HostTensor;

/** The generated code of a layer, against its float64 meaning. */
final class CodeCheck {
  /** Sums of a few hundred products in float32, of the largest entry. */
  private static final double TOLERANCE = 2e-4;

  private final BoundLayer layer;
  private final Samples samples;

  private CodeCheck(BoundLayer layer, Samples samples) {
    this.layer = layer;
    this.samples = samples;
  }

  static void check(BoundLayer layer, Samples samples) {
    var check = new CodeCheck(layer, samples);
    try (var model = GeneratedCode.create(layer.program(), layer.request(), samples.seed())) {
      check.setVariables(model);
      check.predict(model);
      check.train(model);
    }
  }

  /** The initial weights of generated code may differ in their last bit. */
  private void setVariables(Model model) {
    for (var variable : model.variables().specs()) {
      if (samples.values().containsKey(variable.name())) {
        model.variables().set(variable.name(), host(samples.get(variable.name())));
      }
    }
  }

  private void predict(Model model) {
    var meant = Interpreter.run(layer.predict(), samples.values(), samples.examples());
    var found = model.predict(data(layer.program().inputs()));
    for (var output : layer.program().outputs()) {
      var wanted = Tensors.named(meant, output.name());
      compare("output " + output.name(), wanted, tensor(wanted, found.get(output.name())));
    }
  }

  private void train(Model model) {
    var meant = Interpreter.run(layer.step(), samples.values(), samples.examples());
    var all = new ArrayList<>(layer.program().inputs());
    all.addAll(layer.program().targets());
    model.trainOnBatch(data(all));
    for (var weight : layer.weights()) {
      if (meant.containsKey(weight.path())) {
        var wanted = Tensors.named(meant, weight.path());
        var found = model.variables().get(weight.path());
        compare(weight.path() + " after a step", wanted, tensor(wanted, found));
      }
    }
  }

  private ArrayDataset data(Iterable<Port> ports) {
    var columns = new LinkedHashMap<String, HostTensor>();
    ports.forEach(p -> columns.put(p.name(), host(samples.get(p.name()))));
    return ArrayDataset.of(columns);
  }

  private void compare(String what, Tensor64 wanted, Tensor64 found) {
    double tolerance = TOLERANCE * Math.max(1, Tensors.largest(wanted));
    Tensors.firstDifference(wanted, found, tolerance)
        .ifPresent(
            entry -> {
              throw new AssertionError(
                  "the generated code of %s is wrong: %s is %s at %s, in float64 it is %s"
                      .formatted(
                          layer,
                          what,
                          (float) found.at(entry),
                          Tensors.position(entry, wanted.sizes()),
                          (float) wanted.at(entry)));
            });
  }

  private static Tensor64 tensor(Tensor64 like, HostTensor found) {
    return Tensor64.of(like.dtype(), like.sizes(), found::get);
  }

  private static HostTensor host(Tensor64 tensor) {
    if (tensor.dtype() == DType.F32) {
      var floats = new float[tensor.count()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) tensor.at(i);
      }
      return HostTensor.of(floats, tensor.sizes());
    }
    var ints = new int[tensor.count()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) (long) tensor.at(i);
    }
    return HostTensor.of(ints, tensor.sizes());
  }
}
