package org.mdlc.runtime.utils;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;

/**
 * A progress bar on one line of a terminal; Keras's {@code keras.utils.Progbar}, byte for byte
 * unless {@link Builder#columns} says that the terminal is too narrow.
 *
 * <pre>{@code
 * 3/10 ━━━━━━━━━━━━━━━━━━━━ 0s 12ms/step - accuracy: 0.4688 - loss: 0.6785
 * }</pre>
 */
public final class Progbar {
  /** The target of a bar whose number of steps is not known. */
  public static final int UNKNOWN = -1;

  private static final int UNLIMITED = 0;

  private static final String BOLD = "\u001b[1m";
  private static final String GREEN = "\u001b[32m";
  private static final String WHITE = "\u001b[37m";
  private static final String RESET = "\u001b[0m";
  private static final String CELL = "━";

  private int target;
  private final int width;
  private final int verbose;
  private final double interval;
  private final String unitName;
  private final Predicate<String> averaged;
  private final boolean dynamicDisplay;
  private final int columns;
  private final String prefix;
  private final PrintStream output;
  private final DoubleSupplier clock;

  private final Map<String, Mean> values = new LinkedHashMap<>();
  private final double start;
  private double lastUpdate = Double.NEGATIVE_INFINITY;
  private double timeAfterFirstStep = Double.NaN;
  private int seenSoFar;
  private int previousWidth;

  private Progbar(Builder builder) {
    target = builder.target;
    width = builder.width;
    verbose = builder.verbose;
    interval = builder.interval;
    unitName = builder.unitName;
    averaged = builder.averaged;
    dynamicDisplay = builder.dynamicDisplay;
    columns = builder.columns;
    prefix = builder.prefix;
    output = builder.output;
    clock = builder.clock;
    start = clock.getAsDouble();
  }

  /** Starts a bar with Keras's defaults: width 20, verbose 1, every metric averaged. */
  public static Builder builder() {
    return new Builder();
  }

  /** Says how many steps there are, once that is known. */
  public void setTarget(int steps) {
    target = steps;
  }

  /** {@link #update(int, Map, boolean)}, which finishes the bar when the target is reached. */
  public void update(int current, Map<String, Double> metrics) {
    update(current, metrics, target != UNKNOWN && current >= target);
  }

  /** Moves on by {@code steps}. */
  public void add(int steps, Map<String, Double> metrics) {
    update(seenSoFar + steps, metrics);
  }

  /**
   * Shows that {@code current} steps are done. Redraws at most once in the interval, unless the bar
   * is finished.
   *
   * @param current steps done, from the start
   * @param metrics values of the last step, shown in the order in which they first came
   * @param finish whether this is the last update, which ends the line
   */
  public void update(int current, Map<String, Double> metrics, boolean finish) {
    metrics.forEach((name, value) -> record(name, value, current, finish));
    seenSoFar = current;
    double now = clock.getAsDouble();
    double secondsPerUnit = secondsPerUnit(current, now);
    if (verbose == 1) {
      if (now - lastUpdate < interval && !finish) {
        return;
      }
      print(redraw(current, now, secondsPerUnit, finish));
    } else if (verbose == 2 && finish && target > 0) {
      print(summaryLine(current, now, secondsPerUnit));
    }
    lastUpdate = now;
  }

  private void record(String name, double value, int current, boolean finish) {
    if (!averaged.test(name) || finish) {
      values.put(name, new Mean(value, 1));
      return;
    }
    int weight = Math.max(current - seenSoFar, 1);
    values.merge(name, new Mean(value * weight, weight), Mean::plus);
  }

  private String redraw(int current, double now, double secondsPerUnit, boolean finish) {
    boolean known = target > 0;
    String count = known ? count(current) : String.format(Locale.ROOT, "%7d/Unknown", current);
    StringBuilder bar = new StringBuilder();
    int visibleWidth = count.length();
    if (known) {
      int done = (int) (width * ((double) current / target));
      bar.append(BOLD).append(count).append(RESET).append(' ');
      if (done > 0) {
        bar.append(GREEN).append(CELL.repeat(done)).append(RESET);
      }
      bar.append(WHITE).append(CELL.repeat(Math.max(0, width - done))).append(RESET);
      visibleWidth += 1 + Math.max(width, done);
    } else {
      bar.append(count);
    }

    String elapsed =
        known && !finish
            ? eta(secondsPerUnit * (target - current))
            : PythonFormat.fixed(now - start, 0) + "s";
    String rest = formatTime(secondsPerUnit) + metrics(true);
    if (!finish) {
      rest = fitted(rest, visibleWidth + 1 + elapsed.length());
    }
    visibleWidth += 1 + elapsed.length() + rest.length();

    StringBuilder message = new StringBuilder();
    message.append(dynamicDisplay ? "\b".repeat(previousWidth) + "\r" : "\n");
    message.append(bar).append(' ').append(BOLD).append(elapsed).append(RESET).append(rest);
    message.append(" ".repeat(Math.max(0, previousWidth - visibleWidth)));
    if (finish) {
      message.append('\n');
    }
    previousWidth = visibleWidth;
    return message.toString();
  }

  /**
   * What there is room for: a line that the terminal wraps cannot be redrawn. The last line of a
   * bar stays, so it may wrap.
   */
  private String fitted(String rest, int before) {
    int room = columns - 1 - before;
    if (!dynamicDisplay || columns == UNLIMITED || rest.length() <= room) {
      return rest;
    }
    return room < 1 ? "" : rest.substring(0, room - 1) + "…";
  }

  private String summaryLine(int current, double now, double secondsPerUnit) {
    return prefix
        + count(current)
        + " - "
        + PythonFormat.fixed(now - start, 0)
        + "s -"
        + formatTime(secondsPerUnit)
        + metrics(false)
        + "\n";
  }

  private String count(int current) {
    int digits = Integer.toString(target).length();
    return String.format(Locale.ROOT, "%" + digits + "d/%d", current, target);
  }

  // Keras compares the magnitude with 1e-3 in the bar, but the signed value in the summary line.
  private String metrics(boolean byMagnitude) {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (name, mean) -> {
          double average = mean.sum / Math.max(1, mean.count);
          boolean plain = (byMagnitude ? Math.abs(average) : average) > 1e-3;
          text.append(" - ").append(name).append(": ");
          text.append(plain ? PythonFormat.fixed(average, 4) : PythonFormat.scientific(average, 4));
        });
    return text.toString();
  }

  private static String eta(double seconds) {
    long whole = (long) seconds;
    if (seconds > 3600) {
      return String.format(
          Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
    }
    return seconds > 60
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : whole + "s";
  }

  private String formatTime(double secondsPerUnit) {
    if (secondsPerUnit >= 1 || secondsPerUnit == 0) {
      return " " + PythonFormat.fixed(secondsPerUnit, 0) + "s/" + unitName;
    }
    return secondsPerUnit >= 1e-3
        ? " " + PythonFormat.fixed(secondsPerUnit * 1000.0, 0) + "ms/" + unitName
        : " " + PythonFormat.fixed(secondsPerUnit * 1000000.0, 0) + "us/" + unitName;
  }

  // The first step is much slower than the others, so it is left out as soon as there is another.
  private double secondsPerUnit(int current, double now) {
    if (current == 0) {
      return 0;
    }
    double seconds =
        !Double.isNaN(timeAfterFirstStep) && current > 1
            ? (now - timeAfterFirstStep) / (current - 1)
            : (now - start) / current;
    if (current == 1) {
      timeAfterFirstStep = now;
    }
    return seconds;
  }

  private void print(String message) {
    output.print(message);
    output.flush();
  }

  private record Mean(double sum, int count) {
    Mean plus(Mean other) {
      return new Mean(sum + other.sum, count + other.count);
    }
  }

  /** The arguments of a bar; each method changes this object and returns it. */
  public static final class Builder {
    private int target = UNKNOWN;
    private int width = 20;
    private int verbose = 1;
    private double interval = 0.05;
    private String unitName = "step";
    private Predicate<String> averaged = name -> true;
    private boolean metricsChosen;
    private boolean dynamicDisplay = true;
    private int columns = UNLIMITED;
    private String prefix = "";
    private PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private DoubleSupplier clock = () -> System.nanoTime() * 1e-9;

    private Builder() {}

    /** Number of steps expected; {@link Progbar#UNKNOWN} unless set. */
    public Builder target(int steps) {
      target = steps;
      return this;
    }

    /** Cells of the bar. */
    public Builder width(int cells) {
      width = cells;
      return this;
    }

    /** 0 prints nothing, 1 a bar, 2 one line at the end. */
    public Builder verbose(int level) {
      verbose = level;
      return this;
    }

    /** Seconds that pass at least between two redraws. */
    public Builder interval(double seconds) {
      interval = seconds;
      return this;
    }

    /** What one step is called. */
    public Builder unitName(String name) {
      unitName = name;
      return this;
    }

    /** Shows these metrics as they are and averages all others over the steps. */
    public Builder statefulMetrics(String... names) {
      Set<String> stateful = Set.copyOf(List.of(names));
      return chooseMetrics(name -> !stateful.contains(name));
    }

    /** Averages these metrics over the steps and shows all others as they are. */
    public Builder statelessMetrics(String... names) {
      return chooseMetrics(Set.copyOf(List.of(names))::contains);
    }

    /** Whether the line is redrawn in place; if not, every update starts a new line. */
    public Builder dynamicDisplay(boolean inPlace) {
      dynamicDisplay = inPlace;
      return this;
    }

    /**
     * Width of the terminal: the bar leaves out what there is no room for, until its last line. Not
     * limited unless set, as in Keras.
     */
    public Builder columns(int terminalWidth) {
      columns = terminalWidth;
      return this;
    }

    /** What the line of verbose 2 begins with; nothing unless set. */
    public Builder prefix(String text) {
      prefix = text;
      return this;
    }

    /** Where the bar is drawn; the standard output, as UTF-8, unless set. */
    public Builder output(PrintStream stream) {
      output = stream;
      return this;
    }

    /** The finished bar; its clock starts now. */
    public Progbar build() {
      return new Progbar(this);
    }

    Builder clock(DoubleSupplier seconds) {
      clock = seconds;
      return this;
    }

    private Builder chooseMetrics(Predicate<String> newAveraged) {
      if (metricsChosen) {
        throw new IllegalArgumentException(
            "give either the stateful or the stateless metrics, not both");
      }
      metricsChosen = true;
      averaged = newAveraged;
      return this;
    }
  }
}
