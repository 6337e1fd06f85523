/** Programs of many tasks, run alike on Heddle and on the stock scheduler. */
@NullMarked
package dev.heddle.bench.tasks;

import org.jspecify.annotations.NullMarked;
