// Every product gives the same bits again and again, while other kernels run beside it on a stream
// of their own.
#include "harness.h"

namespace qutlass::test {
namespace {

constexpr int kRepetitions = 100;
constexpr int64_t kN = 640, kK = 1536, kGroupSize = 128;

// A stream that does not wait for the default one.
class OwnStream {
 public:
  OwnStream() { CHECK_CUDA(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  ~OwnStream() { cudaStreamDestroy(stream_); }
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

  cudaStream_t get() const { return stream_; }
  void wait() const { CHECK_CUDA(cudaStreamSynchronize(stream_)); }

 private:
  cudaStream_t stream_ = nullptr;
};

// The operands of the products of m rows.
class Operands {
 public:
  explicit Operands(int64_t m)
      : random_(31 + m),
        m_(m),
        x_(random_floats(random_, m * kK, -2, 2)),
        a_(random_words(m * int8_words(kK))),
        a4_(random_words(m * int4_words(kK))),
        w8_(random_words(kN * int8_words(kK))),
        w4_(random_words(kN * int4_words(kK))),
        zeros_(random_integers(random_, kN * kGroups, 0, 15)),
        row_scales_(random_floats(random_, m, 1e-3f, 1e-2f)),
        scales_(random_floats(random_, kN * kGroups, 1e-3f, 1e-2f)) {}

  MatmulInt8Args matmul_int8() {
    MatmulInt8Args args = {};
    args.a = a_.data();
    args.b = w8_.data();
    args.sa = row_scales_.data();
    args.sb = scales_.data();
    args.m = m_;
    args.n = kN;
    args.words = int8_words(kK);
    return args;
  }

  LinearInt8Args linear_int8() {
    LinearInt8Args args = {};
    args.x = x_.data();
    args.w = w8_.data();
    args.w_scale = scales_.data();
    args.m = m_;
    args.n = kN;
    args.k = kK;
    args.symmetric = true;
    return args;
  }

  MatmulInt4Int4Args matmul_int4_int4() {
    MatmulInt4Int4Args args = {};
    args.a = a4_.data();
    args.b = w4_.data();
    args.sa = row_scales_.data();
    args.sb = scales_.data();
    args.m = m_;
    args.n = kN;
    args.words = int4_words(kK);
    return args;
  }

  LinearInt4Args linear_int4() {
    LinearInt4Args args = {};
    args.x = x_.data();
    args.w = w4_.data();
    args.w_scale = scales_.data();
    args.m = m_;
    args.n = kN;
    args.k = kK;
    args.method = ScaleMethod::kQuest;
    args.rotation.block_size = 64;
    return args;
  }

  MatmulInt4Args matmul_int4() {
    MatmulInt4Args args = {};
    args.x = x_.data();
    args.w = w4_.data();
    args.scales = scales_.data();
    args.zeros = zeros_.data();
    args.m = m_;
    args.n = kN;
    args.k = kK;
    args.group_size = kGroupSize;
    return args;
  }

 private:
  static constexpr int64_t kGroups = kK / kGroupSize;

  std::vector<int32_t> random_words(int64_t count) {
    return random_integers(random_, count, INT32_MIN, INT32_MAX);
  }

  Random random_;
  int64_t m_;
  DeviceBuffer<float> x_;
  DeviceBuffer<int32_t> a_, a4_, w8_, w4_, zeros_;
  DeviceBuffer<float> row_scales_, scales_;
};

template <typename Args>
using Product = const char* (*)(const Args&, void*, cuda::Stream);

// A product with its result and workspace.
template <typename Args>
class Call {
 public:
  Call(Product<Args> product, const Args& args)
      : product_(product),
        args_(args),
        y_(args.m * args.n),
        workspace_(static_cast<int64_t>(cuda::workspace_bytes(args))) {
    args_.y = y_.data();
  }

  void queue(const OwnStream& stream) {
    const char* reason = product_(args_, workspace_.data(), stream.get());
    CHECK(reason == nullptr, "%s", reason);
  }
  std::vector<float> result() { return y_.read("y"); }

 private:
  Product<Args> product_;
  Args args_;
  DeviceBuffer<float> y_;
  DeviceBuffer<unsigned char> workspace_;
};

template <typename Args>
void check_repetitions(Product<Args> product, const Args& args, Call<MatmulInt8Args>& beside,
                       const char* what) {
  context() = format("%s, m %d", what, static_cast<int>(args.m));
  const OwnStream stream, other_stream;
  Call<Args> call(product, args);
  CHECK_CUDA(cudaDeviceSynchronize());
  std::vector<float> first;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    beside.queue(other_stream);
    call.queue(stream);
    beside.queue(other_stream);
    stream.wait();
    const std::vector<float> y = call.result();
    if (first.empty()) first = y;
    CHECK(std::memcmp(first.data(), y.data(), y.size() * sizeof(float)) == 0,
          "repetition %d gave other bits", repetition);
  }
  other_stream.wait();
}

TEST_ON_GPU(the_same_bits_beside_other_work) {
  Operands others(300);
  Call<MatmulInt8Args> beside(cuda::matmul_int8, others.matmul_int8());
  for (int64_t m : {1, 12, 40, 260}) {
    Operands operands(m);
    check_repetitions(cuda::matmul_int8, operands.matmul_int8(), beside, "matmul_int8");
    check_repetitions(cuda::linear_int8, operands.linear_int8(), beside, "linear_int8");
    check_repetitions(cuda::matmul_int4, operands.matmul_int4(), beside, "matmul_int4");
    check_repetitions(cuda::matmul_int4_int4, operands.matmul_int4_int4(), beside,
                      "matmul_int4_int4");
    check_repetitions(cuda::linear_int4, operands.linear_int4(), beside, "linear_int4");
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
