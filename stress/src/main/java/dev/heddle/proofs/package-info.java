/**
 * {@code heddle stress proofs}: runs the jcstress tests of the lock-free classes.
 *
 * <p>The tests themselves stand in the packages of what they test, which is package-private.
 */
@NullMarked
package dev.heddle.proofs;

import org.jspecify.annotations.NullMarked;
