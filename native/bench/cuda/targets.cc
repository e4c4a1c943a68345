#include "targets.h"

#include <algorithm>

#include "cliffs.h"
#include "target.h"

namespace qutlass::bench {

namespace {

constexpr int64_t kMegabyte = 1000000;
constexpr char kInt4[] = "int4 g128";

bool is_whole_layer_of_models(const Measurement& of) {
  return of.op == "dense" && of.layer.ways == 1 &&
         (of.layer.model == "qwen3-8b" || of.layer.model == "llama-3.3-70b");
}

Measurements only_provider(const Measurements& all, const char* provider) {
  Measurements some;
  for (const Measurement& of : all) {
    if (is_whole_layer_of_models(of) && of.provider == provider) some.push_back(of);
  }
  return some;
}

// Adds how many times as fast as `peer` it is, where that was measured.
void add_ratio(Target& target, const Measurements& all, const Measurement& of, const char* peer) {
  if (const Measurement* other = find(all, of, peer)) {
    target.add(other->us.median / of.us.median, place_of(of));
  }
}

void print_int8(const Measurements& all, const Ceilings& ceilings) {
  Target large("1", "int8 against cuBLASLt, M >= 1024, each", Target::kAtLeast, 1.0, "x");
  Target large_mean("1", "int8 against cuBLASLt, M >= 1024", Target::kAtLeast, 1.1, "x");
  Target stream("1", "int8, M <= 64, weights >= 64 MB, of the streaming read", Target::kAtLeast, 85,
                "%");
  Target small_mean("1", "int8 against cuBLASLt, M <= 64, other weights", Target::kAtLeast, 1.0,
                    "x");
  for (const Measurement& of : only_provider(all, kInt8)) {
    if (of.m >= 1024) {
      add_ratio(large, all, of, kCublasLtInt8);
      add_ratio(large_mean, all, of, kCublasLtInt8);
    } else if (of.m <= 64 && of.packed_bytes >= 64 * kMegabyte) {
      stream.add(100 * of.weight_gbps() / ceilings.read_gbps, place_of(of));
    } else if (of.m <= 64) {
      add_ratio(small_mean, all, of, kCublasLtInt8);
    }
  }
  large.print_worst();
  large_mean.print_geometric_mean();
  stream.print_worst();
  small_mean.print_geometric_mean();
}

void print_int4_few_rows(const Measurements& all, const Ceilings& ceilings) {
  Target stream("2", "int4 g128, M <= 16, weights >= 100 MB, of the streaming read",
                Target::kAtLeast, 85, "%");
  Target twice("2", "int4 g128 against bf16, M <= 32, weights > 32 MB", Target::kAtLeast, 2.0, "x");
  Target never_slower("2", "int4 g128 against bf16, M <= 32", Target::kAtLeast, 1.0, "x");
  Target m64("2", "int4 g128 against bf16, M = 64", Target::kAtLeast, 1.5, "x");
  Target m128("2", "int4 g128 against bf16, M = 128", Target::kAtLeast, 1.0, "x");
  for (const Measurement& of : only_provider(all, kInt4)) {
    if (of.m <= 16 && of.packed_bytes >= 100 * kMegabyte) {
      stream.add(100 * of.weight_gbps() / ceilings.read_gbps, place_of(of));
    }
    if (of.m <= 32) add_ratio(never_slower, all, of, kBf16);
    if (of.m <= 32 && of.packed_bytes > 32 * kMegabyte) add_ratio(twice, all, of, kBf16);
    if (of.m == 64) add_ratio(m64, all, of, kBf16);
    if (of.m == 128) add_ratio(m128, all, of, kBf16);
  }
  for (const Target* target : {&stream, &twice, &never_slower, &m64, &m128}) target->print_worst();
}

void print_int4_many_rows(const Measurements& all, const Ceilings& ceilings) {
  Target peak("2", "int4 g128, M >= 256, of mma.sync in bf16", Target::kAtLeast, 80, "%");
  Target float32("2", "int4 g128 against float32, M >= 256", Target::kAtLeast, 7, "x");
  for (const Measurement& of : only_provider(all, kInt4)) {
    if (of.m < 256) continue;
    peak.add(100 * of.tflops() / ceilings.bf16_tflops, place_of(of));
    add_ratio(float32, all, of, kFloat32);
  }
  peak.print_worst();
  float32.print_worst();
}

// Groups of other sizes against those of 128. Where reading the weights is what takes the time,
// those with more scales may take as much more as they have to read.
void print_int4_groups(const Measurements& all) {
  Target many("2", "int4, time of other groups to that of g128, M >= 256", Target::kAtMost, 1.15,
              "x");
  Target few("2", "int4, time of other groups to that of g128, for what they read, M < 256",
             Target::kAtMost, 1.15, "x");
  for (const char* suffix : {"", " sym"}) {
    for (const char* group : {"int4 g32", "int4 g64", "int4 gK"}) {
      for (const Measurement& of : only_provider(all, (group + std::string(suffix)).c_str())) {
        const Measurement* g128 = find(all, of, kInt4 + std::string(suffix));
        if (!g128) continue;
        const double times = of.us.median / g128->us.median;
        const double reads = 1.0 * of.weight_bytes / g128->weight_bytes;
        const std::string place = of.provider + " " + place_of(of);
        if (of.m >= 256) {
          many.add(times, place);
        } else {
          few.add(times / std::max(1.0, reads), place);
        }
      }
    }
  }
  many.print_worst();
  few.print_worst();
}

void print_linear(const Measurements& all, const Ceilings& ceilings) {
  Target large("4", "linear int8, its time to that of its product, M >= 256", Target::kAtMost, 1.05,
               "x");
  Target one("4", "linear int8, its time over its product's, M = 1", Target::kAtMost,
             ceilings.launch_us, " us");
  for (const Measurement& of : only_provider(all, kLinearInt8)) {
    const Measurement* product = find(all, of, kInt8);
    if (!product) continue;
    if (of.m >= 256) large.add(of.us.median / product->us.median, place_of(of));
    if (of.m == 1) one.add(of.us.median - product->us.median, place_of(of));
  }
  large.print_worst();
  one.print_worst();
}

// Where reading the weights is what takes the time int4 may be up to twice as fast.
void print_linear_int4(const Measurements& all) {
  Target few("7", "linear int4 against linear int8, M <= 16, int8 weights >= 64 MB",
             Target::kAtLeast, 1.6, "x");
  Target many("7", "linear int4 against linear int8, M >= 1024", Target::kAtLeast, 1.0, "x");
  for (const Measurement& of : only_provider(all, kLinearInt4)) {
    if (of.m <= 16 && 2 * of.packed_bytes >= 64 * kMegabyte) add_ratio(few, all, of, kLinearInt8);
    if (of.m >= 1024) add_ratio(many, all, of, kLinearInt8);
  }
  few.print_worst();
  many.print_worst();
}

// Quantizing rotated rows against quantizing them as they are, from 64 MB of x on.
void print_fused_rotations(const Measurements& all) {
  Target fused("7", "quantizing with Hadamard, its time to that without, >= 64 MB", Target::kAtMost,
               1.1, "x");
  for (const Measurement& alone : all) {
    if (alone.op != "quantize_int8" && alone.op != "quantize_int4") continue;
    if (4 * alone.m * alone.layer.k < 64 * kMegabyte) continue;
    for (const Measurement& of : all) {
      const bool is_fused = of.op.find(alone.op + "_h") == 0;
      if (!is_fused || of.m != alone.m || of.layer.k != alone.layer.k) continue;
      fused.add(of.us.median / alone.us.median, of.op + " " + place_of(of));
    }
  }
  fused.print_worst();
}

// Ops on rows against the copy, from 64 MB of what they read or write on.
void print_row_ops(const Measurements& all, const Ceilings& ceilings, Target target,
                   const std::vector<std::string>& ops) {
  for (const Measurement& of : all) {
    if (4 * of.m * of.layer.k < 64 * kMegabyte) continue;
    for (const std::string& op : ops) {
      if (of.op == op) target.add(100 * of.gbps() / ceilings.copy_gbps, op + " " + place_of(of));
    }
  }
  target.print_worst();
}

}  // namespace

void print_targets(const Measurements& all, const Ceilings& ceilings) {
  print_int8(all, ceilings);
  print_int4_few_rows(all, ceilings);
  print_int4_many_rows(all, ceilings);
  print_int4_groups(all);
  print_cliffs_along_m(all);
  print_odd_shapes(all);
  print_row_ops(all, ceilings, {"4", "quantize, >= 64 MB, of the copy", Target::kAtLeast, 85, "%"},
                {"quantize_int8", "quantize_int8_asymmetric"});
  print_linear(all, ceilings);
  print_row_ops(all, ceilings, {"5", "packers, >= 64 MB, of the copy", Target::kAtLeast, 90, "%"},
                {"pack_int4", "unpack_int4"});
  print_row_ops(all, ceilings,
                {"7", "hadamard to 128, >= 64 MB, of the copy", Target::kAtLeast, 85, "%"},
                {"hadamard_16", "hadamard_32", "hadamard_64", "hadamard_128"});
  print_row_ops(all, ceilings,
                {"7", "hadamard beyond, >= 64 MB, of the copy", Target::kAtLeast, 70, "%"},
                {"hadamard_256", "hadamard_512", "hadamard_1024"});
  print_fused_rotations(all);
  print_linear_int4(all);
}

}  // namespace qutlass::bench
