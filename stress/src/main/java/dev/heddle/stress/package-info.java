/** {@code heddle stress}: the engine that runs suites, watches over them and reports. */
@NullMarked
package dev.heddle.stress;

import org.jspecify.annotations.NullMarked;
