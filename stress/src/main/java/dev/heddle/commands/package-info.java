/**
 * Puts the commands of the suites and of the proofs under one parent, so that neither knows the
 * other.
 */
@NullMarked
package dev.heddle.commands;

import org.jspecify.annotations.NullMarked;
