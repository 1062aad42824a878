package org.mdlc.runtime.utils;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;

/**
 * Loads one URL into one file. What has arrived lies in {@code .NAME.part} until it is whole;
 * beside it, in {@code .NAME.part.tag}, what the server calls this version, so that a later try
 * asks for the rest of the same bytes and of no others.
 */
final class Download {
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofMinutes(2);
  private static final int BUFFER = 1 << 16;
  private static final long SPARE_DISK = 256L << 20;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final URI origin;
  private final long maxBytes;
  private final @Nullable PrintStream output;
  private final ProxySelector proxies;

  Download(URI origin, long maxBytes, @Nullable PrintStream output, ProxySelector proxies) {
    this.origin = origin;
    this.maxBytes = maxBytes;
    this.output = output;
    this.proxies = proxies;
  }

  void to(Path file, @Nullable FileHash hash) throws IOException, InterruptedException {
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    Path tag = part.resolveSibling(part.getFileName() + ".tag");
    if (origin.getScheme().equalsIgnoreCase("file")) {
      try (InputStream in = Files.newInputStream(Path.of(origin))) {
        write(in, part, 0, OptionalLong.of(Files.size(Path.of(origin))));
      }
    } else {
      overHttp(part, tag);
    }
    if (hash != null) {
      String found = hash.of(part);
      if (!found.equals(hash.expected())) {
        Files.delete(part);
        Files.deleteIfExists(tag);
        throw new DataException(
            "Incomplete or corrupted file detected. The "
                + hash.algorithm()
                + " of what came from "
                + origin
                + " is "
                + found
                + " and not the given "
                + hash.expected());
      }
    }
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.deleteIfExists(tag);
  }

  private void overHttp(Path part, Path tag) throws IOException, InterruptedException {
    try (HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT)
            .proxy(proxies)
            .build()) {
      if (!ask(client, part, tag)) {
        Files.deleteIfExists(part);
        ask(client, part, tag);
      }
    } catch (IOException e) {
      if (e instanceof ServerSaysNo) {
        throw e;
      }
      throw new IOException("URL fetch failure on " + origin + ": " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** False when the part that lies here is of no use and the whole must be asked for. */
  private boolean ask(HttpClient client, Path part, Path tag)
      throws IOException, InterruptedException {
    long here = Files.exists(part) && Files.exists(tag) ? Files.size(part) : 0;
    HttpRequest.Builder request = HttpRequest.newBuilder(origin).timeout(ANSWER);
    if (here > 0) {
      request.header("Range", "bytes=" + here + "-");
      request.header("If-Range", Files.readString(tag));
    }
    HttpResponse<InputStream> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (here > 0 && (answer.statusCode() == RANGE_NOT_SATISFIABLE || isOtherPart(answer, here))) {
        return false;
      }
      if (answer.statusCode() != OK && (answer.statusCode() != PARTIAL || here == 0)) {
        throw new ServerSaysNo(
            "URL fetch failure on "
                + origin
                + ": "
                + answer.statusCode()
                + " -- the server says no");
      }
      long from = answer.statusCode() == PARTIAL ? here : 0;
      remember(answer, tag);
      OptionalLong length = answer.headers().firstValueAsLong("Content-Length");
      long written =
          write(
              body,
              part,
              from,
              length.isPresent() ? OptionalLong.of(from + length.getAsLong()) : length);
      if (length.isPresent() && written != from + length.getAsLong()) {
        throw new IOException(
            "the connection ended after "
                + written
                + " of "
                + (from + length.getAsLong())
                + " bytes; the next try goes on from there");
      }
      return true;
    }
  }

  /** Whether the server sends a part, but not the one that was asked for. */
  private static boolean isOtherPart(HttpResponse<?> answer, long from) {
    return answer.statusCode() == PARTIAL
        && !answer
            .headers()
            .firstValue("Content-Range")
            .orElse("")
            .toLowerCase(Locale.ROOT)
            .startsWith("bytes " + from + "-");
  }

  /** A weak tag does not vouch for single bytes, so only strong ones and dates are kept. */
  private static void remember(HttpResponse<?> answer, Path tag) throws IOException {
    String validator =
        answer
            .headers()
            .firstValue("ETag")
            .filter(t -> !t.startsWith("W/"))
            .or(() -> answer.headers().firstValue("Last-Modified"))
            .orElse("");
    if (validator.isEmpty()) {
      Files.deleteIfExists(tag);
    } else {
      Files.writeString(tag, validator, StandardCharsets.UTF_8);
    }
  }

  /** Writes from a place on; the size that the file has then. */
  private long write(InputStream in, Path part, long from, OptionalLong total) throws IOException {
    long room = Math.max(0, Files.getFileStore(parent(part)).getUsableSpace() - SPARE_DISK);
    if (total.isPresent() && total.getAsLong() - from > room) {
      throw tooLarge(
          total.getAsLong() + " bytes do not fit on the disk, which has " + room + " left");
    }
    if (total.isPresent() && total.getAsLong() > maxBytes) {
      throw tooLarge("it has " + total.getAsLong() + " bytes, more than the allowed " + maxBytes);
    }
    Progbar bar = bar(total);
    long written = from;
    byte[] buffer = new byte[BUFFER];
    try (OutputStream out =
        from == 0
            ? Files.newOutputStream(part)
            : Files.newOutputStream(part, StandardOpenOption.APPEND)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        written += read;
        if (written > maxBytes) {
          throw tooLarge("it has more than the allowed " + maxBytes + " bytes");
        }
        if (written - from > room) {
          throw tooLarge("the disk has only " + room + " bytes left");
        }
        out.write(buffer, 0, read);
        if (bar != null) {
          bar.update((int) Math.min(written, Integer.MAX_VALUE - 1), Map.of());
        }
      }
    }
    return written;
  }

  private @Nullable Progbar bar(OptionalLong total) {
    if (output == null) {
      return null;
    }
    int target =
        total.isPresent() && total.getAsLong() < Integer.MAX_VALUE
            ? (int) total.getAsLong()
            : Progbar.UNKNOWN;
    return Progbar.builder().target(target).output(output).unitName("byte").build();
  }

  private DataException tooLarge(String why) {
    return new DataException(origin + " is too large: " + why);
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is no file");
    }
    return parent;
  }

  /** An answer that is final, unlike a connection that broke. */
  private static final class ServerSaysNo extends IOException {
    private static final long serialVersionUID = 1L;

    ServerSaysNo(String message) {
      super(message);
    }
  }
}
