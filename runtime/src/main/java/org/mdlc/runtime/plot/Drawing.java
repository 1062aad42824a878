package org.mdlc.runtime.plot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.mdlc.runtime.file.AtomicFile;

/**
 * A picture made of boxes, lines and words, on a light ground. As SVG the same drawing is the same
 * text everywhere; as PNG letters look as the machine's fonts do.
 */
public final class Drawing {
  /** Pixels of a PNG per unit of the drawing: sharp on screens of high density. */
  private static final double PNG_SCALE = 2;

  private static final List<String> FORMATS = List.of(".svg", ".png");

  /** A thing drawn; later ones cover earlier ones. Colours are written {@code #rrggbb}. */
  public sealed interface Shape permits Box, Line, Words {}

  /**
   * A rectangle.
   *
   * @param radius of its corners
   * @param fill colour of the inside
   * @param stroke colour of the border; empty for none
   */
  public record Box(
      double x, double y, double width, double height, double radius, String fill, String stroke)
      implements Shape {}

  /**
   * A line of any form.
   *
   * @param path where it goes
   * @param width of the pen; 0 draws no line
   * @param dashed whether it has gaps
   * @param fill colour of the area that it encloses; empty for none
   */
  public record Line(List<Move> path, String stroke, double width, boolean dashed, String fill)
      implements Shape {
    /** Copies the path. */
    public Line {
      path = List.copyOf(path);
    }

    /** A line without gaps around no area. */
    public static Line solid(List<Move> path, String stroke, double width) {
      return new Line(path, stroke, width, false, "");
    }
  }

  /** One piece of a line. */
  public sealed interface Move permits Start, To, Curve {}

  /** Lifts the pen. */
  public record Start(double x, double y) implements Move {}

  /** Straight on. */
  public record To(double x, double y) implements Move {}

  /** A cubic Bézier curve with two control points. */
  public record Curve(double x1, double y1, double x2, double y2, double x, double y)
      implements Move {}

  /**
   * One line of text.
   *
   * @param x where it starts, or ends, or has its middle
   * @param y its base line
   * @param size of the letters
   */
  public record Words(
      double x, double y, String text, double size, boolean bold, Align align, String colour)
      implements Shape {}

  /** Which part of a text stands at its place. */
  public enum Align {
    /** The left end. */
    START,
    /** The middle. */
    MIDDLE,
    /** The right end. */
    END
  }

  private final double width;
  private final double height;
  private final String title;
  private final List<Shape> shapes = new ArrayList<>();

  /**
   * An empty picture.
   *
   * @param title what it shows, for those who hear it read
   */
  public Drawing(double width, double height, String title) {
    this.width = width;
    this.height = height;
    this.title = title;
  }

  /** Draws one more shape, over the others. */
  public void add(Shape shape) {
    shapes.add(shape);
  }

  /** Width of the picture. */
  public double width() {
    return width;
  }

  /** Height of the picture. */
  public double height() {
    return height;
  }

  /** What it shows. */
  public String title() {
    return title;
  }

  /** Everything drawn so far, in order. */
  public List<Shape> shapes() {
    return Collections.unmodifiableList(shapes);
  }

  /**
   * About how wide a text is in a font without serifs; the same on every machine, and seldom too
   * small.
   */
  public static double widthOf(String text, double size) {
    double width = 0;
    for (int i = 0; i < text.length(); i++) {
      width += letterWidth(text.charAt(i));
    }
    return width * size;
  }

  private static double letterWidth(char letter) {
    if ("ijl|'.,:;!()[]{}ftrI ".indexOf(letter) >= 0) {
      return 0.35;
    }
    if ("mwMW@%".indexOf(letter) >= 0) {
      return 0.92;
    }
    return Character.isUpperCase(letter) ? 0.72 : letter > 0x2e80 ? 1.0 : 0.6;
  }

  /** The picture as SVG, ending in a line break. */
  public String svg() {
    return SvgText.of(this);
  }

  /**
   * Writes the picture as SVG or PNG, by the name of the file.
   *
   * @throws IllegalArgumentException if the name ends otherwise; see {@link #requireFormat}
   * @throws IOException if the file cannot be written, or, for PNG, this Java has no letters to
   *     draw with
   */
  public void save(Path file) throws IOException {
    requireFormat(file);
    if (suffix(file).equals(".svg")) {
      AtomicFile.write(file, out -> out.write(svg().getBytes(StandardCharsets.UTF_8)));
    } else {
      AtomicFile.write(file, out -> PngImage.write(this, PNG_SCALE, out));
    }
  }

  /**
   * Checks before work is done that a picture can have this name.
   *
   * @throws IllegalArgumentException if it ends neither in .svg nor in .png
   */
  public static void requireFormat(Path file) {
    if (!FORMATS.contains(suffix(file))) {
      throw new IllegalArgumentException(
          "a picture is written as .svg or .png; " + file + " ends in neither");
    }
  }

  private static String suffix(Path file) {
    String name = file.toString();
    return name.substring(Math.max(0, name.lastIndexOf('.'))).toLowerCase(Locale.ROOT);
  }
}
