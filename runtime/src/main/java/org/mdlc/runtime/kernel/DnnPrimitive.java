package org.mdlc.runtime.kernel;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * One oneDNN primitive with its argument list. Argument i of {@link #set} is the i-th of the
 * constructor; the last is always the scratchpad. It runs on the calling thread alone, for which
 * its descriptor must have been made as well ({@link OmpThreads}).
 */
final class DnnPrimitive implements AutoCloseable {
  private final String what;
  private final dnnl_stream stream = Dnn.newStream();
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_memory[] memories;
  private final dnnl_exec_arg_t arguments;
  private final Address address = new Address();
  private final long scratchBytes;
  private final String implementation;
  private boolean closed;

  /**
   * Takes over {@code descriptor} and frees it.
   *
   * @param what the operation in words, for messages
   * @param names oneDNN's numbers of the arguments
   * @param layouts their descriptors, which stay the caller's
   */
  DnnPrimitive(
      String what, dnnl_primitive_desc descriptor, int[] names, dnnl_memory_desc[] layouts) {
    this.what = what;
    dnnl_memory_desc scratch =
        dnnl_primitive_desc_query_md(descriptor, dnnl_query_scratchpad_md, 0);
    scratchBytes = dnnl_memory_desc_get_size(scratch);
    implementation = implementation(descriptor);
    Dnn.check(dnnl_primitive_create(primitive, descriptor), what);
    memories = new dnnl_memory[names.length + 1];
    arguments = new dnnl_exec_arg_t(names.length + 1);
    for (int i = 0; i < names.length; i++) {
      addArgument(i, names[i], layouts[i]);
    }
    addArgument(names.length, DNNL_ARG_SCRATCHPAD, scratch);
    arguments.position(0);
    dnnl_primitive_desc_destroy(descriptor);
  }

  private void addArgument(int index, int name, dnnl_memory_desc layout) {
    memories[index] = new dnnl_memory();
    Dnn.check(dnnl_memory_create(memories[index], layout, Dnn.engine(), address.to(0)), what);
    arguments.position(index).arg(name).memory(memories[index]);
  }

  /** The attributes all our primitives share: scratch memory comes from the caller. */
  static dnnl_primitive_attr attributes() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    Dnn.check(dnnl_primitive_attr_create(attributes), "attributes");
    Dnn.check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "attributes");
    return attributes;
  }

  /**
   * {@link #attributes()} with the sum and relu of {@code epilogue}; a bias is an argument, not an
   * attribute.
   */
  static dnnl_primitive_attr attributes(java.util.Set<Epilogue> epilogue) {
    dnnl_primitive_attr attributes = attributes();
    dnnl_post_ops operations = new dnnl_post_ops();
    Dnn.check(dnnl_post_ops_create(operations), "post-ops");
    if (epilogue.contains(Epilogue.ACCUMULATE)) {
      Dnn.check(dnnl_post_ops_append_sum(operations, 1f, 0, dnnl_data_type_undef), "a sum");
    }
    if (epilogue.contains(Epilogue.RELU)) {
      Dnn.check(dnnl_post_ops_append_eltwise(operations, dnnl_eltwise_relu, 0f, 0f), "a relu");
    }
    Dnn.check(dnnl_primitive_attr_set_post_ops(attributes, operations), "post-ops");
    dnnl_post_ops_destroy(operations);
    return attributes;
  }

  /** A descriptor of floats in the given layout; the caller frees it. */
  static dnnl_memory_desc floats(Layout layout) {
    dnnl_memory_desc descriptor = new dnnl_memory_desc();
    Dnn.check(
        dnnl_memory_desc_create_with_strides(
            descriptor, layout.rank(), layout.sizes(), dnnl_f32, layout.strides()),
        "a tensor " + layout);
    return descriptor;
  }

  /** A descriptor of floats whose layout oneDNN may choose; the caller frees it. */
  static dnnl_memory_desc anyLayout(long... sizes) {
    dnnl_memory_desc descriptor = new dnnl_memory_desc();
    Dnn.check(
        dnnl_memory_desc_create_with_tag(
            descriptor, sizes.length, sizes, dnnl_f32, dnnl_format_tag_any),
        "a tensor");
    return descriptor;
  }

  /** The least multiple of a cache line that is not below {@code bytes}. */
  static long aligned(long bytes) {
    return (bytes + 63) & -64;
  }

  /** Which of oneDNN's implementations a descriptor stands for. */
  static String implementation(dnnl_primitive_desc descriptor) {
    try (var text = new PointerPointer<BytePointer>(1)) {
      Dnn.check(
          dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, text), "a query");
      return text.get(BytePointer.class, 0).getString();
    }
  }

  /** Points argument {@code index} at native memory. */
  void set(int index, long target) {
    int status = dnnl_memory_set_data_handle(memories[index], address.to(target));
    if (status != dnnl_success) {
      Dnn.check(status, what);
    }
  }

  void setScratch(long target) {
    set(memories.length - 1, target);
  }

  void run() {
    int threads = OmpThreads.useOne();
    int status = dnnl_primitive_execute(primitive, stream, memories.length, arguments);
    OmpThreads.restore(threads);
    if (status != dnnl_success) {
      Dnn.check(status, what);
    }
  }

  long scratchBytes() {
    return scratchBytes;
  }

  /** Which of oneDNN's implementations was chosen, such as {@code brg_matmul:avx512_core}. */
  String implementation() {
    return implementation;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    dnnl_primitive_destroy(primitive);
    dnnl_stream_destroy(stream);
    for (dnnl_memory memory : memories) {
      dnnl_memory_destroy(memory);
    }
    arguments.close();
  }

  /** A pointer whose target can change without a new object. */
  private static final class Address extends Pointer {
    Address to(long target) {
      address = target;
      return this;
    }
  }
}
