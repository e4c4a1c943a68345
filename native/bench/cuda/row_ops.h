// Checking and timing the ops on rows: rotations, the quantizers of activations, the packers.
#pragma once

#include "measurement.h"

namespace qutlass::bench {

// The names of these ops, in order.
std::vector<std::string> row_op_names();

// The sizes that are measured: rows and elements a row.
struct RowsShape {
  int64_t rows;
  int64_t k;
};

const std::vector<RowsShape>& rows_shapes();

// The ops `names` on one size, those that can be, checked and then timed, cold: operands and
// results rotate over copies larger than the L2 cache.
Measurements measure_row_ops(const RowsShape& shape, const std::vector<std::string>& names);

}  // namespace qutlass::bench
