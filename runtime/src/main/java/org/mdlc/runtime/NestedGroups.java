package org.mdlc.runtime;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.Hdf5Group;

/**
 * Finds nested models in a file of Keras. There each is a {@code functional} or a {@code
 * sequential}, counted by class; a layout does not know which, and counts all as {@code
 * functional}. What is in the groups tells them apart.
 */
final class NestedGroups {
  private static final String LAYERS = "layers/";
  private static final String FUNCTIONAL = "functional";
  private static final String SEQUENTIAL = "sequential";
  private static final Pattern MODEL = Pattern.compile(FUNCTIONAL + "(?:_(\\d+))?");

  private final Path file;
  private final Hdf5Group root;
  private final KerasLayout layout;
  private final Map<String, VariableSpec> variables;

  /** Groups in the file by those of the layout, of nested models. */
  private final Map<String, String> places = new LinkedHashMap<>();

  /**
   * Finds all.
   *
   * @param variables by name
   * @throws DataException if two models may be in one place
   */
  NestedGroups(Path file, Hdf5Group root, KerasLayout layout, Map<String, VariableSpec> variables) {
    this.file = file;
    this.root = root;
    this.layout = layout;
    this.variables = variables;
    resolve("", "");
  }

  /** Where in the file a group of the layout is, if it is there. */
  String place(String group) {
    for (int end = group.length(); end > 0; end = group.lastIndexOf('/', end - 1)) {
      String place = places.get(group.substring(0, end));
      if (place != null) {
        return place + group.substring(end);
      }
    }
    return group;
  }

  /**
   * Finds the models in a model.
   *
   * @param ours the model in the layout; empty, or ending in a slash
   * @param theirs the model in the file, alike
   */
  private void resolve(String ours, String theirs) {
    NavigableMap<Integer, String> models = models(ours);
    if (models.isEmpty()) {
      return;
    }
    List<Set<String>> found = choices(models, theirs, this::fits);
    if (found.isEmpty()) {
      // what does not fit is told of the models where they must be
      found = choices(models, theirs, (_, place) -> root.group(place) != null);
    }
    for (Map.Entry<Integer, String> model : models.entrySet()) {
      Set<String> at = found.isEmpty() ? Set.of() : found.get(model.getKey());
      if (at.size() > 1) {
        throw new DataException(
            file
                + ": the model of "
                + weights(model.getValue()).getFirst()
                + " may be "
                + String.join(" or ", at)
                + ", as the file counts functional and sequential models apart and does not say"
                + " their order; `mdlc import` of the .keras file knows it");
      }
      String place =
          at.isEmpty() ? theirs + model.getValue().substring(ours.length()) : at.iterator().next();
      places.put(model.getValue(), place);
      resolve(model.getValue() + "/", place + "/");
    }
  }

  /** The models with weights in a model, by their number among all models in it. */
  private NavigableMap<Integer, String> models(String ours) {
    NavigableMap<Integer, String> models = new TreeMap<>();
    for (KerasLayout.Group group : layout.groups()) {
      String within = ours + LAYERS;
      if (group.path().startsWith(within)) {
        String name = group.path().substring(within.length()).split("/", 2)[0];
        var matcher = MODEL.matcher(name);
        if (matcher.matches()) {
          int number = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
          models.put(number, within + name);
        }
      }
    }
    return models;
  }

  /**
   * For each model the groups where it is in some assignment of all; none if there is none. A model
   * is the next of one series or of the other.
   */
  private static List<Set<String>> choices(
      NavigableMap<Integer, String> models, String theirs, BiPredicate<String, String> fits) {
    int count = models.lastKey() + 1;
    // [k][f]: whether models from k on find places when f of those before are functional
    boolean[][] ends = new boolean[count + 1][count + 2];
    IntStream.rangeClosed(0, count).forEach(f -> ends[count][f] = true);
    boolean[][] functional = new boolean[count][count];
    boolean[][] sequential = new boolean[count][count];
    for (int k = count - 1; k >= 0; k--) {
      String model = models.get(k);
      for (int f = 0; f <= k; f++) {
        functional[k][f] = ends[k + 1][f + 1] && fits(fits, model, theirs, FUNCTIONAL, f);
        sequential[k][f] = ends[k + 1][f] && fits(fits, model, theirs, SEQUENTIAL, k - f);
        ends[k][f] = functional[k][f] || sequential[k][f];
      }
    }
    if (!ends[0][0]) {
      return List.of();
    }
    List<Set<String>> choices =
        IntStream.range(0, count).<Set<String>>mapToObj(_ -> new LinkedHashSet<>()).toList();
    boolean[][] reached = new boolean[count + 1][count + 2];
    reached[0][0] = true;
    for (int k = 0; k < count; k++) {
      for (int f = 0; f <= k; f++) {
        if (reached[k][f] && functional[k][f]) {
          reached[k + 1][f + 1] = true;
          choices.get(k).add(place(theirs, FUNCTIONAL, f));
        }
        if (reached[k][f] && sequential[k][f]) {
          reached[k + 1][f] = true;
          choices.get(k).add(place(theirs, SEQUENTIAL, k - f));
        }
      }
    }
    return choices;
  }

  /** A model without weights may be of either class. */
  private static boolean fits(
      BiPredicate<String, String> fits,
      @Nullable String model,
      String theirs,
      String series,
      int number) {
    return model == null || fits.test(model, place(theirs, series, number));
  }

  private static String place(String theirs, String series, int number) {
    return theirs + LAYERS + series + (number == 0 ? "" : "_" + number);
  }

  /** Whether all weights of a model are in a group of the file. */
  private boolean fits(String ours, String theirs) {
    NavigableMap<Integer, String> inner = models(ours + "/");
    for (KerasLayout.Group group : layout.groups()) {
      boolean isOwn =
          isIn(group, ours) && inner.values().stream().noneMatch(model -> isIn(group, model));
      if (isOwn && !fits(group, theirs + group.path().substring(ours.length()))) {
        return false;
      }
    }
    return inner.isEmpty() || !choices(inner, theirs + "/", this::fits).isEmpty();
  }

  private boolean fits(KerasLayout.Group group, String place) {
    Hdf5Group vars = root.group(place + "/" + KerasWeights.VARS);
    if (vars == null || vars.arrays().size() != group.weights().size()) {
      return false;
    }
    for (int i = 0; i < group.weights().size(); i++) {
      HostTensor tensor = vars.arrays().get(Integer.toString(i));
      if (tensor == null || !KerasWeights.fits(variables.get(group.weights().get(i)), tensor)) {
        return false;
      }
    }
    return true;
  }

  private List<String> weights(String model) {
    return layout.groups().stream()
        .filter(group -> isIn(group, model))
        .flatMap(group -> group.weights().stream())
        .toList();
  }

  private static boolean isIn(KerasLayout.Group group, String model) {
    return group.path().equals(model) || group.path().startsWith(model + "/");
  }
}
