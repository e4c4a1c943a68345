#include "product_bench.h"

#include <algorithm>

#include "product_check.h"

namespace qutlass::bench {

namespace {

bool is_selected(const std::string& provider, const ProductSelection& selection) {
  if (provider == kFloat32) return !selection.ours_alone;
  const bool is_named = provider.find(selection.only) != std::string::npos;
  return is_named && (is_ours(provider) || !selection.ours_alone);
}

std::vector<Provider> selected_providers(const Weights& weights, const Activations& x,
                                         const ProductSelection& selection, CublasProducts& cublas,
                                         const Output& y, Cache cache) {
  std::vector<Provider> selected;
  const auto select = [&](const Provider& provider) {
    if (is_selected(provider.name, selection)) selected.push_back(provider);
  };
  for (const Provider& provider : make_cublas_providers(weights, x, cublas, y)) select(provider);
  if (is_selected(kCublasLtInt8, selection)) {
    const auto peer = make_cublaslt_int8_provider(weights, x, cublas, y, cache);
    if (peer) select(*peer);
  }
  for (const Provider& provider : make_our_providers(weights, x, y)) select(provider);
  if (!selection.sweep) return selected;
  for (const Provider& provider : make_forced_providers(weights, x, y)) select(provider);
  return selected;
}

Measurement measurement_of(const Provider& provider, const Layer& layer, int64_t m, Cache cache,
                           Microseconds us, double error) {
  Measurement of{};
  of.op = "dense";
  of.provider = provider.name;
  of.layer = layer;
  of.m = m;
  of.cache = cache;
  of.us = us;
  of.forced = provider.forced;
  of.max_relative_error = error;
  of.weight_bytes = provider.weight_bytes;
  of.packed_bytes = provider.packed_bytes;
  of.bytes = provider.weight_bytes + 4 * m * (layer.n + layer.k);
  of.operations = 2.0 * m * layer.n * layer.k;
  if (provider.int4) {
    of.group = provider.int4->group_size;
    of.symmetric = !provider.int4->format.has_zeros;
  }
  return of;
}

Measurements measure_product(const Weights& weights, const Activations& x,
                             const ProductCheck& check, const ProductSelection& selection,
                             CublasProducts& cublas, Cache cache) {
  Output y(x.m, weights.layer.n);
  const auto providers = selected_providers(weights, x, selection, cublas, y, cache);
  std::vector<double> errors;
  std::vector<Subject> subjects;
  for (const Provider& provider : providers) {
    errors.push_back(check.check(provider, y));
    subjects.push_back(provider.subject);
  }
  const std::vector<Microseconds> times = time_interleaved(subjects, cache);
  Measurements rows;
  for (size_t i = 0; i < providers.size(); ++i) {
    rows.push_back(measurement_of(providers[i], weights.layer, x.m, cache, times[i], errors[i]));
  }
  return rows;
}

}  // namespace

void measure_products(const Layer& layer, const std::vector<int64_t>& all_m,
                      const ProductSelection& selection, CublasProducts& cublas,
                      const std::function<void(const Measurements&)>& done) {
  const auto& caches = selection.caches;
  const bool rotated = std::find(caches.begin(), caches.end(), Cache::kCold) != caches.end();
  const Weights weights(layer, selection.int4_formats, rotated);
  for (int64_t m : all_m) {
    const Activations x(m, layer.k);
    const ProductCheck check(weights, x);
    for (Cache cache : caches) done(measure_product(weights, x, check, selection, cublas, cache));
  }
}

}  // namespace qutlass::bench
