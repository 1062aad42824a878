package org.mdlc.compiler.bind;

final class KerasSurface {
  private KerasSurface() {}

  static boolean has(String module, String name) {
    return true;
  }
}
