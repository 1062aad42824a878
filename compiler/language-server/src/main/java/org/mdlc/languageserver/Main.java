package org.mdlc.languageserver;

import java.io.FileDescriptor;
import java.io.FileOutputStream;

/** The server as a process of its own: the protocol over standard input and output. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(serve());
  }

  /**
   * Serves until the client says goodbye, closes its end or dies. Whatever is printed meanwhile
   * goes to standard error: standard output belongs to the protocol.
   *
   * @return the exit code that the protocol wants: 0 after an orderly end, else 1
   */
  public static int serve() {
    var out = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    return Session.run(System.in, out);
  }
}
