package org.mdlc.runtime.table;

/** Which texts are numbers. */
final class Numbers {
  private Numbers() {}

  static boolean isInt(String text) {
    try {
      Integer.parseInt(text.strip());
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  // Java also takes 1f and 1d, which in a data file are a slip of the pen.
  static boolean isFloat(String text) {
    String number = text.strip();
    if (number.isEmpty() || "dDfF".indexOf(number.charAt(number.length() - 1)) >= 0) {
      return false;
    }
    try {
      Float.parseFloat(number);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
