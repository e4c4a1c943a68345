// What the tiled int4 product reads instead of the op's own arguments, put into the workspace by
// one kernel: x in bf16, in the order of k that int4_to_bf16.cuh asks for, and scales and zero
// points side by side, groups first, so that a tile's columns are consecutive addresses.
#pragma once

#include "cuda/int4_groups.cuh"
#include "cuda/vector.cuh"

namespace qutlass::cuda {

struct Int4Operands {
  uint16_t* x;                  // [m, padded_k]
  GroupParameters* parameters;  // [groups, padded_n]
  int64_t padded_k;             // rows of whole lines of 128 bytes; the padding is 0
  int64_t padded_n;             // whole tiles

  // The operands in a workspace; `bytes` of it.
  Int4Operands(const MatmulInt4Args& args, void* workspace)
      : padded_k(round_up(args.k, 64)), padded_n(round_up(args.n, 128)) {
    const int64_t x_bytes = round_up(2 * args.m * padded_k, 256);
    x = static_cast<uint16_t*>(workspace);
    parameters = reinterpret_cast<GroupParameters*>(static_cast<char*>(workspace) + x_bytes);
    const int64_t groups = group_count(args.k, args.group_size);
    bytes = x_bytes + round_up(groups * padded_n * sizeof(GroupParameters), 256);
  }

  int64_t bytes;
};

// One thread eight elements of x, or one column of a group: rows below m are those of x, the others
// are groups.
struct PrepareInt4Operands {
  MatmulInt4Args args;
  Int4Operands operands;
  int64_t groups;

  int64_t rows() const { return args.m + groups; }
  int64_t words() const { return max(operands.padded_k / kInt4PerWord, operands.padded_n); }

  __device__ void operator()(int64_t row, int64_t word) const {
    if (row >= args.m) {
      if (word < operands.padded_n) prepare_group(row - args.m, word);
    } else if (word < operands.padded_k / kInt4PerWord) {
      permute_x(row, word * kInt4PerWord);
    }
  }

 private:
  __device__ void permute_x(int64_t m, int64_t k) const {
    const float* source = args.x + m * args.k + k;
    float low[4];
    float high[4];
    load_4(low, source, args.k - k);
    load_4(high, source + 4, args.k - k - 4);
    uint16_t* block = operands.x + m * operands.padded_k + k / kBlockK * kBlockK;
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int position = permuted_position(static_cast<int>(k % kBlockK) + j);
      *reinterpret_cast<uint32_t*>(block + position) = ptx::bf16_pair(low[j], high[j]);
    }
  }

  __device__ void prepare_group(int64_t group, int64_t n) const {
    GroupParameters parameters{0.0f, minus_zero_point(8)};
    if (n < args.n) {
      const int64_t index = n * groups + group;
      parameters.scale = args.scales[index];
      if (args.zeros) parameters.minus_zero = minus_zero_point(args.zeros[index]);
    }
    operands.parameters[group * operands.padded_n + n] = parameters;
  }
};

}  // namespace qutlass::cuda
