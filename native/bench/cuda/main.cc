// qutlass_bench: the CUDA kernels against cuBLAS and against what the device can do at best, each
// result checked before it is timed.
#include <cstdio>

#include "ceilings.h"
#include "options.h"
#include "report.h"
#include "row_ops.h"
#include "targets.h"

namespace qutlass::bench {
namespace {

void append(Measurements& all, const Measurements& rows) {
  all.insert(all.end(), rows.begin(), rows.end());
}

bool has_layer(const Measurements& all, const Layer& layer) {
  for (const Measurement& of : all) {
    if (is_same_layer(of.layer, layer)) return true;
  }
  return false;
}

// Odd shapes and their neighbours, which several of them share: our kernels alone, hot.
void measure_odd_shapes(Measurements& all, const Options& options, CublasProducts& cublas,
                        const Report& report) {
  ProductSelection selection = options.products;
  selection.ours_alone = true;
  selection.sweep = false;
  selection.caches = {Cache::kHot};
  for (const OddShape& shape : odd_shapes()) {
    for (const Layer& layer : {shape.odd, shape.aligned}) {
      if (has_layer(all, layer)) continue;
      measure_products(layer, options.m, selection, cublas, [&](const Measurements& rows) {
        report.products(rows);
        append(all, rows);
      });
    }
  }
}

void run(const Options& options) {
  CublasProducts cublas;
  const Ceilings ceilings = measure_ceilings();
  const Report report(options.out, ceilings, cublas.version());
  report.ceilings();

  Measurements all;
  for (const Layer& layer : options.layers) {
    measure_products(layer, options.m, options.products, cublas, [&](const Measurements& rows) {
      report.products(rows);
      append(all, rows);
    });
  }
  if (options.odd) measure_odd_shapes(all, options, cublas, report);
  if (!options.ops.empty()) {
    for (const RowsShape& shape : rows_shapes()) {
      const Measurements rows = measure_row_ops(shape, options.ops);
      if (rows.empty()) continue;
      report.row_ops(rows);
      append(all, rows);
    }
  }
  std::printf("\nTargets\n");
  print_targets(all, ceilings);
}

}  // namespace
}  // namespace qutlass::bench

int main(int count, char** arguments) {
  using namespace qutlass::bench;
  run(parse_options(count, arguments));
  return 0;
}
