/** The suites, one small file each. {@link dev.heddle.stress.Suites} lists them. */
@NullMarked
package dev.heddle.stress.suites;

import org.jspecify.annotations.NullMarked;
