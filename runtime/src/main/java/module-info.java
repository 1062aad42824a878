/** What generated code calls and what its users see. */
module org.mdlc.runtime {
  requires static transitive jdk.incubator.vector;
  requires static transitive org.jspecify;
  requires com.google.gson;
  requires de.siegmar.fastcsv;
  requires transitive java.desktop;
  requires java.net.http;
  requires transitive java.sql;
  requires org.apache.commons.compress;
  requires org.bytedeco.dnnl;
  requires org.bytedeco.javacpp;

  exports org.mdlc.runtime;
  exports org.mdlc.runtime.data;
  exports org.mdlc.runtime.file;
  exports org.mdlc.runtime.kernel;
  exports org.mdlc.runtime.plot;
  exports org.mdlc.runtime.preprocessing;
  exports org.mdlc.runtime.random;
  exports org.mdlc.runtime.table;
  exports org.mdlc.runtime.utils;
}
