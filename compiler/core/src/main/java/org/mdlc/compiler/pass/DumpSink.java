package org.mdlc.compiler.pass;

/** Where the text forms go that a user asked to see. */
public interface DumpSink {
  /** Throws everything away. */
  DumpSink NONE =
      new DumpSink() {
        @Override
        public boolean wants(String stage) {
          return false;
        }

        @Override
        public void dump(String stage, String name, String text) {}
      };

  /** True when the text after this pass or stage is wanted; making it takes time. */
  boolean wants(String stage);

  /**
   * @param stage the pass just run
   * @param name of the graph or program
   */
  void dump(String stage, String name, String text);
}
