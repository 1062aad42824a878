package org.mdlc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdlc.compiler.bind.BoundProgram;
import org.mdlc.compiler.bind.BoundProgram.DataSource;
import org.mdlc.compiler.bind.BoundProgram.Field;
import org.mdlc.compiler.bind.BoundProgram.Port;
import org.mdlc.compiler.diag.DidYouMean;
import org.mdlc.compiler.type.Dim;
import org.mdlc.runtime.ModelSpec;
import org.mdlc.runtime.data.ArrayDataset;
import org.mdlc.runtime.data.DType;
import org.mdlc.runtime.data.DataException;
import org.mdlc.runtime.data.Dataset;
import org.mdlc.runtime.data.HostTensor;
import org.mdlc.runtime.file.IdxFile;
import org.mdlc.runtime.file.NumpyFiles;
import org.mdlc.runtime.table.ColumnGroup;
import org.mdlc.runtime.table.ColumnNames;
import org.mdlc.runtime.table.CsvDataset;

/**
 * Rows of the source that a train block names.
 *
 * @param source finds it in the train block
 * @param beside where a path in the model description leads
 * @param categories the numbers of texts in label columns
 */
record BlockRows(
    Function<BoundProgram, DataSource> source, Function<String, Path> beside, Categories categories)
    implements RowSource {

  @Override
  public Map<String, List<Integer>> rowShapes(BoundProgram bound) throws IOException {
    var data = source.apply(bound);
    var files = files(data);
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    switch (data.format()) {
      case "csv" -> {
        var names = columnNames(files.getFirst());
        data.fields().forEach(f -> shapes.put(f.port(), List.of(names.places(f.columns()).length)));
      }
      case "images", "texts" -> {} // a folder says nothing of the size of images
      default -> {
        var arrays = arrays(data.format(), files);
        data.fields().forEach(f -> shapes.put(f.port(), array(files, arrays, f).rowShape()));
      }
    }
    return shapes;
  }

  @Override
  public Dataset read(BoundProgram bound, ModelSpec spec, boolean labelled) throws IOException {
    var data = source.apply(bound);
    return switch (data.format()) {
      case "csv" -> csv(bound, spec, data);
      case "images", "texts" ->
          new BlockFolder(bound, spec, data, files(data), beside).read(labelled);
      default -> arrays(bound, data);
    };
  }

  private List<Path> files(DataSource data) {
    if (data.paths().isEmpty()) {
      throw new UserError("`data " + data.format() + "(..)` names no file");
    }
    return data.paths().stream().map(beside).toList();
  }

  // ---- CSV

  private static ColumnNames columnNames(Path file) {
    return new ColumnNames(file.toString(), CsvDataset.header(file));
  }

  private ArrayDataset csv(BoundProgram bound, ModelSpec spec, DataSource data) {
    var file = files(data).getFirst();
    var names = columnNames(file);
    var groups = new ArrayList<ColumnGroup>();
    for (var field : data.fields()) {
      requireColumns(names, field);
      int width = names.places(field.columns()).length;
      var text = bound.texts().stream().filter(t -> t.name().equals(field.port())).findFirst();
      if (text.isPresent()) {
        groups.add(
            ColumnGroup.texts(field.port(), field.columns().toArray(String[]::new))
                .shaped(rowShape(text.get().shape().dims())));
        continue;
      }
      port(bound, field)
          .ifPresent(
              port ->
                  groups.add(
                      ColumnGroup.of(field.port(), dtype(port), field.columns(), width)
                          .scaled(field.scale(), field.offset())
                          .shaped(
                              isOneWeight(bound, port, width) ? List.of() : fitting(port, width))));
    }
    groups.replaceAll(categories.in(file, bound, spec));
    return CsvDataset.of(file).columns(groups.toArray(ColumnGroup[]::new)).readSome();
  }

  /** With a guess at the name that was meant. */
  private static void requireColumns(ColumnNames names, Field field) {
    for (var column : field.columns()) {
      for (var end : names.has(List.of(column)) ? new String[0] : column.split("\\.\\.", 2)) {
        if (!end.startsWith("#") && !names.has(List.of(end))) {
          throw new DataException(
              names.table()
                  + ": no column "
                  + end
                  + "; "
                  + ColumnNames.separatorAdvice(names.header())
                      .orElseGet(() -> advice(end, names.header())));
        }
      }
    }
  }

  private static DType dtype(Port port) {
    return port.type().dtype() == org.mdlc.compiler.type.DType.F32 ? DType.F32 : DType.I32;
  }

  // ---- arrays

  private ArrayDataset arrays(BoundProgram bound, DataSource data) throws IOException {
    var files = files(data);
    var arrays = arrays(data.format(), files);
    Map<String, HostTensor> shaped = new LinkedHashMap<>();
    for (var field : data.fields()) {
      var values = scaled(array(files, arrays, field), field);
      port(bound, field)
          .ifPresent(
              port ->
                  shaped.put(
                      port.name(),
                      isOneWeight(bound, port, values.rowSize())
                          ? values
                          : values.reshapeRows(ints(fitting(port, values.rowSize())))));
    }
    return ArrayDataset.of(shaped);
  }

  private static Map<String, HostTensor> arrays(String format, List<Path> files)
      throws IOException {
    return switch (format) {
      case "npz" -> NumpyFiles.readNpz(files.getFirst());
      case "npy" -> each(files, List.of("x", "y"), NumpyFiles::readNpy);
      case "idx" -> each(files, List.of("images", "labels"), IdxFile::read);
      default -> throw new UserError("data in the form " + format + "(..) cannot be read");
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
  static HostTensor scaled(HostTensor values, Field field) {
    if (field.scale() == 1 && field.offset() == 0) {
      return values;
    }
    var floats = values.toFloats().floats().clone();
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) (floats[i] * field.scale() + field.offset());
    }
    return HostTensor.of(floats, values.shape());
  }

  private static Optional<Port> port(BoundProgram bound, Field field) {
    return Stream.of(bound.inputs(), bound.targets(), bound.weights())
        .flatMap(List::stream)
        .filter(port -> port.name().equals(field.port()))
        .findFirst();
  }

  /** One weight may stand for all values of a row. */
  private static boolean isOneWeight(BoundProgram bound, Port port, int width) {
    return width == 1 && bound.weights().contains(port);
  }

  private static List<Integer> fitting(Port port, int width) {
    var dims = port.type().shape().dims();
    var row = rowShape(dims);
    long wanted = row.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (wanted != width) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s takes %d numbers per row (%s), its data has %d",
              port.name(),
              wanted,
              dims.stream().skip(1).map(Dim::toString).collect(Collectors.joining(", ", "[", "]")),
              width));
    }
    return row;
  }

  static List<Integer> rowShape(List<Dim> dims) {
    return dims.stream().skip(1).map(dim -> Math.toIntExact(dim.value())).toList();
  }

  static int[] ints(List<Integer> sizes) {
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }
}
