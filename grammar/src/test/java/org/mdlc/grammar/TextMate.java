package org.mdlc.grammar;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Colours a text by a TextMate grammar, as editors do: line by line, the first pattern that matches
 * nearest to the left. Of the format it knows what the grammar here uses; anything else is an
 * error.
 */
final class TextMate {
  private static final List<String> KNOWN =
      List.of("name", "match", "captures", "begin", "end", "patterns", "include", "comment");

  /**
   * @param end of what it begins; null for a match
   */
  private record Rule(
      Pattern start, Pattern end, String name, List<String> captures, List<Rule> inside) {}

  private record Found(Rule rule, Matcher matcher) {}

  private final JsonObject repository;
  private final List<Rule> rules;

  private TextMate(JsonObject grammar) {
    this.repository = grammar.getAsJsonObject("repository");
    this.rules = rules(grammar);
  }

  static TextMate read(Path file) throws IOException {
    return new TextMate(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
  }

  // ---- reading

  private List<Rule> rules(JsonObject parent) {
    var rules = new ArrayList<Rule>();
    if (parent.has("patterns")) {
      for (var pattern : parent.getAsJsonArray("patterns")) {
        add(pattern.getAsJsonObject(), rules);
      }
    }
    return rules;
  }

  private void add(JsonObject pattern, List<Rule> rules) {
    for (var key : pattern.keySet()) {
      if (!KNOWN.contains(key)) {
        throw new IllegalArgumentException("unknown key " + key);
      }
    }
    if (pattern.has("include")) {
      add(repository.getAsJsonObject(text(pattern, "include").substring(1)), rules);
    } else if (pattern.has("match")) {
      rules.add(
          new Rule(
              Pattern.compile(text(pattern, "match")),
              null,
              text(pattern, "name"),
              captures(pattern),
              List.of()));
    } else if (pattern.has("begin")) {
      rules.add(
          new Rule(
              Pattern.compile(text(pattern, "begin")),
              Pattern.compile(text(pattern, "end")),
              text(pattern, "name"),
              List.of(),
              rules(pattern)));
    } else {
      rules.addAll(rules(pattern));
    }
  }

  private static String text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    return value == null ? "" : value.getAsString();
  }

  /** Names of the groups from 1. */
  private static List<String> captures(JsonObject pattern) {
    var names = new ArrayList<String>();
    if (pattern.has("captures")) {
      var captures = pattern.getAsJsonObject("captures");
      for (int i = 1; captures.has(Integer.toString(i)); i++) {
        names.add(text(captures.getAsJsonObject(Integer.toString(i)), "name"));
      }
    }
    return names;
  }

  // ---- colouring

  /** The scope of each char; empty where there is none. */
  String[] scopes(String text) {
    var scopes = new String[text.length()];
    Arrays.fill(scopes, "");
    Rule open = null;
    for (int start = 0; start < text.length(); ) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      open = line(text.substring(start, end), start, scopes, open);
      start = end + 1;
    }
    return scopes;
  }

  /** Returns what is still open at the end of the line. */
  private Rule line(String line, int offset, String[] scopes, Rule before) {
    var open = before;
    int at = 0;
    while (true) {
      var next = first(open == null ? rules : open.inside(), line, at);
      if (open != null) {
        var end = open.end().matcher(line);
        boolean ends = end.find(at);
        if (ends && (next == null || end.start() <= next.matcher().start())) {
          fill(scopes, offset + at, offset + end.end(), open.name());
          at = end.end();
          open = null;
          continue;
        }
        fill(scopes, offset + at, offset + line.length(), open.name());
      }
      if (next == null) {
        return open;
      }
      var match = next.matcher();
      fill(scopes, offset + match.start(), offset + match.end(), next.rule().name());
      for (int i = 0; i < next.rule().captures().size(); i++) {
        fill(
            scopes,
            offset + match.start(i + 1),
            offset + match.end(i + 1),
            next.rule().captures().get(i));
      }
      at = match.end();
      open = next.rule().end() == null ? open : next.rule();
    }
  }

  private static Found first(List<Rule> rules, String line, int at) {
    Found first = null;
    for (var rule : rules) {
      var matcher = rule.start().matcher(line);
      boolean found = matcher.find(at);
      if (found && matcher.end() > matcher.start()) {
        if (first == null || matcher.start() < first.matcher().start()) {
          first = new Found(rule, matcher);
        }
      }
    }
    return first;
  }

  private static void fill(String[] scopes, int from, int to, String name) {
    Arrays.fill(scopes, from, to, name);
  }
}
