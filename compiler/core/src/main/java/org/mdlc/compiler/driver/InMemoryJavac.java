package org.mdlc.compiler.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles generated Java without touching the disk and loads the classes. */
public final class InMemoryJavac {
  private InMemoryJavac() {}

  /** The generated source did not compile: a bug of ours, with javac's words. */
  public static final class GeneratedCodeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GeneratedCodeException(String message) {
      super(message);
    }
  }

  /**
   * Compiles source files.
   *
   * @param sources text by fully qualified name of the top-level class
   * @param options further options of javac, such as {@code -Xlint:all}
   * @return bytes of every class in them, by binary name, in order of name
   * @throws GeneratedCodeException when javac reports an error, or a warning under {@code -Werror}
   */
  public static Map<String, byte[]> compile(Map<String, String> sources, List<String> options) {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    if (javac == null) {
      throw new GeneratedCodeException(
          "this Java is a runtime without a compiler; run mdlc with a full JDK 25");
    }
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    var rest = new StringWriter();
    var classes = new TreeMap<String, byte[]>();
    try (var files =
        new Outputs(javac.getStandardFileManager(diagnostics, Locale.ROOT, null), classes)) {
      var all = new ArrayList<>(List.of("-proc:none", "--add-modules", "jdk.incubator.vector"));
      all.addAll(options);
      var units =
          sources.entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
      var task = javac.getTask(rest, files, diagnostics, all, null, units);
      if (!task.call()) {
        var text = new StringBuilder("generated code does not compile:\n");
        diagnostics.getDiagnostics().forEach(d -> text.append(d).append('\n'));
        throw new GeneratedCodeException(text.append(rest).toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return classes;
  }

  /** Compiles and loads one class, which sees everything that {@code parent} sees. */
  public static Class<?> load(String className, String source, ClassLoader parent) {
    try {
      return loadAll(Map.of(className, source), parent).loadClass(className);
    } catch (ClassNotFoundException e) {
      throw new GeneratedCodeException(
          "generated code has no class " + className + ": " + e.getMessage());
    }
  }

  /**
   * Compiles and loads a model, and creates it: what its {@code create(seed)} returns.
   *
   * @param parent sees the runtime
   * @throws GeneratedCodeException if the class cannot be created
   */
  public static Object create(GeneratedModel model, long seed, ClassLoader parent) {
    var type = load(model.className(), model.source(), parent);
    try {
      return type.getMethod("create", long.class).invoke(null, seed);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : notCreated(type, e);
    } catch (ReflectiveOperationException e) {
      throw notCreated(type, e);
    }
  }

  private static GeneratedCodeException notCreated(Class<?> type, Exception cause) {
    var exception =
        new GeneratedCodeException("the generated class " + type.getName() + " cannot be created");
    exception.initCause(cause);
    return exception;
  }

  /** A loader of the classes in the given sources, by name as in {@link #compile}. */
  public static ClassLoader loadAll(Map<String, String> sources, ClassLoader parent) {
    return new Loader(compile(sources, List.of()), parent);
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String className, String text) {
      super(
          URI.create("string:///" + className.replace('.', '/') + Kind.SOURCE.extension),
          Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Outputs extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, byte[]> classes;

    Outputs(StandardJavaFileManager manager, Map<String, byte[]> classes) {
      super(manager);
      this.classes = classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      if (location != StandardLocation.CLASS_OUTPUT) {
        throw new IllegalArgumentException("unexpected output to " + location);
      }
      return new SimpleJavaFileObject(
          URI.create("memory:///" + className.replace('.', '/') + kind.extension), kind) {
        @Override
        public OutputStream openOutputStream() {
          return new ByteArrayOutputStream() {
            @Override
            public void close() {
              classes.put(className, toByteArray());
            }
          };
        }
      };
    }
  }

  private static final class Loader extends ClassLoader {
    private final Map<String, byte[]> classes;

    Loader(Map<String, byte[]> classes, ClassLoader parent) {
      super(parent);
      this.classes = Map.copyOf(classes);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      var bytes = classes.get(name);
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      return defineClass(name, bytes, 0, bytes.length);
    }
  }
}
