package org.mdlc.runtime.utils;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that other programs of the machine use: Java's system properties where they are set,
 * else {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}, in capitals or not.
 */
final class Proxies extends ProxySelector {
  private static final System.Logger LOGGER = System.getLogger(Proxies.class.getName());
  private static final int DEFAULT_PORT = 80;

  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  static ProxySelector fromEnvironment() {
    boolean bySystem =
        System.getProperty("http.proxyHost") != null
            || System.getProperty("https.proxyHost") != null;
    ProxySelector system = ProxySelector.getDefault();
    return bySystem && system != null ? system : new Proxies(System.getenv());
  }

  @Override
  public List<Proxy> select(@Nullable URI uri) {
    if (uri == null || uri.getHost() == null || isDirect(uri.getHost())) {
      return List.of(Proxy.NO_PROXY);
    }
    String given = variable(uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy");
    if (given.isEmpty()) {
      return List.of(Proxy.NO_PROXY);
    }
    URI proxy = URI.create(given.contains("://") ? given : "http://" + given);
    if (proxy.getHost() == null) {
      throw new IllegalArgumentException("the proxy of the environment is no host: " + given);
    }
    int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
  }

  private boolean isDirect(String host) {
    for (String entry : variable("no_proxy").split(",", -1)) {
      String name = entry.strip().replaceFirst("^\\*?\\.", "");
      if (name.equals("*")
          || !name.isEmpty() && (host.equalsIgnoreCase(name) || endsWith(host, "." + name))) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsWith(String host, String domain) {
    return host.toLowerCase(Locale.ROOT).endsWith(domain.toLowerCase(Locale.ROOT));
  }

  private String variable(String name) {
    String small = environment.getOrDefault(name, "");
    return small.isBlank()
        ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
        : small.strip();
  }

  @Override
  public void connectFailed(
      @Nullable URI uri, @Nullable SocketAddress address, @Nullable IOException e) {
    LOGGER.log(Level.WARNING, "the proxy {0} cannot be reached", address);
  }
}
