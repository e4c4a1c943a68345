// The product of two int4 operands: both are unpacked to int8.
#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "cpu/workspace.h"

namespace qutlass::cpu {
namespace {

constexpr int64_t kInt8WordsPerWord = kInt4PerWord / kInt8PerWord;

struct Plan {
  int32_t* a;
  int32_t* b;
  void* product_workspace;

  Plan(const MatmulInt4Int4Args& args, Workspace& workspace)
      : a(workspace.take<int32_t>(args.m * args.words * kInt8WordsPerWord)),
        b(workspace.take<int32_t>(args.n * args.words * kInt8WordsPerWord)),
        product_workspace(workspace.take<char>(0)) {}

  MatmulInt8Args product(const MatmulInt4Int4Args& args) const {
    return {a,
            b,
            args.sa,
            args.sb,
            nullptr,
            args.bias,
            args.y,
            args.m,
            args.n,
            args.words * kInt8WordsPerWord,
            args.sa_is_scalar,
            args.sb_is_scalar,
            args.activation};
  }
};

void unpack(const int32_t* words, int64_t count, int32_t* unpacked) {
  parallel_ranges(count, 4096, count * 8, [&](int64_t begin, int64_t end) {
    auto* bytes = reinterpret_cast<int8_t*>(unpacked + begin * kInt8WordsPerWord);
    for (int64_t i = begin; i < end; ++i) {
      for (int j = 0; j < kInt4PerWord; ++j) {
        *bytes++ = static_cast<int8_t>(int4_of(static_cast<uint32_t>(words[i]), j) - 8);
      }
    }
  });
}

}  // namespace

size_t workspace_bytes(const MatmulInt4Int4Args& args) {
  Workspace workspace(nullptr);
  const Plan plan(args, workspace);
  return workspace.bytes() + workspace_bytes(plan.product(args));
}

const char* matmul_int4_int4(const MatmulInt4Int4Args& args, void* memory) {
  if (const char* error = configuration_error()) return error;
  Workspace workspace(memory);
  const Plan plan(args, workspace);
  unpack(args.a, args.m * args.words, plan.a);
  unpack(args.b, args.n * args.words, plan.b);
  return matmul_int8(plan.product(args), plan.product_workspace);
}

}  // namespace qutlass::cpu
