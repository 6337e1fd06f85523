/** The bridge to the JDK's classes: the only package of this module that names JDK internals. */
@NullMarked
package dev.heddle.simulation.jdk;

import org.jspecify.annotations.NullMarked;
