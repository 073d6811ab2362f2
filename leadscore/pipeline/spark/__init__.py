"""spark: one run on a Spark engine, for exports that one machine is too small for."""
