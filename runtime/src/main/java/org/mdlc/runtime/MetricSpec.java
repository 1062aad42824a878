package org.mdlc.runtime;

/**
 * A number that training and evaluation report.
 *
 * @param name the name in logs, such as {@code loss} or {@code accuracy}
 * @param direction where better lies
 */
public record MetricSpec(String name, Direction direction) {
  /** Where better lies, for callbacks that watch a metric with mode {@code auto}. */
  public enum Direction {
    /** Greater is better. */
    UP,
    /** Smaller is better. */
    DOWN,
    /** Not known: the user must say {@code min} or {@code max}. */
    UNKNOWN
  }
}
