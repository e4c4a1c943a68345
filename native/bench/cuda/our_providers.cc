#include "our_providers.h"

namespace qutlass::bench {

namespace {

// The weights of `args`, from the copies that call number `call` uses.
void point_at(MatmulInt8Args& args, const Weights& weights, int call) {
  args.b = weights.int8.of_call(call);
}

void point_at(LinearInt8Args& args, const Weights& weights, int call) {
  args.w = weights.int8.of_call(call);
}

void point_at(MatmulInt4Int4Args& args, const Weights& weights, int call) {
  args.b = weights.int4_rows->words.of_call(call);
}

void point_at(LinearInt4Args& args, const Weights& weights, int call) {
  args.w = weights.int4_rows->words.of_call(call);
}

template <typename Args>
void point_at(Args& args, const Int4Weights& weights, int call) {
  args.w = weights.words.of_call(call);
  args.scales = weights.scales.of_call(call);
  args.zeros = weights.zeros_of_call(call);
}

// Queues an op, with a workspace of its own. The workspace is what the op asks for at the first of
// the copies, which are all aligned alike.
template <typename Args, typename W>
Call call_of(const char* (*op)(const Args&, void*, cuda::Stream), Args args, const W& weights) {
  point_at(args, weights, 0);
  const auto workspace =
      std::make_shared<DeviceArray<char>>(static_cast<int64_t>(cuda::workspace_bytes(args)));
  return [=, &weights](int call, cudaStream_t stream) mutable {
    point_at(args, weights, call);
    require(op(args, workspace->data(), stream));
  };
}

Provider int8_provider(const char* name, const Weights& weights, Call call) {
  return {name,
          Arithmetic::kInt8,
          nullptr,
          weights.int8.bytes() + weights.int8_scale.bytes(),
          weights.int8.bytes(),
          {std::move(call), weights.int8.copies()}};
}

Provider int4_int4_provider(const char* name, const Weights& weights, Call call) {
  const Int4Weights& rows = *weights.int4_rows;
  return {name,         Arithmetic::kInt4Int4, nullptr,
          rows.bytes(), rows.words.bytes(),    {std::move(call), rows.words.copies()}};
}

Provider int4_provider(const std::string& name, Arithmetic arithmetic, const Int4Weights& weights,
                       Call call) {
  return {name,
          arithmetic,
          &weights,
          weights.bytes(),
          weights.words.bytes(),
          {std::move(call), weights.words.copies()}};
}

// An op on x in float32 and weights in groups.
template <typename Args>
Args grouped_args(const Int4Weights& weights, const Layer& layer, const Activations& x,
                  const Output& y) {
  Args args{};
  args.x = x.float32.data();
  args.y = y.float32();
  args.m = x.m;
  args.n = layer.n;
  args.k = x.k;
  args.group_size = weights.group_size;
  point_at(args, weights, 0);
  return args;
}

}  // namespace

MatmulInt8Args matmul_int8_args(const Weights& weights, const Activations& x, const Output& y) {
  MatmulInt8Args args{};
  args.a = x.int8.data();
  args.b = weights.int8.data();
  args.sa = x.int8_scale.data();
  args.sb = weights.int8_scale.data();
  args.y = y.float32();
  args.m = x.m;
  args.n = weights.layer.n;
  args.words = int8_words(x.k);
  return args;
}

LinearInt8Args linear_int8_args(const Weights& weights, const Activations& x, const Output& y) {
  LinearInt8Args args{};
  args.x = x.float32.data();
  args.w = weights.int8.data();
  args.w_scale = weights.int8_scale.data();
  args.y = y.float32();
  args.m = x.m;
  args.n = weights.layer.n;
  args.k = x.k;
  args.symmetric = true;
  return args;
}

MatmulInt4Int4Args matmul_int4_int4_args(const Weights& weights, const Activations& x,
                                         const Output& y) {
  MatmulInt4Int4Args args{};
  args.a = x.int4.data();
  args.b = weights.int4_rows->words.data();
  args.sa = x.int4_scale.data();
  args.sb = weights.int4_rows->scales.data();
  args.y = y.float32();
  args.m = x.m;
  args.n = weights.layer.n;
  args.words = int4_words(x.k);
  return args;
}

LinearInt4Args linear_int4_args(const Weights& weights, const Activations& x, const Output& y) {
  LinearInt4Args args{};
  args.x = x.float32.data();
  args.w = weights.int4_rows->words.data();
  args.w_scale = weights.int4_rows->scales.data();
  args.y = y.float32();
  args.m = x.m;
  args.n = weights.layer.n;
  args.k = x.k;
  return args;
}

MatmulInt4Args matmul_int4_args(const Int4Weights& weights, const Layer& layer,
                                const Activations& x, const Output& y) {
  return grouped_args<MatmulInt4Args>(weights, layer, x, y);
}

Provider matmul_int8_provider(const Weights& weights, const Activations& x, const Output& y) {
  return int8_provider(kInt8, weights,
                       call_of(cuda::matmul_int8, matmul_int8_args(weights, x, y), weights));
}

Provider linear_int8_provider(const Weights& weights, const Activations& x, const Output& y) {
  return int8_provider(kLinearInt8, weights,
                       call_of(cuda::linear_int8, linear_int8_args(weights, x, y), weights));
}

Provider matmul_int4_int4_provider(const Weights& weights, const Activations& x, const Output& y) {
  return int4_int4_provider(
      kInt4Int4, weights,
      call_of(cuda::matmul_int4_int4, matmul_int4_int4_args(weights, x, y), weights));
}

Provider linear_int4_provider(const Weights& weights, const Activations& x, const Output& y) {
  return int4_int4_provider(kLinearInt4, weights,
                            call_of(cuda::linear_int4, linear_int4_args(weights, x, y), weights));
}

Provider matmul_int4_provider(const Int4Weights& weights, const Layer& layer, const Activations& x,
                              const Output& y) {
  return int4_provider(name_of(weights.format), Arithmetic::kInt4, weights,
                       call_of(cuda::matmul_int4, matmul_int4_args(weights, layer, x, y), weights));
}

Provider linear_int8_int4_provider(const Int4Weights& weights, const Layer& layer,
                                   const Activations& x, const Output& y) {
  return int4_provider(kLinearInt8Int4 + name_of(weights.format), Arithmetic::kInt8Int4, weights,
                       call_of(cuda::linear_int8_int4,
                               grouped_args<LinearInt8Int4Args>(weights, layer, x, y), weights));
}

std::vector<Provider> make_our_providers(const Weights& weights, const Activations& x,
                                         const Output& y) {
  std::vector<Provider> providers = {
      matmul_int8_provider(weights, x, y), linear_int8_provider(weights, x, y),
      matmul_int4_int4_provider(weights, x, y), linear_int4_provider(weights, x, y)};
  for (const auto& int4 : weights.int4) {
    providers.push_back(matmul_int4_provider(*int4, weights.layer, x, y));
    providers.push_back(linear_int8_int4_provider(*int4, weights.layer, x, y));
  }
  return providers;
}

}  // namespace qutlass::bench
