package org.mdlc.runtime.utils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdlc.runtime.data.DataException;

/** Downloads from a server of this test's own, on the loopback. */
class GetFileTest {
  private static final byte[] CONTENT =
      "5.1,3.5,1.4,0.2,setosa\n".repeat(1000).getBytes(StandardCharsets.UTF_8);

  @TempDir Path cache;
  private HttpServer server;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> redirects = new LinkedHashMap<>();
  private volatile int skipped;
  private volatile String tag = "\"1\"";
  private volatile int breakAfter = -1;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    files.put("/data/iris.csv", CONTENT);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String other = redirects.get(exchange.getRequestURI().getPath());
      if (other != null) {
        exchange.getResponseHeaders().add("Location", other);
        exchange.sendResponseHeaders(302, -1);
        return;
      }
      byte[] file = files.get(exchange.getRequestURI().getPath());
      if (file == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String range = exchange.getRequestHeaders().getFirst("Range");
      ranges.add(String.valueOf(range));
      int from = 0;
      if (range != null && tag.equals(exchange.getRequestHeaders().getFirst("If-Range"))) {
        from = Integer.parseInt(range.replaceAll("\\D", ""));
      }
      exchange.getResponseHeaders().add("ETag", tag);
      if (from > 0) {
        exchange
            .getResponseHeaders()
            .add("Content-Range", "bytes " + (from + skipped) + "-" + file.length);
        from += skipped;
      }
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
      OutputStream body = exchange.getResponseBody();
      int until = breakAfter < 0 ? file.length : breakAfter;
      body.write(file, from, until - from);
      body.flush();
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private GetFile get(String path) {
    return GetFile.of(url(path)).cacheDir(cache).output(null);
  }

  private static String hash(String algorithm, byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
  }

  private List<String> inCache() throws IOException {
    try (Stream<Path> all = Files.list(cache.resolve("datasets"))) {
      return all.map(f -> f.getFileName().toString())
          .filter(n -> !n.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void loadsOnce() throws Exception {
    Path file = get("/data/iris.csv").get();
    assertThat(file).isEqualTo(cache.resolve("datasets/iris.csv")).hasBinaryContent(CONTENT);
    files.clear();
    assertThat(get("/data/iris.csv").get()).isEqualTo(file);
    assertThat(ranges).hasSize(1);
    assertThat(inCache()).containsExactly("iris.csv");
  }

  @Test
  void namesAndFoldersCanBeChosen() throws Exception {
    assertThat(get("/data/iris.csv").fname("flowers.csv").cacheSubdir("models").get())
        .isEqualTo(cache.resolve("models/flowers.csv"))
        .hasBinaryContent(CONTENT);
  }

  @Test
  void checksTheHash() throws Exception {
    assertThat(get("/data/iris.csv").fileHash(hash("SHA-256", CONTENT)).get()).exists();
    assertThat(get("/data/iris.csv").fname("b").fileHash(hash("MD5", CONTENT)).get()).exists();
    assertThatThrownBy(() -> get("/data/iris.csv").fname("c").fileHash("0".repeat(64)).get())
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            "Incomplete or corrupted file detected. The SHA-256 of what came from http")
        .hasMessageEndingWith(" and not the given " + "0".repeat(64));
    assertThat(inCache()).containsExactly("b", "iris.csv");
  }

  @Test
  void loadsAnOutdatedFileAgain() throws Exception {
    Files.createDirectories(cache.resolve("datasets"));
    Files.writeString(cache.resolve("datasets/iris.csv"), "old");
    assertThat(get("/data/iris.csv").get()).hasContent("old");
    assertThat(get("/data/iris.csv").fileHash(hash("MD5", CONTENT)).get())
        .hasBinaryContent(CONTENT);
    Files.writeString(cache.resolve("datasets/iris.csv"), "old");
    assertThat(get("/data/iris.csv").forceDownload(true).get()).hasBinaryContent(CONTENT);
  }

  @Test
  void goesOnWhereTheConnectionBroke() throws Exception {
    breakAfter = 5000;
    assertThatThrownBy(() -> get("/data/iris.csv").get())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("URL fetch failure on " + url("/data/iris.csv"));
    assertThat(cache.resolve("datasets/iris.csv")).doesNotExist();
    breakAfter = -1;
    assertThat(get("/data/iris.csv").get()).hasBinaryContent(CONTENT);
    assertThat(ranges).hasSize(2).last().asString().matches("bytes=[1-9]\\d*-");
    assertThat(inCache()).containsExactly("iris.csv");
  }

  /** The rest of another version would make a file that never was. */
  @Test
  void startsAgainWhenTheFileHasChanged() throws Exception {
    breakAfter = 5000;
    assertThatThrownBy(() -> get("/data/iris.csv").get()).isInstanceOf(IOException.class);
    breakAfter = -1;
    tag = "\"2\"";
    byte[] newer = "6.2,3.4,5.4,2.3,virginica\n".repeat(900).getBytes(StandardCharsets.UTF_8);
    files.put("/data/iris.csv", newer);
    assertThat(get("/data/iris.csv").get()).hasBinaryContent(newer);
  }

  @Test
  void startsAgainWhenTheServerSendsAnotherPart() throws Exception {
    breakAfter = 5000;
    assertThatThrownBy(() -> get("/data/iris.csv").get()).isInstanceOf(IOException.class);
    breakAfter = -1;
    skipped = 10;
    assertThat(get("/data/iris.csv").get()).hasBinaryContent(CONTENT);
    assertThat(ranges).hasSize(3).last().isEqualTo("null");
  }

  @Test
  void followsRedirects() throws Exception {
    redirects.put("/here.csv", "/there.csv");
    redirects.put("/there.csv", url("/data/iris.csv"));
    assertThat(get("/here.csv").get())
        .isEqualTo(cache.resolve("datasets/here.csv"))
        .hasBinaryContent(CONTENT);
    redirects.put("/round.csv", "/round.csv");
    assertThatThrownBy(() -> get("/round.csv").get())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("URL fetch failure on " + url("/round.csv"));
    assertThat(inCache()).containsExactly("here.csv");
  }

  /** Keras goes to /tmp/.keras when the folder is not there yet. */
  @Test
  void makesTheCacheFolder() throws Exception {
    assertThat(get("/data/iris.csv").cacheDir(cache.resolve("new/cache")).get())
        .isEqualTo(cache.resolve("new/cache/datasets/iris.csv"))
        .hasBinaryContent(CONTENT);
  }

  @Test
  void saysWhatTheServerSays() {
    assertThatThrownBy(() -> get("/data/none.csv").get())
        .isInstanceOf(IOException.class)
        .hasMessage(
            "URL fetch failure on " + url("/data/none.csv") + ": 404 -- the server says no");
    server.stop(0);
    assertThatThrownBy(() -> get("/data/iris.csv").get())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("URL fetch failure on ");
  }

  @Test
  void refusesMalformedRequests() {
    assertThatThrownBy(() -> GetFile.of("ftp://host/x"))
        .hasMessageContaining("http:, https: or file:");
    assertThatThrownBy(() -> GetFile.of("no url")).hasMessageContaining("`origin` is no URL");
    assertThatThrownBy(() -> get("/").get()).hasMessageContaining("the URL names no file");
    assertThatThrownBy(() -> get("/data/iris.csv").fname("../x").get())
        .hasMessageContaining("`fname` is a name without folders, not \"../x\"");
    assertThatThrownBy(() -> get("/data/iris.csv").fileHash("abc").get())
        .hasMessageContaining("`fileHash` is no MD5 of 32 hexadecimal digits");
    assertThatThrownBy(() -> get("/data/iris.csv").archiveFormat("rar"))
        .hasMessageContaining("\"auto\", \"tar\" or \"zip\"");
  }

  @Test
  void refusesMoreBytesThanAllowed() throws Exception {
    assertThatThrownBy(() -> get("/data/iris.csv").maxBytes(100).get())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("more than the allowed 100");
    assertThat(cache.resolve("datasets/iris.csv")).doesNotExist();
  }

  @Test
  void saysWhatToDoWithoutACache() throws Exception {
    Path taken = Files.writeString(cache.resolve("file"), "");
    assertThatThrownBy(() -> get("/data/iris.csv").cacheDir(taken).get())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("set KERAS_HOME or `cacheDir`");
  }

  @Test
  void showsProgress() throws Exception {
    var shown = new ByteArrayOutputStream();
    get("/data/iris.csv").output(new PrintStream(shown, true, StandardCharsets.UTF_8)).get();
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .startsWith("Downloading data from " + url("/data/iris.csv") + "\n")
        .contains(CONTENT.length + "/" + CONTENT.length)
        .endsWith("\n");
  }

  @Test
  void readsFilesOfThisMachine() throws Exception {
    Path file = Files.write(cache.resolve("here.csv"), CONTENT);
    assertThat(GetFile.of(file.toUri().toString()).cacheDir(cache).output(null).get())
        .isEqualTo(cache.resolve("datasets/here.csv"))
        .hasBinaryContent(CONTENT);
  }

  // ---- archives

  private static byte[] tar(TarArchiveEntry... entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (TarArchiveEntry entry : entries) {
        byte[] content =
            entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() ? CONTENT : new byte[0];
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static TarArchiveEntry link(String name, String target, byte kind) {
    var entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(target);
    return entry;
  }

  private static byte[] zip(String... names) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      for (String name : names) {
        zip.putArchiveEntry(new ZipArchiveEntry(name));
        zip.write(CONTENT);
        zip.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static List<String> tree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(f -> folder.relativize(f).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void extractsIntoKerassFolders() throws Exception {
    files.put(
        "/flowers.tar.gz",
        tar(new TarArchiveEntry("flowers/rose/1.csv"), new TarArchiveEntry("flowers/2.csv")));
    Path plain = get("/flowers.tar.gz").extract(true).get();
    assertThat(plain).isEqualTo(cache.resolve("datasets/flowers.tar.gz"));
    assertThat(tree(plain)).containsExactly("flowers/2.csv", "flowers/rose/1.csv");
    assertThat(plain.resolve("flowers/2.csv")).hasBinaryContent(CONTENT);
    assertThat(get("/flowers.tar.gz").fname("f").extract(true).get())
        .isEqualTo(cache.resolve("datasets/f"));
    assertThat(get("/flowers.tar.gz").fname("f.tar.gz").extract(true).get())
        .isEqualTo(cache.resolve("datasets/f_extracted"));
    assertThat(inCache())
        .containsExactly(
            "f",
            "f.tar.gz",
            "f_archive",
            "f_extracted",
            "flowers.tar.gz",
            "flowers.tar.gz_archive");
    int asked = ranges.size();
    assertThat(get("/flowers.tar.gz").extract(true).get()).isEqualTo(plain);
    assertThat(ranges).hasSize(asked);
  }

  @Test
  void extractsZip() throws Exception {
    files.put("/flowers.zip", zip("a/1.csv", "2.csv"));
    assertThat(tree(get("/flowers.zip").extract(true).get())).containsExactly("2.csv", "a/1.csv");
  }

  @Test
  void nothingEscapesItsFolder() throws Exception {
    files.put(
        "/evil.tar.gz",
        tar(
            new TarArchiveEntry("good.csv"),
            new TarArchiveEntry("../escaped.csv"),
            new TarArchiveEntry("a/../../escaped.csv"),
            new TarArchiveEntry("/tmp/escaped-from-tar.csv", true),
            link("door", "/tmp", TarConstants.LF_SYMLINK),
            link("up", "..", TarConstants.LF_SYMLINK),
            link("passwords", "/etc/passwd", TarConstants.LF_LINK),
            link("archive", "../evil.tar.gz_archive", TarConstants.LF_LINK),
            new TarArchiveEntry("up/escaped.csv"),
            new TarArchiveEntry("door/escaped-from-tar.csv")));
    assertThat(tree(get("/evil.tar.gz").extract(true).get()))
        .containsExactly("door/escaped-from-tar.csv", "good.csv", "up/escaped.csv");
    files.put(
        "/evil.zip",
        zip("good.csv", "../escaped.csv", "a\\..\\..\\escaped.csv", "/tmp/escaped-from-tar.csv"));
    assertThat(tree(get("/evil.zip").extract(true).get()))
        .startsWith("good.csv")
        .doesNotContain("escaped.csv");
    assertThat(cache.resolve("escaped.csv")).doesNotExist();
    assertThat(cache.resolve("datasets/escaped.csv")).doesNotExist();
    assertThat(Path.of("/tmp/escaped-from-tar.csv")).doesNotExist();
  }

  /** 20 MB of zeros in 20 kB: counted as they come out. */
  @Test
  void aBombIsStopped() throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      var entry = new TarArchiveEntry("zeros");
      entry.setSize(20_000_000);
      tar.putArchiveEntry(entry);
      tar.write(new byte[20_000_000]);
      tar.closeArchiveEntry();
    }
    files.put("/bomb.tar.gz", bytes.toByteArray());
    bytes.reset();
    try (var zip = new ZipArchiveOutputStream(bytes)) {
      zip.putArchiveEntry(new ZipArchiveEntry("zeros"));
      zip.write(new byte[20_000_000]);
      zip.closeArchiveEntry();
    }
    files.put("/bomb.zip", bytes.toByteArray());
    for (String bomb : List.of("/bomb.tar.gz", "/bomb.zip")) {
      assertThatThrownBy(() -> get(bomb).extract(true).maxBytes(1_000_000).get())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("is too large to extract: more than 1000000 bytes");
    }
    assertThat(inCache()).containsExactly("bomb.tar.gz_archive", "bomb.zip_archive");
  }

  @Test
  void aFileThatIsNoArchiveIsAnError() throws Exception {
    assertThatThrownBy(() -> get("/data/iris.csv").extract(true).get())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("iris.csv_archive cannot be extracted");
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GzipCompressorOutputStream(bytes)) {
      gzip.write(CONTENT);
    }
    files.put("/iris.csv.gz", bytes.toByteArray());
    files.put("/cut.tar.gz", Arrays.copyOf(bytes.toByteArray(), 60));
    for (String name : List.of("iris.csv.gz", "cut.tar.gz")) {
      assertThatThrownBy(() -> get("/" + name).extract(true).get())
          .isInstanceOf(DataException.class)
          .hasMessageContaining(name + "_archive cannot be extracted");
      assertThat(cache.resolve("datasets/" + name)).doesNotExist();
    }
  }

  // ---- proxies

  /** The server of this test as the proxy of a host that does not exist. */
  @Test
  void loadsThroughAProxy() throws Exception {
    var address = "127.0.0.1:" + server.getAddress().getPort();
    var proxies = new Proxies(Map.of("http_proxy", address));
    Path file = cache.resolve("iris.csv");
    new Download(URI.create("http://host.invalid/data/iris.csv"), 1 << 20, null, proxies)
        .to(file, null);
    assertThat(file).hasBinaryContent(CONTENT);
    var direct = new Proxies(Map.of("http_proxy", address, "no_proxy", "*"));
    assertThatThrownBy(
            () ->
                new Download(URI.create("http://host.invalid/data/iris.csv"), 1 << 20, null, direct)
                    .to(file, null))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("URL fetch failure on http://host.invalid/data/iris.csv");
  }

  @Test
  void proxiesOfTheEnvironment() {
    var proxies =
        new Proxies(
            Map.of(
                "HTTPS_PROXY",
                "http://proxy.example:3128",
                "no_proxy",
                "localhost, .inside.example"));
    assertThat(proxies.select(URI.create("https://host.example/x")))
        .containsExactly(
            new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example", 3128)));
    assertThat(proxies.select(URI.create("http://host.example/x"))).containsExactly(Proxy.NO_PROXY);
    assertThat(proxies.select(URI.create("https://a.inside.example/x")))
        .containsExactly(Proxy.NO_PROXY);
    assertThat(proxies.select(URI.create("https://localhost/x"))).containsExactly(Proxy.NO_PROXY);
  }
}
