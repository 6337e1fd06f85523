/** Drivers of others that are measured, and the servers that they talk to. */
@NullMarked
package dev.heddle.bench.drivers;

import org.jspecify.annotations.NullMarked;
