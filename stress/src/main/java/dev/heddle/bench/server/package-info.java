/** The compared servers, and the work they agree on. */
@NullMarked
package dev.heddle.bench.server;

import org.jspecify.annotations.NullMarked;
