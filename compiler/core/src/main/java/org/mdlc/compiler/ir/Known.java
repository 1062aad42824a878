package org.mdlc.compiler.ir;

import java.util.Map;

/** Looks up what must be there. */
public final class Known {
  private Known() {}

  /**
   * The value of a key.
   *
   * @throws CompilerBug when there is none
   */
  public static <K, V> V in(Map<K, V> map, K key) {
    var value = map.get(key);
    if (value == null) {
      throw new CompilerBug("lookup", key + " is not among " + map.keySet());
    }
    return value;
  }
}
