#include "providers.h"

#include <cstdlib>

#include "cuda/launch.h"
#include "cuda/tile_plan.h"

namespace qutlass::bench {

namespace {

template <typename T>
std::shared_ptr<DeviceArray<T>> shared_array(int64_t size) {
  return std::make_shared<DeviceArray<T>>(size);
}

template <typename T>
const T* copy_of(const Copies<T>& copies, int call) {
  return copies[call % copies.size()]->data();
}

template <typename T>
int64_t bytes_of(const Copies<T>& copies) {
  return copies[0]->size() * static_cast<int64_t>(sizeof(T));
}

MatmulInt8Args int8_args(const Weights& weights, const Activations& x, float* y) {
  MatmulInt8Args args{};
  args.a = x.int8.data();
  args.sa = x.int8_scale.data();
  args.sb = weights.int8_scale.data();
  args.y = y;
  args.m = x.m;
  args.n = weights.layer.n;
  args.words = int8_words(x.k);
  return args;
}

LinearInt8Args linear_args(const Weights& weights, const Activations& x, float* y) {
  LinearInt8Args args{};
  args.x = x.float32.data();
  args.w_scale = weights.int8_scale.data();
  args.y = y;
  args.m = x.m;
  args.n = weights.layer.n;
  args.k = x.k;
  args.symmetric = true;
  return args;
}

MatmulInt4Args int4_args(const Weights& weights, const Activations& x, float* y) {
  MatmulInt4Args args{};
  args.x = x.float32.data();
  args.scales = weights.int4_scales.data();
  args.zeros = weights.int4_zeros.data();
  args.y = y;
  args.m = x.m;
  args.n = weights.layer.n;
  args.k = x.k;
  args.group_size = kGroupSize;
  return args;
}

const int32_t*& weights_of(MatmulInt8Args& args) { return args.b; }
const int32_t*& weights_of(LinearInt8Args& args) { return args.w; }
const int32_t*& weights_of(MatmulInt4Args& args) { return args.w; }

// A provider of ours: `args` lacks only the weights, which `copies` holds.
template <typename Args>
Provider ours(const std::string& name, const char* (*op)(const Args&, void*, cuda::Stream),
              Args args, const Copies<int32_t>& copies, int64_t group,
              const std::shared_ptr<DeviceArray<float>>& y) {
  const auto workspace = shared_array<char>(static_cast<int64_t>(cuda::workspace_bytes(args)));
  Call call = [=, &copies](int index, cudaStream_t stream) mutable {
    weights_of(args) = copy_of(copies, index);
    require(op(args, workspace->data(), stream));
  };
  return {name, group, bytes_of(copies), static_cast<int>(copies.size()), call, [y] {
            return y->read(0, y->size());
          }};
}

// The same with a configuration forced whenever it is queued.
template <typename Args>
Provider forced(const cuda::TileMenu& menu, const std::string& configuration,
                const std::string& name, const char* (*op)(const Args&, void*, cuda::Stream),
                const Args& args, const Copies<int32_t>& copies, int64_t group,
                const std::shared_ptr<DeviceArray<float>>& y) {
  setenv(menu.variable, configuration.c_str(), 1);
  Provider provider = ours(name + " " + configuration, op, args, copies, group, y);
  unsetenv(menu.variable);
  provider.call = [call = provider.call, variable = menu.variable, configuration](
                      int index, cudaStream_t stream) {
    setenv(variable, configuration.c_str(), 1);
    call(index, stream);
    unsetenv(variable);
  };
  return provider;
}

std::vector<std::string> configurations(const cuda::TileMenu& menu, int64_t m) {
  std::vector<std::string> names;
  if (m <= menu.max_stream_rows) names.push_back("stream");
  for (int i = 0; i < menu.count; ++i) {
    for (const char* splits : {"", "/2", "/4", "/8"}) {
      if (2 * m > menu.tiles[i].m) names.push_back(std::string(menu.tiles[i].name) + splits);
    }
  }
  return names;
}

Provider cublas_float32(const Weights& weights, const Activations& x, CublasProducts& cublas,
                        bool tf32) {
  const int64_t n = weights.layer.n;
  const auto y = shared_array<float>(x.m * n);
  Call call = [=, &weights, &x, &cublas](int index, cudaStream_t stream) {
    cublas.float32(y->data(), x.float32.data(), copy_of(weights.float32, index), x.m, n, x.k, tf32,
                   stream);
  };
  return {tf32 ? "cublas tf32" : "cublas float32",  0,    bytes_of(weights.float32),
          static_cast<int>(weights.float32.size()), call, [y] { return y->read(0, y->size()); }};
}

Provider cublas_bf16(const Weights& weights, const Activations& x, CublasProducts& cublas) {
  const int64_t n = weights.layer.n;
  const auto y = shared_array<uint16_t>(x.m * n);
  Call call = [=, &weights, &x, &cublas](int index, cudaStream_t stream) {
    cublas.bf16(y->data(), x.bf16.data(), copy_of(weights.bf16, index), x.m, n, x.k, stream);
  };
  const auto result = [y] {
    std::vector<float> values;
    for (uint16_t bits : y->read(0, y->size())) {
      values.push_back(float_from_bits(static_cast<uint32_t>(bits) << 16));
    }
    return values;
  };
  return {"cublas bf16", 0,     bytes_of(weights.bf16), static_cast<int>(weights.bf16.size()),
          call,          result};
}

Provider cublaslt_int8(const Weights& weights, const Activations& x, CublasProducts& cublas,
                       const std::shared_ptr<DeviceArray<int32_t>>& y) {
  const int64_t n = weights.layer.n;
  Call call = [=, &weights, &x, &cublas](int index, cudaStream_t stream) {
    cublas.int8(y->data(), x.int8.data(), copy_of(weights.int8, index), x.m, n, x.k, stream);
  };
  const auto result = [=, &weights, &x] {
    const auto sums = y->read(0, y->size());
    const auto sa = x.int8_scale.read(0, x.m);
    const auto sb = weights.int8_scale.read(0, n);
    std::vector<float> values(sums.size());
    for (size_t i = 0; i < sums.size(); ++i) {
      values[i] = int8_epilogue(sums[i], sa[i / n], sb[i % n], false, 0, Activation::kLinear);
    }
    return values;
  };
  return {"cublaslt int8", 0, bytes_of(weights.int8), static_cast<int>(weights.int8.size()), call,
          result};
}

}  // namespace

std::vector<Provider> make_providers(const Weights& weights, const Activations& x,
                                     CublasProducts& cublas, bool sweep) {
  const int64_t n = weights.layer.n;
  const auto y = shared_array<float>(x.m * n);
  const MatmulInt8Args int8 = int8_args(weights, x, y->data());
  const MatmulInt4Args int4 = int4_args(weights, x, y->data());

  std::vector<Provider> providers;
  providers.push_back(cublas_float32(weights, x, cublas, false));
  providers.push_back(cublas_float32(weights, x, cublas, true));
  providers.push_back(cublas_bf16(weights, x, cublas));
  const auto sums = shared_array<int32_t>(x.m * n);
  if (cublas.int8(sums->data(), x.int8.data(), weights.int8[0]->data(), x.m, n, x.k, nullptr)) {
    providers.push_back(cublaslt_int8(weights, x, cublas, sums));
  }
  providers.push_back(ours("int8", cuda::matmul_int8, int8, weights.int8, 0, y));
  providers.push_back(ours("linear int8", cuda::linear_int8, linear_args(weights, x, y->data()),
                           weights.int8, 0, y));
  providers.push_back(ours("int4 g128", cuda::matmul_int4, int4, weights.int4, kGroupSize, y));
  if (!sweep) return providers;

  for (const std::string& name : configurations(cuda::matmul_int8_menu(), x.m)) {
    providers.push_back(forced(cuda::matmul_int8_menu(), name, "int8", cuda::matmul_int8, int8,
                               weights.int8, 0, y));
  }
  for (const std::string& name : configurations(cuda::matmul_int4_menu(), x.m)) {
    providers.push_back(forced(cuda::matmul_int4_menu(), name, "int4 g128", cuda::matmul_int4, int4,
                               weights.int4, kGroupSize, y));
  }
  return providers;
}

}  // namespace qutlass::bench
