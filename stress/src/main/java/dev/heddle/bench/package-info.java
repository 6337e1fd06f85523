/** The benchmarks of the command line: our servers and tasks beside others, in one run. */
@NullMarked
package dev.heddle.bench;

import org.jspecify.annotations.NullMarked;
