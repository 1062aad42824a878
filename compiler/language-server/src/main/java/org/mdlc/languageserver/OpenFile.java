package org.mdlc.languageserver;

import org.mdlc.compiler.source.SourceFile;

/**
 * A file that an editor has open.
 *
 * @param uri as the editor writes it
 * @param version the editor's count of changes
 * @param source its text, saved or not; its name is that by which imports find it
 */
record OpenFile(String uri, int version, SourceFile source) {}
