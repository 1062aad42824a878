package org.mdlc.compiler.bind;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.mdlc.compiler.source.Span;

/**
 * Arguments matched to parameters.
 *
 * @param values parameter to value, in order of the parameters
 * @param spans where each was written; the default's place for one that was left out
 * @param dims named dimensions that the types of the parameters bound
 */
record Arguments(Map<String, Datum> values, Map<String, Span> spans, Map<String, Datum> dims) {
  static Arguments empty() {
    return new Arguments(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /** A scope inside another one, where the parameters and dimensions have their values. */
  Scope within(Scope outer) {
    var inner = outer.inner();
    values.forEach(
        (name, value) -> inner.put(name, value, Objects.requireNonNull(spans.get(name))));
    dims.forEach(
        (name, value) -> {
          if (inner.here(name) == null) {
            inner.put(name, value, spans.values().iterator().next());
          }
        });
    return inner;
  }
}
