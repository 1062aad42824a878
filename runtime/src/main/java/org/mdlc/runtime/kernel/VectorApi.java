package org.mdlc.runtime.kernel;

/**
 * Whether this JVM has the Vector API, an incubating module that it must be started with. Knows no
 * class of that module.
 */
public final class VectorApi {
  /** What {@code --add-modules} takes. */
  public static final String MODULE = "jdk.incubator.vector";

  private VectorApi() {}

  /** True in a JVM that was started with the module. */
  public static boolean isPresent() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }
}
