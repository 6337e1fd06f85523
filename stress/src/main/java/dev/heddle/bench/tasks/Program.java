package dev.heddle.bench.tasks;

import java.util.List;

/** A program of many tasks that can be run again and again, and says what one run showed. */
interface Program {
  /** Runs it once, on tasks of this kind. */
  List<Sample> run(Tasks tasks) throws InterruptedException;
}
