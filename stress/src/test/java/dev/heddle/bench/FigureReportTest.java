package dev.heddle.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.bench.tasks.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class FigureReportTest {
  @Test
  void medianIsTheMiddleOrTheMeanOfTheTwo() {
    assertEquals(2, Numbers.median(9, 1, 2));
    assertEquals(1.5, Numbers.median(2, 1));
    assertEquals("-", Numbers.text(Numbers.median(), 2));
  }

  @Test
  void figuresStandBesideTheStockOnes() {
    var report =
        new FigureReport(
            "ring",
            List.of(
                new Figure("heddle", 2, 1, new Sample("hop", 100, "ns")),
                new Figure("stock", 2, 1, new Sample("hop", 300, "ns")),
                new Figure("heddle", 2, 2, new Sample("hop", 200, "ns")),
                new Figure("stock", 2, 2, new Sample("hop", 300, "ns"))));
    assertEquals(
        List.of("hop", "2", "150.0", "100.0-200.0", "300.0", "300.0-300.0", "ns", "0.50"),
        List.of(report.table().lines().toList().get(1).strip().split(" +")));
  }
}
