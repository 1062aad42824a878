package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.Field;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.type.DType;
import org.mdlc.compiler.type.Dim;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.data.StringTensor;
import org.mdlc.runtime.file.CsvTable;
import org.mdlc.runtime.file.IdxFile;
import org.mdlc.runtime.file.NumpyFiles;

/**
 * Rows of the source that a train block names.
 *
 * @param source finds it in the train block
 * @param beside where a path in the model description leads
 */
record BlockRows(Function<BoundProgram, DataSource> source, Function<String, Path> beside)
    implements RowSource {
  private static final Pattern NAMES = Pattern.compile("(.+)\\.\\.(.+)");
  private static final Pattern POSITIONS = Pattern.compile("#(\\d+)(?:\\.\\.#(\\d+))?");

  @Override
  public Map<String, HostTensor> stored(BoundProgram bound) throws IOException {
    return stored(bound, new LinkedHashMap<>());
  }

  /**
   * The arrays.
   *
   * @param texts is given what is text
   */
  private Map<String, HostTensor> stored(BoundProgram bound, Map<String, StringTensor> texts)
      throws IOException {
    var data = source.apply(bound);
    var files = data.paths().stream().map(beside).toList();
    Map<String, HostTensor> fields = new LinkedHashMap<>();
    if (data.format().equals("csv")) {
      var file = files.getFirst();
      var table = CsvTable.read(file);
      for (var field : data.fields()) {
        if (bound.texts().stream().anyMatch(text -> text.name().equals(field.port()))) {
          texts.put(field.port(), table.texts(names(file, table, field)));
        } else {
          fields.put(field.port(), scaled(columns(file, table, field, bound), field));
        }
      }
    } else {
      var arrays = arrays(data.format(), files);
      for (var field : data.fields()) {
        fields.put(field.port(), scaled(array(files, arrays, field), field));
      }
    }
    return fields;
  }

  @Override
  public ArrayDataset read(BoundProgram bound, ModelSpec spec, boolean labelled)
      throws IOException {
    Map<String, StringTensor> texts = new LinkedHashMap<>();
    var fields = stored(bound, texts);
    Map<String, HostTensor> shaped = new LinkedHashMap<>();
    for (var port : Stream.concat(bound.inputs().stream(), bound.targets().stream()).toList()) {
      var field = fields.get(port.name());
      if (field != null) {
        shaped.put(port.name(), shaped(port, field));
      }
    }
    for (var port : bound.weights()) {
      var field = fields.get(port.name());
      if (field != null) {
        shaped.put(port.name(), field.rowSize() == 1 ? field : shaped(port, field));
      }
    }
    return ArrayDataset.of(shaped, texts);
  }

  /** Whether a file with these columns or arrays has all that a field is made of. */
  static boolean has(List<String> names, Field field) {
    return field.columns().stream().allMatch(column -> has(names, column));
  }

  private static boolean has(List<String> names, String column) {
    Matcher positions = POSITIONS.matcher(column);
    Matcher range = NAMES.matcher(column);
    return names.contains(column)
        || positions.matches() && last(positions) < names.size()
        || range.matches() && names.contains(range.group(1)) && names.contains(range.group(2));
  }

  private static int last(Matcher positions) {
    return Integer.parseInt(positions.group(positions.group(2) == null ? 1 : 2));
  }

  // ---- CSV

  private static HostTensor columns(Path file, CsvTable table, Field field, BoundProgram bound) {
    var names = names(file, table, field);
    if (names.size() > 1) {
      return table.columns(names);
    }
    var name = names.getFirst();
    return isWhole(field.port(), bound) && !table.isNumeric(name)
        ? table.categories(name).ids()
        : table.column(name);
  }

  private static List<String> names(Path file, CsvTable table, Field field) {
    var names = new ArrayList<String>();
    field.columns().forEach(column -> names.addAll(expanded(file, table.header(), column)));
    return names;
  }

  private static boolean isWhole(String name, BoundProgram bound) {
    return Stream.concat(bound.inputs().stream(), bound.targets().stream())
        .anyMatch(port -> port.name().equals(name) && port.type().dtype() != DType.F32);
  }

  /** The columns that {@code label}, {@code p00..p77}, {@code #5} or {@code #0..#63} stands for. */
  private static List<String> expanded(Path file, List<String> header, String column) {
    if (header.contains(column)) {
      return List.of(column);
    }
    Matcher positions = POSITIONS.matcher(column);
    if (positions.matches()) {
      int first = Integer.parseInt(positions.group(1));
      return between(file, header, column, first, last(positions));
    }
    Matcher names = NAMES.matcher(column);
    if (names.matches()) {
      int first = position(file, header, names.group(1));
      return between(file, header, column, first, position(file, header, names.group(2)));
    }
    position(file, header, column);
    return List.of(column);
  }

  private static List<String> between(
      Path file, List<String> header, String column, int first, int last) {
    if (first > last || last >= header.size()) {
      throw new DataException(
          file + ": there are no columns " + column + "; the file has " + header.size());
    }
    return header.subList(first, last + 1);
  }

  private static int position(Path file, List<String> header, String name) {
    int position = header.indexOf(name);
    if (position < 0) {
      throw new DataException(file + ": no column " + name + "; " + advice(name, header));
    }
    return position;
  }

  // ---- arrays

  private static Map<String, HostTensor> arrays(String format, List<Path> files)
      throws IOException {
    return switch (format) {
      case "npz" -> NumpyFiles.readNpz(files.getFirst());
      case "npy" -> each(files, List.of("x", "y"), NumpyFiles::readNpy);
      case "idx" -> each(files, List.of("images", "labels"), IdxFile::read);
      default -> throw new UserError("data in the form " + format + "(..) cannot be read yet");
    };
  }

  private interface Reader {
    HostTensor read(Path file) throws IOException;
  }

  private static Map<String, HostTensor> each(List<Path> files, List<String> names, Reader reader)
      throws IOException {
    Map<String, HostTensor> arrays = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(files.size(), names.size()); i++) {
      arrays.put(names.get(i), reader.read(files.get(i)));
    }
    return arrays;
  }

  private static HostTensor array(List<Path> files, Map<String, HostTensor> arrays, Field field) {
    var name = field.columns().getFirst();
    var array = arrays.get(name);
    if (array == null) {
      var where = files.stream().map(Path::toString).collect(Collectors.joining(", "));
      throw new DataException(
          where + ": no array " + name + "; " + advice(name, List.copyOf(arrays.keySet())));
    }
    return array;
  }

  private static String advice(String name, List<String> names) {
    return DidYouMean.nearest(name, names)
        .map(near -> "did you mean " + near + "?")
        .orElse("there are " + String.join(", ", names));
  }

  // ---- numbers and shapes

  /** In double precision, so that {@code images / 255} is the float nearest to the quotient. */
  private static HostTensor scaled(HostTensor values, Field field) {
    if (field.scale() == 1 && field.offset() == 0) {
      return values;
    }
    var floats = values.toFloats().floats().clone();
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) (floats[i] * field.scale() + field.offset());
    }
    return HostTensor.of(floats, values.shape());
  }

  private static HostTensor shaped(Port port, HostTensor field) {
    var dims = port.type().shape().dims();
    int[] row = dims.stream().skip(1).mapToInt(dim -> Math.toIntExact(dim.value())).toArray();
    int wanted = IntStream.of(row).reduce(1, Math::multiplyExact);
    if (wanted != field.rowSize()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s takes %d numbers per row (%s), its data has %d",
              port.name(),
              wanted,
              rowText(dims),
              field.rowSize()));
    }
    return field.reshapeRows(row);
  }

  private static String rowText(List<Dim> dims) {
    return dims.stream().skip(1).map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
