package org.mdlc.compiler.driver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.mdlc.compiler.emit.java.KernelStyle;
import org.mdlc.compiler.pass.DumpSink;
import org.mdlc.compiler.source.SourceFile;

/**
 * What to compile and how. Each {@code with} gives a changed copy.
 *
 * @param model the model meant; when absent, the only one with a train block, else the only one
 * @param settings values of the model's parameters and named dimensions, as written in mdl
 * @param packageName of the generated class; may be empty
 * @param kernels how kernels are printed
 * @param timed whether generated steps can tell how long each of their parts takes
 * @param dumps where graphs and programs are shown on their way
 * @param inputs is told of every file and folder beside the source, before it is looked at
 * @param texts where imported files are read
 */
public record CompileRequest(
    SourceFile source,
    Optional<String> model,
    Map<String, String> settings,
    String packageName,
    KernelStyle kernels,
    boolean timed,
    DumpSink dumps,
    Consumer<Input> inputs,
    SourceTexts texts) {
  public CompileRequest {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  public static CompileRequest of(SourceFile source) {
    return new CompileRequest(
        source,
        Optional.empty(),
        Map.of(),
        "",
        KernelStyle.VECTOR,
        false,
        DumpSink.NONE,
        Input.IGNORED,
        SourceTexts.OF_DISK);
  }

  /** Of a file, under the path as given. */
  public static CompileRequest of(Path file) throws IOException {
    return of(SourceFile.read(file));
  }

  public CompileRequest withModel(Optional<String> name) {
    return new CompileRequest(
        source, name, settings, packageName, kernels, timed, dumps, inputs, texts);
  }

  /** With more settings, which go before those of the same name. */
  public CompileRequest withSettings(Map<String, String> more) {
    var all = new LinkedHashMap<>(settings);
    all.putAll(more);
    return new CompileRequest(
        source, model, all, packageName, kernels, timed, dumps, inputs, texts);
  }

  public CompileRequest withPackage(String name) {
    return new CompileRequest(source, model, settings, name, kernels, timed, dumps, inputs, texts);
  }

  public CompileRequest withKernels(KernelStyle style) {
    return new CompileRequest(
        source, model, settings, packageName, style, timed, dumps, inputs, texts);
  }

  /** For a profile: the steps of the model are the runtime's {@code TimedStep}s. */
  public CompileRequest withTiming() {
    return new CompileRequest(
        source, model, settings, packageName, kernels, true, dumps, inputs, texts);
  }

  public CompileRequest withDumps(DumpSink sink) {
    return new CompileRequest(
        source, model, settings, packageName, kernels, timed, sink, inputs, texts);
  }

  public CompileRequest withInputs(Consumer<Input> sink) {
    return new CompileRequest(
        source, model, settings, packageName, kernels, timed, dumps, sink, texts);
  }

  public CompileRequest withTexts(SourceTexts other) {
    return new CompileRequest(
        source, model, settings, packageName, kernels, timed, dumps, inputs, other);
  }
}
