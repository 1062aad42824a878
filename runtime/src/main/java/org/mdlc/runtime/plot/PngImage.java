package org.mdlc.runtime.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import javax.imageio.ImageIO;

/** Paints a drawing with Java2D, which needs no screen. */
final class PngImage {
  private static final float[] DASHES = {4, 4};

  private final Graphics2D graphics;

  private PngImage(Graphics2D graphics) {
    this.graphics = graphics;
  }

  static void write(Drawing drawing, double scale, OutputStream out) throws IOException {
    BufferedImage image;
    try {
      image = paint(drawing, scale);
    } catch (LinkageError | InternalError e) {
      // What AWT throws where the system has no fonts or no library to draw them, as in small
      // containers.
      throw new IOException(
          "this Java cannot draw letters, so write .svg in place of .png, or install fontconfig and"
              + " a font ("
              + e
              + ")",
          e);
    }
    ImageIO.write(image, "png", out);
  }

  private static BufferedImage paint(Drawing drawing, double scale) {
    BufferedImage image =
        new BufferedImage(
            (int) Math.ceil(drawing.width() * scale),
            (int) Math.ceil(drawing.height() * scale),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      graphics.scale(scale, scale);
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      drawing.shapes().forEach(new PngImage(graphics)::shape);
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private void shape(Drawing.Shape shape) {
    switch (shape) {
      case Drawing.Box box -> box(box);
      case Drawing.Line line -> line(line);
      case Drawing.Words words -> words(words);
    }
  }

  private void box(Drawing.Box box) {
    RoundRectangle2D form =
        new RoundRectangle2D.Double(
            box.x(), box.y(), box.width(), box.height(), 2 * box.radius(), 2 * box.radius());
    graphics.setColor(Color.decode(box.fill()));
    graphics.fill(form);
    if (!box.stroke().isEmpty()) {
      graphics.setColor(Color.decode(box.stroke()));
      graphics.setStroke(new BasicStroke(1));
      graphics.draw(form);
    }
  }

  private void line(Drawing.Line line) {
    Path2D path = path(line.path());
    if (!line.fill().isEmpty()) {
      graphics.setColor(Color.decode(line.fill()));
      graphics.fill(path);
    }
    if (line.width() > 0) {
      graphics.setColor(Color.decode(line.stroke()));
      graphics.setStroke(
          new BasicStroke(
              (float) line.width(),
              BasicStroke.CAP_ROUND,
              BasicStroke.JOIN_ROUND,
              1,
              line.dashed() ? DASHES : null,
              0));
      graphics.draw(path);
    }
  }

  private static Path2D path(List<Drawing.Move> moves) {
    Path2D path = new Path2D.Double();
    for (Drawing.Move move : moves) {
      switch (move) {
        case Drawing.Start p -> path.moveTo(p.x(), p.y());
        case Drawing.To p -> path.lineTo(p.x(), p.y());
        case Drawing.Curve c -> path.curveTo(c.x1(), c.y1(), c.x2(), c.y2(), c.x(), c.y());
      }
    }
    return path;
  }

  private void words(Drawing.Words words) {
    Font font =
        new Font(Font.SANS_SERIF, words.bold() ? Font.BOLD : Font.PLAIN, 1)
            .deriveFont((float) words.size());
    graphics.setFont(font);
    graphics.setColor(Color.decode(words.colour()));
    double width = font.getStringBounds(words.text(), graphics.getFontRenderContext()).getWidth();
    double left =
        switch (words.align()) {
          case START -> words.x();
          case MIDDLE -> words.x() - width / 2;
          case END -> words.x() - width;
        };
    graphics.drawString(words.text(), (float) left, (float) words.y());
  }
}
