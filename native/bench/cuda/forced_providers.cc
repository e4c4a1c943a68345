// The providers of --sweep: each configuration that an environment variable can force.
#include "cuda/tile_plan.h"
#include "our_providers.h"
#include "test/environment.h"

namespace qutlass::bench {

namespace {

using test::Environment;

std::vector<std::string> configurations(const cuda::TileMenu& menu, int64_t m) {
  std::vector<std::string> names;
  if (m <= menu.max_stream_rows) names.push_back("stream");
  for (int i = 0; i < menu.count; ++i) {
    for (const char* splits : {"", "/2", "/4", "/8"}) {
      const bool is_small = menu.tiles[i].m <= 32;
      if (is_small || 2 * m > menu.tiles[i].m)
        names.push_back(std::string(menu.tiles[i].name) + splits);
    }
  }
  return names;
}

// What `make` gives, once a configuration, which is forced whenever it is queued.
template <typename Make>
void add_forced(std::vector<Provider>& providers, const cuda::TileMenu& menu, int64_t m,
                const Make& make) {
  for (const std::string& configuration : configurations(menu, m)) {
    const Environment forced(menu.variable, configuration);
    Provider provider = make();
    provider.name += " " + configuration;
    provider.forced = true;
    provider.subject.call = [call = provider.subject.call, variable = menu.variable, configuration](
                                int index, cudaStream_t stream) {
      const Environment forced(variable, configuration);
      call(index, stream);
    };
    providers.push_back(provider);
  }
}

}  // namespace

std::vector<Provider> make_forced_providers(const Weights& weights, const Activations& x,
                                            const Output& y) {
  std::vector<Provider> providers;
  MatmulInt8Args int8 = {};
  int8.words = int8_words(x.k);
  add_forced(providers, cuda::menu_for(int8), x.m,
             [&] { return matmul_int8_provider(weights, x, y); });
  MatmulInt4Int4Args int4_int4 = {};
  int4_int4.words = int4_words(x.k);
  add_forced(providers, cuda::menu_for(int4_int4), x.m,
             [&] { return matmul_int4_int4_provider(weights, x, y); });
  for (const auto& int4 : weights.int4) {
    MatmulInt4Args args = {};
    args.k = x.k;
    args.group_size = int4->group_size;
    add_forced(providers, cuda::menu_for(args), x.m,
               [&] { return matmul_int4_provider(*int4, weights.layer, x, y); });
  }
  return providers;
}

}  // namespace qutlass::bench
