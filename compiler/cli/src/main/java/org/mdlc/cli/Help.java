package org.mdlc.cli;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * How {@code --help} looks: a short synopsis, a command's own options in the order of its class,
 * those of all commands below them, and examples at the end.
 */
final class Help {
  /** The place of an option that many commands have, below those of a command's own. */
  static final int SHARED = 50;

  /** The place of an option for those who work on mdlc. */
  static final int INSIDE = 90;

  /** The place of an option that every command has. */
  static final int COMMON = 100;

  private static final Pattern BROKEN_NAME = Pattern.compile(" ?(\\S*\\.)\\R( {12,})(?=[a-z0-9])");

  private Help() {}

  /** Arranges the help of a command and of all its commands, whose footers are their examples. */
  static CommandLine arranged(CommandLine command) {
    command.getCommandSpec().usageMessage().footerHeading("%n");
    arrangeOptions(command);
    // one with two names is there twice
    for (var child : new LinkedHashSet<>(command.getSubcommands().values())) {
      arrangeOptions(child);
      var usage = child.getCommandSpec().usageMessage();
      usage.footerHeading("%nExamples:%n");
      usage.footer(Arrays.stream(usage.footer()).map("  "::concat).toArray(String[]::new));
    }
    return command;
  }

  private static void arrangeOptions(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .parameterListHeading("%n")
        .optionListHeading("%n")
        .commandListHeading("%nCommands:%n");
    command
        .getHelpSectionMap()
        .replaceAll((_, section) -> help -> withWholeNames(section.render(help)));
  }

  /** Without the breaks that picocli puts into names with dots, such as {@code .weights.h5}. */
  private static String withWholeNames(String text) {
    return BROKEN_NAME.matcher(text).replaceAll(System.lineSeparator() + "$2$1");
  }
}
