/** The load generator: a closed loop over many connections that checks every reply. */
@NullMarked
package dev.heddle.bench.load;

import org.jspecify.annotations.NullMarked;
