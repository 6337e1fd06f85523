/**
 * Deterministic simulation of programs written for Heddle: {@link dev.heddle.simulation.Simulation}
 * is where to begin.
 */
package dev.heddle.simulation;
