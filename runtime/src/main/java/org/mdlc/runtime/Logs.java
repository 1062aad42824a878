package org.mdlc.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Metric values by name, as callbacks get them; Keras's {@code logs}. Sorted by name, except that
 * what a callback adds comes last.
 */
public final class Logs {
  private final Map<String, Double> values;

  private Logs(Map<String, Double> values) {
    this.values = values;
  }

  /** No values. */
  public static Logs empty() {
    return new Logs(new LinkedHashMap<>());
  }

  /** The given values, sorted by name. */
  public static Logs of(Map<String, Double> values) {
    return new Logs(new LinkedHashMap<>(new TreeMap<>(values)));
  }

  /** The value of that name, if there is one. */
  public OptionalDouble get(String name) {
    Double value = values.get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /**
   * The value of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public double require(String name) {
    return get(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no metric " + name + "; there are " + String.join(", ", values.keySet())));
  }

  /** Adds or replaces a value; callbacks that come later, the history and the bar see it. */
  public void put(String name, double value) {
    values.put(name, value);
  }

  /** The values by name, in order. */
  public Map<String, Double> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Such as {@code {accuracy=0.9, loss=0.3}}. */
  @Override
  public String toString() {
    return values.toString();
  }
}
