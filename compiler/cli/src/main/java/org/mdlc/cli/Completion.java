package org.mdlc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Scripts with which shells complete a command line. */
final class Completion {
  /** In the description of a parameter: which files it takes. */
  private static final Pattern ENDING = Pattern.compile("\\((\\.[a-z]+)\\)");

  private static final String ANY_FILE = "positionals=$( compgen -f -- \"${curr_word}\" )";

  private Completion() {}

  /**
   * For bash, and for zsh with the functions of bash that it has: picocli's, with only the files
   * that a command takes.
   */
  static String bash(CommandLine mdlc) {
    var script = AutoComplete.bash(mdlc.getCommandName(), mdlc);
    for (var command : mdlc.getSubcommands().values()) {
      if (positionalFiles(command).findAny().isEmpty()) {
        continue;
      }
      var start = "function _picocli_mdlc_" + command.getCommandName() + "() {";
      int from = script.indexOf(start);
      int to = script.indexOf("\n}\n", from);
      script =
          script.substring(0, from)
              + script.substring(from, to).replace(ANY_FILE, files(command))
              + script.substring(to);
    }
    return script;
  }

  private static String files(CommandLine command) {
    var ending = ending(command);
    var files = ending.map(e -> "; compgen -f -X '!*" + e + "' -- \"${curr_word}\"").orElse("");
    return "positionals=$( compgen -d -- \"${curr_word}\"" + files + " )";
  }

  /** Of the files that a command takes; nothing if it takes a folder. */
  private static Optional<String> ending(CommandLine command) {
    return positionalFiles(command)
        .findFirst()
        .map(file -> ENDING.matcher(String.join(" ", file.description())))
        .filter(matcher -> matcher.find())
        .map(matcher -> matcher.group(1));
  }

  private static Stream<PositionalParamSpec> positionalFiles(CommandLine command) {
    return command.getCommandSpec().positionalParameters().stream().filter(Completion::isFile);
  }

  private static boolean isFile(ArgSpec argument) {
    return argument.type() == Path.class || List.of(argument.auxiliaryTypes()).contains(Path.class);
  }

  /** For fish. */
  static String fish(CommandLine mdlc) {
    var lines = new ArrayList<String>();
    lines.add("# Completion of mdlc for fish.");
    lines.add("complete -c mdlc -f");
    options(mdlc, "__fish_use_subcommand", lines);
    for (var command : mdlc.getSubcommands().values()) {
      var name = command.getCommandName();
      lines.add(line("__fish_use_subcommand") + " -a " + name + described(command));
      var seen = "__fish_seen_subcommand_from " + name;
      options(command, seen, lines);
      command
          .getCommandSpec()
          .positionalParameters()
          .forEach(parameter -> lines.add(line(seen) + values(command, parameter)));
    }
    return String.join("\n", lines) + "\n";
  }

  private static void options(CommandLine command, String condition, List<String> lines) {
    for (var option : command.getCommandSpec().options()) {
      var text = new StringBuilder(line(condition));
      for (var name : option.names()) {
        text.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceAll("^-+", ""));
      }
      lines.add(text + value(option) + described(option.description()));
    }
  }

  private static String value(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    if (isFile(option)) {
      return " -r -F";
    }
    return " -x" + (option.completionCandidates() == null ? "" : words(option));
  }

  private static String values(CommandLine command, PositionalParamSpec parameter) {
    if (!isFile(parameter)) {
      return parameter.completionCandidates() == null ? "" : words(parameter);
    }
    return ending(command)
        .map(ending -> " -k -a '(__fish_complete_suffix " + ending + ")'")
        .orElse(" -a '(__fish_complete_directories)'");
  }

  private static String words(ArgSpec argument) {
    var words = StreamSupport.stream(argument.completionCandidates().spliterator(), false).toList();
    return " -a '" + String.join(" ", words) + "'";
  }

  private static String line(String condition) {
    return "complete -c mdlc -n '" + condition + "'";
  }

  private static String described(CommandLine command) {
    return described(command.getCommandSpec().usageMessage().description());
  }

  private static String described(String[] description) {
    return " -d '" + description[0].replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
