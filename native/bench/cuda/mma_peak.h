// The rate of the tensor cores through mma.sync: the ceiling of a product of many rows. (wgmma,
// which sm_90 alone has, goes higher.)
#pragma once

#include <vector>

namespace qutlass::bench {

// 10^12 operations a second (a multiply-add is two) of kernels that do nothing but mma.sync on
// random operands in registers: the best of some launch shapes.
double mma_bf16_peak();  // m16n8k16, sums in float32
double mma_int8_peak();  // m16n8k32, sums in int32

// The same in bf16 beside 1, 2, 3 and 4 other instructions of three register operands a product.
std::vector<double> mma_bf16_beside_logic();
std::vector<double> mma_bf16_beside_multiply_adds();

}  // namespace qutlass::bench
