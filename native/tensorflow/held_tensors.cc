#include "tensorflow/held_tensors.h"

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "tensorflow/status.h"

namespace qutlass::tensorflow {
namespace {

struct HeldTensors {
  std::mutex mutex;  // workers have backends of their own, and one TensorFlow
  std::unordered_map<int32_t, Tensor> tensors;
  int32_t next_token = 1;
};

HeldTensors& held() {
  static auto* held = new HeldTensors;  // outlives every thread
  return *held;
}

}  // namespace

int32_t hold(Tensor tensor) {
  HeldTensors& all = held();
  std::lock_guard<std::mutex> lock(all.mutex);
  all.tensors.emplace(all.next_token, std::move(tensor));
  return all.next_token++;
}

Tensor take_held(int32_t token) {
  HeldTensors& all = held();
  std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.tensors.find(token);
  if (found == all.tensors.end()) {
    throw OpError("no tensor is held under the token " + std::to_string(token));
  }
  Tensor tensor = std::move(found->second);
  all.tensors.erase(found);
  return tensor;
}

}  // namespace qutlass::tensorflow
