package org.mdlc.compiler.emit.java;

/**
 * Estimates whether C1, the quick compiler of HotSpot, takes a method with vectors: it gives up on
 * methods that need more than 10,000 registers, and then C2 may never get its turn. Loads and
 * stores of vectors take most by far, masked ones many times more: fewer than ten masked loads fit.
 * Measured on JDK 25, by methods with nothing but so many of one kind.
 */
final class MethodSize {
  private static final int MOST_REGISTERS = 9_500; // of 10,000

  private int registers;

  void load(boolean masked) {
    registers += masked ? 1_700 : 210;
  }

  void store(boolean masked) {
    registers += masked ? 850 : 150;
  }

  boolean fits() {
    return registers < MOST_REGISTERS;
  }
}
