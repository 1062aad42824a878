package org.mdlc.junit;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.mdlc.runtime.Model;

/** Fills parameters with {@link MdlSource} or {@link MdlModel}. */
public final class MdlExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(MdlExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.isAnnotated(MdlSource.class) || parameter.isAnnotated(MdlModel.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    warnOnce(context);
    var source = parameter.findAnnotation(MdlSource.class);
    if (source.isPresent()) {
      require(parameter, MdlSource.class, MdlFile.class);
      return file(source.get().value(), source.get().text(), MdlSource.class);
    }
    require(parameter, MdlModel.class, Model.class);
    var wanted = parameter.findAnnotation(MdlModel.class).orElseThrow();
    var model =
        file(wanted.value(), wanted.text(), MdlModel.class)
            .model(wanted.model(), wanted.seed(), wanted.set());
    // the store closes what it holds when the test, or for a constructor the class, ends
    context.getStore(NAMESPACE).put(model, model);
    return model;
  }

  private static MdlFile file(String path, String text, Class<?> annotation) {
    if (path.isEmpty() == text.isEmpty()) {
      throw new ParameterResolutionException(
          "@" + annotation.getSimpleName() + " takes either a path or text = \"..\"");
    }
    return text.isEmpty() ? MdlFile.of(Path.of(path)) : MdlFile.ofText(text);
  }

  private static void require(ParameterContext parameter, Class<?> annotation, Class<?> wanted) {
    var type = parameter.getParameter().getType();
    if (!type.equals(wanted)) {
      throw new ParameterResolutionException(
          "@%s is for parameters of type %s, not %s"
              .formatted(annotation.getSimpleName(), wanted.getSimpleName(), type.getSimpleName()));
    }
  }

  /** One sentence per run of tests, not per test. */
  private static void warnOnce(ExtensionContext context) {
    context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            GeneratedCode.class,
            _ -> {
              GeneratedCode.missingFlag()
                  .ifPresent(
                      sentence ->
                          System.getLogger(MdlExtension.class.getName())
                              .log(System.Logger.Level.WARNING, sentence));
              return true;
            });
  }
}
