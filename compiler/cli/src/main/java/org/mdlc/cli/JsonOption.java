package org.mdlc.cli;

import picocli.CommandLine.Option;

/** Asks a command for one JSON object; {@link Main} looks for it before the command begins. */
final class JsonOption {
  static final String NAME = "--json";

  @Option(
      names = NAME,
      order = Help.SHARED,
      description =
          "Print one JSON object, also of what is wrong; docs/commands.md tells its form.")
  private boolean json;

  boolean isOn() {
    return json;
  }
}
