// Both arithmetics of the int4 product, that of sm_80 to sm_89 and that of sm_90, by the same
// kernels on whatever device there is: the bits of the reference.
#include "cuda/integer_launch.cuh"
#include "harness.h"

namespace qutlass::test {
namespace {

using Launch = cudaError_t (*)(const MatmulInt8Args&);

template <class Elements, class Tile>
cudaError_t by_tiles(const MatmulInt8Args& args) {
  cuda::TilePlan plan{0, 1, static_cast<int>(cuda::ceil_div(4 * args.words, Tile::kStepBytes))};
  return cuda::launch_tiles<Elements, Tile>(args, {}, plan, nullptr);
}

template <class Elements>
cudaError_t by_stream(const MatmulInt8Args& args) {
  return cuda::launch_stream<Elements, 2, true>(args, nullptr);
}

struct Kernel {
  const char* name;
  Launch launch;
};

template <class Elements>
constexpr Kernel kKernels[] = {{"64x64", by_tiles<Elements, cuda::Tile64x64>},
                               {"stream", by_stream<Elements>}};

// Words of any bits; rows are a multiple of 16 bytes.
void check(Random& random, int64_t m, int64_t n, int64_t words) {
  const std::vector<int32_t> a = random_words(random, m * words),
                             b = random_words(random, n * words);
  const float scale = 0.01f;
  std::vector<float> want(m * n);
  MatmulInt4Int4Args host{};
  host.a = a.data();
  host.b = b.data();
  host.sa = host.sb = &scale;
  host.y = want.data();
  host.m = m;
  host.n = n;
  host.words = words;
  host.sa_is_scalar = host.sb_is_scalar = true;
  reference::matmul_int4_int4(host);

  DeviceBuffer<int32_t> d_a(a), d_b(b);
  DeviceBuffer<float> d_scale(std::vector<float>{scale}), y(m * n);
  MatmulInt4Int4Args args = host;
  args.a = d_a.data();
  args.b = d_b.data();
  args.sa = args.sb = d_scale.data();
  args.y = y.data();
  const auto run = [&](const char* arithmetic, const Kernel& kernel) {
    context() = format("m %d, n %d, words %d, %s, %s", static_cast<int>(m), static_cast<int>(n),
                       static_cast<int>(words), arithmetic, kernel.name);
    y.poison();
    CHECK_CUDA(kernel.launch(as_words(args)));
    CHECK_CUDA(cudaDeviceSynchronize());
    check_same(y.read("y").data(), want.data(), m * n, "y");
  };
  for (const Kernel& kernel : kKernels<cuda::Int4ByMma>) run("mma in int4", kernel);
  for (const Kernel& kernel : kKernels<cuda::Int4Widened>) run("widened to int8", kernel);
}

TEST_ON_GPU(both_arithmetics_give_the_same_bits) {
  Random random(51);
  for (int64_t words : {4, 36, 64, 300}) check(random, 16, 70, words);
  check(random, 7, 300, 1024);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
