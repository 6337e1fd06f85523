/** The command line {@code heddle}: what every subcommand shares. */
package dev.heddle.cli;
