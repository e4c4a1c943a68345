// Rotations of rows, whole blocks of them at a time.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

namespace qutlass::cpu {

// y = x rotated; `count` is a multiple of the rotation's block size, which is not 0.
void rotate_blocks(const Isa& isa, const Rotation& rotation, const float* x, int64_t count,
                   float* y);

// Simple operations that it takes to rotate a value; 0 without a rotation.
int64_t work_of_rotation(const Rotation& rotation);

}  // namespace qutlass::cpu
