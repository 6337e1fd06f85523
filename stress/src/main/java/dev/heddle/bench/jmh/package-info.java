/** JMH benchmarks of single operations, run alike on Heddle and on the stock scheduler. */
@NullMarked
package dev.heddle.bench.jmh;

import org.jspecify.annotations.NullMarked;
