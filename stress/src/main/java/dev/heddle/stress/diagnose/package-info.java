/**
 * Servers with one planted fault each, and their healthy twins: for learning to read traces, and
 * for proving that a trace names the fault.
 */
package dev.heddle.stress.diagnose;
