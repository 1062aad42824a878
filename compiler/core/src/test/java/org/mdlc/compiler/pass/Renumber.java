package org.mdlc.compiler.pass;

import java.util.HashMap;
import org.mdlc.compiler.ir.Graph;
import org.mdlc.compiler.ir.GraphBuilder;
import org.mdlc.compiler.ir.Value;

/**
 * Numbers values in the order of the text, so that golden text does not depend on what was thrown
 * away.
 */
final class Renumber implements Pass {
  @Override
  public Graph run(Graph graph) {
    var builder = new GraphBuilder(graph.name());
    var here = new HashMap<Integer, Value>();
    graph
        .inputs()
        .forEach(
            i -> here.put(i.value().id(), builder.input(i.name(), i.role(), i.value().type())));
    graph.nodes().forEach(n -> builder.copy(n, here));
    graph.outputs().forEach(o -> builder.output(o.name(), o.role(), here.get(o.value().id())));
    return builder.build();
  }
}
