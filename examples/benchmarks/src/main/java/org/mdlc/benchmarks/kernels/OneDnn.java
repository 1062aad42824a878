package org.mdlc.benchmarks.kernels;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;

/** One primitive of oneDNN on its own threads and its own memory, for comparison. */
final class OneDnn implements Kernel {
  private static final float SOMETHING = 0.5f;

  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final List<dnnl_memory> memories = new ArrayList<>();
  private final List<FloatPointer> arrays = new ArrayList<>();
  private dnnl_exec_arg_t arguments = new dnnl_exec_arg_t();

  private OneDnn() {
    check(dnnl_engine_create(engine, dnnl_cpu, 0));
    check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags));
  }

  /**
   * A function of each element.
   *
   * @param function one of oneDNN's {@code dnnl_eltwise_...}
   */
  static OneDnn eltwise(int function, long... sizes) {
    var made = new OneDnn();
    var layout = layout(sizes);
    var descriptor = new dnnl_primitive_desc();
    check(
        dnnl_eltwise_forward_primitive_desc_create(
            descriptor,
            made.engine,
            dnnl_forward_inference,
            function,
            layout,
            layout,
            0f,
            0f,
            null));
    return made.build(descriptor, DNNL_ARG_SRC, layout, DNNL_ARG_DST, layout);
  }

  /** Along the last axis. */
  static OneDnn softmax(long... sizes) {
    var made = new OneDnn();
    var layout = layout(sizes);
    var descriptor = new dnnl_primitive_desc();
    check(
        dnnl_softmax_forward_primitive_desc_create(
            descriptor,
            made.engine,
            dnnl_forward_inference,
            dnnl_softmax_accurate,
            layout,
            layout,
            sizes.length - 1,
            null));
    return made.build(descriptor, DNNL_ARG_SRC, layout, DNNL_ARG_DST, layout);
  }

  /** Over the last axis, with scale and shift. */
  static OneDnn layerNormalization(float epsilon, long... sizes) {
    var made = new OneDnn();
    var layout = layout(sizes);
    var row = layout(sizes[sizes.length - 1]);
    var descriptor = new dnnl_primitive_desc();
    check(
        dnnl_layer_normalization_forward_primitive_desc_create(
            descriptor,
            made.engine,
            dnnl_forward_inference,
            layout,
            layout,
            null,
            epsilon,
            dnnl_use_scale | dnnl_use_shift,
            null));
    return made.build(
        descriptor,
        DNNL_ARG_SRC,
        layout,
        DNNL_ARG_DST,
        layout,
        DNNL_ARG_SCALE,
        row,
        DNNL_ARG_SHIFT,
        row);
  }

  /** c = a b. */
  static OneDnn matmul(long m, long k, long n) {
    var made = new OneDnn();
    var a = layout(m, k);
    var b = layout(k, n);
    var c = layout(m, n);
    var descriptor = new dnnl_primitive_desc();
    check(dnnl_matmul_primitive_desc_create(descriptor, made.engine, a, b, null, c, null));
    return made.build(descriptor, DNNL_ARG_SRC, a, DNNL_ARG_WEIGHTS, b, DNNL_ARG_DST, c);
  }

  /** Row-major. */
  private static dnnl_memory_desc layout(long... sizes) {
    var strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    var layout = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_strides(layout, sizes.length, sizes, dnnl_f32, strides));
    return layout;
  }

  /**
   * @param named oneDNN's number of each argument, then its layout
   */
  private OneDnn build(dnnl_primitive_desc descriptor, Object... named) {
    check(dnnl_primitive_create(primitive, descriptor));
    check(dnnl_primitive_desc_destroy(descriptor));
    arguments = new dnnl_exec_arg_t(named.length / 2);
    for (int i = 0; i < named.length / 2; i++) {
      var layout = (dnnl_memory_desc) named[2 * i + 1];
      long count = dnnl_memory_desc_get_size(layout) / Float.BYTES;
      var array = new FloatPointer(count);
      for (long j = 0; j < count; j++) {
        array.put(j, SOMETHING);
      }
      arrays.add(array);
      var memory = new dnnl_memory();
      check(dnnl_memory_create(memory, layout, engine, array));
      memories.add(memory);
      arguments.position(i).arg((int) named[2 * i]).memory(memory);
    }
    arguments.position(0);
    return this;
  }

  @Override
  public void run() {
    check(dnnl_primitive_execute(primitive, stream, memories.size(), arguments));
    check(dnnl_stream_wait(stream));
  }

  @Override
  public void close() {
    dnnl_primitive_destroy(primitive);
    memories.forEach(memory -> dnnl_memory_destroy(memory));
    arrays.forEach(FloatPointer::close);
    arguments.close();
    dnnl_stream_destroy(stream);
    dnnl_engine_destroy(engine);
  }

  private static void check(int status) {
    if (status != dnnl_success) {
      throw new IllegalStateException("oneDNN says " + status);
    }
  }
}
