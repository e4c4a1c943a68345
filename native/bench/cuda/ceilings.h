// What the device can do at best: what the measurements are compared with.
#pragma once

#include <cstdint>
#include <vector>

namespace qutlass::bench {

struct Ceilings {
  struct Read {
    int64_t bytes;
    double gbps;
  };
  std::vector<Read> reads;  // streaming reads of so much, cold
  double read_gbps;         // the greatest of them
  double copy_gbps;         // of cudaMemcpyAsync on the device: bytes read and bytes written
  double bf16_tflops;       // of mma.sync
  double int8_tops;
  std::vector<double> bf16_beside_logic;  // beside 1, 2, ... other instructions a product
  std::vector<double> bf16_beside_multiply_adds;
  double launch_us;  // what an empty kernel adds to a graph
};

Ceilings measure_ceilings();

}  // namespace qutlass::bench
