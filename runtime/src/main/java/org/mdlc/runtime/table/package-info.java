/** Tables as data sets: CSV files, query results of databases, and the lines of text files. */
@NullMarked
package org.mdlc.runtime.table;

import org.jspecify.annotations.NullMarked;
