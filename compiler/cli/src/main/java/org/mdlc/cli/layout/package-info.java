/**
 * Places the boxes of a directed graph in ranks, after Sugiyama, Tagawa and Toda (1981): ranks,
 * places in between for long edges, an order with few crossings, coordinates. Knows nothing of what
 * the boxes are.
 */
@NullMarked
package org.mdlc.cli.layout;

import org.jspecify.annotations.NullMarked;
