package org.mdlc.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mdlc.cli.Machine.Gpu;

/** Asks NVIDIA's driver which devices there are. */
final class CudaDriver implements AutoCloseable {
  private static final int NAME_BYTES = 256;
  private static final Gpu NONE = new Gpu(Optional.empty(), List.of());

  private final Arena arena = Arena.ofConfined();
  private final SymbolLookup library;

  @SuppressWarnings("restricted") // only where native access is enabled
  private CudaDriver(String name) {
    library = SymbolLookup.libraryLookup(name, arena);
  }

  /** The name under which the system finds the driver. */
  static String libraryName() {
    return System.getProperty("os.name", "").startsWith("Windows") ? "nvcuda.dll" : "libcuda.so.1";
  }

  /** What the driver says; nothing where there is none, or Java may not call it. */
  static Gpu ask(String library) {
    if (!CudaDriver.class.getModule().isNativeAccessEnabled()) {
      return NONE;
    }
    try (var driver = new CudaDriver(library)) {
      return driver.ask();
    } catch (IllegalArgumentException e) {
      return NONE; // there is no such library
    }
  }

  private Gpu ask() {
    int version = number("cuDriverGetVersion");
    var text = Optional.of(version / 1000 + "." + version % 1000 / 10);
    if (call("cuInit", 0) != 0) {
      return new Gpu(text, List.of());
    }
    var devices = new ArrayList<String>();
    int count = number("cuDeviceGetCount");
    for (int device = 0; device < count; device++) {
      devices.add(name(device));
    }
    return new Gpu(text, devices);
  }

  private String name(int device) {
    var name = arena.allocate(NAME_BYTES);
    return call("cuDeviceGetName", name, NAME_BYTES, device) == 0
        ? name.getString(0)
        : "device " + device;
  }

  /** The number that a function writes; 0 if it fails. */
  private int number(String function) {
    var number = arena.allocate(ValueLayout.JAVA_INT);
    return call(function, number) == 0 ? number.get(ValueLayout.JAVA_INT, 0) : 0;
  }

  /**
   * Calls a function that takes addresses and ints, and returns a code that is 0 if all is well.
   */
  @SuppressWarnings("restricted") // as above
  private int call(String function, Object... arguments) {
    var layouts = new ArrayList<ValueLayout>();
    for (var argument : arguments) {
      layouts.add(argument instanceof MemorySegment ? ValueLayout.ADDRESS : ValueLayout.JAVA_INT);
    }
    var type = FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts.toArray(ValueLayout[]::new));
    var address = library.find(function);
    if (address.isEmpty()) {
      return -1;
    }
    try {
      return (int)
          Linker.nativeLinker().downcallHandle(address.get(), type).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(function, e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
